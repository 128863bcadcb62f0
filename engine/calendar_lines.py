"""What the calendar asks of a strategy, as lines. Configuration and sessions in, arrays out.

All of it is known in advance: the exchange's schedule, the time of year, announced dates.
"""

from pathlib import Path

import numpy as np

from configs.schema import RunConfig
from configs.trading import FlatOver
from feeds import calendar
from feeds.announcements import event_nights
from feeds.market import Dates, Floats, Market
from strategies.hedge import calendar_lines
from strategies.rules.schedule import Flags, flat_due, in_season, period_sessions


def lines_of(config: RunConfig, market: Market) -> dict[str, Floats]:
    """Return ``flat_due`` and one ``due_<n>`` a calendar trigger, shape (n,), 1.0 for yes.

    Raises
    ------
    DataError
        The announcements cannot be read.
    """
    sessions, following = market.sessions, market.next_sessions
    lines = {
        name: period_sessions(sessions, following, trigger.kind, trigger.on, trigger.every)
        for name, trigger in calendar_lines(config.rebalance).items()
    }
    lines["flat_due"] = _flat_due(config, sessions, following)
    return {name: flags.astype(np.float64) for name, flags in lines.items()}


def _flat_due(config: RunConfig, sessions: Dates, following: Dates) -> Flags:
    """Return whether each session's decision must leave the account flat."""
    flat = config.exits.flat_over
    if flat is None:
        return np.zeros(len(sessions), dtype=bool)
    after = np.append(following, calendar.next_session(following[-1]))
    days = np.append(sessions, following[-1])
    nights = _nights(flat, config, days, after)
    return flat_due(nights[:-1], bool(nights[-1]))


def _nights(flat: FlatOver, config: RunConfig, days: Dates, following: Dates) -> Flags:
    """Return whether the night after each day is one to be flat over."""
    nights = np.zeros(len(days), dtype=bool)
    if flat.earnings is not None:
        symbols = flat.symbols or (config.pair.long, config.pair.short)
        nights |= event_nights(Path(flat.earnings), symbols, days, following)
    if flat.season is not None:
        nights |= in_season(days, flat.season.since, flat.season.until)
    return nights
