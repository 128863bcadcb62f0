"""Bid-ask spread. Traded notional at the mid in, dollars out."""


def half_spread(notional_usd: float, quoted_bps: float) -> float:
    """Return ``notional * quoted_bps / 2 / 10_000``: each side pays half of the quoted spread.

    The fill is booked at the open or close (the mid) and this beside it, so that no bar's range
    can cap the cost.
    """
    return notional_usd * quoted_bps / 2 / 10_000
