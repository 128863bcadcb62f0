"""NYSE full-day closures written out by hand. A date in, the exchange's word on it out.

Standard library only and valid from 1986, the first year of any price file we hold it against.
Half days are sessions. Source: NYSE Rule 7.2 and the exchange's closure notices.
"""

from datetime import date, timedelta
from functools import cache

ONE_DAY = timedelta(days=1)
MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6

SPECIAL_CLOSURES = {
    date(1994, 4, 27): "funeral of President Nixon",
    date(2001, 9, 11): "attacks of 11 September",
    date(2001, 9, 12): "attacks of 11 September",
    date(2001, 9, 13): "attacks of 11 September",
    date(2001, 9, 14): "attacks of 11 September",
    date(2004, 6, 11): "funeral of President Reagan",
    date(2007, 1, 2): "funeral of President Ford",
    date(2012, 10, 29): "Hurricane Sandy",
    date(2012, 10, 30): "Hurricane Sandy",
    date(2018, 12, 5): "funeral of President G. H. W. Bush",
    date(2025, 1, 9): "funeral of President Carter",
}


def easter_sunday(year: int) -> date:
    """Return Easter by the anonymous Gregorian computus (Meeus, Jones and Butcher)."""
    a = year % 19
    b, c = divmod(year, 100)
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday_offset = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday_offset) // 451
    month, day = divmod(h + weekday_offset - 7 * m + 114, 31)
    return date(year, month, day + 1)


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    """Return the n-th given weekday of a month, counted from 1."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def last_monday_of_may(year: int) -> date:
    """Return Memorial Day."""
    end = date(year, 5, 31)
    return end - timedelta(days=end.weekday())


def observed(holiday: date) -> date:
    """Move a Saturday holiday to Friday and a Sunday holiday to Monday."""
    if holiday.weekday() == SATURDAY:
        return holiday - ONE_DAY
    if holiday.weekday() == SUNDAY:
        return holiday + ONE_DAY
    return holiday


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the regular closures of one calendar year."""
    closed = {
        nth_weekday(year, 2, MONDAY, 3),
        easter_sunday(year) - timedelta(days=2),
        last_monday_of_may(year),
        observed(date(year, 7, 4)),
        nth_weekday(year, 9, MONDAY, 1),
        nth_weekday(year, 11, THURSDAY, 4),
        observed(date(year, 12, 25)),
    }
    new_year = date(year, 1, 1)
    # A Saturday New Year is not moved: the Friday before belongs to the old year's books.
    if new_year.weekday() != SATURDAY:
        closed.add(observed(new_year))
    if year >= 1998:
        closed.add(nth_weekday(year, 1, MONDAY, 3))
    if year >= 2022:
        closed.add(observed(date(year, 6, 19)))
    return frozenset(closed)


def is_session(day: date) -> bool:
    """Say whether the exchange opens on this date."""
    if day.year < 1986:
        raise ValueError(f"nyse: {day} is before 1986, where these rules start; use a later date")
    return (
        day.weekday() < SATURDAY and day not in holidays(day.year) and day not in SPECIAL_CLOSURES
    )


def next_session(day: date) -> date:
    """Return the first session strictly after a date."""
    candidate = day + ONE_DAY
    while not is_session(candidate):
        candidate += ONE_DAY
    return candidate


def previous_session(day: date) -> date:
    """Return the last session strictly before a date."""
    candidate = day - ONE_DAY
    while not is_session(candidate):
        candidate -= ONE_DAY
    return candidate


def sessions_between(first: date, last: date) -> list[date]:
    """Return every session from first to last, both included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if is_session(day)]


def period_of(day: date, kind: str) -> tuple[int, int]:
    """Return the ISO week, month or quarter that a date belongs to, with its year."""
    if kind == "weekly":
        iso = day.isocalendar()
        return iso.year, iso.week
    if kind == "monthly":
        return day.year, day.month
    if kind == "quarterly":
        return day.year, (day.month - 1) // 3
    raise ValueError(f"nyse: period was {kind!r}; expected weekly, monthly or quarterly")


def closes_period(day: date, kind: str) -> bool:
    """Say whether a session is the exchange's last one of its week, month or quarter."""
    return period_of(next_session(day), kind) != period_of(day, kind)


def opens_period(day: date, kind: str) -> bool:
    """Say whether a session is the exchange's first one of its week, month or quarter."""
    return period_of(previous_session(day), kind) != period_of(day, kind)
