"""A search, judged. What to search and its market in; cells, null, walk and verdict out.

Everything long is kept in a journal as it finishes, and the same command goes on from there.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial

from configs.cells import Cells, accepted
from configs.errors import ConfigError
from configs.schema import RunConfig
from configs.sweep import Sweep
from engine.prepare.fundamental_lines import needed_readings
from engine.prepare.pieces import Pieces
from engine.prepare.preflight import check_sessions
from engine.trials.executor import Workers
from engine.trials.journal import Journal, kept_until_published
from engine.trials.pace import Pace
from engine.trials.proof import prove, to_prove
from engine.trials.search import WARM, Search, search_of
from engine.trials.sweep import Swept, sweep
from engine.trials.trial import Trial, search_trial
from engine.trials.tried import NOTHING, TrialCount, Tried, count_trials
from engine.user_strategy import class_of, errors_named
from feeds.market import Market
from feeds.universe import Universe
from reports.audits.search.beside import Beside, beside
from reports.audits.search.null import SearchNull, search_null, why_undrawn
from reports.audits.search.plateau import Plateau, plateau
from reports.audits.search.verdict import rung, sentence
from reports.audits.search.walk_forward import Walk, check_windows, walk_forward, windows_of
from reports.audits.verdict import Rung

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A search that has run, been proved and judged.

    best
        Row of the best cell.
    timing
        The null with what each leg earned; None too where luck explains the search already, or
        its entries are too few for any.
    undrawn
        Why no history could be drawn, where some were asked for.
    proved
        Rows that Backtrader ran again to the last bit.
    seconds
        Of the cells, the proof, the null, the walk-forward and the rest; wall time.
    """

    sweep: Sweep
    search: Search
    swept: Swept
    best: int
    proved: tuple[int, ...]
    null: SearchNull | None
    timing: SearchNull | None
    undrawn: str | None
    around: Plateau
    walk: Walk | None
    beside: Beside | None
    trial: Trial
    trials: TrialCount
    verdict: Rung
    because: str
    sentence: str
    workers: Workers
    seconds: dict[str, float]


@contextmanager
def judged(
    cells: Cells, ground: Market | Universe, *, workers: Workers, say: Say, tried: Tried = NOTHING
) -> Iterator[Judged]:
    """Yield a judged search; what it kept of its work is dropped when the block ends well.

    Parameters
    ----------
    cells
        Those that the schema takes.
    ground
        What they run on: a market, or a universe where the first axis is the pair.
    workers
        Who runs the cells.
    tried
        What the ledger of trials tells so far.

    Raises
    ------
    ConfigError
        No cell can run, or the windows of the walk-forward do not fit the data.
    EngineError
        A cell's run in Backtrader differs by a bit, or somebody's own strategy raised.
    """
    sweep_asked = cells.grid.sweep
    asked = sweep_asked.asked
    market = ground.market if isinstance(ground, Universe) else ground
    if asked.walk_forward is not None:
        check_windows(asked.walk_forward, len(market.sessions))
    own = class_of(sweep_asked.config, market)
    with kept_until_published(sweep_asked.digest(), ground.digest) as journal:
        with nullcontext() if own is None else errors_named(own):
            search = search_of(accepted(cells, WARM, _acceptance(market)), ground)
            made = _judge(sweep_asked, search, workers, say, tried, journal)
        yield made


