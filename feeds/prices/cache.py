"""Kept downloads. Bars in, one immutable Parquet file per download; the newest of them out.

The files are described in ``feeds.prices.cache_snapshot``. Nothing is ever overwritten or deleted.
"""

import datetime as dt
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import platformdirs
from filelock import FileLock, Timeout

from configs.fields import TICKER_PATTERN
from feeds.calendar import last_closed_session
from feeds.prices.cache_rewrites import rewrites
from feeds.prices.cache_snapshot import Snapshot, find_snapshots, read_snapshot, write_snapshot
from feeds.source import Bars, DataError, Source

FOLDER_VARIABLE = "SCHISM_CACHE_DIR"
LOCK_SECONDS = 60  # another fetch of the same symbol writes for milliseconds

logger = logging.getLogger(__name__)


def cache_folder() -> Path:
    """Return the cache's root: ``SCHISM_CACHE_DIR`` if set, else the user's cache directory."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else platformdirs.user_cache_path("schism", appauthor=False)


@contextmanager
def writing(symbol: str, folder: Path) -> Iterator[None]:
    """Make ``folder`` and hold its lock: one process at a time adds to it.

    Raises
    ------
    DataError
        Another process holds the lock, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=LOCK_SECONDS):
            yield
    except Timeout as error:
        raise DataError(
            f"{symbol}: {error.lock_file} was held for {LOCK_SECONDS} s by another "
            "process; wait for it to end, then fetch again"
        ) from error
    except OSError as error:
        raise DataError(
            f"{symbol}: the cache {folder} could not be written ({error.strerror}); "
            f"make it writable, or name another folder in {FOLDER_VARIABLE}"
        ) from error


@contextmanager
def reading(symbol: str, folder: Path) -> Iterator[None]:
    """Word what can go wrong while ``folder`` is listed."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{symbol}: the cache {folder} could not be read ({error.strerror}); "
            f"make it readable, or name another folder in {FOLDER_VARIABLE}"
        ) from error


class Cache:
    """The snapshots of every symbol downloaded so far.

    Parameters
    ----------
    root
        Folder, made when first written to. Default: ``cache_folder()``.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = (root if root is not None else cache_folder()) / "yahoo"

    def last_session(self, symbol: str) -> dt.date | None:
        """Return the last session of the newest snapshot, read from its name; None without one."""
        snapshot = self._newest(symbol)
        return None if snapshot is None else snapshot.last

    def read(self, symbol: str) -> Bars | None:
        """Return the newest snapshot with the findings made when it was stored, or None.

        Raises
        ------
        DataError
            The file cannot be read or is not what was written: an older one is no substitute,
            because nobody would notice.
        """
        snapshot = self._newest(symbol)
        return None if snapshot is None else read_snapshot(symbol, snapshot)

    def store(self, bars: Bars) -> Bars:
        """Add ``bars`` as the newest snapshot and return them as stored.

        The findings of the comparison with the snapshot before it (see ``rewrites``) are added.
        Bars equal to the newest snapshot add nothing: that snapshot is returned.

        Raises
        ------
        DataError
            The snapshot before cannot be read, or the folder cannot be written.
        """
        if bars.frame.empty:
            raise DataError(f"{bars.symbol}: no session to store; expected at least one")
        folder = self._folder(bars.symbol)
        with writing(bars.symbol, folder):
            return self._append(folder, bars)

    def _append(self, folder: Path, bars: Bars) -> Bars:
        """Write the next snapshot; the caller holds the lock."""
        newest = self._newest(bars.symbol)
        if newest is not None:
            before = read_snapshot(bars.symbol, newest)
            if before.frame.equals(bars.frame):
                return before
            bars = replace(bars, findings=(*bars.findings, *rewrites(before, bars)))
        number = 1 if newest is None else newest.number + 1
        snapshot = write_snapshot(folder, number, bars)
        logger.info("%s: stored %d sessions to %s", bars.symbol, len(bars.frame), snapshot.last)
        return read_snapshot(bars.symbol, snapshot)

    def _newest(self, symbol: str) -> Snapshot | None:
        """Return the snapshot with the highest number."""
        folder = self._folder(symbol)
        with reading(symbol, folder):
            snapshots = find_snapshots(folder)
        return max(snapshots, key=lambda snapshot: snapshot.number, default=None)

    def _folder(self, symbol: str) -> Path:
        """Return the symbol's folder, its name safe for every file system (^VIX is %5EVIX)."""
        if not re.fullmatch(TICKER_PATTERN, symbol):
            raise DataError(f"symbol was {symbol!r}; expected an upper-case ticker such as SMH")
        return self._root / quote(symbol, safe="")


class _Nowhere:
    """A source that has nothing."""

    def bars(self, symbol: str) -> Bars:
        raise DataError(
            f"{symbol}: not in the cache; name it below audit in the configuration, and run "
            "`python run.py fetch CONFIG`"
        )


class CachedSource:
    """A source whose answers are kept. Once fetched, a symbol needs no network.

    Parameters
    ----------
    source
        Asked when the cache does not reach far enough.
    cache
        Where answers are kept.
    needed_until
        Last day the run wants, inclusive; it need not be a session. None: whatever is cached is
        good enough.
    now
        The clock (with time zone): sessions that have not closed cannot be needed.
    """

    def __init__(
        self,
        source: Source,
        cache: Cache,
        *,
        needed_until: dt.date | None = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._source = source
        self._cache = cache
        self._needed_until = needed_until
        self._now = now

    def offline(self) -> "CachedSource":
        """Return the same cache, asking nobody for what it does not hold."""
        return CachedSource(_Nowhere(), self._cache, needed_until=self._needed_until, now=self._now)

    def bars(self, symbol: str) -> Bars:
        """Return the newest snapshot if it reaches the needed day, else download and keep.

        Raises
        ------
        DataError
            The download failed; the message says what is cached. Or the snapshot is corrupt.
        """
        last = self._cache.last_session(symbol)
        if last is not None and (self._needed_until is None or last >= self._needed_session()):
            kept = self._cache.read(symbol)
            if kept is not None:
                return kept
        return self._download(symbol, last)

    def fetch(self, symbol: str) -> Bars:
        """Download and keep, unless the newest snapshot already ends at the last closed session.

        Raises
        ------
        DataError
            As ``bars``.
        """
        last = self._cache.last_session(symbol)
        if last is not None and last >= last_closed_session(self._now()):
            kept = self._cache.read(symbol)
            if kept is not None:
                return kept
        return self._download(symbol, last)

    def _needed_session(self) -> dt.date:
        """Return the last session that has closed by the needed day and by now."""
        now = self._now()
        if self._needed_until is None:
            return last_closed_session(now)
        # New York's close is always before midnight UTC of its own day.
        end_of_day = dt.datetime.combine(self._needed_until, dt.time.max, tzinfo=dt.UTC)
        return last_closed_session(min(now, end_of_day))

    def _download(self, symbol: str, last: dt.date | None) -> Bars:
        """Ask the source and keep the answer; name what is cached when there is none."""
        try:
            bars = self._source.bars(symbol)
        except DataError as error:
            if last is None:
                raise
            raise DataError(
                f"{error} (cached until {last}; a run with data.end up to that day needs no "
                "download)"
            ) from error
        return self._cache.store(bars)
