"""One download as one immutable Parquet file. Bars in, a file out, and back.

``<symbol>/000002-2026-06-30-<sha256>.parquet``: a running number, the last session and the hash of
the file's own bytes. Findings travel inside the file, so the hash covers them too, and a snapshot
is whole or not there.
"""

import datetime as dt
import hashlib
import json
import os
import re
import reprlib
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from configs.files import read_file
from configs.stopping import undone
from feeds.source import COLUMNS, Bars, DataError, Finding

_NAME = re.compile(
    r"(?P<number>\d{6,})-(?P<last>\d{4}-\d\d-\d\d)-(?P<sha256>[0-9a-f]{64})\.parquet"
)
_METADATA_KEY = b"schism"
MAX_BYTES = 20 * 1024 * 1024  # sixty years of bars are one


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One file of the cache, as its name tells it: nothing is read yet."""

    path: Path
    number: int
    last: dt.date
    sha256: str


def find_snapshots(folder: Path) -> list[Snapshot]:
    """Return the snapshots in ``folder``, in no order; other files are not ours to judge.

    Raises
    ------
    OSError
        The folder exists and cannot be listed.
    DataError
        A name has a day that is none.
    """
    return [
        Snapshot(
            path=path,
            number=int(match["number"]),
            last=day_of(path, match["last"], folder.name),
            sha256=match["sha256"],
        )
        for path in (folder.iterdir() if folder.is_dir() else ())
        if (match := _NAME.fullmatch(path.name)) is not None
    ]


def day_of(path: Path, text: str, symbol: str) -> dt.date:
    """Return the day in the name of a file of the cache.

    Raises
    ------
    DataError
        There is no such day: the file was renamed, and what is newest is not for us to guess.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise DataError(
            f"{symbol}: {path} has the day {text} in its name, which is none; expected a name as "
            "it was stored; move the file out of the cache"
        ) from None


def write_snapshot(folder: Path, number: int, bars: Bars) -> Snapshot:
    """Write ``bars`` as snapshot ``number`` of ``folder``; the caller holds the folder's lock.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    content = _parquet(bars)
    sha256 = hashlib.sha256(content).hexdigest()
    last = bars.frame.index.max().date()
    path = folder / f"{number:06d}-{last.isoformat()}-{sha256}.parquet"
    write_whole(path, content)
    return Snapshot(path=path, number=number, last=last, sha256=sha256)


def read_snapshot(symbol: str, snapshot: Snapshot) -> Bars:
    """Return the bars of one snapshot, its bytes checked against the hash in its name.

    Raises
    ------
    DataError
        The file cannot be read, or is not what was written.
    """
    content = read_file(snapshot.path, "the cache", MAX_BYTES)
    if hashlib.sha256(content).hexdigest() != snapshot.sha256:
        raise _corrupt(symbol, snapshot, "its sha256 was expected to be the one in its name")
    try:
        table = pq.read_table(pa.BufferReader(content))
        notes = json.loads((table.schema.metadata or {}).get(_METADATA_KEY, b"{}"))
        frame: pd.DataFrame = table.to_pandas()
        holds, columns = notes.get("symbol"), tuple(frame.columns)
        findings = tuple(
            Finding(**{**note, "dates": tuple(note["dates"])}) for note in notes.get("findings", ())
        )
    except (pa.ArrowException, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        raise _corrupt(symbol, snapshot, "it is no snapshot of this program") from None
    is_by_day = isinstance(frame.index, pd.DatetimeIndex) and bool((frame.dtypes == "f8").all())
    if holds != symbol or columns != COLUMNS or not is_by_day:
        shown = holds if isinstance(holds, str) else reprlib.repr(holds)
        raise _corrupt(
            symbol,
            snapshot,
            f"it holds {shown} with columns {', '.join(map(str, columns))}; expected "
            f"{symbol} with {', '.join(COLUMNS)} as numbers by day",
        )
    return Bars(
        symbol=symbol,
        frame=frame,
        origin=f"cache:{snapshot.path.parent.parent.name}/{symbol}/{snapshot.path.name}",
        sha256=snapshot.sha256,
        findings=findings,
    )


def _corrupt(symbol: str, snapshot: Snapshot, why: str) -> DataError:
    return DataError(
        f"{symbol}: the cached snapshot is corrupt or was edited; {why}; move "
        f"{snapshot.path} out of the cache and run `python run.py fetch CONFIG` to download the "
        "symbol again"
    )


def _parquet(bars: Bars) -> bytes:
    """Return the snapshot file of ``bars``: their frame, with symbol and findings as metadata."""
    notes = {"symbol": bars.symbol, "findings": [asdict(finding) for finding in bars.findings]}
    table = pa.Table.from_pandas(bars.frame)
    table = table.replace_schema_metadata(
        {**table.schema.metadata, _METADATA_KEY: json.dumps(notes).encode()}
    )
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd")
    content: bytes = buffer.getvalue().to_pybytes()
    return content


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` under a temporary name, then rename: a killed fetch leaves no snapshot.

    Raises
    ------
    OSError
        The folder cannot be written; no part of the file is left.
    """
    part = path.with_name(f".part-{secrets.token_hex(8)}")

    def put_away() -> None:
        part.unlink(missing_ok=True)

    with undone(put_away):
        try:
            with part.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.rename(path)
        except BaseException:
            put_away()
            raise
