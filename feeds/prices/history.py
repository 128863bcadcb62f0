"""The bars of one symbol as the checks read them. Bars and the run's sessions in, arrays out.

Every row of the source is here, so that a move or a usual volume is known on the first day of the
run too; a finding names only days inside the run.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from feeds.source import COLUMNS, Bars, Finding, Severity

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]  # datetime64[D]

PRICES = COLUMNS[:5]
SCALE_SESSIONS = 253  # a year around each day says what is usual for it
SCALE_KNOWN = 20  # moves without which nothing is usual yet
SCALE_UNKNOWN = 0.02  # a day's move of an ordinary share, where its own is not known
SCALE_LEAST = 0.0025  # a series that stands still has no scale of its own
VOLUME_SESSIONS = 20  # one month of volume is what is usual
_MOST_NAMED = 3  # dates spelled out in a text; a finding lists them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the checks know of the run beside the bars."""

    other: Bars | None = None  # the other leg, by which an unusual move is judged
    confirmed: Dates = field(default_factory=lambda: np.array([], dtype="datetime64[D]"))
    leg_usd: float = 1_000_000.0  # what a contradiction is told on


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Bars by date, ascending, of a repeated date the first; arrays of one length."""

    symbol: str
    dates: Dates
    inside: Flags  # whether the day belongs to the run
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    adj_close: Floats
    volume: Floats
    dividend: Floats
    split: Floats

    @property
    def is_index(self) -> bool:
        """Whether the symbol is an index: no shares, so no volume and no split."""
        return self.symbol.startswith("^")

    @property
    def has_no_volumes(self) -> bool:
        """Whether the source tells no volume at all in the run: untold is not zero."""
        return bool(np.isnan(self.volume[self.inside]).all())

    @property
    def linked(self) -> Flags:
        """Whether the day and the bar before it both belong to the run."""
        linked: Flags = self.inside & np.concatenate(([False], self.inside[:-1]))
        return linked

    def before(self, row: int) -> float:
        """Return the close before a row's, NaN before the first."""
        return float(self.close[row - 1]) if row else math.nan

    def move_told(self, row: int) -> str:
        """Return how the close moved to a row, in words."""
        return f"close {self.before(row):.6g} to {self.close[row]:.6g}"

    def finding(
        self,
        check: str,
        where: Flags,
        severity: Severity,
        what: str,
        remedy: str,
        value: Callable[[int], str] | None = None,
    ) -> Finding | None:
        """Report the flagged days of the run, or None where none is.

        ``value``, the text of a row, is put behind the dates that the text names.
        """
        rows = np.flatnonzero(where & self.inside)
        shown = None if value is None else [value(row) for row in rows.tolist()]
        return finding(check, self.symbol, self.dates[rows], severity, what, remedy, shown)


def history(bars: Bars, sessions: Dates) -> History:
    """Return the rows of ``bars``, sorted; ``inside`` the first to the last of ``sessions``."""
    dates, rows = np.unique(days_of(bars), return_index=True)
    values = bars.frame[list(COLUMNS)].to_numpy(dtype=np.float64)[rows]
    arrays = {name: values[:, column] for column, name in enumerate(COLUMNS)}
    inside = (dates >= sessions[0]) & (dates <= sessions[-1])
    return History(symbol=bars.symbol, dates=dates, inside=inside, **arrays)


def days_of(bars: Bars) -> Dates:
    """Return the dates of the rows, in the source's order."""
    days: Dates = bars.frame.index.to_numpy().astype("datetime64[D]")
    return days


def finding(
    check: str,
    symbol: str,
    dates: Dates,
    severity: Severity,
    what: str,
    remedy: str,
    values: Sequence[str] | None = None,
) -> Finding | None:
    """Report ``dates`` (all of them; the text names the first few), or None without any."""
    if len(dates) == 0:
        return None
    days = tuple(str(day) for day in dates)
    named = [
        day if values is None else f"{day} ({values[row]})"
        for row, day in enumerate(days[:_MOST_NAMED])
    ]
    more = f" and {len(days) - _MOST_NAMED} more" if len(days) > _MOST_NAMED else ""
    text = f"{symbol} {what} on {', '.join(named)}{more}; {remedy}"
    return Finding(check=check, symbol=symbol, dates=days, severity=severity, text=text)


def log_moves(prices: Floats) -> Floats:
    """Log returns, NaN on the first row and where a price is not a positive number."""
    usable = np.where((prices > 0) & (prices < np.inf), prices, np.nan)
    return np.concatenate(([np.nan], np.diff(np.log(usable))))


def total_moves(bars: History) -> Floats:
    """Log moves of the close with the day's dividend added back (CRSP's factor).

    ``ln(close_t / close_{t-1}) - ln(1 - D_t / close_{t-1})``; NaN where that is no number.
    """
    return log_moves(bars.close) - _kept_log(bars)


def gaps(bars: History) -> Floats:
    """Log moves from a close to the next open, the day's dividend added back."""
    before = np.concatenate(([np.nan], bars.close[:-1]))
    ratio = bars.open / before
    usable = np.where((ratio > 0) & (ratio < np.inf), ratio, np.nan)
    moves: Floats = np.log(usable) - _kept_log(bars)
    return moves


def _kept_log(bars: History) -> Floats:
    before = np.concatenate(([np.nan], bars.close[:-1]))
    kept = 1 - bars.dividend / before
    logs: Floats = np.log(np.where(kept > 0, kept, np.nan))
    return logs


def usual_size(moves: Floats) -> Floats:
    """Return a robust standard deviation for each day: 1.4826 median absolute moves around it."""
    around = pd.Series(np.abs(moves)).rolling(SCALE_SESSIONS, center=True, min_periods=SCALE_KNOWN)
    scale = 1.4826 * around.median().to_numpy()
    return np.where(np.isfinite(scale), np.maximum(scale, SCALE_LEAST), SCALE_UNKNOWN)


def is_busy(bars: History, row: int, times: float) -> bool:
    """Whether both shares and dollars traded were ``times`` the usual of the month before.

    A split multiplies one of them at most; news multiplies both. False where the volume does not
    tell.
    """
    month = slice(max(0, row - VOLUME_SESSIONS), row)
    shares, dollars = bars.volume, bars.volume * bars.close
    return all(
        len(traded[month]) > 0
        and 0 < np.median(traded[month]) < np.inf
        and traded[row] >= times * np.median(traded[month])
        for traded in (shares, dollars)
    )
