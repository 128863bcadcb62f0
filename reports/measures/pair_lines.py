"""What a pair trader looks at. A run in, its legs on one scale, their ratio, its trades out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.records.result import Result
from reports.wording import iso

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One trade: the sessions of its entry and exit fills (None while open), and its side.

    ``direction`` is +1 where the pair was bought, -1 where it was sold.
    """

    entry: str
    exit: str | None
    direction: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLines:
    """Both legs from 100 at the first close, dividends reinvested, and long over short from 1."""

    dates: tuple[str, ...]
    long: Floats
    short: Floats
    ratio: Floats
    spans: tuple[Span, ...]


def pair_lines(result: Result) -> PairLines:
    """Return the lines of a run's window, and its trades by entry."""
    closes = result.closes[["long", "short"]].to_numpy(dtype=np.float64)
    rebased = closes / closes[0]
    trades: list[Mapping[Any, Any]] = [*result.trades.to_dict("records"), *result.open_trades]
    spans = [
        Span(
            entry=iso(trade["entry"]) or "",
            exit=iso(trade["exit"]),
            direction=int(trade["direction"]),
        )
        for trade in trades
    ]
    return PairLines(
        dates=tuple(f"{day:%Y-%m-%d}" for day in result.closes["date"]),
        long=100.0 * rebased[:, 0],
        short=100.0 * rebased[:, 1],
        ratio=rebased[:, 0] / rebased[:, 1],
        spans=tuple(sorted(spans, key=lambda span: (span.entry, span.exit or "9999"))),
    )
