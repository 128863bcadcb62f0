"""The cache of company reports keeps every download whole and remembers when it was last seen."""

import datetime as dt
import gzip
import hashlib
import os

import pytest
from filelock import FileLock

from feeds.filings.edgar import EdgarSource
from feeds.filings.edgar_cache import EdgarCache
from feeds.source import DataError
from tests.unit.at_once import ended_at_once

CIK = 789019
FOLDER = "CIK0000789019"
FIRST, SECOND = b'{"cik": 789019, "facts": {}}', b'{"cik": 789019, "facts": {"us-gaap": {}}}'
MONDAY, TUESDAY, FRIDAY = dt.date(2024, 5, 13), dt.date(2024, 5, 14), dt.date(2024, 5, 17)


@pytest.fixture
def cache(tmp_path):
    return EdgarCache(tmp_path)


def store(cache, content, day):
    return cache.store("MSFT", CIK, content, day)


def names(root):
    return sorted(path.name for path in root.rglob("*") if path.is_file() and path.name != ".lock")


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def test_an_empty_cache_has_nothing_and_makes_no_folder(tmp_path):
    assert EdgarCache(tmp_path / "new").newest("MSFT", CIK) is None
    assert list(tmp_path.iterdir()) == []


def test_a_document_comes_back_to_the_byte(cache, tmp_path):
    kept = store(cache, FIRST, MONDAY)
    assert cache.newest("MSFT", CIK) == kept
    assert cache.read("MSFT", kept) == FIRST
    assert (kept.number, kept.fetched, kept.sha256) == (1, MONDAY, sha256(FIRST))
    assert names(tmp_path) == [f"000001-2024-05-13-{sha256(FIRST)}.json.gz"]
    assert kept.origin == f"cache:edgar/{FOLDER}/{names(tmp_path)[0]}"
    assert gzip.decompress((tmp_path / "edgar" / FOLDER / names(tmp_path)[0]).read_bytes()) == FIRST


def test_the_file_tells_no_time_but_the_day_in_its_name(cache):
    assert store(cache, FIRST, MONDAY).path.read_bytes()[4:8] == bytes(4)  # gzip's clock


def test_a_changed_document_is_added_beside_the_first(cache, tmp_path):
    first = store(cache, FIRST, MONDAY)
    before = first.path.read_bytes()
    second = store(cache, SECOND, TUESDAY)
    assert (second.number, second.fetched) == (2, TUESDAY)
    assert cache.read("MSFT", second) == SECOND
    assert first.path.read_bytes() == before
    assert len(names(tmp_path)) == 2


def test_an_unchanged_document_is_only_remembered_as_seen(cache, tmp_path):
    first = store(cache, FIRST, MONDAY)
    before = (first.path.read_bytes(), first.path.stat().st_mtime_ns)
    for day in (TUESDAY, FRIDAY):
        kept = store(cache, FIRST, day)
        assert (kept.path, kept.number, kept.fetched) == (first.path, 1, day)
    assert (first.path.read_bytes(), first.path.stat().st_mtime_ns) == before
    assert names(tmp_path) == [
        f"000001-2024-05-13-{sha256(FIRST)}.json.gz",
        f"000001-2024-05-14-{sha256(FIRST)}.seen",
        f"000001-2024-05-17-{sha256(FIRST)}.seen",
    ]
    assert all(not path.read_bytes() for path in tmp_path.rglob("*.seen"))


@pytest.mark.parametrize("day", [MONDAY, MONDAY - dt.timedelta(1)])
def test_the_same_day_again_or_a_clock_set_back_adds_nothing(cache, tmp_path, day):
    store(cache, FIRST, MONDAY)
    assert store(cache, FIRST, day).fetched == MONDAY
    assert len(names(tmp_path)) == 1


def test_a_document_that_comes_back_is_a_download_of_its_own(cache, tmp_path):
    for content, day in ((FIRST, MONDAY), (SECOND, TUESDAY), (FIRST, FRIDAY)):
        store(cache, content, day)
    newest = cache.newest("MSFT", CIK)
    assert (newest.number, newest.fetched, newest.sha256) == (3, FRIDAY, sha256(FIRST))
    assert [name[:17] for name in names(tmp_path)] == [
        "000001-2024-05-13", "000002-2024-05-14", "000003-2024-05-17",
    ]  # fmt: skip


def test_the_days_of_an_older_download_are_not_those_of_the_newest(cache):
    store(cache, FIRST, MONDAY)
    store(cache, FIRST, FRIDAY)
    assert store(cache, SECOND, TUESDAY).fetched == TUESDAY


def test_companies_are_kept_apart_by_their_number(cache):
    store(cache, FIRST, MONDAY)
    assert cache.newest("META", 1326801) is None


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda content: content[: len(content) // 2], "corrupt"),
        (lambda content: b"", "corrupt"),
        (lambda content: b"not gzip at all", "corrupt"),
        (lambda content: gzip.compress(SECOND), "corrupt or were edited; their sha256"),
        (lambda content: content[:-12] + bytes(4) + content[-8:], "corrupt"),
    ],
)
def test_a_spoilt_file_is_refused_with_the_file_to_move(cache, spoil, what):
    kept = store(cache, FIRST, MONDAY)
    kept.path.write_bytes(spoil(kept.path.read_bytes()))
    with pytest.raises(DataError, match=rf"^MSFT: .*({what}).*move .* and run .*fetch") as error:
        cache.read("MSFT", kept)
    assert str(kept.path) in str(error.value)


