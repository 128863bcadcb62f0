"""Costs of the pair. One execution or one night in, positive dollars out."""

import math
from dataclasses import dataclass
from datetime import date

from tests.oracle import pair_tariffs as tariffs


@dataclass(slots=True)
class Bill:
    """One leg of an order so far: a minimum is charged once, however many parts there are."""

    month_before: float  # as-traded shares of the month before the order
    shares: float = 0.0  # as traded
    value_usd: float = 0.0
    charged_usd: float = 0.0

    def add(self, rule: dict, shares: float, value_usd: float) -> float:
        """Return what the next part costs: the whole order so far, less what was charged."""
        self.shares += shares
        self.value_usd += value_usd
        whole = order_commission(rule, self.shares, self.value_usd, self.month_before)
        due = max(whole - self.charged_usd, 0.0)
        self.charged_usd += due
        return due


def order_commission(rule: dict, shares: float, value_usd: float, month_before: float) -> float:
    """Return the commission of a whole order of unsigned as-traded shares."""
    kind = rule["kind"]
    if kind == "zero":
        return 0.0
    if kind == "per_order":
        return rule["usd"]
    if kind in ("bps", "per_share"):
        rate = value_usd * rule["bps"] / 10_000 if kind == "bps" else rule["per_share_usd"] * shares
        most = rule.get("max_usd")
        return min(max(rate, rule.get("min_usd", 0.0)), math.inf if most is None else most)
    # The 1 % cap beats the minimum: a 50 dollar order pays 50 cents.
    most = tariffs.MAX_FRAC * value_usd
    if kind == "ibkr_fixed":
        return min(max(tariffs.FIXED_PER_SHARE * shares, tariffs.FIXED_MIN), most)
    if kind == "ibkr_tiered":
        return min(max(tariffs.tiered_usd(month_before, shares), tariffs.TIERED_MIN), most)
    raise ValueError(f"oracle: commission.kind was {kind!r}; see order_commission()")


def commission_usd(
    rule: dict, shares: float, price: float, later_splits: float, month_before: float = 0.0
) -> float:
    """Return the commission of one order of one leg that fills at once.

    `shares` are split-adjusted; a broker of the day counted `shares / later_splits` of them.
    """
    as_traded = abs(shares) / later_splits
    return order_commission(rule, as_traded, abs(shares) * price, month_before)


def fees_usd(costs: dict, day: date, shares: float, price: float, later_splits: float) -> float:
    """Return clearing, SEC section 31 and FINRA TAF of one execution; the latter two on sales."""
    as_traded = abs(shares) / later_splits
    fees = 0.0
    if costs["commission"]["kind"] == "ibkr_tiered":
        fees += tariffs.CLEARING_PER_SHARE * as_traded
    rule = costs["fees"]
    if rule["kind"] == "none" or shares > 0:
        return fees
    if rule.get("table") is not None:
        raise ValueError(f"oracle: fees.table was {rule['table']}; it knows the published rates")
    per_share, most = tariffs.in_force(tariffs.TAF_USD, day)
    per_million = tariffs.in_force(tariffs.SEC_USD_PER_MILLION, day)
    return fees + abs(shares) * price * per_million / 1e6 + min(as_traded * per_share, most)


def half_spread_usd(
    spread: dict,
    symbol: str,
    shares: float,
    price: float,
    later_splits: float = 1.0,
    multiple: float = 1.0,
) -> float:
    """Return half of the symbol's full quoted spread on the notional at the fill price.

    A spread or a tick in cents is one of the day's own price, before later splits.
    """
    quoted_price = price * later_splits
    if spread.get("kind") == "cents":
        full = spread.get(symbol, spread["default_cents"]) * multiple / 100 / quoted_price
    else:
        full = spread.get(symbol, spread["default_bps"]) * multiple / 10_000
        full = max(full, spread.get("tick_usd", 0.0) / quoted_price)
    return abs(shares) * price * full / 2


def impact_usd(rule: dict, sigma: float, shares: float, price: float, volume: float) -> float:
    """Return y sigma sqrt(shares / volume) of the notional."""
    if rule["kind"] == "none":
        return 0.0
    return abs(shares) * price * rule["y"] * sigma * math.sqrt(abs(shares) / volume)


def borrow_usd(
    borrow: dict,
    symbol: str,
    shares: float,
    previous_close: float,
    calendar_days: int,
    dated_rate: float | None = None,
) -> float:
    """Return the fee for short shares held since the previous session, on that session's mark.

    `dated_rate` is the one in force when the night began, for a symbol with a series.
    """
    rate_annual = borrow.get(symbol, borrow["default_rate"]) if dated_rate is None else dated_rate
    return max(-shares, 0.0) * previous_close * rate_annual / 360 * calendar_days


def interest_usd(
    rule: dict, benchmark: float, cash: float, proceeds: float, calendar_days: int
) -> float:
    """Return a night's interest, negative where the account pays.

    `proceeds` (short market value) lie in `cash` as collateral: what is beyond the free amount
    earns the rebate. The rest of the cash earns less or, as a debit, pays more than the benchmark.
    """
    rebate = max(proceeds - rule["rebate_free_usd"], 0.0) * max(
        benchmark - rule["rebate_below"], 0.0
    )
    own = cash - proceeds
    if own < 0:
        on_own = own * (benchmark + rule["debit_above"])
    else:
        on_own = own * max(benchmark - rule["credit_below"], 0.0)
    return (rebate + on_own) * calendar_days / 360
