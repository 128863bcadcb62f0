"""When the hedge is resized. Exchange sessions in, a yes or no per session out."""

from typing import Literal

import numpy as np
import numpy.typing as npt

Dates = npt.NDArray[np.datetime64]
Period = Literal["daily", "weekly", "monthly", "quarterly", "never"]

_EPOCH_TO_MONDAY = 3  # 1970-01-01 was a Thursday


def period_ends(sessions: Dates, next_sessions: Dates, period: Period) -> npt.NDArray[np.bool_]:
    """Return, per session, whether it is the exchange's last one of its period.

    A session ends its period when the exchange's next session lies in another one, so a window
    that stops on a Tuesday does not end that week. Known in advance: a calendar fact.

    Parameters
    ----------
    sessions, next_sessions
        Dates of shape (n,): each session and the exchange's session after it.
    period
        Weeks begin on Monday. ``daily`` is every session, ``never`` none.
    """
    if period == "daily":
        return np.ones(len(sessions), dtype=bool)
    if period == "never":
        return np.zeros(len(sessions), dtype=bool)
    ends: npt.NDArray[np.bool_] = _period_index(sessions, period) != _period_index(
        next_sessions, period
    )
    return ends


def _period_index(days: Dates, period: Period) -> npt.NDArray[np.int64]:
    """Return the number of the period each day lies in, counted from 1970."""
    if period == "weekly":
        return (days.astype("datetime64[D]").astype(np.int64) + _EPOCH_TO_MONDAY) // 7
    months = days.astype("datetime64[M]").astype(np.int64)
    return months if period == "monthly" else months // 3
