"""Rebalances, one row each. What the strategy resized and what the fills cost in, a frame out."""

import numpy as np
import pandas as pd

from engine.result import REBALANCE_COLUMNS
from feeds.lines import sessions_of
from strategies.hedge import Resize


def rebalance_frame(resizes: list[tuple[float, Resize]], fills: pd.DataFrame) -> pd.DataFrame:
    """Return ``REBALANCE_COLUMNS``: when and why decided, the drift found, what it cost.

    ``cost`` is commission, fees, spread and impact of the fills of that decision in dollars,
    ``traded`` their notional; both 0 for one still pending or cancelled.
    """
    made = fills[fills["reason"] == "rebalance"]
    costs = made[["commission", "fees", "spread", "impact"]].sum(axis=1)
    by_day = pd.DataFrame(
        {
            "decided": made["decided"],
            "cost": costs,
            "traded": made["shares"].abs() * made["price"],
        }
    )
    sums = by_day.groupby("decided").sum()
    days = np.array([day for day, _ in resizes], dtype=np.float64)
    frame = pd.DataFrame(
        {
            "decided": pd.DatetimeIndex(sessions_of(days).astype("datetime64[s]")),
            "why": [resize.why for _, resize in resizes],
            "drift": [resize.drift for _, resize in resizes],
        }
    )
    frame = frame.join(sums, on="decided").fillna({"cost": 0.0, "traded": 0.0})
    return frame[list(REBALANCE_COLUMNS)]
