"""Clean bars by hand, in which a test plants one fault."""

import datetime as dt

import numpy as np
import pandas as pd

from feeds.calendar import sessions as exchange_sessions
from feeds.source import Bars

# 24 sessions: 21 weekdays of May 2024 after the 1st, less Memorial Day (27th), plus 3 to 5 June.
SESSIONS = exchange_sessions(dt.date(2024, 5, 2), dt.date(2024, 6, 5))
DAY = "2024-05-23"  # row 15, a Thursday with two rows of history on each side and more


def frame_of(sessions=SESSIONS, period=5):
    """Closes step up and down by one percent of 100, so that no two bars are alike."""
    rows = np.arange(len(sessions))
    close = 100.0 + np.where(rows % 2 == 0, 1.0, -1.0) * (1 + rows % period / 10)
    return pd.DataFrame(
        {
            "open": close - 0.25,
            "high": close + 0.5,
            "low": close - 0.5,
            "close": close,
            "adj_close": close,
            "volume": 1_000_000.0,
            "dividend": 0.0,
            "split": 0.0,
        },
        index=pd.DatetimeIndex(sessions.astype("datetime64[s]"), name="date"),
    )


def bars_of(frame, symbol="SMH"):
    return Bars(symbol=symbol, frame=frame, origin="hand", sha256="0" * 64)


def scale_prices(frame, rows, factor, columns=("open", "high", "low", "close", "adj_close")):
    frame.loc[rows, list(columns)] *= factor
