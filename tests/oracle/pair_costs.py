"""Costs of the pair. One order or one night in, positive dollars out."""


def commission_usd(rule: dict, shares: float, price: float, later_splits: float) -> float:
    """Return the commission of one order of one leg.

    `shares` are split-adjusted; a broker of the day counted `shares / later_splits` of them.
    """
    value_usd = abs(shares) * price
    as_traded_shares = abs(shares) / later_splits
    kind = rule["kind"]
    if kind == "zero":
        return 0.0
    if kind == "bps":
        return value_usd * rule["bps"] / 10_000
    if kind == "per_share":
        return max(rule["per_share_usd"] * as_traded_shares, rule["min_usd"])
    if kind == "ibkr_fixed":
        # The 1 % cap beats the 1 dollar minimum: a 50 dollar order pays 50 cents.
        return min(max(0.005 * as_traded_shares, 1.00), 0.01 * value_usd)
    raise ValueError(
        f"oracle: commission.kind was {kind!r}; expected zero, bps, per_share, ibkr_fixed"
    )


def half_spread_usd(spread: dict, symbol: str, shares: float, price: float) -> float:
    """Return half of the symbol's full quoted spread on the notional at the fill price."""
    full_spread_bps = spread.get(symbol, spread["default_bps"])
    return abs(shares) * price * (full_spread_bps / 10_000) / 2


def borrow_usd(
    borrow: dict, symbol: str, shares: float, previous_close: float, calendar_days: int
) -> float:
    """Return the fee for short shares held since the previous session, on that session's mark."""
    rate_annual = borrow.get(symbol, borrow["default_rate"])
    return max(-shares, 0.0) * previous_close * rate_annual / 360 * calendar_days
