"""Bid-ask spread. Quotes, floors and a causal stress multiple in, dollars out.

The fill is booked at the open or close (the mid) and half the spread beside it, so that no bar's
range can cap the cost. Quotes are full spreads.
"""


def half_spread(notional_usd: float, quoted_bps: float) -> float:
    """Return ``notional * quoted_bps / 2 / 10_000``: each side pays half of the quoted spread."""
    return notional_usd * quoted_bps / 2 / 10_000


def floored_bps(quoted_bps: float, tick_usd: float, price: float) -> float:
    """Return the spread in bps, never less than one tick of the as-traded ``price``."""
    return max(quoted_bps, cents_in_bps(tick_usd * 100, price))


def cents_in_bps(cents: float, price: float) -> float:
    """Return a spread in cents as basis points of the as-traded ``price``."""
    return cents / 100 / price * 10_000


def vol_scale(vol: float, median_vol: float, min_scale: float, max_scale: float) -> float:
    """Return ``clip(vol / median so far, min, max)``; the maximum while either is unknown.

    Both are known at the close before the fill. Not knowing, we take the worse outcome.
    """
    if not (vol > 0.0 and median_vol > 0.0):
        return max_scale
    return min(max(vol / median_vol, min_scale), max_scale)


def regime_scale(measure: float, tercile: float, multiplier: float) -> float:
    """Return ``multiplier`` where the measure is at or above its upper tercile so far, else 1.

    Both are known at the close before the fill; the multiplier while either is unknown.
    """
    if measure < tercile:
        return 1.0
    return multiplier
