"""The cache keeps every download whole, serves the newest and says when history was rewritten."""

import datetime as dt
import hashlib
from dataclasses import replace

import pandas as pd
import pytest
from filelock import FileLock

from feeds.prices.cache import Cache, CachedSource, cache_folder
from feeds.source import COLUMNS, Bars, DataError, Finding
from tests.unit.at_once import ended_at_once

DAYS = ("2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05")
CLOSES = (100.0, 102.0, 101.0, 104.0)
FRIDAY_EVENING = dt.datetime(2024, 1, 5, 23, 0, tzinfo=dt.UTC)


def bars(closes=CLOSES, days=DAYS, symbol="SMH", findings=(), **columns):
    """Bars whose other prices follow the close; ``columns`` replaces whole columns."""
    close = pd.Series(closes, index=pd.DatetimeIndex(days, name="date"), dtype="float64")
    frame = pd.DataFrame(
        {
            "open": close * 0.99,
            "high": close * 1.02,
            "low": close * 0.98,
            "close": close,
            "adj_close": close * 0.9,
            "volume": 1000.0,
            "dividend": 0.0,
            "split": 0.0,
        }
    )
    for name, values in columns.items():
        frame[name] = pd.Series(values, index=frame.index, dtype="float64")
    assert tuple(frame.columns) == COLUMNS
    return Bars(symbol=symbol, frame=frame, origin="test", sha256="0" * 64, findings=findings)


def snapshots(root):
    return sorted(root.rglob("*.parquet"))


def test_an_empty_cache_has_nothing_and_makes_no_folder(tmp_path):
    cache = Cache(tmp_path / "new")
    assert cache.read("SMH") is None
    assert cache.last_session("SMH") is None
    assert not (tmp_path / "new").exists()


def test_bars_come_back_bit_for_bit(tmp_path):
    given = bars(volume=[1.0, float("nan"), 3.0, 0.1 + 0.2])
    Cache(tmp_path).store(given)
    kept = Cache(tmp_path).read("SMH")
    pd.testing.assert_frame_equal(kept.frame, given.frame, check_exact=True, check_freq=True)
    assert kept.symbol == "SMH"
    assert kept.findings == ()


