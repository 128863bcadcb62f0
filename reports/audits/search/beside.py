"""Cheaper, weaker words on the same search. The returns of its cells in, the odds out.

None of these is the verdict: each approximates what the search null does whole.
"""

import math
from dataclasses import dataclass

import numpy as np

from engine.records.headline import SESSIONS_PER_YEAR
from engine.trials.search import Numbers, Search, run_block
from engine.trials.sweep import Swept
from reports.statistics.block_length import LEAST_SESSIONS, block_sessions
from reports.statistics.overfitting import cross_validation
from reports.statistics.sample import Floats, varies
from reports.statistics.selection import stepwise_superior, superior_ability
from reports.statistics.sharpe import deflated_sharpe, effective_trials, sharpe_sample

MOST_COMPARED = 1_000  # cells whose returns are held at once
MOST_TESTED = 200  # of them, in the bootstrap tests
CROSS_BLOCKS = 8  # 70 splits
RESAMPLES = 499


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What other tests say of the best cell, or of the search.

    deflated, deflated_effective
        Probability that the best cell's Sharpe ratio exceeds what the best of so many worthless
        trials shows: of all cells, and of as many independent ones as they amount to.
    overfitting
        Share of splits of the history in which the cell that was best in one half came out at or
        below the median in the other; None where there is one cell.
    superior_p, superior
        Hansen's p of "none earns anything", and how many cells do by Romano and Wolf at 5 %.
    compared, tested
        Cells in the effective number and the overfitting; in the two bootstrap tests.
    """

    deflated: float
    deflated_effective: float
    trials: int
    effective: float
    overfitting: float | None
    superior_p: float | None
    superior: int
    compared: int
    tested: int


def beside(search: Search, swept: Swept, *, trials: int, seed: int) -> Beside | None:
    """Return the odds; None where the best cell never moves, or for too few sessions.

    Parameters
    ----------
    trials
        Configurations ever tried, at least the cells of this search; the effective number is of
        these cells alone.
    """
    best = int(swept.ranked[0])
    rows = _drawn(swept, best, seed)
    returns = _returns(search, rows)
    sample = sharpe_sample(returns[:, 0])
    if sample is None or len(returns) < LEAST_SESSIONS:
        return None
    ratios = np.nan_to_num(swept.headline["sharpe"], nan=0.0) / math.sqrt(SESSIONS_PER_YEAR)
    spread = float(ratios.var(ddof=1)) if len(ratios) > 1 else 1.0 / (sample.n - 1)
    effective = effective_trials(returns) if len(rows) > 1 else 1.0
    cells = search.count
    effective = min(1.0 + (effective - 1.0) * (cells - 1) / max(len(rows) - 1, 1), cells)
    deflated, at_effective = (
        deflated_sharpe(
            sample.sharpe,
            n=sample.n,
            skew=sample.skew,
            kurtosis=sample.kurtosis,
            trials=count,
            trials_variance=spread,
        ).probability
        for count in (float(trials), effective)
    )
    tested = returns[:, :MOST_TESTED]
    moving = tested[:, [varies(column) for column in tested.T]]
    rng = np.random.default_rng([seed, 4])
    length = block_sessions(moving[:, 0], least=5)
    superior = superior_ability(tested, block=length, resamples=RESAMPLES, rng=rng)
    better = stepwise_superior(tested, block=length, resamples=RESAMPLES, rng=rng)
    crossed = len(rows) > 1 and len(returns) >= 2 * CROSS_BLOCKS
    return Beside(
        deflated=deflated,
        deflated_effective=at_effective,
        trials=trials,
        effective=effective,
        overfitting=cross_validation(returns, blocks=CROSS_BLOCKS).pbo if crossed else None,
        superior_p=None if superior is None else superior.consistent,
        superior=len(better),
        compared=len(rows),
        tested=tested.shape[1],
    )


def _drawn(swept: Swept, best: int, seed: int) -> Numbers:
    """Return rows of cells, the best one first, the others drawn."""
    rng = np.random.default_rng([seed, 6])
    others = rng.permutation(len(swept.scores))
    others = others[others != best][: MOST_COMPARED - 1]
    return np.append(best, others).astype(np.int64)


def _returns(search: Search, rows: Numbers) -> Floats:
    """Return the cells' session returns, shape (sessions, cells); 0 after a ruin."""
    returns = np.zeros((len(search.pieces.market.sessions), len(rows)))
    place_of = {int(row): place for place, row in enumerate(rows)}
    for block in search.blocks:
        mine = [row for row in block.rows.tolist() if row in place_of]
        if not mine:
            continue
        made = run_block(search, np.array(mine), keep_equity=True)
        assert made.equity is not None  # it was asked for
        for row, equity, count in zip(mine, made.equity, made.sessions.tolist(), strict=True):
            own = np.maximum(equity[1:count] / equity[: count - 1] - 1.0, -1.0)
            returns[1:count, place_of[row]] = own
    return returns
