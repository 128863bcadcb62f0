"""How near each exit is. A finished run in, the distances of its open trades at the last close out.

The levels are the strategy's own (`strategies.exits.exit_rules`); breaks of the thesis have states
of their own (`engine.records.thesis_states`).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from engine.records.result import Result
from strategies.exits import ExitRules, exit_rules
from strategies.records import NONE

Unit = Literal["z", "sessions", "notional"]
CENT = 0.01  # what the ledger's sum and the trade's own may differ by


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """One exit of one open trade.

    exit
        Its key in the configuration.
    now, level
        Where its reading stands at the last close and where it ends the trade: z, closes held, or
        P&L after costs as a fraction of the entry notional. NaN where it is not known.
    left
        What is left to it, in the same unit; 0 or less where it is reached.
    """

    exit: str
    unit: Unit
    now: float
    level: float
    left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTrade:
    """One trade held at the last close: dates, closes held, dollars after costs, exits."""

    entry: str
    direction: int
    sessions: int
    net_usd: float
    on_notional: float
    exits: tuple[Distance, ...]


def open_trades(result: Result) -> tuple[OpenTrade, ...]:
    """Return every open trade with each configured exit, in the order in which one names it."""
    asked = exit_rules(result.config)
    return tuple(
        OpenTrade(
            entry=f"{pd.Timestamp(trade['entry']):%Y-%m-%d}",
            direction=int(trade["direction"]),
            sessions=int(trade["sessions"]),
            net_usd=float(trade["net_pnl"]),
            on_notional=float(trade["return"]),
            exits=tuple(_distances(result, asked, trade)),
        )
        for trade in result.open_trades
    )


def _distances(result: Result, asked: ExitRules, trade: Mapping[str, Any]) -> Iterator[Distance]:
    made, held = float(trade["return"]), float(trade["sessions"])
    z = _on(result, "z", result.signals["date"].iloc[-1])
    side = float(asked.z_side * int(trade["direction"]))
    if not math.isnan(asked.stop_loss):
        yield _falls("stop_loss", "notional", made, -asked.stop_loss)
    if not math.isnan(asked.trailing_stop):
        yield _falls("trailing_stop", "notional", made, _best(result, trade) - asked.trailing_stop)
    if not math.isnan(asked.z_stop):
        yield Distance(
            exit="z_stop", unit="z", now=z, level=-side * asked.z_stop,
            left=side * z + asked.z_stop,
        )  # fmt: skip
    if not math.isnan(asked.z_above):
        yield _rises("z_above", "z", z, asked.z_above)
    if not math.isnan(asked.exit_at):
        yield Distance(
            exit="exit_at", unit="z", now=z, level=-side * asked.exit_at,
            left=-asked.exit_at - side * z,
        )  # fmt: skip
    if not math.isnan(asked.half_lives):
        life = _on(result, "half_life", trade["entry_decided"])
        yield _rises("half_lives", "sessions", held, asked.half_lives * life)
    if asked.holding_sessions != NONE:
        yield _rises("holding_sessions", "sessions", held, float(asked.holding_sessions))
    if not math.isnan(asked.take_profit):
        yield _rises("take_profit", "notional", made, asked.take_profit)


def _rises(name: str, unit: Unit, now: float, level: float) -> Distance:
    """Return an exit that is reached from below."""
    return Distance(exit=name, unit=unit, now=now, level=level, left=level - now)


def _falls(name: str, unit: Unit, now: float, level: float) -> Distance:
    """Return an exit that is reached from above."""
    return Distance(exit=name, unit=unit, now=now, level=level, left=now - level)


def _on(result: Result, line: str, day: object) -> float:
    """Return a signal line's value on one session; NaN where there is none."""
    if line not in result.signals:
        return math.nan
    values = result.signals.loc[result.signals["date"] == day, line]
    return float(values.iloc[0]) if len(values) == 1 else math.nan


def _best(result: Result, trade: Mapping[str, Any]) -> float:
    """Return a trade's best P&L at a close over its notional, at least 0.

    Read off the account, which holds it alone: NaN where equity since the entry was decided is not
    the trade's own P&L (other tranches, interest before the fill).
    """
    since = result.ledger.loc[result.ledger["date"] >= trade["entry_decided"], "equity"]
    made = since.to_numpy(dtype=np.float64) - float(since.iloc[0])
    if abs(float(made[-1]) - float(trade["net_pnl"])) > CENT:
        return math.nan
    return max(float(made.max()), 0.0) / float(trade["entry_gross_notional"])
