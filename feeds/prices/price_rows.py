"""A price file as a table of text. Bytes in, the header and the rows under it out.

Whatever saved it: UTF-8 or UTF-16, commas, semicolons, tabs or bars, lines before the header and
after the rows, three header rows. No cell is read yet.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from configs.errors import one_line
from feeds.prices.dialects import (
    ADJ_CLOSE,
    DATE,
    FIELDS,
    NEEDED,
    WHOLE,
    YFINANCE_ADJUSTED,
    YFINANCE_ROWS,
    Columns,
    Dialect,
    columns_of,
    dialect_of,
    is_of,
    plain_name,
)
from feeds.source import DataError

DELIMITERS = {",": "", ";": "semicolons", "\t": "tabs", "|": "bars"}  # and what to call them
SEARCHED = 20  # rows in which a header may begin: Macrotrends writes ten lines before its own
MOST_COLUMNS = 5000  # yfinance writes six a ticker, of as many as were asked for
_BINARY = {
    b"PK\x03\x04": "an Excel workbook or an archive",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a compressed file",
}
_MOST_SHOWN = 120  # characters of a header in a message

Row = tuple[int, list[str]]  # its line in the file, its cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What the header says and the rows under it."""

    dialect: Dialect
    columns: Columns
    width: int  # cells of the header
    rows: list[Row]
    traits: tuple[str, ...]  # how it was written, where not as usual
    unread: int = 0  # lines of words before the header and after the rows


def read_table(content: bytes, path: Path, symbol: str) -> Table:
    """Return the table in a file's bytes.

    Raises
    ------
    DataError
        It is no text, or has no header in which dates and prices are named; the message names the
        columns found, those needed and the remedy.
    """
    text, coding = _decoded(content, path)
    if not text.strip():
        raise DataError(f"{path}: is empty; expected rows under the header {WHOLE}")
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        delimiters, text = [first.strip()[-1]], "\n" + rest  # Excel's own word; keep line numbers
    else:
        delimiters = list(DELIMITERS)
    best: tuple[int, int, Sequence[str]] = (0, 1, ())
    for delimiter in delimiters:
        rows = list(_rows(text, delimiter, path))
        for index in range(min(SEARCHED, len(rows))):
            table = _table_at(rows, index, symbol, path)
            if table is not None:
                word = DELIMITERS.get(delimiter, f"parted by {delimiter}")
                traits = (*coding, *([word] if word else []))
                return _without_notes(table, index, traits)
            known = len(columns_of(rows[index][1][:MOST_COLUMNS], symbol).place)
            best = max(best, (known, -rows[index][0], rows[index][1]), key=lambda each: each[:2])
    known, line, header = best
    raise _no_header(text, path, -line if known else 1, header if known else ())


