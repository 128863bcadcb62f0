"""The exchange calendar (XNYS). Dates in, sessions out; never guessed from weekdays."""

import datetime as dt
import threading
import warnings
from dataclasses import dataclass
from functools import lru_cache

import exchange_calendars
import numpy as np
import numpy.typing as npt
from pandas.errors import Pandas4Warning

from feeds.source import DataError

Sessions = npt.NDArray[np.datetime64]  # datetime64[D]

# Left alone, exchange_calendars covers only the last twenty years. Building any span costs the
# same tenth of a second (nearly all of it is the holiday rules), so one span serves every run.
FIRST_DAY = dt.date(1962, 1, 2)  # the oldest daily stock prices Yahoo serves
LAST_DAY = dt.date(2049, 12, 31)  # fixed, not "today plus a year": the answer reads no clock


@dataclass(frozen=True, slots=True, kw_only=True)
class _Calendar:
    """Every session of the span, and the moment each one closes (UTC); both ascending."""

    sessions: Sessions
    closes: npt.NDArray[np.datetime64]  # datetime64[ns]


_turn = threading.Lock()  # two threads at once would put back each other's warning filters


def _calendar() -> _Calendar:
    with _turn:
        return _read()


@lru_cache(maxsize=1)
def _read() -> _Calendar:
    with warnings.catch_warnings():
        # exchange_calendars 4.13 reads tz-aware Series.values, which pandas 3.1 deprecates. The
        # values are right; the warning is theirs to heed, and ours are errors in tests.
        warnings.simplefilter("ignore", Pandas4Warning)
        xnys = exchange_calendars.get_calendar("XNYS", start=FIRST_DAY, end=LAST_DAY)
    days = xnys.sessions.to_numpy().astype("datetime64[D]")
    closes = np.asarray(xnys.closes_nanos, dtype=np.int64).view("datetime64[ns]")
    # The arrays are shared by every caller of the cache.
    days.setflags(write=False)
    closes.setflags(write=False)
    return _Calendar(sessions=days, closes=closes)


def _covered(day: dt.date | np.datetime64, what: str) -> np.datetime64:
    """Return ``day`` as datetime64[D], refusing one outside the calendar."""
    label: np.datetime64 = np.array([day], dtype="datetime64[D]")[0]
    if np.isnat(label) or not np.datetime64(FIRST_DAY) <= label <= np.datetime64(LAST_DAY):
        raise DataError(
            f"{what} was {label}; expected a date from {FIRST_DAY} to {LAST_DAY}, "
            "the span of the exchange calendar"
        )
    return label


def sessions(start: dt.date, end: dt.date) -> Sessions:
    """Return the sessions from ``start`` to ``end``, both inclusive, ascending.

    Parameters
    ----------
    start, end
        Calendar days; they need not be sessions. ``start`` after ``end`` gives none.

    Raises
    ------
    DataError
        A day outside the calendar's span.
    """
    days = _calendar().sessions
    first = np.searchsorted(days, _covered(start, "calendar start"), side="left")
    stop = np.searchsorted(days, _covered(end, "calendar end"), side="right")
    return days[first : max(first, stop)]


def next_session(day: dt.date | np.datetime64) -> np.datetime64:
    """Return the first session strictly after ``day``, a fact known in advance.

    Raises
    ------
    DataError
        ``day`` outside the calendar's span, or no session left in it.
    """
    days = _calendar().sessions
    index = int(np.searchsorted(days, _covered(day, "day before the next session"), side="right"))
    if index == len(days):
        raise DataError(
            f"next session after {day}: expected a day before {days[-1]}, "
            "the last session of the exchange calendar"
        )
    return np.datetime64(days[index], "D")


def last_closed_session(now: dt.datetime) -> dt.date:
    """Return the last session whose close has come at ``now``, early closes included.

    A bar of a later session is partial: its prices may still change.

    Parameters
    ----------
    now
        A moment with its time zone; the caller's clock, because this module reads none.

    Raises
    ------
    DataError
        ``now`` without a time zone, or outside the calendar's span.
    """
    if now.tzinfo is None:
        raise DataError(f"now was {now}, without a time zone; expected one, such as UTC")
    moment = now.astimezone(dt.UTC)
    _covered(moment.date(), "now")
    label = np.datetime64(moment.replace(tzinfo=None), "ns")
    closed = int(np.searchsorted(_calendar().closes, label, side="right"))
    if closed == 0:
        raise DataError(
            f"now was {now}; expected a moment after the close of {FIRST_DAY}, "
            "the first session of the exchange calendar"
        )
    session: dt.date = _calendar().sessions[closed - 1].item()
    return session