def test_a_spoilt_file_is_not_replaced_by_an_older_one(cache):
    store(cache, FIRST, MONDAY)
    store(cache, SECOND, TUESDAY).path.write_bytes(b"")
    with pytest.raises(DataError, match="corrupt"):
        cache.read("MSFT", cache.newest("MSFT", CIK))


def test_a_file_that_is_gone_is_told(cache):
    kept = store(cache, FIRST, MONDAY)
    kept.path.unlink()
    with pytest.raises(DataError, match=r"could not be read \(No such file"):
        cache.read("MSFT", kept)


def test_a_killed_write_leaves_nothing_that_is_read(cache, tmp_path):
    kept = store(cache, FIRST, MONDAY)
    kept.path.with_name(".part-killed").write_bytes(b"half a doc")
    (kept.path.parent / "notes.txt").write_text("mine")
    assert cache.newest("MSFT", CIK) == kept


def test_a_failed_write_leaves_no_part_and_is_told(cache, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("feeds.prices.cache_snapshot.os.fsync", full)
    with pytest.raises(DataError, match=r"could not be written \(No space left.*SCHISM_CACHE_DIR"):
        store(cache, FIRST, MONDAY)
    assert names(tmp_path) == []
    assert cache.newest("MSFT", CIK) is None


def test_a_file_where_the_cache_should_be_is_told(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DataError, match=r"could not be written.*SCHISM_CACHE_DIR"):
        store(EdgarCache(tmp_path / "file"), FIRST, MONDAY)


def test_a_held_lock_is_told_and_nothing_is_written(cache, tmp_path, monkeypatch):
    monkeypatch.setattr("feeds.prices.cache.LOCK_SECONDS", 0)
    folder = tmp_path / "edgar" / FOLDER
    folder.mkdir(parents=True)
    with (
        FileLock(folder / ".lock"),
        pytest.raises(DataError, match="was held for 0 s by another process"),
    ):
        store(cache, FIRST, MONDAY)
    assert names(tmp_path) == []


def test_the_environment_names_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("SCHISM_CACHE_DIR", str(tmp_path / "here"))
    assert store(EdgarCache(), FIRST, MONDAY).path.parent == tmp_path / "here" / "edgar" / FOLDER


def test_two_processes_storing_at_once_both_keep_their_document(cache, tmp_path):
    imports = (
        "import datetime as dt; from pathlib import Path\n"
        "from feeds.filings.edgar_cache import EdgarCache"
    )
    does = (
        "EdgarCache(Path(sys.argv[1])).store('MSFT', 789019, word.encode(), dt.date(2024, 5, 13))"
    )
    assert ended_at_once(imports, does, tmp_path, ("one", "two")) == [0, 0]
    assert [name[:6] for name in names(tmp_path)] == ["000001", "000002"]
    assert cache.read("MSFT", cache.newest("MSFT", CIK)) in (b"one", b"two")


# Files that nobody stored


def put(root, name, content=b""):
    folder = root / "edgar" / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


@pytest.mark.parametrize("suffix", ["json.gz", "seen"])
@pytest.mark.parametrize("day", ["2024-02-30", "2024-13-01", "0000-01-01"])
def test_a_name_with_a_day_that_is_none_is_refused(cache, tmp_path, day, suffix):
    store(cache, FIRST, MONDAY)
    path = put(tmp_path, f"000002-{day}-{sha256(SECOND)}.{suffix}")
    with pytest.raises(DataError) as refused:
        cache.newest("MSFT", CIK)
    assert str(refused.value) == (
        f"MSFT: {path} has the day {day} in its name, which is none; expected a name as it was "
        "stored; move the file out of the cache"
    )


def test_a_file_that_unpacks_without_end_is_refused(cache, tmp_path):
    huge = gzip.compress(bytes(50 * 1024 * 1024 + 1), compresslevel=1)
    put(tmp_path, f"000001-2024-05-13-{'0' * 64}.json.gz", huge)
    with pytest.raises(DataError, match=r"^MSFT: .*they have more than 52,428,800 bytes; move "):
        cache.read("MSFT", cache.newest("MSFT", CIK))


def test_a_pipe_in_the_cache_is_refused_at_once(cache, tmp_path):
    path = put(tmp_path, f"000001-2024-05-13-{'0' * 64}.json.gz")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(DataError, match=r"was a named pipe; expected the regular file"):
        cache.read("MSFT", cache.newest("MSFT", CIK))


@pytest.mark.parametrize("content", [b"[" * 100_000, b"not json", b'{"cik": 789019}', b"null"])
def test_a_kept_document_that_is_none_is_refused(tmp_path, content):
    packed = gzip.compress(content)
    put(tmp_path, f"000001-2024-05-13-{sha256(content)}.json.gz", packed)
    with pytest.raises(DataError, match=r"^MSFT: the "):
        EdgarSource(EdgarCache(tmp_path)).reports("MSFT")