def _decoded(content: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    """Return a file's text with plain line ends, and its coding where that is not UTF-8."""
    for mark, kind in _BINARY.items():
        if content.startswith(mark):
            raise DataError(
                f"{path}: is {kind} under a CSV's name; expected text (export it as CSV)"
            )
    coding = _coding(content)
    try:
        text = content.decode(coding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        name, byte = ("UTF-8" if coding == "utf-8-sig" else "UTF-16"), content[error.start]
        raise DataError(
            f"{path}:{line}: byte 0x{byte:02x} is not {name}; expected text in UTF-8 (save it "
            "again as CSV UTF-8)"
        ) from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return text, (() if coding == "utf-8-sig" else ("UTF-16",))


def _coding(content: bytes) -> str:
    """Return how text was coded: UTF-16 by its mark, or by every other byte being zero."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = content[:200:2], content[1:200:2]
    if odd and not any(odd) and all(even[: len(odd)]):
        return "utf-16-le"
    if even and not any(even) and all(odd):
        return "utf-16-be"
    return "utf-8-sig"


def _rows(text: str, delimiter: str, path: Path) -> Iterator[Row]:
    """Yield the rows in which something is written."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        for row in reader:
            # Nearly always the first cell says it.
            if (row and row[0].strip()) or "".join(row).strip():
                yield reader.line_num, row
    except csv.Error as error:
        raise DataError(
            f"{path}:{reader.line_num}: is not CSV ({error}); expected rows under the header "
            f"{WHOLE}"
        ) from None


def _table_at(rows: Sequence[Row], index: int, symbol: str, path: Path) -> Table | None:
    """Return the table whose header begins at a row, or None where none does."""
    line, header = rows[index]
    if len(header) > MOST_COLUMNS:
        return None
    stacked = _stacked([cells for _, cells in rows[index : index + 3]])
    tickers: list[str] = []
    if stacked is not None:
        header, tickers = stacked
        header = _own_columns(header, tickers, symbol, f"{path}:{line}")
    columns = columns_of(header, symbol)
    if columns.lacking:
        return None
    if columns.twice:
        raise DataError(
            f"{path}:{line}: has column {_shown(columns.twice)} beside another of the same "
            "meaning, or twice; expected each once (delete or rename one)"
        )
    dialect = dialect_of(columns)
    if tickers:
        dialect = YFINANCE_ROWS if ADJ_CLOSE in columns.place else YFINANCE_ADJUSTED
    depth = 1
    if tickers:
        depth = 3 if len(rows) > index + 2 and _names_dates(rows[index + 2][1]) else 2
    below = list(rows[index + depth :])
    return Table(dialect=dialect, columns=columns, width=len(header), rows=below, traits=())


def _stacked(rows: Sequence[list[str]]) -> tuple[list[str], list[str]] | None:
    """Return the fields and tickers of yfinance's header rows, or None for other rows.

    Fields over tickers or (``group_by="ticker"``) the other way round, then a row with the name of
    the dates alone, which some take out.
    """
    if len(rows) < 2 or len({len(row) for row in rows}) > 1:
        return None
    if not _names_dates(rows[-1]) and {row[0].strip() for row in rows[:2]} != {"Price", "Ticker"}:
        return None
    for fields, tickers in ((rows[0], rows[1]), (rows[1], rows[0])):
        header = ["Date", *fields[1:]]
        if set(NEEDED) <= set(columns_of(header).place):
            return header, tickers
    return None


def _names_dates(row: Sequence[str]) -> bool:
    """Return whether a row holds the name of the dates and nothing else."""
    return plain_name(row[0]) in FIELDS[DATE] and not any(cell.strip() for cell in row[1:])


def _own_columns(header: list[str], tickers: list[str], symbol: str, where: str) -> list[str]:
    """Return the header with the names of other tickers' columns taken out."""
    own = [number for number, ticker in enumerate(tickers) if number and is_of(ticker, symbol)]
    if not own:
        raise DataError(
            f"{where}: has the prices of {_shown(dict.fromkeys(tickers[1:]))}; "
            f"expected those of {symbol}, as the file's name says"
        )
    return [name if number in {0, *own} else "" for number, name in enumerate(header)]


def _without_notes(table: Table, before: int, traits: tuple[str, ...]) -> Table:
    """Leave out the words that some vendors write under the rows."""
    rows = table.rows
    last = len(rows)
    while last and _is_note(rows[last - 1][1]):
        last -= 1
    return Table(
        dialect=table.dialect,
        columns=table.columns,
        width=table.width,
        rows=rows[:last],
        traits=traits,
        unread=before + len(rows) - last,
    )


def _is_note(cells: Sequence[str]) -> bool:
    """Return whether a row is a sentence: one cell that begins with two words, so with no date."""
    first, *others = cells
    is_alone = not any(cell.strip() for cell in others)
    words = first.strip("* ").split()
    return is_alone and len(words) > 2 and all(word.strip("*:,.").isalpha() for word in words[:2])


def _shown(words: Iterable[str]) -> str:
    """Return words of a file for a message."""
    return one_line(", ".join(words)[:_MOST_SHOWN])


def _no_header(text: str, path: Path, line: int, header: Sequence[str]) -> DataError:
    """Word the refusal of a file whose columns have no names we know."""
    if not header:
        shown = text.strip().partition("\n")[0][:_MOST_SHOWN]
        return DataError(
            f"{path}:1: no header was found in the first {SEARCHED} rows, which begin with "
            f"{shown!r}; expected columns named for the date, open, high, low and close, like "
            f"{WHOLE}"
        )
    named = _shown(name.strip() for name in header if name.strip())
    lacking = ", ".join(columns_of(header).lacking)
    return DataError(
        f"{path}:{line}: has the columns {named}; expected the date, open, high, low and close, "
        f"and found none for {lacking}; name them as in {WHOLE}, or export all of them"
    )
