"""What a run made over windows of the calendar. Session returns in, a fraction for each window out.

A window of months ends with the run and begins at the close of the day so many months before, of
the month's last session where the run ends with one; one that begins before the run has no return.
"""

import calendar
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.periods import Period, ends, number

Returns = npt.NDArray[np.float64]
YEAR = 12  # months
TRAILING = {"3M": 3, "6M": 6, "1Y": 12, "3Y (ann.)": 36, "5Y (ann.)": 60, "10Y (ann.)": 120}


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """Session returns (fractions, the first 0.0) and their dates, ascending."""

    dates: Sequence[dt.date]
    returns: Returns

    def since(self, close: dt.date) -> float | None:
        """Return what was made after a day's close; None where the run was not there yet."""
        if close < self.dates[0]:
            return None
        after = np.array([day > close for day in self.dates])
        return float(np.prod(1.0 + self.returns[after])) - 1.0

    def whole(self, period: Period) -> list[float]:
        """Return the returns of the periods that the run saw from their start to their end.

        The first session only sets the level that returns are counted from.
        """
        numbers = [number(day, period) for day in self.dates]
        wanted = set(numbers[1:]) - {numbers[0]}
        if not ends(self.dates[-1], period):
            wanted -= {numbers[-1]}
        growth = dict.fromkeys(sorted(wanted), 1.0)
        for key, value in zip(numbers, self.returns, strict=True):
            if key in growth:
                growth[key] *= 1.0 + value
        return [value - 1.0 for value in growth.values()]


def by_month(track: Track) -> dict[tuple[int, int], float]:
    """Return what each month made, by (year, month); the first and the last as far as they go."""
    growth: dict[tuple[int, int], float] = {}
    for day, value in zip(track.dates, track.returns, strict=True):
        key = (day.year, day.month)
        growth[key] = growth.get(key, 1.0) * (1.0 + value)
    return {key: value - 1.0 for key, value in growth.items()}


def trailing(track: Track) -> dict[str, float | None]:
    """Return the windows that end with the run, by label; of several years: a year's growth."""
    last = track.dates[-1]
    growth = {
        "MTD": track.since(_before(last, last.year, last.month - 1)),
        "YTD": track.since(dt.date(last.year - 1, 12, 31)),
    }
    for label, months in TRAILING.items():
        begin = _before(last, last.year, last.month - months, same_day=not ends(last, "month"))
        made = track.since(begin)
        is_annual = made is not None and months > YEAR
        growth[label] = (1.0 + (made or 0.0)) ** (YEAR / months) - 1.0 if is_annual else made
    return growth


def by_period(track: Track) -> dict[str, float | None]:
    """Return best, worst and the like of whole months, quarters and years, by their label."""
    months, quarters, years = (track.whole(each) for each in ("month", "quarter", "year"))
    return {
        "Best Month": max(months, default=None),
        "Worst Month": min(months, default=None),
        "Best Year": max(years, default=None),
        "Worst Year": min(years, default=None),
        "Avg. Up Month": _mean([each for each in months if each > 0.0]),
        "Avg. Down Month": _mean([each for each in months if each < 0.0]),
        "Win Month": _wins(months),
        "Win Quarter": _wins(quarters),
        "Win Year": _wins(years),
    }


def _before(day: dt.date, year: int, month: int, *, same_day: bool = False) -> dt.date:
    """Return the last day of a month, or its day of the same number; ``month`` may be below 1."""
    year, month = year + (month - 1) // YEAR, (month - 1) % YEAR + 1
    last = calendar.monthrange(year, month)[1]
    return dt.date(year, month, min(day.day, last) if same_day else last)


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _wins(values: Sequence[float]) -> float | None:
    """Return the share of gains among the periods that moved."""
    moved = [each for each in values if each != 0.0]
    return sum(each > 0.0 for each in moved) / len(moved) if moved else None
