"""Rows of a CSV file that a configuration names. Its bytes in, cells by column out.

Nothing is repaired: a row with other cells than the header's, a column given twice and a file that
is no text are refused with their line.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from feeds.source import DataError

Row = Mapping[str, str]


def rows_of(content: bytes, path: Path, columns: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """Yield each row below the header with its ``file:line``; blank lines are none.

    Parameters
    ----------
    content
        Of the file, UTF-8 with or without a mark.
    columns
        Which must be there, in any order; further ones are welcome.

    Raises
    ------
    DataError
        It is no CSV of such columns, each once, or a row has more or fewer cells than the header.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{path}: is not UTF-8 text; save it again as UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        _check_header(reader.fieldnames or (), path, columns)
        for row in reader:
            place = f"{path}:{reader.line_num}"
            if None in row or None in row.values():
                raise DataError(
                    f"{place}: had other cells than the header's {len(reader.fieldnames or ())}"
                )
            yield place, row
    except csv.Error as error:
        raise DataError(f"{path}:{reader.reader.line_num}: is not CSV ({error})") from None


def _check_header(names: Sequence[str], path: Path, columns: Sequence[str]) -> None:
    expected = ",".join(columns)
    if not names:
        raise DataError(f"{path}: was empty; expected a CSV file that begins with {expected}")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise DataError(
            f"{path}:1: has the column {', '.join(twice)} more than once; expected each once: "
            "which of them counts is not for us to guess"
        )
    missing = [name for name in columns if name not in names]
    if len(missing) == len(columns):
        raise DataError(
            f"{path}:1: has none of the columns {expected} (it was {','.join(names)!r:.80}); "
            "expected a CSV file with commas and that header"
        )
    if missing:
        raise DataError(f"{path}:1: has no column {', '.join(missing)}; expected {expected}")
