"""Nights with news. Announcement dates (CSV) and the exchange's sessions in, event nights out.

A night is the one that follows a session's close. An announcement after the close (AMC) of a day
falls into that day's night, one before the open (BMO) into the night before; when the session is
not given we take both.
"""

import datetime as dt
import io

import numpy as np
import numpy.typing as npt
import pandas as pd

from feeds.market import Dates, SideFile
from feeds.source import DataError

_COLUMNS = ("ticker", "announce_date", "session")


def event_nights(
    file: SideFile, symbols: tuple[str, ...], sessions: Dates, next_sessions: Dates
) -> npt.NDArray[np.bool_]:
    """Return, per session, whether the night after its close has an announcement.

    Dates are taken to be known in advance, as companies announce them weeks before.

    Parameters
    ----------
    symbols
        Whose announcements count.
    sessions, next_sessions
        Shape (n,): each session and the exchange's session after it.

    Raises
    ------
    DataError
        The file has no ticker, announce_date and session columns, holds a bad date,
        or no announcement of any of the symbols.
    """
    path = file.path
    try:
        frame = pd.read_csv(io.BytesIO(file.content), dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: {error}; expected a CSV file of announcements") from None
    missing = [name for name in _COLUMNS if name not in frame.columns]
    if missing:
        raise DataError(f"{path}: no column {', '.join(missing)}; expected {','.join(_COLUMNS)}")
    rows = frame[frame["ticker"].isin(symbols)]
    if rows.empty:
        raise DataError(f"{path}: no announcement of {', '.join(symbols)}; expected some")
    nights = np.zeros(len(sessions), dtype=bool)
    for day_text, when in zip(rows["announce_date"], rows["session"], strict=True):
        try:
            day = np.datetime64(dt.date.fromisoformat(day_text))
        except ValueError:
            raise DataError(
                f"{path}: announce_date was {day_text!r}; expected a day like 2024-01-05"
            ) from None
        if when != "BMO":
            nights |= (sessions <= day) & (day < next_sessions)
        if when != "AMC":
            nights |= (sessions < day) & (day <= next_sessions)
    return nights
