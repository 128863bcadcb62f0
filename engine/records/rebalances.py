"""Rebalances, one row each. What a run recorded and what its fills cost in, a frame out."""

import numpy as np
import pandas as pd

from configs.trading import Rebalance
from engine.records.columns import FILL_COSTS, REBALANCE_COLUMNS
from engine.records.ledger import dates_of
from engine.records.recorded import Recorded
from strategies.rebalance import triggers
from strategies.records import NONE


def rebalance_frame(run: Recorded, rebalance: Rebalance, fills: pd.DataFrame) -> pd.DataFrame:
    """Return ``REBALANCE_COLUMNS``: when and why decided, the drift found, what it cost.

    ``cost`` is what the fills cost of that decision in dollars,
    ``traded`` their notional; both 0 for one still pending or cancelled.
    """
    made = fills[fills["reason"] == "rebalance"]
    costs = made[list(FILL_COSTS)].sum(axis=1)
    by_day = pd.DataFrame(
        {
            "decided": made["decided"],
            "cost": costs,
            "traded": made["shares"].abs() * made["price"],
        }
    )
    sums = by_day.groupby("decided").sum()
    places = np.flatnonzero(run.sessions["resized_by"] != NONE)
    kinds = [getattr(each, "kind", "") for each in triggers(rebalance)]
    frame = pd.DataFrame(
        {
            "decided": dates_of(run.sessions["day"][places]),
            "why": [kinds[int(each)] for each in run.sessions["resized_by"][places]],
            "drift": run.sessions["drift"][places],
        }
    )
    frame = frame.join(sums, on="decided").fillna({"cost": 0.0, "traded": 0.0})
    return frame[list(REBALANCE_COLUMNS)]
