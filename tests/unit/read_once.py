"""Real prices, each file read once a process: nobody writes to their folder. A source in, bars out.

A frame that a test changes is its own copy.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from feeds.prices.csv import CsvSource


@dataclass(frozen=True)
class ReadOnce:
    """``CsvSource`` of a folder that stays as it is."""

    folder: Path | str

    def bars(self, symbol):
        """Return every row of the symbol's file."""
        return _bars(Path(self.folder), symbol)


@cache
def _bars(folder, symbol):
    return CsvSource(folder).bars(symbol)
