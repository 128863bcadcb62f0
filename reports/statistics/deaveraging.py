"""Does the profit live in a few trades? Outcomes with their clusters in; what is left without them.

A cluster is a group of entries that share their news: to leave one entry of it out and keep its
neighbours would leave the luck in.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reports.statistics.sample import ROUNDING, Floats, finite

DRAWS_AT_ONCE = 10_000  # bounds the memory: 24 MB for 300 clusters


@dataclass(frozen=True, slots=True, kw_only=True)
class Deaveraging:
    """An average, taken apart; in the unit of the values.

    mean
        Mean of all entries.
    labels, totals, means_without
        Shape (k,): each cluster in sorted order, the sum of its entries, and the mean of all
        entries *outside* it. NaN for a single cluster: nothing is left.
    min_mean
        The smallest of ``means_without``: the average without the cluster that lifts it most. None
        for a single cluster.
    means_without_best
        Shape (k,): mean of the entries left after the j clusters of largest total, j = 0, 1, ...
    k_star
        Clusters to take away, best first, until the total is zero or less: 0 when it already is.
    """

    entries: int
    mean: float
    labels: tuple[str, ...]
    totals: Floats
    means_without: Floats
    min_mean: float | None
    means_without_best: Floats
    k_star: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KStarOdds:
    """How usual a k* is for a genuine edge.

    probability
        Of a k* at most as large as the one given, *given that the total is positive*.
    standard_error
        Of the simulation: ``sqrt(p (1 - p) / profitable draws)``.
    """

    probability: float
    standard_error: float
    k_star: int
    clusters: int
    effect_size: float
    draws: int


def deaverage(values: npt.ArrayLike, clusters: npt.ArrayLike) -> Deaveraging:
    """Return what an average is without each cluster, and how many clusters carry the profit.

    Parameters
    ----------
    values
        Shape (n,), P&L or forward return of each entry, dollars or fractions; NaN is refused: an
        entry whose horizon is not complete has no outcome yet.
    clusters
        Shape (n,), a label for each entry. With all labels different every entry stands alone.
    """
    sample = finite("values", values)
    names, member = np.unique(np.asarray(clusters), return_inverse=True)
    if len(sample) == 0 or len(member) != len(sample):
        raise ValueError(
            f"values were {len(sample)} and clusters {len(member)}; expected one label for each of "
            "at least one entry"
        )
    totals = np.bincount(member, weights=sample).astype(np.float64)
    counts = np.bincount(member)
    ordered = np.argsort(-totals, kind="stable")
    left_out = np.concatenate([[0], np.cumsum(counts[ordered])[:-1]])
    taken = np.concatenate([[0.0], np.cumsum(totals[ordered])[:-1]])
    means_without = _ratios(totals.sum() - totals, len(sample) - counts)
    return Deaveraging(
        entries=len(sample),
        mean=float(sample.mean()),
        labels=tuple(str(name) for name in names),
        totals=totals,
        means_without=means_without,
        min_mean=float(means_without.min()) if len(names) > 1 else None,
        means_without_best=_ratios(totals.sum() - taken, len(sample) - left_out),
        k_star=k_star(totals),
    )


def k_star(totals: npt.ArrayLike) -> int:
    """Return how many of the best totals must go until the rest sums to zero or less.

    Taking the largest first needs the fewest. Totals that are all positive need all of them. A rest
    within rounding of zero counts as zero.
    """
    ordered = np.sort(finite("totals", totals))
    rest = np.concatenate([[0.0], np.cumsum(ordered)])[::-1]  # of all, without one, ..., of none
    return int(np.argmax(rest <= ROUNDING * np.abs(ordered).sum()))


def k_star_odds(
    k: int, *, clusters: int, effect_size: float, draws: int, rng: np.random.Generator
) -> KStarOdds:
    """Return how often a genuine edge leans on as few clusters as were found, by simulation.

    ``P(k* <= k | total > 0)`` for n independent normal outcomes of mean d and deviation 1. The
    condition is there because nobody asks which trades made a loss: with d = 0.5 and 8 trades, 3
    or fewer make all the profit in 51 % of the profitable samples (55 % of all samples, those
    that lost counted as k* = 0). Exactly, for k = n - 1:
    ``(1 - Phi(d)**n - Phi(-d sqrt(n))) / Phi(d sqrt(n))``.

    Parameters
    ----------
    k
        The k* found, at least 1.
    clusters
        n, at least k.
    effect_size
        d, above 0: mean over standard deviation of a cluster's outcome under the edge supposed.
    draws
        Samples drawn, 100,000 for a standard error of 0.2 points or less.
    """
    if not 1 <= k <= clusters or not effect_size > 0.0 or draws < 1:
        raise ValueError(
            f"k was {k} of {clusters} clusters, effect_size {effect_size}, draws {draws}; expected "
            "1 <= k <= clusters, an effect above 0 and at least 1 draw"
        )
    profitable, few = 0, 0
    for start in range(0, draws, DRAWS_AT_ONCE):
        shape = (min(DRAWS_AT_ONCE, draws - start), clusters)
        outcomes = np.sort(rng.standard_normal(shape) + effect_size, axis=1)
        is_profitable = outcomes.sum(axis=1) > 0.0
        profitable += int(is_profitable.sum())
        few += int((is_profitable & (outcomes[:, : clusters - k].sum(axis=1) <= 0.0)).sum())
    probability = few / profitable if profitable else math.nan
    return KStarOdds(
        probability=probability,
        standard_error=math.sqrt(probability * (1.0 - probability) / max(profitable, 1)),
        k_star=k,
        clusters=clusters,
        effect_size=effect_size,
        draws=draws,
    )


def _ratios(totals: Floats, counts: npt.NDArray[np.int64]) -> Floats:
    """Return totals over counts, NaN where nothing is counted."""
    ratios = np.full(len(totals), np.nan)
    np.divide(totals, counts, out=ratios, where=counts > 0)
    return ratios
