"""Costs that move with the date. Configuration and market in, one record of `Rates` a session out.

Whatever moves with the market (volatility, ^VIX) is taken from the session before the fill, so that
a cost knows no more than the order it prices. Dated rates are those in force.
"""

import datetime as dt
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.costs import CostsConfig, RegimeSpread, VolScaledSpread
from configs.schema import RunConfig
from engine.body.charges import in_order
from engine.body.rates import Rates
from engine.costs.sale_fees import sale_fees
from engine.costs.spread import regime_scale, vol_scale
from engine.costs.tariffs import Tariffs, entries_on
from feeds.market import Dates, Floats, Leg, Market
from feeds.series.rates import BORROW, INTEREST, RateKind, rates_on
from feeds.source import DataError
from strategies.records import array_of
from strategies.rules.rolling import log_returns, rolling_volatility

UPPER_TERCILE = 2 / 3
SIGMA_UNKNOWN = 0.05  # a day, until volatility is warm: twice that of the wilder leg


def rates_of(config: RunConfig, market: Market, tariffs: Tariffs) -> npt.NDArray[np.void]:
    """Return the dated costs of every session, an array of ``Rates``.

    Raises
    ------
    DataError
        A series the configuration names cannot be used.
    """
    costs, sessions = config.costs, market.sessions
    fees = sale_fees(costs, tariffs, sessions)
    columns: dict[str, Any] = {
        "sec_usd_per_million": fees.sec_usd_per_million,
        "taf_per_share_usd": fees.taf_per_share_usd,
        "taf_max_usd": fees.taf_max_usd,
        **_price_list(costs, tariffs, sessions),
        **_benchmark(costs, market),
    }
    for side, leg in (("long", market.long), ("short", market.short)):
        own = leg_rates(config, market, leg)
        columns |= {f"{side}.{name}": line for name, line in own.items()}
    rates: npt.NDArray[np.void] = array_of(Rates, columns, len(sessions))
    return rates


def reads_prices(costs: CostsConfig) -> bool:
    """Return whether the dated costs look at prices, volumes or gauges: else at dates alone."""
    return costs.impact.kind == "square_root" or costs.spread.kind in ("vol_scaled", "regime")


def leg_rates(config: RunConfig, market: Market, leg: Leg) -> dict[str, Any]:
    """Return the columns of one leg's dated costs.

    Raises
    ------
    DataError
        A volume or a series that they need is not there.
    """
    costs, sessions = config.costs, market.sessions
    hard = [days for days in costs.borrow.hard_to_borrow if days.symbol == leg.symbol]
    impact = costs.impact if costs.impact.kind == "square_root" else None
    if impact is not None:
        _check_volumes(leg, sessions)
    return {
        "spread_scale": _spread_scale(config, market, leg),
        "sigma": 0.0 if impact is None else _sigma(leg, impact.window),
        "borrow_rate": _nightly(
            market, costs.borrow.series.get(leg.symbol), costs.borrow.rate(leg.symbol), BORROW
        ),
        "no_short_opened": _within(sessions, [(each.since, each.until) for each in hard]),
        "bought_in": _within(
            sessions, [(each.since, each.until) for each in hard if each.action == "buy_in"]
        ),
    }


def _check_volumes(leg: Leg, sessions: Dates) -> None:
    """Raise where impact has no volume to stand on: one that nobody tells is not zero."""
    untold = sessions[np.isnan(leg.volume)]
    if len(untold):
        raise DataError(
            f"{leg.symbol}: volume was not told on {len(untold)} session(s), first on {untold[0]}; "
            "expected one on every session, which costs.impact needs (kind: none does without)"
        )


def _price_list(costs: CostsConfig, tariffs: Tariffs, sessions: Dates) -> dict[str, Any]:
    """Return the columns of the broker's list that holds on each session."""
    if costs.commission.kind == "ibkr_tiered":
        tiered = in_order(tariffs)
        listed = entries_on(tiered, sessions)
        return {
            "tier_list": [tiered.index(each) for each in listed],
            "clearing_per_share_usd": [each.clearing_per_share_usd for each in listed],
            "list_min_usd": [each.min_usd for each in listed],
            "list_max_frac": [each.max_frac for each in listed],
        }
    if costs.commission.kind == "ibkr_fixed":
        fixed = entries_on(tariffs.ibkr_fixed, sessions)
        return {
            "list_per_share_usd": [each.per_share_usd for each in fixed],
            "list_min_usd": [each.min_usd for each in fixed],
            "list_max_frac": [each.max_frac for each in fixed],
        }
    return {}


def _benchmark(costs: CostsConfig, market: Market) -> dict[str, Any]:
    """Return the benchmark rate that cash earns and owes by, night by night."""
    interest = costs.interest
    if interest.kind == "none":
        return {}
    return {"benchmark_rate": _nightly(market, interest.series, interest.rate or 0.0, INTEREST)}


def _spread_scale(config: RunConfig, market: Market, leg: Leg) -> Any:
    """Return the multiple of the quoted spread on each session, from the session before."""
    spread = config.costs.spread
    if spread.kind == "vol_scaled":
        return _vol_scales(spread, _volatility(leg, spread.window))
    if spread.kind == "regime":
        is_own = spread.measure == "own"
        measure = _volatility(leg, spread.window) if is_own else market.gauges[spread.measure]
        return _regime_scales(spread, measure)
    return 1.0


def _vol_scales(spread: VolScaledSpread, volatility: Floats) -> list[float]:
    series = pd.Series(volatility)
    medians = series.expanding().median()
    return [
        vol_scale(vol, median, spread.min_scale, spread.max_scale)
        for vol, median in zip(series.shift(), medians.shift(), strict=True)
    ]


def _regime_scales(spread: RegimeSpread, measure: Floats) -> list[float]:
    series = pd.Series(measure)
    terciles = series.expanding().quantile(UPPER_TERCILE)
    return [
        regime_scale(value, tercile, spread.multiplier)
        for value, tercile in zip(series.shift(), terciles.shift(), strict=True)
    ]


def _volatility(leg: Leg, window: int) -> Floats:
    """Return the leg's daily volatility, shape (n,), known at each close."""
    return rolling_volatility(log_returns(leg.adj_close), window)


def _sigma(leg: Leg, window: int) -> Floats:
    """Return the daily sigma known at the close before each session."""
    known = np.append(np.nan, _volatility(leg, window)[:-1])
    return np.where(np.isnan(known), SIGMA_UNKNOWN, known)


def _within(sessions: Dates, spans: list[tuple[dt.date, dt.date]]) -> npt.NDArray[np.bool_]:
    """Return whether each session lies in any of the spans, both ends included."""
    inside = np.zeros(len(sessions), dtype=bool)
    for since, until in spans:
        inside |= (sessions >= np.datetime64(since)) & (sessions <= np.datetime64(until))
    return inside


def _nightly(market: Market, series: str | None, constant: float, kind: RateKind) -> Any:
    """Return the rate of the night before each session: the one in force when it began."""
    if series is None:
        return constant
    sessions = market.sessions
    evenings = np.concatenate([sessions[:1], sessions[:-1]])
    return rates_on(market.side_file(series), evenings, kind)
