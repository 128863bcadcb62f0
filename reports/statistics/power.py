"""Could the data have shown an edge? Effect sizes and entries in, powers and needed entries out.

An effect size is ``d = mean / sd`` of one entry's outcome. One-sided ("larger") unless told: an
audit asks for an edge, not for a difference.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Alternative = Literal["larger", "two-sided"]

LEAST_ENTRIES = 2.0  # one entry has no standard deviation
NO_EFFECT = 1e-9  # rounding of a zero mean; to see it would take 6e18 entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What a t test on n entries can see.

    power
        Probability of rejecting at ``alpha`` if the true effect were ``effect_size``.
    entries_needed
        Whole entries for a power of ``target``; None when no number is enough.
    minimum_effect
        Smallest effect that n entries show with a power of ``target``.
    """

    effect_size: float
    n: int
    power: float
    entries_needed: int | None
    minimum_effect: float
    alternative: Alternative
    alpha: float
    target: float


def measure_power(
    effect_size: float,
    n: int,
    *,
    alternative: Alternative = "larger",
    alpha: float = 0.05,
    target: float = 0.8,
) -> Power:
    """Return power at the measured effect, entries needed for it and the least effect visible."""
    entries = entries_for_power(effect_size, alternative=alternative, alpha=alpha, target=target)
    return Power(
        effect_size=effect_size,
        n=n,
        power=t_power(effect_size, n, alternative=alternative, alpha=alpha),
        entries_needed=None if entries is None else math.ceil(entries),
        minimum_effect=minimum_effect(n, alternative=alternative, alpha=alpha, target=target),
        alternative=alternative,
        alpha=alpha,
        target=target,
    )


def t_power(
    effect_size: float, n: float, *, alternative: Alternative = "larger", alpha: float = 0.05
) -> float:
    """Return the power of a one-sample t test of a zero mean.

    ``P(T > t_q)`` with T noncentral t on n - 1 degrees, noncentrality ``d sqrt(n)``, and t_q the
    1 - alpha quantile of Student's t; two-sided, at ``1 - alpha/2``, the other tail is added:
    Cohen (1988), chapter 2. `statsmodels` computes the same (``TTestPower``), but its noncentral t
    gives NaN where the power is near 1 (an effect of 0.36 on 1,000 entries); that of `scipy` does
    not.

    Parameters
    ----------
    n
        Entries, at least 2; between whole numbers the formula is continuous.
    """
    if not n >= LEAST_ENTRIES:
        raise ValueError(f"n was {n}; expected at least 2 entries. One has no deviation")
    from scipy import stats  # 0.7 s to import

    degrees, noncentrality = n - 1.0, effect_size * math.sqrt(n)
    if alternative == "larger":
        return float(stats.nct.sf(stats.t.isf(alpha, degrees), degrees, noncentrality))
    quantile = stats.t.isf(alpha / 2.0, degrees)
    tails = [stats.nct.sf(quantile, degrees, sign * noncentrality) for sign in (1.0, -1.0)]
    return math.fsum(tails)


def entries_for_power(
    effect_size: float,
    *,
    alternative: Alternative = "larger",
    alpha: float = 0.05,
    target: float = 0.8,
) -> float | None:
    """Return the entries at which `t_power` reaches ``target``, not rounded.

    2 where two are already enough; None where no number is: no effect, or one-sided a negative one.
    """
    _check_levels(alpha, target)
    if abs(effect_size) < NO_EFFECT or (alternative == "larger" and effect_size < 0.0):
        return None

    def excess(n: float) -> float:
        return t_power(effect_size, n, alternative=alternative, alpha=alpha) - target

    return _root(excess, LEAST_ENTRIES)


def minimum_effect(
    n: int, *, alternative: Alternative = "larger", alpha: float = 0.05, target: float = 0.8
) -> float:
    """Return the smallest positive effect size that n entries show with a power of ``target``."""
    _check_levels(alpha, target)

    def excess(effect_size: float) -> float:
        return t_power(effect_size, n, alternative=alternative, alpha=alpha) - target

    return _root(excess, 0.0)


def _check_levels(alpha: float, target: float) -> None:
    if not 0.0 < alpha < target < 1.0:
        raise ValueError(
            f"alpha was {alpha} and target {target}; expected 0 < alpha < target < 1: without any "
            "effect the power is alpha"
        )


def _root(excess: Callable[[float], float], low: float) -> float:
    """Return where an increasing function crosses zero, or ``low`` where it already has.

    `statsmodels` solves the same equation between fixed bounds, and gives NaN beyond them (for an
    effect of 8).
    """
    if excess(low) >= 0.0:
        return low
    from scipy.optimize import brentq  # 0.4 s to import

    high = low + 1.0
    while excess(high) < 0.0:
        low, high = high, 2.0 * high
    return float(brentq(excess, low, high, xtol=1e-10))
