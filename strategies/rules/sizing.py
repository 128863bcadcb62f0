"""How much of each leg. Volatilities, equity and closes in, weights and signed shares out."""

import math


def inverse_vol_weight(vol_long: float, vol_short: float) -> float:
    """Return the long leg's share of gross exposure; the short leg's is one minus it.

    ``(1/s_long) / (1/s_long + 1/s_short)``: each leg then carries the same standalone risk.

    Parameters
    ----------
    vol_long, vol_short
        Sample sd of each leg's log returns, in the same unit; both must be positive.
    """
    if not (vol_long > 0.0 and vol_short > 0.0):
        raise ValueError(
            f"inverse_vol_weight: volatilities were {vol_long}, {vol_short}; expected both > 0"
        )
    return (1.0 / vol_long) / (1.0 / vol_long + 1.0 / vol_short)


def dollar_neutral_weight() -> float:
    """Return the long leg's share of gross exposure when both legs hold equal dollars."""
    return 0.5


def target_shares(
    weight: float, gross: float, equity: float, close: float, fractional: bool
) -> float:
    """Return the unsigned shares that put ``weight * gross * equity`` dollars into a leg.

    ``trunc(weight * gross * equity / close)``, toward zero; not truncated when ``fractional``.
    Decided with the equity and the close of *t*; the fill at *t+1* is at another price.
    """
    shares = weight * gross * equity / close
    return shares if fractional else float(math.trunc(shares))