def _judge(
    asked_sweep: Sweep, search: Search, workers: Workers, say: Say, tried: Tried, journal: Journal
) -> Judged:
    asked, clock, seconds = asked_sweep.asked, time.monotonic(), {}

    def lap(name: str) -> None:
        nonlocal clock
        now = time.monotonic()
        seconds[name], clock = now - clock, now

    say(f"running {search.count:,} cells of {len(search.pieces.market.sessions):,} sessions")
    pace = Pace(say, "cells", search.count)
    swept = sweep(search, asked.score, workers=workers, journal=journal, progress=pace)
    lap("cells")
    ranked, seed = swept.ranked, asked.null.seed
    best, proved = int(ranked[0]), to_prove(ranked, seed)
    prove(search, swept.headline, proved, _quietly(say, len(proved)))
    lap("proof")
    thresholds, observed = asked_sweep.config.audit.thresholds, float(swept.scores[best])
    again = partial(_null, asked_sweep, search, observed, workers, say, journal)
    undrawn = why_undrawn(search) if asked.null.resamples > 0 else None
    null, timing = again(keep_drift=False), None
    entries = int(swept.headline["entries"][best])
    is_testable = observed > 0.0 and entries >= thresholds.clusters[1]
    if null is not None and is_testable and null.p <= thresholds.resampled_p[1]:
        timing = again(keep_drift=True)
    lap("null")
    walk = None
    if asked.walk_forward is not None and not search.event_only:
        say("walking forward")
        count = len(windows_of(asked.walk_forward, len(search.pieces.market.sessions)))
        walk = walk_forward(
            search, asked.score, asked.walk_forward, seed=seed, workers=workers, journal=journal,
            progress=Pace(say, "windows", count),
        )  # fmt: skip
    lap("walk_forward")
    say("comparing the cells")
    trial = search_trial(search, swept)
    trials = count_trials(tried, trial, asked_sweep.config.audit.trials)
    compared = beside(search, swept, trials=max(search.count, trials.trials), seed=seed)
    lap("comparison")
    around = plateau(search.cells, swept.scores, best, headline=swept.headline)
    verdict, because = rung(
        thresholds,
        entries=entries,
        observed=observed,
        null=null,
        timing=timing,
        around=around,
        walk=walk,
        undrawn=undrawn,
    )
    if thresholds.changed:
        because += f" (judged by thresholds of its own: {', '.join(thresholds.changed)})"
    return Judged(
        sweep=asked_sweep,
        search=search,
        swept=swept,
        best=best,
        proved=tuple(proved),
        null=null,
        timing=timing,
        undrawn=undrawn,
        around=around,
        walk=walk,
        beside=compared,
        trial=trial,
        trials=trials,
        verdict=verdict,
        because=because,
        sentence=sentence(
            search.count,
            asked.score,
            observed,
            null,
            timing,
            symbols=_symbols(search),
            undrawn=undrawn,
        ),
        workers=workers,
        seconds=seconds,
    )


def _symbols(search: Search) -> int | None:
    """Return how many symbols the pairs are of; None where there is one pair."""
    return len(search.ground.legs) if isinstance(search.ground, Universe) else None


def _null(
    asked_sweep: Sweep,
    search: Search,
    observed: float,
    workers: Workers,
    say: Say,
    journal: Journal,
    *,
    keep_drift: bool,
) -> SearchNull | None:
    """Return the search null; None where it was left out or cannot be drawn."""
    asked = asked_sweep.asked
    if asked.null.resamples == 0 or why_undrawn(search) is not None:
        return None
    what = "that keep what each leg earned" if keep_drift else "without an edge"
    say(f"searching again on {asked.null.resamples} histories {what}")
    return search_null(
        search,
        asked.score,
        observed,
        resamples=asked.null.resamples,
        seed=asked.null.seed,
        workers=workers,
        keep_drift=keep_drift,
        journal=journal,
        progress=Pace(say, "histories", asked.null.resamples),
    )


def _acceptance(market: Market) -> Callable[[RunConfig], None]:
    """Return what refuses a cell that cannot run on a market."""
    pieces = Pieces(market)

    def accept(config: RunConfig) -> None:
        check_sessions(config, len(market.sessions))
        for name in needed_readings(config):
            line = pieces.readings(config)[name]
            if bool((line != line).all()):
                raise ConfigError(f"{name} is unknown on every session: the reports do not reach")

    return accept


def _quietly(say: Say, total: int) -> Say:
    """Return what tells the first of the proofs only: twenty lines would say no more."""
    steps = iter([f"proving {total} cells again in Backtrader"])

    def tell(step: str) -> None:
        for line in steps:
            say(line)

    return tell
