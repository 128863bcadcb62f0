"""What certain days ask of a strategy, as lines. Configuration and market in, arrays out.

The exchange's schedule, the time of year and announced dates are known in advance; filings only on
their day.
"""

import numpy as np

from configs.schema import RunConfig
from configs.trading import FlatOver, OnFilingRebalance, PeriodicRebalance
from engine.prepare.fundamental_lines import filing_due
from feeds import calendar
from feeds.market import Dates, Floats, Market
from feeds.series.announcements import event_nights
from strategies.rebalance import dated_triggers
from strategies.rules.schedule import Flags, flat_due, in_season, period_sessions


def lines_of(config: RunConfig, market: Market) -> dict[str, Floats]:
    """Return ``flat_due`` and one ``due_<n>`` a dated trigger; 1.0 for yes. No price is read.

    Raises
    ------
    DataError
        The announcements cannot be read.
    """
    lines = {
        f"due_{place}": _due(trigger, config, market)
        for place, trigger in dated_triggers(config.rebalance).items()
    }
    flat = _flat_due(config, market)
    return {**lines, "flat_due": flat.astype(np.float64)}


def _due(
    trigger: PeriodicRebalance | OnFilingRebalance, config: RunConfig, market: Market
) -> Floats:
    """Return the sessions on which one trigger is due."""
    if isinstance(trigger, OnFilingRebalance):
        return filing_due(trigger.companies or (config.sizing_company,), market)
    flags = period_sessions(
        market.sessions,
        market.next_sessions,
        trigger.kind,
        trigger.on,
        trigger.every,
        trigger.phase,
    )
    return flags.astype(np.float64)


def _flat_due(config: RunConfig, market: Market) -> Flags:
    """Return whether each session's decision must leave the account flat."""
    sessions, following = market.sessions, market.next_sessions
    flat = config.exits.flat_over
    if flat is None:
        return np.zeros(len(sessions), dtype=bool)
    after = np.append(following, calendar.next_session(following[-1]))
    days = np.append(sessions, following[-1])
    nights = _nights(flat, config, market, days, after)
    return flat_due(nights[:-1], bool(nights[-1]))


def _nights(
    flat: FlatOver, config: RunConfig, market: Market, days: Dates, following: Dates
) -> Flags:
    """Return whether the night after each day is one to be flat over."""
    nights = np.zeros(len(days), dtype=bool)
    if flat.earnings is not None:
        symbols = flat.symbols or (config.pair.long, config.pair.short)
        nights |= event_nights(market.side_file(flat.earnings), symbols, days, following)
    if flat.season is not None:
        nights |= in_season(days, flat.season.since, flat.season.until)
    return nights
