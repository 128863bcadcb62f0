"""Round trips of the pair. Ledger and fills in, one row per trade out.

Between the close that decides an entry and the session that fills its exit, every dollar of the
ledger belongs to that trade: the account holds nothing else.
"""

from typing import Any

import pandas as pd

from engine.errors import EngineError
from engine.ledger import COSTS, IDENTITY_TOLERANCE_USD, INCOME
from engine.result import TRADE_COLUMNS


def round_trips(
    ledger: pd.DataFrame, fills: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, Any] | None]:
    """Return the closed trades (``TRADE_COLUMNS``) and the one still open, or None.

    Raises
    ------
    EngineError
        A trade's gross less its costs is not the change of equity over it.
    """
    row_of = {day: row for row, day in enumerate(ledger["date"])}
    entries = fills[fills["reason"] == "entry"]
    leavings = fills[~fills["reason"].isin(("entry", "rebalance"))].drop_duplicates("date")
    exits = leavings.to_dict("records")
    trades: list[dict[str, Any]] = []
    for number, (entered, legs) in enumerate(entries.groupby("date")):
        leave = exits[number] if number < len(exits) else {}
        last = row_of[leave["date"]] if leave else len(ledger) - 1
        decided = legs["decided"].iloc[0]
        notional = float((legs["shares"].abs() * legs["price"]).sum())
        trade: dict[str, Any] = {
            "entry": entered,
            "exit": leave.get("date"),
            "entry_decided": decided,
            "exit_decided": leave.get("decided"),
            "exit_reason": leave.get("reason"),
            "entry_gross_notional": notional,
            **_money(ledger.iloc[row_of[decided] : last + 1]),
        }
        trade["return"] = trade["net_pnl"] / notional
        trades.append({name: trade[name] for name in TRADE_COLUMNS})
    closed = pd.DataFrame(trades[: len(exits)], columns=list(TRADE_COLUMNS))
    for name in ("entry", "exit", "entry_decided", "exit_decided"):
        closed[name] = pd.to_datetime(closed[name])
    return closed, trades[-1] if len(trades) > len(exits) else None


def _money(rows: pd.DataFrame) -> dict[str, Any]:
    """Return what one trade made and paid; ``rows`` begins with the session that decided it."""
    held = rows.iloc[1:]
    sums = {name: float(held[name].sum()) for name in (*COSTS, "dividends", "interest")}
    gross = float(sum(held[name].sum() for name in INCOME))
    net = gross - sum(sums[name] for name in COSTS)
    change = float(rows["equity"].iloc[-1] - rows["equity"].iloc[0])
    if not abs(net - change) <= IDENTITY_TOLERANCE_USD * len(rows):  # one tolerance a session
        raise EngineError(
            f"trade decided {rows['date'].iloc[0].date()}: gross less costs was {net:.6f} dollars, "
            f"expected the change of equity, {change:.6f}"
        )
    sessions = int((held["gross"] > 0.0).sum())
    return {"sessions": sessions, "gross_pnl": gross, **sums, "net_pnl": net}
