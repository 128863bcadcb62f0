"""What a run is charged and allowed, in words. The costs and account sections in, clauses out."""

from collections.abc import Sequence

from configs.costs import (
    BorrowConfig,
    CentsSpread,
    Commission,
    CostsConfig,
    Fees,
    Impact,
    Interest,
    QuotedSpread,
    RegimeSpread,
    Spread,
    VolScaledSpread,
)
from configs.formats import dollars, joined, listed, number, percent, sessions, times
from configs.trading import AccountConfig, Margin
from configs.unphrased import by_name


def costs_words(costs: CostsConfig, long: str, short: str, sold: Sequence[str]) -> str:
    """Return what trading and holding the two legs cost.

    Parameters
    ----------
    sold
        Legs that may be sold short, at least one.
    """
    usual, *others = sold
    fee = _borrow(costs.borrow, usual)
    fees = [(leg, _borrow(costs.borrow, leg)) for leg in others]
    differing = [(leg, its) for leg, its in fees if its != fee]
    charged = (
        _commission(costs.commission),
        _fees(costs.fees),
        _spread(costs.spread, long, short),
        _impact(costs.impact),
        fee,
        *(f"or, where {leg} is the leg sold, {its}" for leg, its in differing),
        _interest(costs.interest),
    )
    return f"pay {listed(charged)}"


def account_words(account: AccountConfig) -> str:
    """Return how orders fill, with what money and under which margin."""
    price = {
        "next_open": "at the open of the session after the decision",
        "next_close": "at the close of the session after the decision",
        "same_close": "at the price that decided it, which nobody can",
    }[account.fill]
    shares = "fractions of shares" if account.fractional else "whole shares"
    claim = " (a replication, not evidence)" if account.replicate else ""
    return (
        f"start with {dollars(account.cash)} and fill both legs in {shares} {price}{claim}, "
        f"{_margin(account.margin)}"
    )


def _commission(commission: Commission) -> str:
    match commission.kind:
        case "zero":
            return "no commission"
        case "bps":
            charged = f"commission of {number(commission.bps)} bps of what is traded"
            return charged + _bounds(commission.min_usd, commission.max_usd)
        case "per_share":
            charged = f"commission of {dollars(commission.per_share_usd)} an as-traded share"
            return charged + _bounds(commission.min_usd, commission.max_usd)
        case "per_order":
            return f"commission of {dollars(commission.usd)} an order and leg"
        case "ibkr_fixed":
            return "IBKR's fixed commission"
        case "ibkr_tiered":
            return "IBKR's tiered commission"
        case _:
            return f"commission by {by_name(commission)}"


def _bounds(least: float, most: float | None) -> str:
    """Return the limits of a commission an order."""
    limits = [f"at least {dollars(least)}"] if least > 0.0 else []
    limits += [f"at most {dollars(most)}"] if most is not None else []
    return f" ({listed(limits)} an order)" if limits else ""


def _fees(fees: Fees) -> str:
    if fees.kind == "none":
        return "no fees on sales"
    if fees.kind != "us_sales":
        return f"fees by {by_name(fees)}"
    return "SEC and FINRA fees on sales" + (f" by {fees.table}" if fees.table else "")


def _spread(spread: Spread, long: str, short: str) -> str:
    """Return the full quoted spread of each leg and what widens it."""
    if not isinstance(spread, QuotedSpread | VolScaledSpread | RegimeSpread | CentsSpread):
        return f"a spread by {by_name(spread)}"
    if spread.kind == "cents":
        unit, tick = "cents an as-traded share", 0.0
        widths = [spread.cents(long), spread.cents(short)]
    else:
        unit, tick = "bps", spread.tick_usd
        widths = [spread.bps(long), spread.bps(short)]
    quoted = f"{number(widths[0])} {unit}"
    if widths[0] != widths[1]:
        quoted += f" for {long} and {number(widths[1])} for {short}"
    stress = None
    if spread.kind == "vol_scaled":
        stress = (
            f"times volatility over {sessions(spread.window)} by its median so far, from "
            f"{times(spread.min_scale)} to {times(spread.max_scale)}"
        )
    elif spread.kind == "regime":
        measure = "^VIX"
        if spread.measure == "own":
            measure = f"the leg's volatility over {sessions(spread.window)}"
        stress = f"{times(spread.multiplier)} in the top third of {measure} so far"
    widened = (
        f"at least {dollars(tick)} an as-traded share" if tick > 0.0 else None,
        stress,
        f"{times(spread.open_multiplier)} at the open" if spread.open_multiplier != 1.0 else None,
    )
    terms = joined(widened)
    return f"half of a quoted spread of {quoted} a side{f' ({terms})' if terms else ''}"


def _impact(impact: Impact) -> str:
    if impact.kind == "none":
        return "no market impact"
    if impact.kind != "square_root":
        return f"impact by {by_name(impact)}"
    cap = impact.participation_cap
    worked = "with no cap on" if cap is None else f"working what is above {percent(cap)} of"
    return (
        f"square-root impact of {times(impact.y)} the daily volatility over "
        f"{sessions(impact.window)}, {worked} a session's volume"
    )


def _borrow(borrow: BorrowConfig, short: str) -> str:
    """Return the borrow fee a year of the leg that is sold short, and the days without borrow."""
    file = borrow.series.get(short)
    fee = percent(borrow.rate(short)) if file is None else f"the rate in {file}"
    actions = {"no_open": "no new short", "buy_in": "no short at all, held ones bought in,"}
    barred = [
        f"{actions[each.action]} from {each.since} to {each.until}"
        for each in borrow.hard_to_borrow
        if each.symbol == short
    ]
    return f"a borrow fee of {fee} a year{f' ({listed(barred)})' if barred else ''}"


def _interest(interest: Interest) -> str:
    if interest.kind == "none":
        return "no interest"
    if interest.kind != "benchmark":
        return f"interest by {by_name(interest)}"
    rate = percent(interest.rate) if interest.rate is not None else f"the rate in {interest.series}"
    return (
        f"interest off {rate} (less {percent(interest.credit_below)} on idle cash, plus "
        f"{percent(interest.debit_above)} on a debit, less {percent(interest.rebate_below)} on "
        f"short proceeds above {dollars(interest.rebate_free_usd)})"
    )


def _margin(margin: Margin) -> str:
    if margin.kind == "none":
        return "without a margin rule"
    if margin.kind != "reg_t":
        return f"under margin of {by_name(margin)}"
    house = margin.house_multiplier
    short = {"scale": "scaling down", "refuse": "refusing"}[margin.on_shortfall]
    return (
        f"under Regulation T margin ({percent(margin.initial)} at an entry, "
        f"{percent(margin.maintenance_long)} of longs and {percent(margin.maintenance_short)} of "
        f"shorts after it{f', {times(house)} of that for the house' if house != 1.0 else ''}), "
        f"{short} what does not fit"
    )
