"""The values of a price file. Rows of text in, ascending days and the numbers of each out.

Nothing is repaired: an empty price stays NaN, for the quality check to refuse with its date.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from configs.errors import shown
from feeds.prices.dialects import (
    ADJ_CLOSE,
    CLOSE,
    DATE,
    DIVIDEND,
    NUMBERS,
    SPLIT,
    TICKER,
    VOLUME,
    is_of,
)
from feeds.prices.price_dates import read_days
from feeds.prices.price_numbers import (
    decimal_mark,
    is_empty,
    read_numbers,
    read_splits,
    read_volumes,
)
from feeds.prices.price_rows import Row, Table
from feeds.source import DataError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Rows that Yahoo's page shows between those of prices.
_PAID = re.compile(r"(\$?[\d.,]+)\s+dividends?", re.IGNORECASE)
_LONGEST_EVENT = 40  # characters
_SPLIT = re.compile(r"(\S.*?)\s+(?:stock\s+)?splits?", re.IGNORECASE)
_READERS = {SPLIT: read_splits, VOLUME: read_volumes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a file says, a value a day in every field it has; NaN where a cell is empty."""

    days: list[dt.date]
    numbers: dict[str, Floats]
    blank: dict[str, Flags]  # where nothing was written
    cells: dict[str, list[str]]  # the closes as written
    lines: list[int]
    traits: tuple[str, ...]  # how it is written, where not as usual
    unread: int = 0  # lines of words before the header and after the rows
    again: tuple[dt.date, ...] = ()  # days of which a second, equal row was left out


def read_values(table: Table, symbol: str, path: Path) -> Written:
    """Return the values of a table, ascending by day.

    Raises
    ------
    DataError
        A row or cell cannot be read in one way only, two rows of a day differ, or the rows are not
        in order; the message names the line, what was there and what was expected.
    """
    rows, events = _parted(table, path)
    if not rows:
        raise DataError(f"{path}: has a header and no rows; expected one row per session")
    columns, named = table.columns.place, table.columns.name
    lines = [line for line, _ in rows]
    cells = {field: [row[at] for _, row in rows] for field, at in columns.items()}
    _refuse_others(cells.get(TICKER, []), lines, symbol, path)
    days = read_days(cells[DATE], lines, named[DATE], path)
    given = [field for field in NUMBERS if field in cells]
    mark = decimal_mark([cells[field] for field in given], lines, path)
    values, blank = {}, {}
    for field in given:
        read = _READERS.get(field, read_numbers)
        values[field] = np.array(read(cells[field], lines, named[field], mark, path))
        blank[field] = np.isnan(values[field])
    if SPLIT in given:  # a blank split is known: none
        blank[SPLIT] = np.array([is_empty(cell) for cell in cells[SPLIT]], dtype=np.bool_)
    written = Written(
        days=days.days,
        numbers=values,
        blank=blank,
        cells={field: cells[field] for field in (CLOSE, ADJ_CLOSE) if field in cells},
        lines=lines,
        traits=(*table.traits, *days.traits, *(["decimal commas"] if mark == "," else [])),
        unread=table.unread,
    )
    return _ascending(_with_events(written, events, mark, table, path), path)


def _parted(table: Table, path: Path) -> tuple[list[Row], list[Row]]:
    """Return the rows of prices and those of dividends and splits, each of the right width."""
    rows, events = [], []
    for line, cells in table.rows:
        if len(cells) == table.width and "" not in cells:  # nearly always
            rows.append((line, cells))
            continue
        extra = cells[table.width :]
        said = [cell.strip() for cell in cells if cell.strip()]
        is_event = len(said) == 2 and len(said[1]) <= _LONGEST_EVENT
        if is_event and any(form.fullmatch(said[1]) for form in (_PAID, _SPLIT)):
            events.append((line, said))
        elif len(cells) < table.width or any(cell.strip() for cell in extra):
            raise DataError(
                f"{path}:{line}: had {len(cells)} cells; expected {table.width}, as in the header "
                "(a file cut off, or a comma inside a number: export it again)"
            )
        else:
            rows.append((line, cells))
    return rows, events