def test_the_file_is_named_by_its_last_session_and_its_own_hash(tmp_path):
    kept = Cache(tmp_path).store(bars())
    (path,) = snapshots(tmp_path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.name == f"000001-2024-01-05-{sha256}.parquet"
    assert kept.sha256 == sha256
    assert kept.origin == f"cache:yahoo/SMH/{path.name}"


def test_a_caret_symbol_gets_a_folder_every_file_system_takes(tmp_path):
    Cache(tmp_path).store(bars(symbol="^VIX"))
    assert snapshots(tmp_path)[0].parent.name == "%5EVIX"
    assert Cache(tmp_path).read("^VIX").symbol == "^VIX"


@pytest.mark.parametrize("symbol", ["..", "../SMH", "A/B", "", "smh"])
def test_a_symbol_that_is_no_ticker_never_becomes_a_path(tmp_path, symbol):
    with pytest.raises(DataError, match="expected an upper-case ticker"):
        Cache(tmp_path).store(bars(symbol=symbol))
    assert list(tmp_path.iterdir()) == []


def test_a_later_download_is_added_beside_the_first(tmp_path):
    cache = Cache(tmp_path)
    cache.store(bars(CLOSES[:3], DAYS[:3]))
    first = {path: path.read_bytes() for path in snapshots(tmp_path)}
    cache.store(bars())
    assert len(snapshots(tmp_path)) == 2
    assert all(path.read_bytes() == content for path, content in first.items())
    assert cache.last_session("SMH") == dt.date(2024, 1, 5)


def test_the_newest_download_wins_even_when_it_ends_earlier(tmp_path):
    cache = Cache(tmp_path)
    cache.store(bars())
    cache.store(bars(CLOSES[:3], DAYS[:3]))
    assert len(cache.read("SMH").frame) == 3


def test_an_identical_download_adds_nothing(tmp_path):
    cache = Cache(tmp_path)
    first = cache.store(bars())
    assert cache.store(bars()).origin == first.origin
    assert len(snapshots(tmp_path)) == 1


def test_the_source_s_own_findings_are_kept(tmp_path):
    finding = Finding(
        check="partial_last_bar", symbol="SMH", dates=("2024-01-08",), severity="info", text="open"
    )
    Cache(tmp_path).store(bars(findings=(finding,)))
    assert Cache(tmp_path).read("SMH").findings == (finding,)


def test_one_flipped_byte_is_refused_with_the_file_to_move(tmp_path):
    Cache(tmp_path).store(bars())
    (path,) = snapshots(tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"corrupt or was edited.*move .* and run .*fetch") as error:
        Cache(tmp_path).read("SMH")
    assert str(path) in str(error.value)


def test_a_corrupt_snapshot_is_not_replaced_by_an_older_one(tmp_path):
    cache = Cache(tmp_path)
    cache.store(bars(CLOSES[:3], DAYS[:3]))
    cache.store(bars())
    snapshots(tmp_path)[-1].write_bytes(b"")
    with pytest.raises(DataError, match="corrupt"):
        cache.read("SMH")


def test_another_symbol_s_file_is_refused(tmp_path):
    cache = Cache(tmp_path)
    cache.store(bars(symbol="IGV"))
    (path,) = snapshots(tmp_path)
    folder = path.parent.with_name("SMH")
    folder.mkdir()
    path.rename(folder / path.name)
    with pytest.raises(DataError, match=r"holds IGV .* expected SMH"):
        cache.read("SMH")


def test_a_killed_write_leaves_nothing_that_is_read(tmp_path):
    cache = Cache(tmp_path)
    cache.store(bars())
    (path,) = snapshots(tmp_path)
    path.with_name(".part-killed").write_bytes(b"half a snap")
    assert cache.read("SMH").origin.endswith(path.name)


def test_a_failed_write_leaves_no_part_and_is_told(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("feeds.prices.cache_snapshot.os.fsync", full)
    with pytest.raises(DataError, match=r"could not be written \(No space left.*SCHISM_CACHE_DIR"):
        Cache(tmp_path).store(bars())
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] in ([".lock"], [])


def test_a_file_where_the_cache_should_be_is_told(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DataError, match=r"could not be written.*SCHISM_CACHE_DIR"):
        Cache(tmp_path / "file").store(bars())


def test_a_held_lock_is_told_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("feeds.prices.cache.LOCK_SECONDS", 0)
    cache = Cache(tmp_path)
    folder = tmp_path / "yahoo" / "SMH"
    folder.mkdir(parents=True)
    with (
        FileLock(folder / ".lock"),
        pytest.raises(DataError, match="was held for 0 s by another process"),
    ):
        cache.store(bars())
    assert snapshots(tmp_path) == []


def test_no_session_is_not_stored(tmp_path):
    empty = replace(bars(), frame=bars().frame.iloc[:0])
    with pytest.raises(DataError, match="no session to store"):
        Cache(tmp_path).store(empty)


def test_the_environment_names_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("SCHISM_CACHE_DIR", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"
    monkeypatch.delenv("SCHISM_CACHE_DIR")
    assert cache_folder().name == "schism"


def test_two_processes_storing_at_once_both_keep_their_snapshot(tmp_path):
    imports = (
        "from pathlib import Path; from tests.unit.feeds.test_cache import bars\n"
        "from feeds.prices.cache import Cache"
    )
    does = "Cache(Path(sys.argv[1])).store(bars((100.0, 101.0, 102.0, float(word))))"
    assert ended_at_once(imports, does, tmp_path, ("103", "104")) == [0, 0]
    assert [path.name[:6] for path in snapshots(tmp_path)] == ["000001", "000002"]


# The wrapped source


class Scripted:
    """A source that gives what it is told, and counts."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def bars(self, symbol):
        self.asked.append(symbol)
        if isinstance(self.answer, DataError):
            raise self.answer
        return self.answer


def cached(root, answer, **options):
    source = Scripted(answer)
    options.setdefault("now", lambda: FRIDAY_EVENING)
    return source, CachedSource(source, Cache(root), **options)


def test_the_first_run_downloads_and_the_second_does_not(tmp_path):
    source, feed = cached(tmp_path, bars())
    first = feed.bars("SMH")
    assert feed.bars("SMH").sha256 == first.sha256
    assert source.asked == ["SMH"]


def test_a_snapshot_too_short_for_the_run_is_renewed(tmp_path):
    Cache(tmp_path).store(bars(CLOSES[:3], DAYS[:3]))
    source, feed = cached(tmp_path, bars(), needed_until=dt.date(2024, 1, 5))
    assert len(feed.bars("SMH").frame) == 4
    assert source.asked == ["SMH"]


@pytest.mark.parametrize(
    "needed_until",
    [None, dt.date(2024, 1, 4), dt.date(2024, 1, 5), dt.date(2024, 1, 7), dt.date(2030, 6, 28)],
    ids=["anything", "earlier", "the last session", "the sunday after", "the future"],
)
def test_a_snapshot_that_reaches_far_enough_is_served(tmp_path, needed_until):
    Cache(tmp_path).store(bars())
    source, feed = cached(tmp_path, DataError("offline"), needed_until=needed_until)
    assert len(feed.bars("SMH").frame) == 4
    assert source.asked == []


def test_any_snapshot_is_good_enough_when_nothing_is_asked(tmp_path):
    Cache(tmp_path).store(bars(CLOSES[:2], DAYS[:2]))
    source, feed = cached(tmp_path, DataError("offline"))
    assert len(feed.bars("SMH").frame) == 2
    assert source.asked == []


def test_a_failed_download_names_what_is_cached(tmp_path):
    Cache(tmp_path).store(bars(CLOSES[:3], DAYS[:3]))
    _, feed = cached(tmp_path, DataError("SMH: offline"), needed_until=dt.date(2024, 1, 5))
    with pytest.raises(DataError, match=r"SMH: offline \(cached until 2024-01-04; .*data\.end"):
        feed.bars("SMH")


def test_a_failed_first_download_is_told_as_it_is(tmp_path):
    _, feed = cached(tmp_path, DataError("SMH: offline"))
    with pytest.raises(DataError, match=r"^SMH: offline$"):
        feed.bars("SMH")


def test_offline_serves_what_is_cached_and_asks_nobody_for_the_rest(tmp_path):
    Cache(tmp_path).store(bars(CLOSES[:3], DAYS[:3]))
    source, feed = cached(tmp_path, bars())
    assert len(feed.offline().bars("SMH").frame) == 3
    with pytest.raises(DataError, match=r"^IGV: not in the cache; name it below audit in the"):
        feed.offline().bars("IGV")
    _, later = cached(tmp_path, bars(), needed_until=dt.date(2024, 1, 5))
    with pytest.raises(DataError, match=r"^SMH: not in the cache; .*\(cached until 2024-01-04"):
        later.offline().bars("SMH")
    assert source.asked == []


def test_fetch_renews_a_snapshot_a_session_behind(tmp_path):
    Cache(tmp_path).store(bars(CLOSES[:3], DAYS[:3]))
    source, feed = cached(tmp_path, bars())
    assert len(feed.fetch("SMH").frame) == 4
    assert source.asked == ["SMH"]


def test_fetch_leaves_a_current_snapshot_alone(tmp_path):
    Cache(tmp_path).store(bars())
    source, feed = cached(tmp_path, DataError("offline"))
    assert len(feed.fetch("SMH").frame) == 4
    assert source.asked == []


def test_fetch_waits_for_the_close(tmp_path):
    Cache(tmp_path).store(bars(CLOSES[:3], DAYS[:3]))
    before_the_close = dt.datetime(2024, 1, 5, 20, 59, tzinfo=dt.UTC)
    source, feed = cached(tmp_path, DataError("offline"), now=lambda: before_the_close)
    assert len(feed.fetch("SMH").frame) == 3
    assert source.asked == []


def test_a_run_on_the_newest_snapshot_sees_its_findings_every_time(tmp_path):
    cache = Cache(tmp_path)
    cache.store(bars())
    cache.store(bars((100.0, 102.0, 101.5, 104.0)))
    _, feed = cached(tmp_path, DataError("offline"))
    for _ in range(2):
        assert [finding.check for finding in feed.bars("SMH").findings] == ["rewritten_history"]
