"""Which cost rates applied. A run in, rows of words and numbers out: what, long leg, short leg.

The words restate the configuration and the dated price lists the engine charged from; beside them
stands what each leg was charged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.costs import CentsSpread, CostsConfig, RegimeSpread, Spread, VolScaledSpread
from configs.fields import Model
from configs.schema import RunConfig
from configs.unphrased import by_name
from engine.costs.sale_fees import sale_fees
from engine.costs.tariffs import FixedList, Tariffs, TieredList, entries_on
from engine.records.columns import FILL_COSTS
from engine.records.result import Result
from reports.headline import COSTS, money, percent

Dates = npt.NDArray[np.datetime64]  # datetime64[D]

OFF = "none charged"
PHRASED = frozenset({"commission", "fees", "spread", "impact", "borrow", "interest"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One line of the price list in force; what holds for both legs stands in ``long`` alone."""

    what: str
    long: str
    short: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """What one leg traded and was charged, as text."""

    symbol: str
    fills: str
    notional: str
    costs: tuple[str, ...]  # in the order of COSTS


def rates(result: Result) -> list[Rate]:
    """Return the price list in force, one line per kind of cost and one for margin."""
    config = result.config
    sessions = result.ledger["date"].to_numpy().astype("datetime64[D]")
    spread, pair = config.costs.spread, config.pair
    return [
        _both("commission", _commission(config, result.tariffs, sessions)),
        *_fees(config, result.tariffs, sessions),
        Rate(what="spread", long=_spread(spread, pair.long), short=_spread(spread, pair.short)),
        _both("spread moves with", _stress(spread)),
        _both("impact", _impact(config)),
        Rate(what="borrow", long=_borrow(config, pair.long), short=_borrow(config, pair.short)),
        _both("interest", _interest(config)),
        *_without_words(config.costs),
        _both("margin", _margin(config)),
    ]


def _without_words(costs: CostsConfig) -> list[Rate]:
    """Return the sections and keys of the costs that nobody phrased, as they were asked."""
    asked = {name: getattr(costs, name) for name in type(costs).model_fields if name not in PHRASED}
    return [
        _both(name.replace("_", " "), by_name(each) if isinstance(each, Model) else str(each))
        for name, each in asked.items()
    ]


def charged(result: Result) -> list[Charged]:
    """Return what each leg was charged: dollars, and basis points of the notional it traded.

    Borrow is paid by the night, by the leg that was short at the close before it; what a
    replication paid while both were has a row of its own.
    """
    pair, ledger = result.config.pair, result.ledger
    is_long_short, is_short_short = (
        ledger[f"{leg}_shares"].shift(fill_value=0.0) < 0.0 for leg in ("long", "short")
    )
    rows = [
        _charged(result, pair.long, ledger[is_long_short & ~is_short_short]),
        _charged(result, pair.short, ledger[is_short_short & ~is_long_short]),
    ]
    both = ledger[is_long_short & is_short_short]
    return [*rows, _charged(result, "both, at once short", both)] if len(both) else rows


def _charged(result: Result, symbol: str, nights: pd.DataFrame) -> Charged:
    fills = result.fills[result.fills["symbol"] == symbol]
    notional = float((fills["shares"].abs() * fills["price"]).sum())
    paid = {kind: float((fills if kind in FILL_COSTS else nights)[kind].sum()) for kind in COSTS}
    return Charged(
        symbol=symbol,
        fills=f"{len(fills):,}",
        notional=money(notional, cents=False),
        costs=tuple(_with_bps(paid[kind], notional) for kind in COSTS),
    )


def _with_bps(usd: float, notional: float) -> str:
    return money(usd) if notional == 0.0 else f"{money(usd)} ({usd / notional * 10_000:.2f} bps)"


def _both(what: str, text: str) -> Rate:
    return Rate(what=what, long=text, short=None)


def _commission(config: RunConfig, tariffs: Tariffs, sessions: Dates) -> str:
    chosen = config.costs.commission
    match chosen.kind:
        case "zero":
            return OFF
        case "bps":
            return f"{chosen.bps:g} bps of notional{_bounds(chosen.min_usd, chosen.max_usd)}"
        case "per_share":
            rate = f"{_usd(chosen.per_share_usd)} an as-traded share"
            return rate + _bounds(chosen.min_usd, chosen.max_usd)
        case "per_order":
            return f"{money(chosen.usd)} an order and leg"
        case "ibkr_fixed":
            fixed = entries_on(tariffs.ibkr_fixed, sessions)
            return f"IBKR Fixed: {_dated(sessions, [_fixed(each) for each in fixed])}"
        case "ibkr_tiered":
            tiered = entries_on(tariffs.ibkr_tiered, sessions)
            return f"IBKR Tiered: {_dated(sessions, [_tiered(each) for each in tiered])}"
        case _:
            return by_name(chosen)


def _fixed(prices: FixedList) -> str:
    return (
        f"{_usd(prices.per_share_usd)} an as-traded share, at least {money(prices.min_usd)}, at "
        f"most {percent(prices.max_frac, 1)} of the order"
    )


