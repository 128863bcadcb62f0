"""Dated annual rates. A CSV file (date,rate) in, the rate in force on each day out."""

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np

from configs.fields import (
    BORROW_DEFAULT_MOST,
    BORROW_RATE_USUAL,
    INTEREST_RATE_MOST,
    INTEREST_RATE_USUAL,
    percent_hint,
)
from feeds.market import Dates, Floats, SideFile
from feeds.series.side_file import Row, rows_of
from feeds.source import DataError, Finding

_COLUMNS = ("date", "rate")
# Percents are published with two decimals (4.33), the same rates as fractions have four (0.0433).
_DECIMALS_OF_A_PERCENT = 2
_ENOUGH_TO_TELL = 5  # different rates
_SERVES_ON = np.timedelta64(366, "D")  # a rate may stand for a year; longer, and a reader is told


@dataclass(frozen=True, slots=True, kw_only=True)
class RateKind:
    """What a series is for, and how high a fraction a year may be."""

    doubted: float  # above it a finding: somebody might mean it
    most: float  # above it a percent was written for a fraction


INTEREST = RateKind(doubted=INTEREST_RATE_USUAL, most=INTEREST_RATE_MOST)
# As for a default, not for one symbol's constant: a file in percents is the commoner slip.
BORROW = RateKind(doubted=BORROW_RATE_USUAL, most=BORROW_DEFAULT_MOST)


def read_rates(file: SideFile, kind: RateKind = INTEREST) -> tuple[Dates, Floats]:
    """Return the dates from which each rate holds, ascending, and the rates as fractions a year.

    Raises
    ------
    DataError
        The file has other columns, a bad cell, a duplicate or unsorted date, or a
        rate outside 0 to ``kind.most``.
    """
    rows = list(rows_of(file.content, file.path, _COLUMNS))
    if not rows:
        raise DataError(f"{file.path}: was empty; expected at least one date,rate")
    days: list[np.datetime64] = []
    rates: list[float] = []
    if len(rows[0][1]) > len(_COLUMNS):
        raise DataError(f"{file.path}:1: columns were {','.join(rows[0][1])}; expected date,rate")
    for place, row in rows:
        days.append(_day(row, place))
        rates.append(_rate(row, place, kind))
        if len(days) > 1 and not days[-2] < days[-1]:
            raise DataError(
                f"{place}: {row['date']} was not after the day above; expected ascending"
            )
    return np.array(days, dtype="datetime64[D]"), np.array(rates)


def rates_on(file: SideFile, days: Dates, kind: RateKind = INTEREST) -> Floats:
    """Return the rate in force on each day, shape (n,): the last one dated on or before it.

    Raises
    ------
    DataError
        As `read_rates`, or the series begins after the first day.
    """
    known, rates = read_rates(file, kind)
    index = np.searchsorted(known, days, side="right") - 1
    if len(days) and index[0] < 0:
        raise DataError(
            f"{file.path}: begins on {known[0]}; expected a rate on or before {days[0]}"
        )
    in_force: Floats = rates[index]
    return in_force


def rate_findings(
    file: SideFile, kind: RateKind, symbol: str, last: dt.date
) -> tuple[Finding, ...]:
    """Report rates that may be percents written for fractions, and a series that ended long ago.

    Parameters
    ----------
    symbol
        Whose rates they are; empty for the account's.
    last
        The run's last session.

    Raises
    ------
    DataError
        As `read_rates`.
    """
    days, rates = read_rates(file, kind)
    return _percents(file, kind, symbol, days, rates) + _ended(file, symbol, days, rates, last)


def _ended(
    file: SideFile, symbol: str, days: Dates, rates: Floats, last: dt.date
) -> tuple[Finding, ...]:
    end = days[-1]
    if np.datetime64(last) - end <= _SERVES_ON:
        return ()
    text = (
        f"{file.path}: ends on {end}; its last rate, {rates[-1]:g}, was used on every day after "
        f"it, to {last}: if the rate moved since, add the newer rows"
    )
    return (_doubt("rate_ended", symbol, days[-1:], text),)


def _percents(
    file: SideFile, kind: RateKind, symbol: str, days: Dates, rates: Floats
) -> tuple[Finding, ...]:
    high = rates > kind.doubted
    if high.any():
        first, most = days[high][0], float(rates.max())
        text = (
            f"{file.path}: {int(high.sum())} of {len(rates)} rates were above "
            f"{kind.doubted:.0%} a year (the first on {first}, the highest {most:g}, which is "
            f"{most:.0%} a year); they were used as they stand: if they are "
            "percents, divide them by 100"
        )
        return (_doubt("rate_high", symbol, days[high], text),)
    different = {float(rate) for rate in rates if rate > 0.0}
    if len(different) >= _ENOUGH_TO_TELL and all(
        round(rate, _DECIMALS_OF_A_PERCENT) == rate for rate in different
    ):
        most = max(different)
        text = (
            f"{file.path}: none of its {len(rates)} rates had more than two decimals, as percents "
            f"are published; they were used as fractions, so {most:g} is {most:.0%} a year: if "
            "they are percents, divide them by 100"
        )
        return (_doubt("rate_percent", symbol, days, text),)
    return ()


def _doubt(check: str, symbol: str, days: Dates, text: str) -> Finding:
    dates = tuple(str(day) for day in (days[0], days[-1]))
    return Finding(
        check=check,
        symbol=symbol,
        dates=tuple(dict.fromkeys(dates)),
        severity="warning",
        text=text,
    )


def _day(row: Row, place: str) -> np.datetime64:
    try:
        return np.datetime64(dt.date.fromisoformat(row["date"].strip()))
    except ValueError:
        raise _unlike(row, place) from None


def _rate(row: Row, place: str, kind: RateKind) -> float:
    """Return a cell as a fraction a year."""
    text = row["rate"].strip()
    try:
        rate = math.nan if "_" in text else float(text)
    except ValueError:
        raise _unlike(row, place) from None
    if rate > kind.most:
        meant = f"; {percent_hint(rate)}" if rate / 100 <= kind.most else "."
        raise DataError(
            f"{place}: rate was {text}; expected 0 to {kind.most:g}{meant} If the file holds "
            "percents, divide every rate by 100"
        )
    if not rate >= 0.0:  # a NaN is not
        raise DataError(f"{place}: rate was {text}; expected a fraction from 0 to {kind.most:g}")
    return rate


def _unlike(row: Row, place: str) -> DataError:
    return DataError(
        f"{place}: was {row['date']},{row['rate']}; expected a day like 2024-01-05 and a fraction "
        "a year, like 0.0532 for 5.32 %"
    )
