"""The ledger, fills and orders. What a run recorded in, checked frames out.

Identity, on every session: the change of equity is exactly what the legs, dividends and interest
made less what each cost took.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.columns import (
    COSTS,
    FILL_COLUMNS,
    FILL_COSTS,
    INCOME,
    LEDGER_COLUMNS,
    ORDER_COLUMNS,
)
from engine.errors import EngineError
from engine.recorded import Recorded
from feeds.market import sessions_of
from strategies.records import Reason

IDENTITY_TOLERANCE_USD = 1e-6  # the contract; rounding at a billion dollars stays below it


def ledger_frame(run: Recorded) -> pd.DataFrame:
    """Return one row per session with ``LEDGER_COLUMNS``; dollars, shares, one fraction.

    ``gross`` and ``net`` are dollars of exposure at the close; ``equity_return`` is 0.0 on the
    first session, which nothing precedes, and never below -1: what a ruined account owes beyond
    its equity shows in ``equity``.
    """
    columns = {name: run.sessions[name] for name in LEDGER_COLUMNS if name in run.sessions}
    columns["date"] = run.sessions["day"]
    equity = columns["equity"]
    returns = np.zeros(len(equity))
    returns[1:] = np.maximum(equity[1:] / equity[:-1] - 1.0, -1.0)  # no one loses more than all
    columns["gross"] = np.abs(columns["long_value"]) + np.abs(columns["short_value"])
    columns["net"] = columns["long_value"] + columns["short_value"]
    columns["equity_return"] = returns
    check_identity(columns)
    dates = dates_of(columns["date"])
    return pd.DataFrame({**columns, "date": dates}, columns=list(LEDGER_COLUMNS))


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


def orders_frame(run: Recorded) -> pd.DataFrame:
    """Return one row per order with ``ORDER_COLUMNS``, in the order made."""
    made = run.sessions["order_reason"] != Reason.NOTHING
    return pd.DataFrame(
        {
            "decided": dates_of(run.sessions["day"][made]),
            "reason": [run.reason(each) for each in run.sessions["order_reason"][made]],
            "long_shares": run.sessions["order_long"][made],
            "short_shares": run.sessions["order_short"][made],
        },
        columns=list(ORDER_COLUMNS),
    )


def fills_frame(run: Recorded, symbols: tuple[str, str]) -> pd.DataFrame:
    """Return one row per leg filled with ``FILL_COLUMNS``, in the order filled, sells first.

    Parameters
    ----------
    symbols
        Of the long and the short leg.
    """
    filled = np.flatnonzero(run.sessions["fill_reason"] != Reason.NOTHING)
    place = np.repeat(filled, 2)
    leg = np.tile([0, 1], len(filled))

    def both(name: str) -> npt.NDArray[np.float64]:
        legs = (run.sessions[f"{side}.{name}"] for side in ("long", "short"))
        return np.column_stack([line[filled] for line in legs]).ravel()

    shares = both("shares")
    order = np.lexsort((leg, shares > 0.0, place))
    order = order[shares[order] != 0.0]
    place = place[order]
    return pd.DataFrame(
        {
            "date": dates_of(run.sessions["day"][place]),
            "symbol": [symbols[side] for side in leg[order]],
            "reason": [run.reason(each) for each in run.sessions["fill_reason"][place]],
            "decided": dates_of(run.sessions["fill_decided"][place]),
            **{name: both(name)[order] for name in ("shares", "price", *FILL_COSTS)},
        },
        columns=list(FILL_COLUMNS),
    )


def dates_of(ordinals: npt.NDArray[np.float64]) -> pd.DatetimeIndex:
    """Return day numbers as tz-naive dates."""
    return pd.DatetimeIndex(sessions_of(ordinals).astype("datetime64[s]"))
