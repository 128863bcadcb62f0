"""Choose, then trade what was chosen. A search in, the equity of whoever had done so out.

In each training window the best cell, by the search's own score, is traded in the window after it
from flat, with what the windows before left. What is held at the end of a window is sold there, at
its cost. Nothing of a test window reaches its choice: the runs of a training window are given no
session beyond it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from configs.errors import ConfigError
from configs.sweep import WalkForward
from engine.records.headline import SESSIONS_PER_YEAR, columns
from engine.trials.executor import Workers
from engine.trials.journal import Journal
from engine.trials.search import (
    Block,
    Numbers,
    Search,
    Window,
    run_block,
    scores_of,
)
from reports.statistics.inference import MeanInterval, mean_interval
from reports.statistics.sample import Floats

LEAST_TEST = 2
RESAMPLES = 999
LEAST_BLOCK = 5  # a week


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """One choice: trained up to ``train.end``, traded on ``test``."""

    train: Window
    test: Window
    row: int
    trained: float  # its score in training


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Equity at each close of the test windows, after all costs.

    row
        The cell; -1 for whoever chose anew in each window.
    """

    row: int
    opening: float
    equity: Floats

    @property
    def returns(self) -> Floats:
        """Simple returns, the first over the opening cash; never below -1."""
        before = np.append(self.opening, self.equity[:-1])
        with np.errstate(divide="ignore", invalid="ignore"):
            returns = np.where(before > 0.0, self.equity / before - 1.0, 0.0)
        return np.maximum(returns, -1.0)

    @property
    def total_return(self) -> float:
        """What the returns compound to."""
        return float(self.equity[-1] / self.opening - 1.0)

    @property
    def sharpe(self) -> float:
        """Of the returns, a year; 0 where nothing varies."""
        sd = float(self.returns.std(ddof=1))
        return float(self.returns.mean()) / sd * math.sqrt(SESSIONS_PER_YEAR) if sd > 0.0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The stitched equity beside the median cell and the one that hindsight picks.

    interval
        Of the stitched mean return a session.
    """

    folds: tuple[Fold, ...]
    first: int  # session of the market
    stitched: Line
    median: Line
    hindsight: Line
    interval: MeanInterval


def check_windows(asked: WalkForward, sessions: int) -> None:
    """Refuse windows that the data cannot hold.

    Raises
    ------
    ConfigError
        Naming what there is and what is needed.
    """
    needed = asked.train_sessions + LEAST_TEST
    if sessions < needed:
        raise ConfigError(
            f"walk_forward.train_sessions was {asked.train_sessions:,}, with {sessions:,} sessions "
            f"of data; expected at most {max(sessions - LEAST_TEST, 0):,}, to leave something to "
            "trade (walk_forward: null does without)"
        )


def windows_of(asked: WalkForward, sessions: int) -> list[tuple[Window, Window]]:
    """Return the training and test windows, in time; the last test may be shorter."""
    windows = []
    for start in range(asked.train_sessions, sessions - LEAST_TEST + 1, asked.test_sessions):
        first = 0 if asked.anchored else start - asked.train_sessions
        end = min(start + asked.test_sessions, sessions)
        test = Window(first=start, end=end, closes=True)
        windows.append((Window(first=first, end=start), test))
    return windows


def walk_forward(
    search: Search,
    score: str,
    asked: WalkForward,
    *,
    seed: int,
    workers: Workers,
    journal: Journal | None = None,
    progress: Callable[[int], None] = lambda windows: None,
) -> Walk:
    """Return how choosing by the search's score would have gone.

    Parameters
    ----------
    progress
        Told in how many windows a cell is chosen.

    Raises
    ------
    ConfigError
        The windows do not fit the data.
    """
    sessions = len(search.pieces.market.sessions)
    check_windows(asked, sessions)
    windows, folds = windows_of(asked, sessions), []
    for number, (train, test) in enumerate(windows):
        scores = _scores(search, score, train, workers, journal, f"window-{number}")
        row = int(np.argmax(scores))
        folds.append(Fold(train=train, test=test, row=row, trained=float(scores[row])))
        progress(len(folds))
    first = windows[0][1].first
    span = Window(first=first, end=windows[-1][1].end)
    after = _scores(search, score, span, workers, journal, "after")
    ranked = np.lexsort((np.arange(len(after)), -after))
    stitched = _stitched(search, folds)
    return Walk(
        folds=tuple(folds),
        first=first,
        stitched=stitched,
        median=_line(search, int(ranked[len(ranked) // 2]), span),
        hindsight=_line(search, int(ranked[0]), span),
        interval=mean_interval(
            stitched.returns,
            least_block=LEAST_BLOCK,
            rng=np.random.default_rng([seed, 5]),
            resamples=RESAMPLES,
        ),
    )


def _scores(
    search: Search, score: str, window: Window, workers: Workers, journal: Journal | None, name: str
) -> Floats:
    """Return every cell's score on one window."""
    known = None if journal is None else journal.read(name)
    if known is not None and known.shape == (search.count,):
        return known
    scores = np.zeros(search.count)
    work = partial(_block_scores, score, window)
    for block, made in workers.each(work, search, search.blocks):
        scores[block.rows] = made
    if journal is not None:
        journal.keep(name, scores)
    return scores


def _block_scores(score: str, window: Window, search: Search, block: Block) -> Floats:
    made = run_block(search, block.rows, window=window)
    cash = search.terms.of(block.rows)["cash"]
    return scores_of(columns(made.scores, made.totals, cash), score)


def _stitched(search: Search, folds: Sequence[Fold]) -> Line:
    """Return the equity of one account that traded every fold's choice in turn."""
    opening = cash = _cash(search, np.array([folds[0].row]))
    lines = []
    for fold in folds:
        if not cash > 0.0:  # ruined: what is gone is gone
            lines.append(np.full(fold.test.end - fold.test.first, cash))
            continue
        lines.append(_equity(search, fold.row, fold.test, cash))
        cash = float(lines[-1][-1])
    return Line(row=-1, opening=opening, equity=np.concatenate(lines))


def _line(search: Search, row: int, window: Window) -> Line:
    """Return one cell's equity on a window, from flat."""
    opening = _cash(search, np.array([row]))
    return Line(row=row, opening=opening, equity=_equity(search, row, window, opening))


def _equity(search: Search, row: int, window: Window, cash: float) -> Floats:
    """Return one cell's equity at each close; after a ruin, what was left."""
    rows = np.array([row])
    made = run_block(search, rows, window=window, cash=np.array([cash]), keep_equity=True)
    assert made.equity is not None  # it was asked for
    equity: Floats = made.equity[0].copy()
    count = int(made.sessions[0])
    equity[count:] = equity[count - 1]
    return equity


def _cash(search: Search, rows: Numbers) -> float:
    return float(search.terms.of(rows)["cash"][0])
