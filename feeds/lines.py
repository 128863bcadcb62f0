"""Backtrader's view of a leg. Aligned arrays in, one data feed out; nothing else imports it here.

Both feeds of a run carry the same sessions at naive midnight, so that Backtrader's per-index
arithmetic and our per-date one are the same thing.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import backtrader as bt
import numpy as np

from feeds.market import ORDINAL_OF_1970, Dates, Floats, Leg


class ArrayFeed(bt.feed.DataBase):
    """A feed over whole columns: preloading hands each line its array instead of bar by bar.

    ``dataname`` is a mapping of line name to float64 array, one value per session.
    """

    def start(self) -> None:
        """Take the columns in the order of the lines; a line without one is NaN throughout."""
        super().start()
        columns = self.p.dataname
        missing = np.full(len(columns["datetime"]), np.nan)
        self._columns = [columns.get(name, missing) for name in self.getlinealiases()]
        self._size = len(missing)
        self._cursor = 0
        self._line_list = list(self.lines)

    def preload(self) -> None:
        """Fill every line at once (half of a run's time goes into the bar-by-bar way)."""
        for line, column in zip(self._line_list, self._columns, strict=True):
            line.array = array("d", column.tobytes())
        self._cursor = self._size
        self.home()

    def _load(self) -> bool:
        """Deliver one bar: the path taken with ``preload=False``."""
        if self._cursor >= self._size:
            return False
        for line, column in zip(self._line_list, self._columns, strict=True):
            line[0] = column[self._cursor]
        self._cursor += 1
        return True

    def advance(self, size: int = 1, datamaster: Any = None, ticks: bool = True) -> None:
        """Move on without refreshing the ``tick_*`` attributes, which only live feeds need."""
        for line in self._line_list:  # as ``line.advance(size)`` without its three calls
            line._idx += size
            line.lencount += size


class ArrivingFeed(bt.feed.DataBase):
    """A feed whose bar of today is the last that this process has.

    ``dataname`` is the names of the lines, and a function that returns the next bar's numbers in
    that order, None after the last.
    """

    def start(self) -> None:
        """Know the lines in the order in which their numbers arrive."""
        super().start()
        names, self._next_bar = self.p.dataname
        self._arriving = [getattr(self.lines, name) for name in names]

    def _load(self) -> bool:
        bar = self._next_bar()
        if bar is None:
            return False
        for line, value in zip(self._arriving, bar.tolist(), strict=True):
            line[0] = value
        return True


def arriving_feed(
    symbol: str, names: Sequence[str], next_bar: Callable[[], Floats | None]
) -> ArrivingFeed:
    """Return the feed of one leg whose bars come one at a time; names as of `feed_columns`."""
    extra = tuple(name for name in names if name not in BAR)
    members = {"lines": extra, "__module__": __name__}
    made: ArrivingFeed = type("Arriving", (ArrivingFeed,), members)(
        dataname=(tuple(names), next_bar), name=symbol
    )
    return made


@cache
def _feed_class(extra: tuple[str, ...]) -> type[ArrayFeed]:
    """Return a feed class with the extra lines (Backtrader fixes lines per class)."""
    return type("LegFeed", (ArrayFeed,), {"lines": extra, "__module__": __name__})


def leg_feed(sessions: Dates, leg: Leg, signals: Mapping[str, Floats] | None = None) -> ArrayFeed:
    """Return the feed of one leg: see `feed_columns`."""
    columns = feed_columns(sessions, leg, signals)
    extra = tuple(name for name in columns if name not in BAR)
    return _feed_class(extra)(dataname=columns, name=leg.symbol)


BAR = ("datetime", "open", "high", "low", "close", "volume")


def feed_columns(
    sessions: Dates, leg: Leg, signals: Mapping[str, Floats] | None = None
) -> dict[str, Floats]:
    """Return one leg's columns, with dividends and any signals as extra lines.

    Later splits are not among them: they are a fact of the future, which only share counts need.

    Parameters
    ----------
    sessions
        Shape (n,), the run's exchange sessions.
    signals
        Extra line name to array of shape (n,), known at the close of each session.
    """
    extra = {"dividend": leg.dividend, **(signals or {})}
    columns: dict[str, Floats] = {
        "datetime": sessions.astype("datetime64[D]").astype(np.float64) + ORDINAL_OF_1970,
        "open": leg.open,
        "high": leg.high,
        "low": leg.low,
        "close": leg.close,
        "volume": leg.volume,
    }
    for name, values in extra.items():
        columns[name] = np.ascontiguousarray(values, dtype=np.float64)
    return columns
