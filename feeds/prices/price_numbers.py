"""The numbers of a price file. Cells as written in, the floats nearest to them out.

Thousands in groups, decimal commas, a dollar sign and volumes like 10.83M are read; which of comma
and point is decimal is one answer for the whole file. An empty cell is NaN.
"""

import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

from configs.errors import shown
from feeds.source import DataError

Cell = tuple[int, str]  # its line in the file, what is written

# Honest "no value", in small letters; Yahoo, Nasdaq, Investing.com and FRED have a word each.
EMPTY = frozenset({"", "nan", "null", "none", "n/a", "na", "#n/a", "-", "--", "."})
_PLAIN = re.compile(r"(?:-?\d+(?:\.\d+)?\n)+", re.ASCII)  # a whole column of ordinary numbers
_IN_DOUBT = re.compile(r",|\.[^\n]*\.")  # a cell without them has no sign but a decimal point
_GROUP = "'\u2019 \u00a0\u202f"  # what parts thousands beside the comma and the point
_GROUPS = re.compile(f"[{_GROUP}]")
_UNITS = {"k": 3, "m": 6, "b": 9, "t": 12}
_RATIO = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?::|/|-?\s*for\s*-?|\s+to\s+)\s*(\d+(?:\.\d+)?)", re.IGNORECASE
)


def decimal_mark(columns: Sequence[Sequence[str]], lines: Sequence[int], path: Path) -> str:
    """Return whether the point or the comma is decimal in a file, as its own cells tell.

    Parameters
    ----------
    columns, lines
        The columns of numbers, and the line of each row in the file.

    Raises
    ------
    DataError
        Two cells tell different things, or 1,234 could be 1234 or 1.234 and no cell tells which.
    """
    by_mark: dict[str, Cell] = {}
    if not any(_IN_DOUBT.search(_joined(cells)) for cells in columns):
        return "."
    open_to_doubt: Cell | None = None
    for line, cell in (each for cells in columns for each in zip(lines, cells, strict=True)):
        digits = _GROUPS.sub("", cell).lstrip("+-$").rstrip("kmbtKMBT%")
        mark = _mark_in(digits)
        if mark is not None:
            by_mark.setdefault(mark, (line, cell))
        elif "," in digits and open_to_doubt is None:
            open_to_doubt = (line, cell)
    if len(by_mark) > 1:
        (before, one), (line, other) = sorted(by_mark.values())
        raise DataError(
            f"{path}:{line}: was {shown(other)}, but {shown(one)} on line {before}; expected the "
            "same decimal sign in every number"
        )
    if not by_mark and open_to_doubt is not None:
        line, cell = open_to_doubt
        raise DataError(
            f"{path}:{line}: was {shown(cell)}, and no number of the file tells whether the comma "
            "is decimal or parts thousands; expected numbers like 1234.5 (save them without "
            "thousands separators and with a decimal point)"
        )
    return next(iter(by_mark), ".")


def _mark_in(digits: str) -> str | None:
    """Return the decimal sign that one number shows, or None where it shows none."""
    point, comma = digits.rfind("."), digits.rfind(",")
    if point >= 0 and comma >= 0:
        return "." if point > comma else ","
    mark, other = (".", ",") if point >= 0 else (",", ".")
    place = max(point, comma)
    if place < 0 or not digits.replace(mark, "").isdigit():
        return None
    if digits.count(mark) > 1:  # 10,827,100
        groups = [len(group) for group in digits.split(mark)]
        return other if groups[0] <= 3 and set(groups[1:]) == {3} else None
    is_group = len(digits) - place == 4 and 1 <= place <= 3 and not digits.startswith("0")
    return None if is_group else mark


def read_numbers(
    cells: Sequence[str], lines: Sequence[int], name: str, mark: str, path: Path
) -> list[float]:
    """Return the numbers of one column, NaN where there is none.

    Parameters
    ----------
    cells, lines
        The column, and the line of each cell in the file.
    name
        What the column is called, for messages.
    mark
        The decimal sign of the file.
    """
    if mark == "." and _PLAIN.fullmatch(_joined(cells)):
        return [float(cell) for cell in cells]
    return _converted(cells, lines, name, mark, path, _number)


