"""Round trips of the pair. What a run recorded of its tranches in, one row per trade out."""

from functools import reduce
from operator import add
from typing import Any

import numpy as np
import pandas as pd

from engine.errors import EngineError
from engine.records.columns import COSTS, TRADE_COLUMNS
from engine.records.ledger import tolerance_usd
from engine.records.recorded import Columns, Recorded
from feeds.market import Floats, sessions_of
from strategies.records import NONE


def trade_frame(run: Recorded) -> pd.DataFrame:
    """Return the closed trades, ``TRADE_COLUMNS``, by exit."""
    return pd.DataFrame(_columns(run, run.closed), columns=list(TRADE_COLUMNS))


def open_trades(run: Recorded) -> tuple[dict[str, Any], ...]:
    """Return the trades still open, by entry; an exit that is only decided is no exit yet."""
    columns = _columns(run, run.held)
    nothing = {"exit": None, "exit_decided": None, "exit_reason": None}
    return tuple(
        {name: _plain(columns[name][place]) for name in TRADE_COLUMNS} | nothing
        for place in range(len(run.held["decided"]))
    )


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def net_pnl(trades: Columns) -> Floats:
    """Return each trade's P&L after costs."""
    gross = _gross_pnl(trades)
    return gross - reduce(add, (trades[name] for name in COSTS))


def _gross_pnl(trades: Columns) -> Floats:
    """Return each trade's prices, dividends and interest, before costs."""
    return trades["long.pnl"] + trades["short.pnl"] + trades["dividends"] + trades["interest"]


def check_attribution(ledger: pd.DataFrame, run: Recorded, opening_cash: float) -> None:
    """Raise unless the trades and the interest earned while flat explain the whole result.

    Raises
    ------
    EngineError
        The sum differs by more than one identity tolerance a session (see `engine.records.ledger`).
    """
    was_flat = ledger["gross"].shift(fill_value=0.0) == 0.0
    idle = float(ledger.loc[was_flat, "interest"].sum())
    explained = float(net_pnl(run.closed).sum() + net_pnl(run.held).sum()) + idle
    change = float(ledger["equity"].iloc[-1]) - opening_cash
    largest = (ledger["equity"].abs() + ledger["gross"]).to_numpy(dtype=np.float64)
    if not abs(explained - change) <= tolerance_usd(largest).sum():
        raise EngineError(
            f"the trades explain {explained:.6f} dollars, expected the change of equity, "
            f"{change:.6f}; this is our error, please report it with the config"
        )


def _columns(run: Recorded, trades: Columns) -> dict[str, Any]:
    """Return trades with ``TRADE_COLUMNS``; dollars, dates."""
    notional, net = trades["entry_notional_usd"], net_pnl(trades)
    return {
        "entry": _days(trades["entered"]),
        "exit": _days(trades["exited"]),
        "entry_decided": _days(trades["decided"]),
        "exit_decided": _days(trades["exit_decided"]),
        "sessions": trades["sessions_held"].astype(np.int64),
        "exit_reason": [run.reason(each) for each in trades["exit_reason"]],
        "gross_pnl": _gross_pnl(trades),
        "long_pnl": trades["long.pnl"],
        "short_pnl": trades["short.pnl"],
        "hedge_pnl": trades["long.hedge_pnl"] + trades["short.hedge_pnl"],
        **{name: trades[name] for name in (*COSTS, "dividends", "interest")},
        "net_pnl": net,
        "entry_gross_notional": notional,
        "return": net / notional,
    }


def _days(ordinals: Floats) -> pd.DatetimeIndex:
    """Return day numbers as dates, NaT for none."""
    days = sessions_of(np.where(ordinals == NONE, 1.0, ordinals)).astype("datetime64[us]")
    return pd.DatetimeIndex(np.where(ordinals == NONE, np.datetime64("NaT"), days))
