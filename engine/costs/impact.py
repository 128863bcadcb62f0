"""Market impact. Order size against the session's volume in, dollars out."""

import math


def square_root(notional_usd: float, y: float, sigma: float, shares: float, volume: float) -> float:
    """Return ``notional * y * sigma * sqrt(shares / volume)``, the square-root law.

    Parameters
    ----------
    sigma
        Sample sd of the symbol's daily log returns, known at the close before the fill.
    shares, volume
        Unsigned shares of the fill and of its session, in the same (split-adjusted) unit. The
        volume of the session is known only after it: it prices the fill and decides nothing.
    """
    if shares == 0.0:
        return 0.0
    return notional_usd * y * sigma * math.sqrt(shares / volume)


def fillable(shares: float, volume: float, participation_cap: float) -> float:
    """Return the share of an order that a session takes: ``min(1, cap * volume / shares)``.

    1 for an empty order, 0 where nobody traded. Sizes unsigned, in the same unit.

    Parameters
    ----------
    volume
        NaN where nobody tells it, which is not zero: then the order fills.
    participation_cap
        Infinite where there is none.
    """
    if shares == 0.0 or math.isnan(volume):
        return 1.0
    if volume <= 0.0:
        return 0.0
    return min(1.0, participation_cap * volume / shares)
