"""The size of the pair at a close. Signal lines in, weights of the legs and gross exposure out."""

import math

SESSIONS_A_YEAR = 252


def weights(reading: dict, sizing: dict) -> tuple[float, float] | None:
    """Return the long and the short leg's share of gross, both positive; None while unknown."""
    kind = sizing["kind"]
    if kind == "inverse_vol":
        vol_long, vol_short = reading["vol_long"], reading["vol_short"]
        if not vol_long or not vol_short:  # unknown, or a leg that does not move
            return None
        long_weight = (1 / vol_long) / (1 / vol_long + 1 / vol_short)
        return long_weight, 1 - long_weight
    if kind in ("hedge_ratio", "linear"):
        weight = reading["hedge_weight"]
        if weight is None or reading["hedge_ratio"] <= 0 or not 0 < weight < 1:
            return None
        return weight, 1 - weight
    if kind == "dollar_neutral":
        return 0.5, 0.5
    if kind == "beta_neutral":
        beta = reading["beta"]
        return None if beta is None or beta <= 0 else by_hedge_ratio(beta)
    if kind != "capex_intensity":
        raise ValueError(f"oracle: sizing.kind was {kind!r}; it knows four, see weights()")
    multiple = reading["size_multiple"]
    if multiple is None:
        return None
    return by_hedge_ratio(multiple) if sizing["scales"] == "hedge" else (0.5, 0.5)


def by_hedge_ratio(short_to_long: float) -> tuple[float, float]:
    """Return the weights of a pair with so many dollars short for each dollar long."""
    long_weight = 1 / (1 + short_to_long)
    return long_weight, 1 - long_weight


def pair_volatility(reading: dict, both: tuple[float, float]) -> float | None:
    """Return the daily sd of a dollar of gross in the pair; None while unknown."""
    vol_long, vol_short = reading["vol_long"], reading["vol_short"]
    covariance = reading["covariance"]
    if None in (vol_long, vol_short, covariance):
        return None
    long, short = both[0] * vol_long, both[1] * vol_short
    variance = long**2 + short**2 - 2 * both[0] * both[1] * covariance
    return math.sqrt(max(variance, 0.0))  # two equal legs: rounding may leave less than nothing


def gross_exposure(reading: dict, sizing: dict) -> float | None:
    """Return gross over equity at a sizing; None on a session that cannot be sized."""
    both = weights(reading, sizing)
    if both is None:
        return None
    scales_gross = sizing["kind"] == "capex_intensity" and sizing["scales"] == "gross"
    multiple = reading["size_multiple"] if scales_gross else 1.0
    if sizing["kind"] == "linear":
        if not reading["z"]:
            return None
        multiple = min(abs(reading["z"]), sizing["cap"])
    target = sizing.get("vol_target")
    if target is None:
        return sizing.get("gross", 1.0) * multiple
    sigma = pair_volatility(reading, both)
    if sigma is None or sigma <= 0:
        return None
    a_year = sigma * math.sqrt(SESSIONS_A_YEAR)
    return min(target * multiple / a_year, sizing["max_gross"])
