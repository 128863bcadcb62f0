"""Does choosing the best in sample choose well out of sample? Returns of all trials in, PBO out."""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from reports.statistics.logs import logs
from reports.statistics.sample import Floats, finite


@dataclass(frozen=True, slots=True, kw_only=True)
class Overfitting:
    """What combinatorially symmetric cross-validation found; shown, never a gate.

    pbo
        Share of splits in which the trial chosen in sample came out at or below the median.
    logits
        Shape (splits,): ``ln(omega / (1 - omega))`` of the chosen trial; at most 0 is overfit.
    in_sample, out_of_sample
        Shape (splits,): Sharpe ratio per period of the chosen trial, ddof 0.
    loss_share
        Share of splits in which the chosen trial lost money out of sample.
    rows_left_out
        Oldest rows that did not fill a block.
    """

    pbo: float
    logits: Floats
    in_sample: Floats
    out_of_sample: Floats
    loss_share: float
    trials: int
    rows_left_out: int


def cross_validation(returns: npt.ArrayLike, *, blocks: int) -> Overfitting:
    """Return the probability of backtest overfitting of a set of trials.

    Bailey, Borwein, Lopez de Prado and Zhu (2017), The probability of backtest overfitting,
    section 2: cut the rows into S blocks, and for each choice of S/2 of them take the trial with
    the best Sharpe ratio there, and its rank in the other half: ``omega = rank / (N + 1)``, 1 the
    worst. ``PBO = share of ln(omega / (1 - omega)) <= 0``.

    Where the paper leaves a choice: Sharpe ratios have ddof 0; a trial that does nothing in a half
    has a ratio of 0; equal trials share their mean rank; and of equally good trials in sample the
    one that does worst out of sample is taken, so that the order of columns cannot matter.

    Parameters
    ----------
    returns
        Shape (n, N), a column for each trial ever made, at least 2, on the same periods in time;
        NaN is refused.
    blocks
        S, even, at least 2; ``C(S, S/2)`` splits: 70 for 8, 12,870 for 16. When it does not divide
        n, the oldest ``n mod S`` rows are left out, and counted.
    """
    values = finite("returns", returns)
    rows, trials = values.shape
    if blocks < 2 or blocks % 2 or rows < 2 * blocks or trials < 2:
        raise ValueError(
            f"blocks was {blocks} for {rows} rows of {trials} trials; expected an even number of "
            "blocks with at least 2 rows each, and at least 2 trials"
        )
    size, left_out = divmod(rows, blocks)
    cut = values[left_out:].reshape(blocks, size, trials)
    means, squares = cut.mean(axis=1), ((cut - cut.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    splits = [
        _judge_split(means, squares, size, list(chosen))
        for chosen in combinations(range(blocks), blocks // 2)
    ]
    omega = np.array([split.omega for split in splits])
    outside = np.array([split.out_of_sample for split in splits])
    return Overfitting(
        pbo=float((omega <= 0.5).mean()),
        logits=logs(omega / (1.0 - omega)),
        in_sample=np.array([split.in_sample for split in splits]),
        out_of_sample=outside,
        loss_share=float((outside < 0.0).mean()),
        trials=trials,
        rows_left_out=left_out,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    """The trial that one half chooses: its ratio there, in the other half, and its rank there."""

    in_sample: float
    out_of_sample: float
    omega: float


def _judge_split(means: Floats, squares: Floats, size: int, chosen: list[int]) -> _Split:
    others = [block for block in range(len(means)) if block not in chosen]
    inside = _sharpe(means[chosen], squares[chosen], size)
    outside = _sharpe(means[others], squares[others], size)
    best = np.flatnonzero(inside == inside.max())
    taken = best[np.argmin(outside[best])]
    below = int((outside < outside[taken]).sum())
    equal = int((outside == outside[taken]).sum())
    rank = below + (equal + 1) / 2
    return _Split(
        in_sample=float(inside[taken]),
        out_of_sample=float(outside[taken]),
        omega=rank / (len(outside) + 1),
    )


def _sharpe(means: Floats, squares: Floats, size: int) -> Floats:
    """Return each trial's ratio over several blocks, from the blocks' means and squared gaps.

    Chan, Golub and LeVeque (1979): squared gaps within blocks, plus those between their means. A
    trial without deviation has 0, or an infinite ratio of its mean's sign.
    """
    mean = means.mean(axis=0)
    gaps = squares.sum(axis=0) + size * ((means - mean) ** 2).sum(axis=0)
    deviation = np.sqrt(gaps / (size * len(means)))
    ratios = np.where(mean == 0.0, 0.0, np.copysign(math.inf, mean))
    np.divide(mean, deviation, out=ratios, where=deviation > 0.0)
    return ratios
