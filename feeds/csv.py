"""Prices from a folder of Yahoo-shaped files. A ticker in, the bars of its file out.

Nothing is repaired: an empty cell stays NaN, for the quality check to refuse with its date.
"""

import csv
import datetime as dt
import difflib
import hashlib
import io
import re
from pathlib import Path

import pandas as pd

from configs.fields import TICKER_PATTERN
from feeds.source import COLUMNS, Bars, DataError

HEADER = (
    "Date",
    "Open",
    "High",
    "Low",
    "Close",
    "Adj Close",
    "Volume",
    "Dividends",
    "Stock Splits",
)
_NUMBERS = HEADER[1:]
_EMPTY = frozenset({"", "nan", "NaN", "null", "NULL", "N/A", "NA"})  # an honest "no value"
_MOST_LISTED = 20  # tickers named in a message


class CsvSource:
    """A folder with one ``<TICKER>.csv`` per symbol, names and case exactly as the ticker.

    Columns are ``HEADER`` in any order; further columns are not read. Dates are ISO days
    (2024-01-05), ascending, each once. UTF-8, with or without a byte-order mark.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def bars(self, symbol: str) -> Bars:
        """Return every row of the symbol's file.

        Raises
        ------
        DataError
            No such folder or file, or a file that is not what the class describes; the message
            names the file, the line, what was there and what was expected.
        """
        path = self._path(symbol)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DataError(
                f"{path}: could not be read ({error.strerror}); expected a readable file"
            ) from error
        return Bars(
            symbol=symbol,
            frame=_parse(content, path),
            origin=str(path),
            sha256=hashlib.sha256(content).hexdigest(),
        )

    def _path(self, symbol: str) -> Path:
        """Return the symbol's file, existing and inside the folder."""
        if not re.fullmatch(TICKER_PATTERN, symbol):
            raise DataError(f"symbol was {symbol!r}; expected an upper-case ticker such as SMH")
        self._check_open()
        if not self._folder.is_dir():
            raise DataError(
                f"data.path {self._folder}: no such folder; expected one with <TICKER>.csv files"
            )
        # Listed, not probed: some file systems would answer SMH.csv with smh.csv.
        tickers = sorted(path.stem for path in self._folder.glob("*.csv"))
        path = self._folder / f"{symbol}.csv"
        if symbol not in tickers:
            raise DataError(f"{path}: no such file; {_what_there_is(symbol, tickers)}")
        if not path.resolve().is_relative_to(self._folder.resolve()):
            raise DataError(
                f"{path}: is a link to {path.resolve()}, outside its folder; "
                "expected the file itself (copy it, or name its folder in data.path)"
            )
        return path

    def _check_open(self) -> None:
        """Refuse a folder that is closed to us, which would look like one without files."""
        try:
            if self._folder.is_dir():
                next(self._folder.iterdir(), None)
        except OSError as error:
            raise DataError(
                f"data.path {self._folder}: cannot be read ({error.strerror}); expected a folder "
                "of <TICKER>.csv files that we may list"
            ) from error


def _what_there_is(symbol: str, tickers: list[str]) -> str:
    """Name the tickers of the folder, the likely ones first."""
    if not tickers:
        return "the folder has no .csv file; expected <TICKER>.csv files"
    by_upper = {ticker.upper(): ticker for ticker in tickers}
    close = difflib.get_close_matches(symbol, by_upper, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(by_upper[name] for name in close)}? " if close else ""
    more = len(tickers) - _MOST_LISTED
    return (
        f"{hint}the folder has {', '.join(tickers[:_MOST_LISTED])}"
        f"{f' and {more} more' if more > 0 else ''}"
    )


