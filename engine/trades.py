"""Round trips of the pair. The book's tranches in, one row per trade out."""

import math
from typing import Any

import numpy as np
import pandas as pd

from engine.book import Tranche
from engine.errors import EngineError
from engine.ledger import tolerance_usd
from engine.result import TRADE_COLUMNS
from feeds.lines import sessions_of

_DATES = ("entry", "exit", "entry_decided", "exit_decided")


def round_trips(
    closed: list[Tranche], held: list[Tranche]
) -> tuple[pd.DataFrame, tuple[dict[str, Any], ...]]:
    """Return the closed trades (``TRADE_COLUMNS``, by exit) and those still open, by entry."""
    frame = pd.DataFrame([_row(tranche) for tranche in closed], columns=list(TRADE_COLUMNS))
    for name in _DATES:
        frame[name] = pd.to_datetime(frame[name])
    still_open = []
    for tranche in held:
        row = _row(tranche)  # an exit that is only decided is no exit yet
        still_open.append(row | {"exit": None, "exit_decided": None, "exit_reason": None})
    return frame, tuple(still_open)


def check_attribution(ledger: pd.DataFrame, tranches: list[Tranche], opening_cash: float) -> None:
    """Raise unless the trades and the interest earned while flat explain the whole result.

    Raises
    ------
    EngineError
        The sum differs by more than one identity tolerance a session (see `engine.ledger`).
    """
    was_flat = ledger["gross"].shift(fill_value=0.0) == 0.0
    idle = float(ledger.loc[was_flat, "interest"].sum())
    explained = math.fsum(tranche.pnl_usd for tranche in tranches) + idle
    change = float(ledger["equity"].iloc[-1]) - opening_cash
    largest = (ledger["equity"].abs() + ledger["gross"]).to_numpy(dtype=np.float64)
    if not abs(explained - change) <= tolerance_usd(largest).sum():
        raise EngineError(
            f"the trades explain {explained:.6f} dollars, expected the change of equity, "
            f"{change:.6f}; this is our error, please report it with the config"
        )


def _row(tranche: Tranche) -> dict[str, Any]:
    """Return one trade with ``TRADE_COLUMNS``; dollars, dates as timestamps or None."""
    notional = tranche.entry_notional_usd
    row = {
        "entry": _day(tranche.entered),
        "exit": _day(tranche.exited),
        "entry_decided": _day(tranche.decided),
        "exit_decided": _day(tranche.exit_decided),
        "sessions": tranche.sessions_held,
        "exit_reason": tranche.exit_reason,
        "gross_pnl": tranche.gross_pnl_usd,
        "long_pnl": tranche.long.pnl,
        "short_pnl": tranche.short.pnl,
        "hedge_pnl": tranche.long.hedge_pnl + tranche.short.hedge_pnl,
        "commission": tranche.commission,
        "fees": tranche.fees,
        "spread": tranche.spread,
        "impact": tranche.impact,
        "borrow": tranche.borrow,
        "dividends": tranche.dividends,
        "interest": tranche.interest,
        "net_pnl": tranche.pnl_usd,
        "entry_gross_notional": notional,
        "return": tranche.pnl_usd / notional,
    }
    return {name: row[name] for name in TRADE_COLUMNS}


def _day(ordinal: float | None) -> pd.Timestamp | None:
    """Return the session behind a Backtrader date number."""
    if ordinal is None:
        return None
    return pd.Timestamp(sessions_of(np.array([ordinal]))[0])
