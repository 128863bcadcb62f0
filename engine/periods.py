"""Whole periods of the exchange's calendar. A session in, whether a period ends with it out."""

import datetime as dt
from typing import Literal

from feeds import calendar

Period = Literal["month", "quarter", "year"]
MONTHS: dict[Period, int] = {"month": 1, "quarter": 3, "year": 12}


def ends(day: dt.date, period: Period) -> bool:
    """Return whether ``day`` is the last session of its month, quarter or year."""
    following = dt.date.fromisoformat(str(calendar.next_session(day)))
    return number(following, period) != number(day, period)


def number(day: dt.date, period: Period) -> int:
    """Return the period of a day, counted from the year 0: the same for days of the same one."""
    return (day.year * 12 + day.month - 1) // MONTHS[period]
