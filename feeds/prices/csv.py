"""Prices from a folder of files. A ticker in, the bars of its file out, whoever wrote it.

Whose file it is, its header says (``feeds.prices.dialects``); what it lacks is a finding
(``price_gaps``). Nothing is repaired: an empty price stays NaN, for the quality check to
refuse with its date.
"""

import difflib
import hashlib
import os
import re
from pathlib import Path

from configs.fields import TICKER_PATTERN
from configs.files import read_file
from feeds.prices.price_cells import read_values
from feeds.prices.price_gaps import completed
from feeds.prices.price_rows import read_table
from feeds.source import Bars, DataError

SUFFIX = ".csv"  # in either case
MOST_BYTES = 20_000_000  # fifty years of daily bars are a megabyte
_MOST_LISTED = 20  # tickers named in a message


class CsvSource:
    """A folder with one ``<TICKER>.csv`` per symbol, names and case exactly as the ticker.

    Any dialect of ``dialects``: the columns are found by their names, further ones are not
    read. Rows go from the oldest day to the newest or back, a day each.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def bars(self, symbol: str) -> Bars:
        """Return every row of the symbol's file.

        Raises
        ------
        DataError
            No such folder or file, or a file that cannot be read in one way only; the message
            names the file, the line, what was there and what was expected.
        """
        path = self._path(symbol)
        content = read_file(path, "data.path", MOST_BYTES)
        table = read_table(content, path, symbol)
        written = read_values(table, symbol, path)
        whole = completed(written, table.dialect, symbol)
        return Bars(
            symbol=symbol,
            frame=whole.frame,
            origin=str(path),
            sha256=hashlib.sha256(content).hexdigest(),
            findings=whole.findings,
            dialect="; ".join([table.dialect.name, *written.traits]),
            lacks=whole.lacks,
        )

    def _path(self, symbol: str) -> Path:
        """Return the symbol's file, existing and inside the folder."""
        if not re.fullmatch(TICKER_PATTERN, symbol):
            raise DataError(f"symbol was {symbol!r}; expected an upper-case ticker such as SMH")
        # Listed, not probed: some file systems would answer SMH.csv with smh.csv.
        files = [path for path in self._listed() if path.suffix.lower() == SUFFIX]
        matching = [path for path in files if path.stem == symbol]
        if not matching:
            tickers = sorted(path.stem for path in files)
            wanted = self._folder / f"{symbol}{SUFFIX}"
            raise DataError(f"{wanted}: no such file; {_what_there_is(symbol, tickers)}")
        if len(matching) > 1:
            names = " and ".join(sorted(path.name for path in matching))
            raise DataError(f"{self._folder}: has {names}; expected one file of {symbol}")
        (path,) = matching
        real = os.path.realpath(path)
        if not Path(real).is_relative_to(os.path.realpath(self._folder)):
            raise DataError(
                f"{path}: is a link to {real}, outside its folder; "
                "expected the file itself (copy it, or name its folder in data.path)"
            )
        return path

    def _listed(self) -> list[Path]:
        """Return what is in the folder."""
        try:
            return list(self._folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            raise DataError(
                f"data.path {self._folder}: no such folder; expected one with <TICKER>.csv files"
            ) from None
        except OSError as error:
            raise DataError(
                f"data.path {self._folder}: could not be read ({error.strerror}); expected a "
                "folder of <TICKER>.csv files that may be listed"
            ) from None


def _what_there_is(symbol: str, tickers: list[str]) -> str:
    """Name the tickers of the folder, the likely ones first."""
    if not tickers:
        return "the folder has no .csv file; expected <TICKER>.csv files"
    by_upper = {ticker.upper(): ticker for ticker in tickers}
    close = difflib.get_close_matches(symbol, by_upper, n=3, cutoff=0.5)
    close += [name for name in by_upper if symbol in re.split(r"[^A-Z0-9^]", name)][:3]
    hint = (
        f"did you mean {' or '.join(by_upper[name] for name in dict.fromkeys(close))}? "
        if close
        else ""
    )
    more = len(tickers) - _MOST_LISTED
    return (
        f"{hint}the folder has {', '.join(tickers[:_MOST_LISTED])}"
        f"{f' and {more} more' if more > 0 else ''}"
    )
