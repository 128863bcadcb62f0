"""Filling the cache. Configurations in, every symbol they need downloaded, a line for each out."""

from collections.abc import Callable, Sequence

from configs.schema import RunConfig
from feeds.assemble import open_source, symbols
from feeds.cache import CachedSource
from feeds.source import DataError


def fetch(configs: Sequence[RunConfig], progress: Callable[[str], None]) -> list[str]:
    """Download every symbol of ``configs`` and return what there is now, one line a symbol.

    Parameters
    ----------
    configs
        One configuration, or the variants of one base, which share their data section.
    progress
        Told each symbol before it is fetched.

    Raises
    ------
    DataError
        A symbol cannot be had; the message names those already kept.
    """
    first, *others = configs
    source = open_source(first.data)
    if not isinstance(source, CachedSource):
        return [f"nothing to fetch: data.source {first.data.source} needs no network"]
    lines: list[str] = []
    for symbol in symbols(first, others):
        progress(f"fetching {symbol}")
        try:
            bars = source.fetch(symbol)
        except DataError as error:
            kept = ", ".join(line.split()[0] for line in lines)
            raise DataError(f"{error} (in the cache: {kept or 'nothing yet'})") from error
        since, until = (f"{day:%Y-%m-%d}" for day in (bars.frame.index[0], bars.frame.index[-1]))
        lines.append(f"{symbol:<6} {len(bars.frame):>6,} sessions, {since} to {until}")
    return lines
