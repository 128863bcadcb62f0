"""Where the money came from. A run in, the pieces of its P&L from gross to net out.

A leg's piece is its price P&L as held, rebalancing included: nobody held the entry's shares alone
(`reports.measures.unhedged`). The pieces add up to net P&L.
"""

import math
from dataclasses import dataclass
from typing import Literal

from engine.records.result import Result
from reports.headline import COSTS

NEGLIGIBLE_USD = 0.005  # less than half a cent is not shown as a piece of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One step from gross to net."""

    key: str
    label: str
    usd: float  # signed: what it added to net P&L
    kind: Literal["made", "cost", "total"]  # a total restates the sum of the pieces so far


def pieces(result: Result) -> tuple[Piece, ...]:
    """Return legs, dividends and interest, gross P&L, each cost, net P&L, in this order.

    Interest of nights on which nothing was held belongs to no trade and is a piece of its own,
    left out where it is nothing.
    """
    ledger, pair = result.ledger, result.config.pair
    idle = idle_interest(result)
    made = [
        _made("long", f"{pair.long}, as held", _sum(result, "long_pnl")),
        _made("short", f"{pair.short}, as held", _sum(result, "short_pnl")),
        _made("dividends", "dividends", _sum(result, "dividends")),
        _made("interest", "interest while held", _sum(result, "interest") - idle),
    ]
    if abs(idle) >= NEGLIGIBLE_USD:
        made.append(_made("idle_interest", "interest while flat", idle))
    costs = [
        Piece(key=kind, label=kind, usd=0.0 - float(ledger[kind].sum()), kind="cost")
        for kind in COSTS
    ]
    gross = math.fsum(piece.usd for piece in made)
    net = gross + math.fsum(piece.usd for piece in costs)
    return (
        *made,
        Piece(key="gross_pnl", label="gross P&L", usd=gross, kind="total"),
        *costs,
        Piece(key="net_pnl", label="net P&L", usd=net, kind="total"),
    )


def idle_interest(result: Result) -> float:
    """Return the dollars of interest earned on nights that no position was held over."""
    ledger = result.ledger
    was_flat = ledger["gross"].shift(fill_value=0.0) == 0.0
    return float(ledger.loc[was_flat, "interest"].sum())


def _made(key: str, label: str, usd: float) -> Piece:
    return Piece(key=key, label=label, usd=usd, kind="made")


def _sum(result: Result, column: str) -> float:
    return float(result.ledger[column].sum())
