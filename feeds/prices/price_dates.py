"""The dates of a price file. Cells as written in, calendar days out, or what cannot be told.

A file keeps to one form. Days as 05/06/2023 are read in the one order that every row allows; where
two remain, nobody can know, and the file is refused.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from configs.errors import shown
from feeds.source import DataError

Cell = tuple[int, str]  # its line in the file, what is written

_CLOCK = (
    r"(?:(?:\s*T\s*|,?\s+)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?"
    r"(?:\s?(?:Z|[A-Z]{2,4}|[+-]\d{2}:?\d{2}))?)?"
)
_WEEKDAY = r"(?:[A-Za-z]{3,9}\.?,?\s+)?"
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_USUAL, _NUMBERED = "year first", "numbers"
_YEAR, _MONTH = r"(?P<year>\d{4})", r"(?P<month>[A-Za-z]{3,9})"
_THREE = re.compile(rf"(?P<a>\d{{1,2}})([-/.])(?P<b>\d{{1,2}})\2(?P<c>\d{{4}}|\d{{2}}){_CLOCK}")
_FORMS = {  # what the manifest calls it: how it looks
    _USUAL: (re.compile(rf"{_YEAR}([-/.])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}}){_CLOCK}"),),
    "dates as 20240105": (
        re.compile(rf"{_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})(?:\s\d{{6}})?{_CLOCK}"),
    ),
    _NUMBERED: (_THREE,),
    "months by name": (
        re.compile(
            rf"{_WEEKDAY}{_MONTH}\.?[\s-]+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[\s-]+{_YEAR}{_CLOCK}"
        ),
        re.compile(
            rf"{_WEEKDAY}(?P<day>\d{{1,2}})[\s/-]+{_MONTH}\.?,?[\s/-]+"
            rf"(?P<year>\d{{4}}|\d{{2}}){_CLOCK}"
        ),
    ),
    "dates in seconds since 1970 (UTC)": (
        re.compile(r"(?P<seconds>\d{10})(?:\.0+)?"),
        re.compile(r"(?P<milliseconds>\d{13})"),
        re.compile(r"(?P<nanoseconds>\d{19})"),
    ),
}
_ORDERS = {
    "month first": ("month", "day", "year"),
    "day first": ("day", "month", "year"),
    "year first": ("year", "month", "day"),
}
_PLAIN = re.compile(r"\d{4}-\d\d-\d\d(?:\n\d{4}-\d\d-\d\d)*", re.ASCII)
_LIKE = "expected a date like 2024-01-05"


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """One day a row, and how they were written where not as 2024-01-05."""

    days: list[dt.date]
    traits: tuple[str, ...]


def read_days(cells: Sequence[str], lines: Sequence[int], name: str, path: Path) -> Days:
    """Return the day of every row; a time of day and its zone are left out: the day as written.

    Parameters
    ----------
    cells, lines
        The column of dates, and the line of each in the file.
    name
        What the column is called, for messages.

    Raises
    ------
    DataError
        A cell is no date, the cells are written in different forms, or the order of day and month
        is not told by any row, or told differently by two.
    """
    if _PLAIN.fullmatch("\n".join(cells)):  # nearly always, and 20 times faster
        with contextlib.suppress(ValueError):
            return Days(days=[dt.date.fromisoformat(cell) for cell in cells], traits=())
    days: list[dt.date] = []
    forms: dict[str, Cell] = {}  # and where each was first seen
    for line, cell in zip(lines, cells, strict=True):
        try:
            form, day = _read(cell.strip())
        except (ValueError, OverflowError):
            raise DataError(f"{path}:{line}: {name} was {shown(cell)}; {_LIKE}") from None
        if forms.setdefault(form, (line, cell)) == (line, cell) and len(forms) > 1:
            before, other = next(iter(forms.values()))
            raise DataError(
                f"{path}:{line}: {name} was {shown(cell)}, but {shown(other)} on line {before}; "
                "expected one form throughout (a spreadsheet may have turned some days around: "
                "write all of them like 2024-01-05)"
            )
        if day is not None:
            days.append(day)
    form = next(iter(forms), _USUAL)
    if form == _NUMBERED:
        return _ordered(cells, lines, name, path)
    clock = ["days of time stamps"] if any(":" in cell for cell in cells) else []
    return Days(days=days, traits=(*([form] if form != _USUAL else []), *clock))


def _read(cell: str) -> tuple[str, dt.date | None]:
    """Return in which form a date is written, and its day unless the form leaves that open."""
    for form, patterns in _FORMS.items():
        for pattern in patterns:
            match = pattern.fullmatch(cell)
            if match is not None:
                return form, None if form == _NUMBERED else _day(match.groupdict())
    raise ValueError(cell)


def _day(parts: dict[str, str | None]) -> dt.date:
    """Return the day that the named parts of a date make, or raise ValueError."""
    for name, ticks in (("seconds", 1), ("milliseconds", 1_000), ("nanoseconds", 10**9)):
        if (count := parts.get(name)) is not None:
            return dt.datetime.fromtimestamp(int(count) // ticks, dt.UTC).date()
    year, month, day = (str(parts[name]) for name in ("year", "month", "day"))
    if month.isalpha():
        word = month.lower()
        month = next(
            (str(at) for at, name in enumerate(_MONTHS, 1) if name.startswith(word)), month
        )
    return dt.date(_century(int(year)) if len(year) == 2 else int(year), int(month), int(day))


def _century(year: int) -> int:
    """Return a year of two digits in full: 69 to 99 are of the last century (POSIX)."""
    return year + (1900 if year >= 69 else 2000)


def _ordered(cells: Sequence[str], lines: Sequence[int], name: str, path: Path) -> Days:
    """Return the days in the one order of day, month and year that every row allows."""
    read: dict[str, list[dt.date]] = {}
    wrong: dict[str, Cell] = {}  # the first row that no day answers to, by order
    for order, names in _ORDERS.items():
        days: list[dt.date] = []
        for line, cell in zip(lines, cells, strict=True):
            match = _THREE.fullmatch(cell.strip())
            assert match is not None  # the form says so
            try:
                days.append(_day(dict(zip(names, match.group("a", "b", "c"), strict=True))))
            except ValueError:
                wrong[order] = (line, cell)
                break
        else:
            read[order] = days
    if not read:
        line, cell = max(wrong.values())
        before, other = min(wrong.values())
        what = f", but {shown(other)} on line {before}" if before != line else ""
        raise DataError(
            f"{path}:{line}: {name} was {shown(cell)}{what}; expected real days in one order of "
            "day and month (write them like 2024-01-05)"
        )
    (order, days), *others = read.items()
    if any(other != days for _, other in others):
        raise DataError(
            f"{path}:{lines[0]}: {name} was {shown(cells[0])}, and no row tells whether that is "
            f"{days[0]} or {others[0][1][0]}; expected dates like 2024-01-05 (write them year "
            "first), or a row past the 12th of a month"
        )
    return Days(days=days, traits=(f"dates {order}",))