def _tiered(prices: TieredList) -> str:
    return (
        f"{_usd(prices.tier_usd[0])} an as-traded share, from {prices.tier_ends[0]:,.0f} shares a "
        f"month {_usd(prices.tier_usd[1])} and falling to {_usd(prices.tier_usd[-1])}, at least "
        f"{money(prices.min_usd)}, at most {percent(prices.max_frac, 1)} of the order; clearing of "
        f"{_usd(prices.clearing_per_share_usd)} a share is booked under fees"
    )


def _fees(config: RunConfig, tariffs: Tariffs, sessions: Dates) -> list[Rate]:
    if config.costs.fees.kind == "none":
        return [_both("fees on sales", OFF)]
    if config.costs.fees.kind != "us_sales":
        return [_both("fees", by_name(config.costs.fees))]
    fees = sale_fees(config.costs, tariffs, sessions)
    sec = [f"{money(rate)} a million" for rate in fees.sec_usd_per_million]
    taf = [
        f"{_usd(rate)} a share, at most {money(most)}"
        for rate, most in zip(fees.taf_per_share_usd, fees.taf_max_usd, strict=True)
    ]
    return [
        _both("SEC section 31, on sales", _dated(sessions, sec)),
        _both("FINRA TAF, on sales", _dated(sessions, taf)),
    ]


def _spread(spread: Spread, symbol: str) -> str:
    if isinstance(spread, CentsSpread):
        return f"{spread.cents(symbol):g} cents an as-traded share, half of it a side"
    floor = f", never below {_usd(spread.tick_usd)} an as-traded share" if spread.tick_usd else ""
    return f"{spread.bps(symbol):g} bps, half of it a side{floor}"


def _stress(spread: Spread) -> str:
    parts = []
    if isinstance(spread, VolScaledSpread):
        parts.append(
            f"{spread.window}-session volatility over its median so far, x{spread.min_scale:g} to "
            f"x{spread.max_scale:g}"
        )
    elif isinstance(spread, RegimeSpread):
        own = f"the leg's own {spread.window}-session volatility"
        measure = own if spread.measure == "own" else spread.measure
        parts.append(f"the top tercile so far of {measure}, x{spread.multiplier:g}")
    if spread.open_multiplier > 1.0:
        parts.append(f"the opening auction, x{spread.open_multiplier:g}")
    return "; ".join(parts) or "nothing: the same on every session"


def _impact(config: RunConfig) -> str:
    impact = config.costs.impact
    if impact.kind == "none":
        return OFF
    if impact.kind != "square_root":
        return by_name(impact)
    cap = impact.participation_cap
    capped = "no cap on participation" if cap is None else f"at most {percent(cap, 1)} of a session"
    return (
        f"{impact.y:g} x daily sigma ({impact.window} sessions) x the square root of shares over "
        f"the session's volume; {capped}"
    )


def _borrow(config: RunConfig, symbol: str) -> str:
    borrow = config.costs.borrow
    if symbol not in config.sold:
        return "not borrowed"
    if symbol in borrow.series:
        text = f"the dated rates of {borrow.series[symbol]}"
    else:
        text = f"{percent(borrow.rate(symbol))} a year of the mark, over 360 days"
    for days in borrow.hard_to_borrow:
        if days.symbol == symbol:
            what = "no new short" if days.action == "no_open" else "bought in"
            text += f"; {what} from {days.since} to {days.until}"
    return text


def _interest(config: RunConfig) -> str:
    interest = config.costs.interest
    if interest.kind == "none":
        return "cash earns and owes nothing"
    if interest.kind != "benchmark":
        return by_name(interest)
    if interest.rate is None:
        benchmark = f"the dated rates of {interest.series}"
    else:
        benchmark = f"a benchmark of {percent(interest.rate)}"
    return (
        f"{benchmark}: cash earns it less {percent(interest.credit_below)}, a debit pays it plus "
        f"{percent(interest.debit_above)}, short proceeds above "
        f"{money(interest.rebate_free_usd, cents=False)} earn it less "
        f"{percent(interest.rebate_below)}"
    )


def _margin(config: RunConfig) -> str:
    margin = config.account.margin
    if margin.kind == "none":
        return "none asked"
    if margin.kind != "reg_t":
        return by_name(margin)
    house = f", all times {margin.house_multiplier:g}" if margin.house_multiplier > 1.0 else ""
    then = "scaled down" if margin.on_shortfall == "scale" else "refused"
    return (
        f"initial {percent(margin.initial, 0)} of gross; maintenance "
        f"{percent(margin.maintenance_long, 0)} of longs and "
        f"{percent(margin.maintenance_short, 0)} of shorts{house}; an order that does not fit is "
        f"{then}"
    )


def _bounds(least: float, most: float | None) -> str:
    text = f", at least {money(least)} an order" if least else ""
    return text if most is None else f"{text}, at most {money(most)} an order"


def _dated(sessions: Dates, texts: Sequence[str]) -> str:
    """Return each text with the session from which it held, or the text alone if it always did."""
    spans: list[tuple[str, np.datetime64]] = [
        (text, sessions[next(group)[0]])
        for text, group in groupby(enumerate(texts), key=lambda pair: pair[1])
    ]
    if len(spans) == 1:
        return spans[0][0]
    return "; ".join(f"{text} from {since}" for text, since in spans)


def _usd(dollars: float) -> str:
    """Return a price of parts of a cent with all its digits."""
    return f"${f'{dollars:.8f}'.rstrip('0').rstrip('.')}"
