"""Stock borrow. Shares held short overnight and the previous close in, dollars out."""

DAYS_IN_FEE_YEAR = 360  # US stock-loan convention (IBKR short-sale cost page)


def borrow_fee(shares: float, mark: float, rate_annual: float, calendar_days: int) -> float:
    """Return the fee on short shares, ``-shares * mark * rate / 360 * days``; 0 on a long leg.

    Parameters
    ----------
    shares
        Signed shares held since the previous close; only negative ones are borrowed.
    mark
        The previous session's close: the fee follows the market, not the entry price.
    rate_annual
        Fraction of market value a year.
    calendar_days
        Days since the previous session: three over a plain weekend.
    """
    if shares >= 0.0:
        return 0.0
    return -shares * mark * rate_annual / DAYS_IN_FEE_YEAR * calendar_days
