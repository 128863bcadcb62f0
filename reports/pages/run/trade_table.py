"""The trade table. A run in, one row of text per round trip out; tranches are trades of their own.

Rows are ordered by entry. The money columns add up to net P&L from left to right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from engine.records.columns import COST_TEXTS
from engine.records.recorded import meaning_of
from engine.records.result import Result
from reports.headline import ABSENT, money, percent
from reports.wording import iso

COLUMNS = (
    ("long_pnl", "long leg"), ("short_pnl", "short leg"), ("dividends", "dividends"),
    ("interest", "interest"), *((key, label.lower()) for key, (label, _) in COST_TEXTS.items()),
)  # fmt: skip
COSTS_FROM = 4  # columns from here on are paid


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeRow:
    """One line of the trade table, as text."""

    entry: str
    direction: str
    exit: str
    sessions: str
    reason: str
    notional: str
    net: str
    on_notional: str
    money: tuple[str, ...]
    hedge: str


def trade_rows(result: Result) -> list[TradeRow]:
    """Return every trade, closed or open, by its entry."""
    trades: list[Mapping[Any, Any]] = [*result.trades.to_dict("records"), *result.open_trades]
    return [_row(trade) for trade in sorted(trades, key=lambda trade: iso(trade["entry"]) or "")]


def labels(result: Result) -> list[str]:
    """Return the name of each of the `COLUMNS`; a leg's is its symbol's."""
    pair = result.config.pair
    legs = {"long_pnl": pair.long, "short_pnl": pair.short}
    return [legs.get(key, label) for key, label in COLUMNS]


def shown_columns(result: Result) -> list[int]:
    """Return the places in `COLUMNS` that any trade has something in."""
    trades: list[Mapping[Any, Any]] = [*result.trades.to_dict("records"), *result.open_trades]
    return [
        place
        for place, (key, _) in enumerate(COLUMNS)
        if any(trade[key] != 0.0 for trade in trades)
    ]


def exits(result: Result) -> list[tuple[str, str, str, str]]:
    """Return each exit reason that occurred, what it means, its trades and their net P&L."""
    return [
        (
            str(reason),
            meaning_of(str(reason)) or ABSENT,
            f"{len(trades):,}",
            money(float(trades["net_pnl"].sum())),
        )
        for reason, trades in result.trades.groupby("exit_reason", sort=True)
    ]


def most_at_once(result: Result) -> int:
    """Return the most trades held at any one close."""
    dates = result.ledger["date"].to_numpy()
    held = np.zeros(len(dates), dtype=int)
    for entry, left in zip(result.trades["entry"], result.trades["exit"], strict=True):
        held += (dates >= entry.to_datetime64()) & (dates < left.to_datetime64())
    for trade in result.open_trades:
        held += dates >= pd.Timestamp(trade["entry"]).to_datetime64()
    return int(held.max())


def _row(trade: Mapping[Any, Any]) -> TradeRow:
    left = iso(trade["exit"])
    return TradeRow(
        entry=iso(trade["entry"]) or ABSENT,
        direction="long" if trade["direction"] > 0 else "short",
        exit=left or "open",
        sessions=f"{trade['sessions']:,}",
        reason="still open, at the last close" if left is None else str(trade["exit_reason"]),
        notional=money(trade["entry_gross_notional"], cents=False),
        net=money(trade["net_pnl"]),
        on_notional=percent(trade["return"]),
        money=tuple(
            money(trade[key] if number < COSTS_FROM else 0.0 - trade[key])
            for number, (key, _) in enumerate(COLUMNS)
        ),
        hedge=money(trade["hedge_pnl"]),
    )
