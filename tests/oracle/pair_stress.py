"""Volatility as a cost sees it: known the evening before the fill. Past values in, multiples out.

Everything is recomputed from the run's first session at each fill.
"""

from tests.oracle.pair_signals import last_sd

SIGMA_UNKNOWN = 0.05  # a day, until the volatility is known


def volatilities(returns: list[float], window: int) -> list[float]:
    """Return every volatility known so far, oldest first."""
    return [last_sd(returns[:k], window) for k in range(window, len(returns) + 1)]


def quantile(values: list[float], numerator: int, denominator: int) -> float:
    """Return a quantile, linear between the two values it falls between."""
    ranked = sorted(values)
    place, rest = divmod((len(ranked) - 1) * numerator, denominator)
    if rest == 0:
        return ranked[place]
    return ranked[place] + (ranked[place + 1] - ranked[place]) * rest / denominator


def spread_multiple(spread: dict, returns: list[float], gauge: list[float]) -> float:
    """Return the stress multiple of the quoted spread; the dearest while nothing is known.

    Both lists end at the evening before the fill: the leg's log returns, and the closes of ^VIX
    (empty unless the rule asks for them).
    """
    if spread["kind"] == "vol_scaled":
        known = volatilities(returns, spread["window"])
        if not known or known[-1] <= 0 or quantile(known, 1, 2) <= 0:
            return spread["max_scale"]
        ratio = known[-1] / quantile(known, 1, 2)
        return min(max(ratio, spread["min_scale"]), spread["max_scale"])
    if spread["kind"] == "regime":
        known = volatilities(returns, spread["window"]) if spread["measure"] == "own" else gauge
        calm = bool(known) and known[-1] < quantile(known, 2, 3)
        return 1.0 if calm else spread["multiplier"]
    return 1.0


def sigma(impact: dict, returns: list[float]) -> float:
    """Return the daily volatility in the square-root law."""
    known = last_sd(returns, impact["window"])
    return SIGMA_UNKNOWN if known is None else known
