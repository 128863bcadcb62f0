"""When the calendar asks for a resize. Exchange sessions in, a yes or no per session out."""

from typing import Literal

import numpy as np
import numpy.typing as npt

Dates = npt.NDArray[np.datetime64]
Flags = npt.NDArray[np.bool_]
Period = Literal["daily", "weekly", "monthly", "quarterly"]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_EPOCH_TO_MONDAY = 3  # 1970-01-01 was a Thursday


def period_sessions(
    sessions: Dates,
    next_sessions: Dates,
    period: Period,
    on: str = "last",
    every: int = 1,
    phase: int = 0,
) -> Flags:
    """Return, per session, whether it is the chosen one of its period. A calendar fact.

    ``last``: the exchange's next session lies in another period, so a window that stops on a
    Tuesday does not end that week. ``first``: the session before lies in another one. A weekday:
    the first session on or after it in its week, else the week's last. The first session of the
    run is never first: what came before is not known, and nothing is held.

    Parameters
    ----------
    sessions, next_sessions
        Dates of shape (n,): each session and the exchange's session after it.
    period
        Weeks begin on Monday. ``daily`` is every session.
    on
        ``first``, ``last`` or a weekday (weekly only).
    every, phase
        Every n-th period by its number since 1970, whatever the start of the run: those that leave
        ``phase`` when they are divided by n.
    """
    if period == "daily":
        return np.ones(len(sessions), dtype=bool)
    index = _period_index(sessions, period)
    is_last = index != _period_index(next_sessions, period)
    is_first = np.zeros(len(sessions), dtype=bool)
    is_first[1:] = index[1:] != index[:-1]
    if on == "last":
        chosen = is_last
    elif on == "first":
        chosen = is_first
    else:
        chosen = _on_weekday(sessions, is_first, is_last, WEEKDAYS.index(on))
    due: Flags = chosen & (index % every == phase)
    return due


def _on_weekday(sessions: Dates, is_first: Flags, is_last: Flags, weekday: int) -> Flags:
    """Return the first session of each week on or after a weekday, else the week's last."""
    days = (sessions.astype("datetime64[D]").astype(np.int64) + _EPOCH_TO_MONDAY) % 7
    before = np.concatenate([days[:1], days[:-1]])
    reached = (days >= weekday) & (is_first | (before < weekday))
    reached[:1] = days[:1] == weekday
    chosen: Flags = reached | (is_last & (days < weekday))
    return chosen


def _period_index(days: Dates, period: Period) -> npt.NDArray[np.int64]:
    """Return the number of the period each day lies in, counted from 1970."""
    if period == "weekly":
        return (days.astype("datetime64[D]").astype(np.int64) + _EPOCH_TO_MONDAY) // 7
    months = days.astype("datetime64[M]").astype(np.int64)
    return months if period == "monthly" else months // 3


def flat_due(nights: Flags, last_night: bool) -> Flags:
    """Return, per session *t*, whether an order decided at its close must leave us flat.

    What is decided at *t* fills on *t+1*, so it must heed the night after *t+1*.

    Parameters
    ----------
    nights
        Shape (n,): whether the night after each session is one to be flat over.
    last_night
        The same for the exchange's session after the last one.
    """
    return np.append(nights[1:], last_night)


def in_season(days: Dates, since: str, until: str) -> Flags:
    """Return whether each day lies in a stretch of the year, ends included.

    Parameters
    ----------
    since, until
        ``MM-DD``; when ``until`` is the earlier one the stretch passes the new year.
    """
    text = np.datetime_as_string(days.astype("datetime64[D]"))
    of_year = np.array([day[5:] for day in text])
    after, before = of_year >= since, of_year <= until
    inside: Flags = (after & before) if since <= until else (after | before)
    return inside