def read_volumes(
    cells: Sequence[str], lines: Sequence[int], name: str, mark: str, path: Path
) -> list[float]:
    """Return volumes, as `read_numbers`; 10.83M is 10,830,000."""
    if mark == "." and _PLAIN.fullmatch(_joined(cells)):
        return [float(cell) for cell in cells]
    return _converted(cells, lines, name, mark, path, _volume)


def _converted(
    cells: Sequence[str],
    lines: Sequence[int],
    name: str,
    mark: str,
    path: Path,
    convert: Callable[[str, str], float | None],
) -> list[float]:
    """Return what each cell converts to, or refuse the first that does not."""
    numbers: list[float] = []
    for line, cell in zip(lines, cells, strict=True):
        number = convert(cell, mark)
        if number is None:
            raise DataError(f"{path}:{line}: {name} was {shown(cell)}; expected a number")
        numbers.append(number)
    return numbers


def read_splits(
    cells: Sequence[str], lines: Sequence[int], name: str, mark: str, path: Path
) -> list[float]:
    """Return the split ratio of each row, 0.0 where there is none (or one for one).

    ``4:1``, ``4/1`` and ``4-for-1`` are four new shares for one old.
    """
    if mark == "." and _PLAIN.fullmatch(_joined(cells)):
        plain = map(float, cells)
        return [0.0 if ratio == 1.0 else ratio for ratio in plain]
    ratios: list[float] = []
    for line, cell in zip(lines, cells, strict=True):
        match = _RATIO.fullmatch(cell.strip())
        if match is not None and float(match[2]) > 0.0:
            ratio: float | None = float(match[1]) / float(match[2])
        else:
            ratio = _number(cell, mark)
        if ratio is None:
            raise DataError(
                f"{path}:{line}: {name} was {shown(cell)}; expected a ratio like 4 or 4:1, or "
                "nothing"
            )
        ratios.append(0.0 if math.isnan(ratio) or ratio == 1.0 else ratio)
    return ratios


def _joined(cells: Sequence[str]) -> str:
    return "\n".join(cells) + "\n"


def is_empty(cell: str) -> bool:
    """Return whether a cell says that it holds no value."""
    return cell.strip().lower() in EMPTY


def _number(cell: str, mark: str) -> float | None:
    """Return the float nearest to what is written, NaN for no value, None for no number."""
    if is_empty(cell):
        return math.nan
    written = _plainly(cell.strip(), mark)
    return None if written is None else float(written)


def _volume(cell: str, mark: str) -> float | None:
    """Return a number of shares, which may be told in thousands, millions or billions."""
    text = cell.strip()
    power = _UNITS.get(text[-1:].lower(), 0)
    if power == 0 or is_empty(cell):
        return _number(cell, mark)
    written = _plainly(text[:-1].rstrip(), mark)
    return None if written is None else float(Decimal(written).scaleb(power))


def _plainly(text: str, mark: str) -> str | None:
    """Return a number as Python writes it, without dollar sign and groups; None for no number."""
    groups = re.escape(("," if mark == "." else ".") + _GROUP)
    match = re.fullmatch(
        rf"([+-]?)\s*\$?\s*([+-]?)(\d{{1,3}}(?:[{groups}]\d{{3}})+|\d*)"
        rf"({re.escape(mark)}\d*)?([eE][+-]?\d{{1,3}})?",
        text,
        re.ASCII,
    )
    if match is None:
        return None
    sign, second, whole, fraction, exponent = (part or "" for part in match.groups())
    if (sign and second) or not any(letter.isdigit() for letter in whole + fraction):
        return None
    digits = re.sub(r"\D", "", whole) or "0"
    return f"{sign or second}{digits}{fraction.replace(mark, '.')}{exponent}"
