"""Files in the cache of prices that the cache did not write."""

import hashlib
import os

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from feeds.prices.cache import Cache
from feeds.source import COLUMNS, DataError

DAYS = pd.DatetimeIndex(["2024-01-02", "2024-01-03"], name="date")
NOTES = b'{"symbol": "SMH", "findings": []}'


def put(root, content, name=None):
    folder = root / "yahoo" / "SMH"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or f"000001-2024-01-03-{hashlib.sha256(content).hexdigest()}.parquet")
    path.write_bytes(content)
    return path


def parquet(notes=NOTES, index=DAYS, columns=COLUMNS, value=1.0):
    frame = pd.DataFrame({name: [value, value] for name in columns}, index=index)
    table = pa.Table.from_pandas(frame)
    table = table.replace_schema_metadata({**table.schema.metadata, b"schism": notes})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


def test_what_is_written_as_the_cache_writes_it_is_read(tmp_path):
    put(tmp_path, parquet())
    assert len(Cache(tmp_path).read("SMH").frame) == 2


@pytest.mark.parametrize("day", ["2024-02-30", "2024-13-01", "0000-01-01"])
def test_a_name_with_a_day_that_is_none_is_refused(tmp_path, day):
    path = put(tmp_path, b"", f"000001-{day}-{'0' * 64}.parquet")
    with pytest.raises(DataError) as refused:
        Cache(tmp_path).last_session("SMH")
    assert str(refused.value) == (
        f"SMH: {path} has the day {day} in its name, which is none; expected a name as it was "
        "stored; move the file out of the cache"
    )


STRANGE = {
    "no parquet": b"PAR1",
    "empty": b"",
    "no notes": parquet(notes=b""),
    "notes of another kind": parquet(notes=b"[]"),
    "deep notes": parquet(notes=b"[" * 100_000),
    "digits": parquet(notes=b'{"symbol": ' + b"9" * 5_000 + b"}"),
    "another symbol": parquet(notes=b'{"symbol": ["SMH"], "findings": []}'),
    "no findings": parquet(notes=b'{"symbol": "SMH", "findings": [{"check": "x"}]}'),
    "findings of another kind": parquet(notes=b'{"symbol": "SMH", "findings": 7}'),
    "no days": parquet(index=pd.Index([1, 2], name="date")),
    "other columns": parquet(columns=COLUMNS[:-1]),
    "text": parquet(value="1.0"),
}


@pytest.mark.parametrize("content", STRANGE.values(), ids=STRANGE)
def test_a_file_of_another_kind_is_refused_with_the_file_to_move(tmp_path, content):
    path = put(tmp_path, content)
    with pytest.raises(DataError) as refused:
        Cache(tmp_path).read("SMH")
    assert str(refused.value).startswith("SMH: the cached snapshot is corrupt or was edited; it ")
    assert f"move {path} out of the cache" in str(refused.value)


def test_a_pipe_and_a_file_without_end_are_refused_at_once(tmp_path):
    path = put(tmp_path, b"", f"000001-2024-01-03-{'0' * 64}.parquet")
    os.truncate(path, 10**12)  # a terabyte of nothing
    with pytest.raises(DataError, match=r"was more than 20,971,520 bytes"):
        Cache(tmp_path).read("SMH")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(DataError, match=r"was a named pipe; expected the regular file"):
        Cache(tmp_path).read("SMH")
