"""The ledger. The broker's rows in, one checked frame out.

Identity, on every session: the change of equity is exactly what the legs, dividends and interest
made less what each cost took.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.book import Fill
from engine.errors import EngineError
from engine.result import FILL_COLUMNS, ORDER_COLUMNS
from feeds.lines import sessions_of

IDENTITY_TOLERANCE_USD = 1e-6  # the contract; rounding at a billion dollars stays below it

_ROW = (
    "date", "cash", "long_shares", "short_shares", "long_value", "short_value", "equity",
    "long_pnl", "short_pnl", "dividends", "commission", "fees", "spread", "impact", "borrow",
    "interest",
)  # fmt: skip
INCOME = ("long_pnl", "short_pnl", "dividends", "interest")
COSTS = ("commission", "fees", "spread", "impact", "borrow")


def ledger_frame(rows: list[tuple[float, ...]]) -> pd.DataFrame:
    """Return one row per session with ``LEDGER_COLUMNS``; dollars, shares, one fraction.

    ``gross`` and ``net`` are dollars of exposure at the close; ``equity_return`` is 0.0 on the
    first session, which nothing precedes, and never below -1: what a ruined account owes beyond
    its equity shows in ``equity``.
    """
    columns = dict(zip(_ROW, np.array(rows, dtype=np.float64).T, strict=True))
    equity = columns["equity"]
    returns = np.zeros(len(equity))
    returns[1:] = np.maximum(equity[1:] / equity[:-1] - 1.0, -1.0)  # no one loses more than all
    columns["gross"] = np.abs(columns["long_value"]) + np.abs(columns["short_value"])
    columns["net"] = columns["long_value"] + columns["short_value"]
    columns["equity_return"] = returns
    check_identity(columns)
    sessions = sessions_of(columns.pop("date"))
    return pd.DataFrame({"date": pd.DatetimeIndex(sessions.astype("datetime64[s]")), **columns})


def check_identity(columns: dict[str, npt.NDArray[np.float64]]) -> None:
    """Raise unless every change of equity is explained to a millionth of a dollar.

    Raises
    ------
    EngineError
        Naming the first session that breaks it and by how much.
    """
    zeros = np.zeros(len(columns["equity"]))
    explained = sum((columns[name] for name in INCOME), zeros)
    explained = explained - sum((columns[name] for name in COSTS), zeros)
    gap = np.diff(columns["equity"]) - explained[1:]
    broken = np.flatnonzero(~(np.abs(gap) <= IDENTITY_TOLERANCE_USD))
    if len(broken):
        first = int(broken[0])
        day = sessions_of(columns["date"][first + 1 : first + 2])[0]
        raise EngineError(
            f"{day}: the ledger was off by {gap[first]:.9f} dollars, expected at most "
            f"{IDENTITY_TOLERANCE_USD}; this is our error, please report it with the config"
        )


def orders_frame(orders: list[tuple[float, str, float, float]]) -> pd.DataFrame:
    """Return one row per order with ``ORDER_COLUMNS``, in the order made."""
    frame = pd.DataFrame(orders, columns=list(ORDER_COLUMNS))
    days = sessions_of(frame["decided"].to_numpy(dtype=np.float64))
    return frame.assign(decided=pd.DatetimeIndex(days.astype("datetime64[s]")))


def fills_frame(fills: list[Fill]) -> pd.DataFrame:
    """Return one row per leg filled with ``FILL_COLUMNS``, in the order filled."""
    frame = pd.DataFrame(
        {name: [getattr(fill, name) for fill in fills] for name in FILL_COLUMNS},
        columns=list(FILL_COLUMNS),
    )
    for name in ("date", "decided"):
        days = sessions_of(frame[name].to_numpy(dtype=np.float64))
        frame[name] = pd.DatetimeIndex(days.astype("datetime64[s]"))
    return frame
