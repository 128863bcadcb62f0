"""From the costs section to one rate a session. Configuration and market in, `LegCosts` out.

Whatever moves with the market (volatility, ^VIX) is taken from the session before the fill, so that
a cost knows no more than the order it prices. Dated rates are those in force.
"""

import datetime as dt
import math

import numpy as np
import pandas as pd

from configs.costs import CostsConfig, RegimeSpread, VolScaledSpread
from configs.schema import RunConfig
from engine.costs import commission as rates
from engine.costs.model import CommissionOf, LegCosts, QuoteOf
from engine.costs.spread import cents_in_bps, floored_bps, regime_scale, vol_scale
from engine.costs.tariffs import Tariffs, entries_on, load_tariffs
from engine.interest import InterestRates
from engine.margin import MarginRules
from engine.sale_fees import sale_fees
from feeds.market import Dates, Floats, Leg, Market
from feeds.rates import BORROW, INTEREST, RateKind, rates_on
from feeds.source import DataError
from strategies.rules.rolling import log_returns, rolling_volatility

UPPER_TERCILE = 2 / 3
SIGMA_UNKNOWN = 0.05  # a day, until volatility is warm: twice that of the wilder leg


def leg_costs(config: RunConfig, market: Market, leg: Leg) -> LegCosts:
    """Return what one leg costs on every session of the run.

    Raises
    ------
    ConfigError, DataError
        A table or a series the configuration names cannot be used.
    """
    costs, sessions = config.costs, market.sessions
    tariffs = tariffs_of(costs, market)
    quote, quote_of = _quote(costs, leg.symbol)
    fees = sale_fees(costs, tariffs, sessions)
    impact = costs.impact if costs.impact.kind == "square_root" else None
    if impact is not None:
        _check_volumes(leg, sessions)
    hard = [days for days in costs.borrow.hard_to_borrow if days.symbol == leg.symbol]
    return LegCosts(
        commission_of=_commission_of(costs, tariffs, sessions),
        clearing_per_share_usd=_clearing(costs, tariffs, sessions),
        quote=quote,
        quote_of=quote_of,
        spread_scale=_spread_scale(config, market, leg),
        open_multiplier=costs.spread.open_multiplier,
        sec_usd_per_million=fees.sec_usd_per_million,
        taf_per_share_usd=fees.taf_per_share_usd,
        taf_max_usd=fees.taf_max_usd,
        impact_y=0.0 if impact is None else impact.y,
        participation_cap=math.inf if impact is None else _limit(impact.participation_cap),
        sigma=[0.0] * len(sessions) if impact is None else _sigma(leg, impact.window),
        borrow_rate_annual=_nightly(
            costs.borrow.series.get(leg.symbol), costs.borrow.rate(leg.symbol), market, BORROW
        ),
        no_short_opened=_within(sessions, [(each.since, each.until) for each in hard]),
        bought_in=_within(
            sessions, [(each.since, each.until) for each in hard if each.action == "buy_in"]
        ),
    )


def tariffs_of(costs: CostsConfig, market: Market) -> Tariffs:
    """Return the price lists of a run: the shipped ones or the table it names."""
    named = costs.fees.table if costs.fees.kind == "us_sales" else None
    return load_tariffs(None if named is None else market.side_file(named))


def interest_rates(costs: CostsConfig, market: Market) -> InterestRates | None:
    """Return what cash earns and owes on every night of the run, or None."""
    interest = costs.interest
    if interest.kind == "none":
        return None
    return InterestRates(
        benchmark=_nightly(interest.series, interest.rate or 0.0, market, INTEREST),
        credit_below=interest.credit_below,
        debit_above=interest.debit_above,
        rebate_below=interest.rebate_below,
        rebate_free_usd=interest.rebate_free_usd,
    )


def margin_rules(config: RunConfig) -> MarginRules | None:
    """Return the account's margin rules, or None."""
    margin = config.account.margin
    if margin.kind == "none":
        return None
    return MarginRules(
        initial=margin.initial,
        maintenance_long=margin.maintenance_long,
        maintenance_short=margin.maintenance_short,
        house=margin.house_multiplier,
        refuses=margin.on_shortfall == "refuse",
    )


