"""Cash dividends. Shares held over the ex-date in, signed dollars out."""


def dividend_cash(shares: float, per_share_usd: float) -> float:
    """Return ``shares * dividend``: a long leg receives (> 0), a short leg pays (< 0).

    Shares are those held at the close before the ex-date; no tax and no lag to the pay date.
    """
    return shares * per_share_usd
