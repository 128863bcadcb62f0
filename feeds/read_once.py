"""A source that is asked once for each symbol. A source in; the same bars, kept, out.

An audit reads the legs for the run and again for the pairs beside it: one reading serves all, and
all of them see the same bytes.
"""

from feeds.prices.cache import CachedSource
from feeds.source import Bars, Source


class ReadOnce:
    """A source whose bars are kept; nobody may write to them."""

    def __init__(self, source: Source, kept: dict[str, Bars] | None = None) -> None:
        self._source = source
        self._kept = {} if kept is None else kept

    def bars(self, symbol: str) -> Bars:
        """Return everything the source holds on a symbol; its errors are the source's."""
        if symbol not in self._kept:
            self._kept[symbol] = self._source.bars(symbol)
        return self._kept[symbol]

    def offline(self) -> "ReadOnce":
        """Return the same, further symbols from what is on this machine: nothing is downloaded."""
        source = self._source
        within = source.offline() if isinstance(source, CachedSource) else source
        return ReadOnce(within, self._kept)