def _parse(content: bytes, path: Path) -> pd.DataFrame:
    """Return the frame of the ``Bars`` contract, or raise on the file's first fault."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}:{line}: byte 0x{content[error.start]:02x} is not UTF-8; "
            "expected a UTF-8 text file (save it again as UTF-8)"
        ) from error
    columns = _header(text, path)
    try:
        table = pd.read_csv(
            io.StringIO(text),
            usecols=list(HEADER),
            dtype={"Date": "str"} | dict.fromkeys(_NUMBERS, "float64"),
            keep_default_na=False,
            na_values=sorted(_EMPTY),
        )
        dates = pd.to_datetime(table["Date"], format="%Y-%m-%d")
    except (ValueError, OverflowError) as error:
        # pandas does not say where; a careful second reading does.
        raise DataError(_first_fault(text, path) or f"{path}: {error}") from error
    # pandas pads short rows with NaN and, given usecols, cuts long ones: look twice.
    separators = (len(columns) - 1) * (len(table) + 1)
    ragged = text.count(",") != separators or bool(table.isna().to_numpy().any())
    if ragged or not dates.is_monotonic_increasing or not dates.is_unique:
        fault = _first_fault(text, path)
        if fault is not None:
            raise DataError(fault)
    if table.empty:
        raise DataError(f"{path}: has a header and no rows; expected one row per session")
    frame = table[list(_NUMBERS)].set_axis(list(COLUMNS), axis="columns")
    frame.index = pd.DatetimeIndex(dates, name="date")
    return frame


def _header(text: str, path: Path) -> list[str]:
    """Return the column names of the first line, all of ``HEADER`` present once."""
    if not text.strip():
        raise DataError(f"{path}: is empty; expected the columns {', '.join(HEADER)}")
    try:
        columns = next(csv.reader(io.StringIO(text)), [])
    except csv.Error as error:
        raise DataError(f"{path}:1: is not CSV ({error}); expected {', '.join(HEADER)}") from error
    missing = [name for name in HEADER if name not in columns]
    if missing:
        raise DataError(
            f"{path}:1: has no column {', '.join(missing)}; expected {', '.join(HEADER)}; "
            f"the line was {text.splitlines()[0][:120]!r}"
        )
    twice = [name for name in HEADER if columns.count(name) > 1]
    if twice:
        raise DataError(f"{path}:1: has column {', '.join(twice)} twice; expected each once")
    return columns


def _first_fault(text: str, path: Path) -> str | None:
    """Describe the first thing wrong with the rows, or return None. Slow, so only on suspicion."""
    reader = csv.reader(io.StringIO(text))
    columns = next(reader)
    before: dt.date | None = None
    try:
        for row in reader:
            if not row:
                continue
            date, fault = _row_fault(columns, row, before)
            if fault is not None:
                return f"{path}:{reader.line_num}: {fault}"
            before = date
    except csv.Error as error:
        return f"{path}:{reader.line_num}: is not CSV ({error})"
    return None


def _row_fault(
    columns: list[str], row: list[str], before: dt.date | None
) -> tuple[dt.date | None, str | None]:
    """Return the date of one row, and what is wrong with the row if anything."""
    if len(row) != len(columns):
        return None, f"had {len(row)} cells; expected {len(columns)}, as in the header"
    cells = dict(zip(columns, row, strict=True))
    try:
        date = dt.datetime.strptime(cells["Date"], "%Y-%m-%d").date()  # noqa: DTZ007 - a label
    except ValueError:
        return None, f"Date was {cells['Date']!r}; expected a date like 2024-01-05"
    for name in _NUMBERS:
        if not _is_number(cells[name]):
            return date, f"{name} was {cells[name]!r}; expected a number"
    if before is not None and date == before:
        return date, f"Date was {date} a second time; expected each date once"
    if before is not None and date < before:
        return date, f"Date was {date}, after {before}; expected ascending dates (sort the rows)"
    return date, None


def _is_number(cell: str) -> bool:
    """Return whether pandas reads ``cell`` as a number or as no value."""
    if cell in _EMPTY:
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell  # Python reads 1_000, pandas does not