def _refuse_others(tickers: Sequence[str], lines: Sequence[int], symbol: str, path: Path) -> None:
    """Refuse rows whose own column says that they are another ticker's."""
    for ticker in dict.fromkeys(tickers):
        if ticker.strip() and not is_of(ticker, symbol):
            line = lines[tickers.index(ticker)]
            raise DataError(
                f"{path}:{line}: is a row of {shown(ticker)}; expected those of {symbol} alone, as "
                "the file's name says (one file a symbol)"
            )


def _with_events(
    written: Written, events: Sequence[Row], mark: str, table: Table, path: Path
) -> Written:
    """Return the values with the dividends and splits that had rows of their own."""
    if not events:
        return written
    lines = [line for line, _ in events]
    days = read_days([said[0] for _, said in events], lines, "Date", path).days
    at = {day: row for row, day in enumerate(written.days)}
    values = dict(written.numbers)
    for (line, said), day in zip(events, days, strict=True):
        paid, split = _PAID.fullmatch(said[1]), _SPLIT.fullmatch(said[1])
        field = DIVIDEND if paid is not None else SPLIT
        if field in table.columns.place:
            raise DataError(f"{path}:{line}: was {said[1]!r} beside a column for it; keep one")
        if day not in at:
            raise DataError(f"{path}:{line}: was {said[1]!r} on a day without prices; add its row")
        if paid is not None:
            (number,) = read_numbers([paid[1]], [line], "Dividend", mark, path)
        else:
            assert split is not None  # one of the two brought the row here
            (number,) = read_splits([split[1]], [line], "Stock Splits", mark, path)
        values.setdefault(field, np.zeros(len(written.days)))[at[day]] += number
    none = np.zeros(len(written.days), dtype=np.bool_)
    return replace(
        written, numbers=values, blank={field: written.blank.get(field, none) for field in values}
    )


def _ascending(written: Written, path: Path) -> Written:
    """Return the values from the oldest day to the newest, each day once."""
    days, lines = written.days, written.lines
    falls = days[0] > days[-1]
    kept, again = [0], []
    for row in range(1, len(days)):
        before = kept[-1]
        if days[row] == days[before]:
            _refuse_different(written, before, row, path)
            if days[row] != max(days[0], days[-1]):  # yfinance gives the newest one twice
                raise DataError(
                    f"{path}:{lines[row]}: Date was {days[row]} a second time; expected each date "
                    "once"
                )
            again.append(days[row])
        elif (days[row] < days[before]) != falls:
            order = "descending dates, as in the other rows" if falls else "ascending dates"
            raise DataError(
                f"{path}:{lines[row]}: Date was {days[row]}, after {days[before]}; expected {order}"
                " (sort the rows)"
            )
        else:
            kept.append(row)
    if not falls and not again:
        return written
    kept = kept[::-1] if falls else kept
    return replace(
        written,
        days=[days[row] for row in kept],
        numbers={field: values[kept] for field, values in written.numbers.items()},
        blank={field: blank[kept] for field, blank in written.blank.items()},
        cells={field: [cells[row] for row in kept] for field, cells in written.cells.items()},
        lines=[lines[row] for row in kept],
        traits=(*written.traits, *(["newest first"] if falls else [])),
        again=tuple(again),
    )


def _refuse_different(written: Written, before: int, row: int, path: Path) -> None:
    """Refuse a second row of a day that differs from the first: which of them is right."""
    for field, values in written.numbers.items():
        if not np.array_equal(values[before], values[row], equal_nan=True):
            raise DataError(
                f"{path}:{written.lines[row]}: Date was {written.days[row]} a second time, with "
                f"{field} {values[row]:g} and not {values[before]:g} as on line "
                f"{written.lines[before]}; expected one row a day (delete the wrong one; several "
                "rows a day are no daily bars)"
            )