def _commission_of(costs: CostsConfig, tariffs: Tariffs, sessions: Dates) -> CommissionOf:
    """Return the commission of an order; see `engine.costs.model.CommissionOf`."""
    chosen = costs.commission
    if chosen.kind == "bps":
        rate, least, most = chosen.bps, chosen.min_usd, _limit(chosen.max_usd)
        return lambda shares, usd, month, session: rates.bps(usd, rate, least, most)
    if chosen.kind == "per_share":
        rate, least, most = chosen.per_share_usd, chosen.min_usd, _limit(chosen.max_usd)
        return lambda shares, usd, month, session: rates.per_share(shares, rate, least, most)
    if chosen.kind == "per_order":
        ticket = chosen.usd
        return lambda shares, usd, month, session: rates.per_order(shares, ticket)
    if chosen.kind == "ibkr_fixed":
        fixed = entries_on(tariffs.ibkr_fixed, sessions)
        return lambda shares, usd, month, session: rates.per_share(
            shares,
            fixed[session].per_share_usd,
            fixed[session].min_usd,
            fixed[session].max_frac * usd,
        )
    if chosen.kind == "ibkr_tiered":
        lists = entries_on(tariffs.ibkr_tiered, sessions)
        return lambda shares, usd, month, session: rates.tiered(
            shares,
            month,
            lists[session].tier_ends,
            lists[session].tier_usd,
            lists[session].min_usd,
            lists[session].max_frac * usd,
        )
    return lambda shares, usd, month, session: 0.0


def _clearing(costs: CostsConfig, tariffs: Tariffs, sessions: Dates) -> list[float]:
    """Return what the broker passes through a share: only the tiered list is without it."""
    if costs.commission.kind != "ibkr_tiered":
        return [0.0] * len(sessions)
    return [each.clearing_per_share_usd for each in entries_on(tariffs.ibkr_tiered, sessions)]


def _limit(most: float | None) -> float:
    return math.inf if most is None else most


def _check_volumes(leg: Leg, sessions: Dates) -> None:
    """Raise where impact has no volume to stand on: one that nobody tells is not zero."""
    untold = sessions[np.isnan(leg.volume)]
    if len(untold):
        raise DataError(
            f"{leg.symbol}: volume was not told on {len(untold)} session(s), first on {untold[0]}; "
            "expected one on every session, which costs.impact needs (kind: none does without)"
        )


def _quote(costs: CostsConfig, symbol: str) -> tuple[float, QuoteOf]:
    """Return the configured full spread and how it becomes basis points at a price."""
    spread = costs.spread
    if spread.kind == "cents":
        return spread.cents(symbol), cents_in_bps
    tick_usd = spread.tick_usd
    return spread.bps(symbol), lambda quoted, price: floored_bps(quoted, tick_usd, price)


def _spread_scale(config: RunConfig, market: Market, leg: Leg) -> list[float]:
    """Return the multiple of the quoted spread on each session, from the session before."""
    spread = config.costs.spread
    if spread.kind == "vol_scaled":
        return _vol_scales(spread, _volatility(leg, spread.window))
    if spread.kind == "regime":
        is_own = spread.measure == "own"
        measure = _volatility(leg, spread.window) if is_own else market.gauges[spread.measure]
        return _regime_scales(spread, measure)
    return [1.0] * len(market.sessions)


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


def _sigma(leg: Leg, window: int) -> list[float]:
    """Return the daily sigma known at the close before each session."""
    known: list[float] = pd.Series(_volatility(leg, window)).shift().fillna(SIGMA_UNKNOWN).tolist()
    return known


def _nightly(series: str | None, constant: float, market: Market, kind: RateKind) -> list[float]:
    """Return the rate of the night before each session: the one in force when it began."""
    sessions = market.sessions
    if series is None:
        return [constant] * len(sessions)
    evenings = np.concatenate([sessions[:1], sessions[:-1]])
    nightly: list[float] = rates_on(market.side_file(series), evenings, kind).tolist()
    return nightly


def _within(sessions: Dates, spans: list[tuple[dt.date, dt.date]]) -> list[bool]:
    """Return whether each session lies in any of the spans, both ends included."""
    inside = np.zeros(len(sessions), dtype=bool)
    for since, until in spans:
        inside |= (sessions >= np.datetime64(since)) & (sessions <= np.datetime64(until))
    flags: list[bool] = inside.tolist()
    return flags
