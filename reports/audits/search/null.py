"""The search null, the headline: the whole search where nothing is earned. A search in, p out.

White's (2000) reality check asks how good the best of many rules is expected to be by luck. It has
to approximate how the rules hang together; here they simply run again, all of them, on histories
that keep how the legs move together and follow themselves over short times, but not what either
earns. Overlap, costs, sizing and the dependence between cells are all in it.

Where a leg merely rises every cell that holds it is paid, on any date. So a search that luck does
not explain runs again on histories that keep what each leg earned: what its best cell has beyond
those is its choice of dates.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.records.headline import columns
from engine.trials.executor import Workers
from engine.trials.journal import Journal
from engine.trials.search import Numbers, Search, run_block, scores_of
from feeds.market import Market
from feeds.universe import Universe
from reports.audits.altered_markets import redrawn, redrawn_universe
from reports.statistics.block_length import LEAST_SESSIONS
from reports.statistics.inference import resampling_p
from reports.statistics.logs import logs
from reports.statistics.paths import bootstrap_block, resampled_indices
from reports.statistics.sample import Floats, varies


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchNull:
    """How good the best cell is on each history without an edge.

    p
        ``(1 + #{best on a history >= best observed}) / (B + 1)``.
    best
        Shape (B,), in the order of the histories.
    """

    p: float
    observed: float
    best: Floats
    block_sessions: int
    seed: int

    @property
    def as_good(self) -> int:
        """On how many histories the search finds as much, or more."""
        return int((self.best >= self.observed).sum())


def search_null(
    search: Search,
    score: str,
    observed: float,
    *,
    resamples: int,
    seed: int,
    workers: Workers,
    keep_drift: bool = False,
    journal: Journal | None = None,
    progress: Callable[[int], None] = lambda histories: None,
) -> SearchNull | None:
    """Return the search's p; None where no history can be drawn (`why_undrawn`).

    Every cell runs on every history, and the best score counts, 0 where nothing trades. The
    histories are those of E1: the legs' sessions in another order, drawn in blocks (the
    stationary bootstrap of Politis and Romano, 1994), each leg less its mean. Over a universe all
    symbols are drawn together.

    Parameters
    ----------
    observed
        Best score on the history that happened.
    keep_drift
        Whether the histories keep what each leg earned.
    progress
        Told how many histories are finished.
    """
    if why_undrawn(search) is not None:
        return None
    returns = _moving(search)
    length = bootstrap_block(returns)
    orders = resampled_indices(
        len(returns), block=length, count=resamples, rng=np.random.default_rng([seed, 1])
    )
    name = "drifting" if keep_drift else "history"
    best = np.full(resamples, np.nan)
    for number in range(resamples):
        known = None if journal is None else journal.read(f"{name}-{number}")
        if known is not None and known.shape == (1,):
            best[number] = known[0]
    left = np.flatnonzero(np.isnan(best)).tolist()
    finished = resamples - len(left)

    tasks = [(number, orders[number]) for number in left]
    work = partial(_on_a_history, score, keep_drift)
    for (number, _), value in workers.each(work, search, tasks):
        best[number] = value
        if journal is not None:
            journal.keep(f"{name}-{number}", np.array([value]))
        finished += 1
        progress(finished)
    return SearchNull(
        p=resampling_p(observed, best),
        observed=observed,
        best=best,
        block_sessions=length,
        seed=seed,
    )


def why_undrawn(search: Search) -> str | None:
    """Return why no history can be drawn from a search's prices; None where some can."""
    sessions, moving = _moving(search).shape
    if sessions < LEAST_SESSIONS:
        return (
            f"{sessions + 1} sessions are too few to draw histories from; it takes "
            f"{LEAST_SESSIONS + 1}"
        )
    return None if moving else "no price ever moved, so that there is nothing to draw"


def _moving(search: Search) -> Floats:
    """Return the log returns of the legs that ever move: one that never does has no block length.

    It is drawn with the others all the same, and stays where it is.
    """
    ground = search.ground
    legs = ground.legs.values() if isinstance(ground, Universe) else (ground.long, ground.short)
    closes = np.column_stack([leg.adj_close for leg in legs])
    returns = np.diff(logs(closes), axis=0)
    moving: Floats = returns[:, [varies(column) for column in returns.T]]
    return moving


def _on_a_history(
    score: str, keep_drift: bool, search: Search, history: tuple[int, Numbers]
) -> float:
    """Return the best score of all cells where the sessions came in another order."""
    _, order = history
    ground = search.ground
    if isinstance(ground, Universe):
        other: Market | Universe = redrawn_universe(ground, order, keep_drift=keep_drift)
    else:
        other = redrawn(ground, order, keep_drift=keep_drift)
    return best_score(search.elsewhere(other), score)


def best_score(search: Search, score: str) -> float:
    """Return the best score of all cells."""
    best = -np.inf
    for block in search.blocks:
        made = run_block(search, block.rows)
        cash = search.terms.of(block.rows)["cash"]
        best = max(best, scores_of(columns(made.scores, made.totals, cash), score).max())
    return float(best)
