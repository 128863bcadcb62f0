"""Kept companyfacts. A raw document in, one immutable file per download; the newest of them out.

``edgar/CIK0000789019/000001-2026-06-30-<sha256>.json.gz``: a running number, the day it was fetched
and the hash of the JSON inside. Fetched again unchanged, an empty file of the same name with that
later day and ``.seen`` says so. Nothing is ever overwritten or deleted.
"""

import datetime as dt
import gzip
import hashlib
import io
import logging
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from configs.files import read_file
from feeds.prices.cache import cache_folder, reading, writing
from feeds.prices.cache_snapshot import day_of, write_whole
from feeds.source import DataError

_NAME = re.compile(
    r"(?P<number>\d{6,})-(?P<fetched>\d{4}-\d\d-\d\d)-(?P<sha256>[0-9a-f]{64})\.(?:json\.gz|seen)"
)

MAX_BYTES = 50 * 1024 * 1024  # unpacked; the largest documents have some ten megabytes

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDocument:
    """One kept download, as file names tell it: nothing is read yet."""

    path: Path
    number: int
    fetched: dt.date  # the last day on which it was what the SEC served
    sha256: str  # of the JSON

    @property
    def origin(self) -> str:
        """Return where it is kept, for the manifest."""
        return f"cache:edgar/{self.path.parent.name}/{self.path.name}"


class EdgarCache:
    """The documents of every company downloaded so far.

    Parameters
    ----------
    root
        Folder, made when first written to. Default: ``feeds.prices.cache.cache_folder()``.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = (root if root is not None else cache_folder()) / "edgar"

    def newest(self, company: str, cik: int) -> KeptDocument | None:
        """Return the download with the highest number, or None.

        Raises
        ------
        DataError
            The folder cannot be listed, or a name in it has a day that is none.
        """
        folder = self._folder(cik)
        with reading(company, folder):
            names = [
                (path, match)
                for path in (folder.iterdir() if folder.is_dir() else ())
                if (match := _NAME.fullmatch(path.name)) is not None
            ]
        seen = [(match["sha256"], day_of(path, match["fetched"], company)) for path, match in names]
        documents = [
            KeptDocument(
                path=path,
                number=int(match["number"]),
                fetched=max(day for sha256, day in seen if sha256 == match["sha256"]),
                sha256=match["sha256"],
            )
            for path, match in names
            if path.suffix == ".gz"
        ]
        return max(documents, key=lambda document: document.number, default=None)

    def read(self, company: str, document: KeptDocument) -> bytes:
        """Return the JSON of a kept download, checked against the hash in its name.

        Raises
        ------
        DataError
            The file cannot be read or is not what was written: an older one is no substitute,
            because nobody would notice.
        """
        packed = read_file(document.path, "the cache")
        try:
            with gzip.open(io.BytesIO(packed)) as file:
                content = file.read(MAX_BYTES + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise self.corrupt(company, document, str(error)) from error
        if len(content) > MAX_BYTES:
            raise self.corrupt(company, document, f"they have more than {MAX_BYTES:,} bytes")
        if hashlib.sha256(content).hexdigest() != document.sha256:
            raise self.corrupt(
                company,
                document,
                "their sha256 was expected to be the one in the file's name",
            )
        return content

    def corrupt(self, company: str, document: KeptDocument, why: str) -> DataError:
        """Return the error of a kept download that is not what was written."""
        return DataError(
            f"{company}: the cached reports are corrupt or were edited; {why}; move "
            f"{document.path} out of the cache and run `python run.py fetch CONFIG` to download "
            "the company's reports again"
        )

    def store(self, company: str, cik: int, content: bytes, fetched: dt.date) -> KeptDocument:
        """Keep the JSON fetched on a day, and return it as kept.

        The same bytes as the newest download add no copy, only that they were seen on that day.

        Raises
        ------
        DataError
            The folder cannot be written, or another process holds its lock.
        """
        folder = self._folder(cik)
        with writing(company, folder):
            newest = self.newest(company, cik)
            sha256 = hashlib.sha256(content).hexdigest()
            if newest is not None and newest.sha256 == sha256:
                if newest.fetched < fetched:
                    write_whole(folder / f"{newest.number:06d}-{fetched}-{sha256}.seen", b"")
            else:
                number = 1 if newest is None else newest.number + 1
                path = folder / f"{number:06d}-{fetched}-{sha256}.json.gz"
                write_whole(path, gzip.compress(content, mtime=0))
                logger.info("%s: stored the reports as of %s", company, fetched)
            kept = self.newest(company, cik)
        assert kept is not None  # written above
        return kept

    def _folder(self, cik: int) -> Path:
        return self._root / f"CIK{cik:010d}"
