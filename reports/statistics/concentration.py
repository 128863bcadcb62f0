"""Did a few outcomes make it all? Outcomes in, the share of the best and how usual that is out."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reports.statistics.sample import Floats, finite

CELLS_AT_ONCE = 1_000_000  # bounds the memory: 8 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualShare:
    """The share of the best k among outcomes of a genuine edge, given that they made money.

    median
        Of the share; 1 is all of the profit, more where the others lost.
    as_large
        Chance of a share at least as large as the one seen.
    """

    median: float
    as_large: float


def best_share(values: npt.ArrayLike, k: int) -> float | None:
    """Return the sum of the best k over the sum of all; None where all came to nothing or a loss.

    Fewer than k values are all of it: 1.
    """
    sample = np.sort(finite("values", values))[::-1]
    total = math.fsum(sample)
    return math.fsum(sample[:k]) / total if total > 0.0 else None


def usual_share(
    share: float,
    k: int,
    *,
    n: int,
    effect_size: float,
    excess_kurtosis: float = 0.0,
    draws: int,
    rng: np.random.Generator,
) -> UsualShare | None:
    """Return what share the best k have under an edge of that size, by simulation.

    Of n independent outcomes of mean d and deviation 1, normal, or Student's with
    ``4 + 6 / excess`` degrees of freedom, whose kurtosis that is; samples that lost are left out,
    as nobody asks which trades made a loss. Exactly, of two normal outcomes: a share of at least 1
    of the best has probability ``(1 - Phi(d)**2 - Phi(-d sqrt(2))) / Phi(d sqrt(2))``.

    Parameters
    ----------
    share
        The one seen.
    effect_size
        d, mean over standard deviation of one outcome.

    Returns
    -------
    UsualShare or None
        None where no sample made money.
    """
    at_once = max(1, CELLS_AT_ONCE // n)
    shares: list[Floats] = []
    for start in range(0, draws, at_once):
        shape = (min(at_once, draws - start), n)
        outcomes = _standard(shape, excess_kurtosis, rng) + effect_size
        totals = outcomes.sum(axis=1)
        best = np.partition(outcomes, max(n - k, 0), axis=1)[:, max(n - k, 0) :].sum(axis=1)
        shares.append((best / totals)[totals > 0.0])
    profitable = np.concatenate(shares)
    if len(profitable) == 0:
        return None
    return UsualShare(
        median=float(np.median(profitable)), as_large=float((profitable >= share).mean())
    )


def _standard(shape: tuple[int, int], excess: float, rng: np.random.Generator) -> Floats:
    """Return draws of mean 0 and deviation 1."""
    if not excess > 0.0:
        return rng.standard_normal(shape)
    degrees = 4.0 + 6.0 / excess
    return rng.standard_t(degrees, shape) * math.sqrt((degrees - 2.0) / degrees)
