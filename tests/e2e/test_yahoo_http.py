"""The real yfinance against a Yahoo of our own on loopback: what arrives, and how it fails."""

import csv
import datetime as dt
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import tenacity

from feeds.prices.cache import Cache, CachedSource
from feeds.prices.yahoo import YahooSource
from feeds.source import COLUMNS, DataError
from tests.e2e.yahoo_server import (
    ServedBar,
    environment,
    generated_bars,
    refused_url,
    yahoo_server,
)

ROOT = Path(__file__).parents[2]
START, END = dt.date(2024, 1, 2), dt.date(2024, 3, 28)
AFTER_END = dt.datetime(2024, 3, 29, 12, 0, tzinfo=dt.UTC)
TRIES = 5
REMEDY = r"wait some minutes, run `python run\.py fetch CONFIG` later, or .*data\.source: csv"
UNREACHABLE = (
    r"could not be reached: the connection was refused.*check the network\); run `python run\.py "
    r"fetch CONFIG` later, or .*data\.source: csv"
)
BARS = generated_bars(START, END, seed=7)


@pytest.fixture(autouse=True)
def _no_proxy_to_loopback(monkeypatch):
    for name, value in environment("").items():
        if name.lower() == "no_proxy":
            monkeypatch.setenv(name, value)


def source(url, now=AFTER_END):
    return YahooSource(base_url=url, wait=tenacity.wait_none(), now=lambda: now)


def changed(day, **fields):
    """The served bars with one session changed."""
    return [replace(bar, **fields) if bar.date == day else bar for bar in BARS]


def test_every_number_served_arrives():
    with yahoo_server({"SMH": BARS}) as yahoo:
        frame = source(yahoo.url).bars("SMH").frame
    assert frame.index.tz is None
    assert [day.date() for day in frame.index] == [bar.date for bar in BARS]
    for name in COLUMNS:
        np.testing.assert_array_equal(frame[name], [getattr(bar, name) for bar in BARS])


def test_the_whole_history_is_asked_for_unadjusted_with_one_request():
    with yahoo_server({"SMH": BARS}) as yahoo:
        source(yahoo.url).bars("SMH")
        (chart,) = [path for path in yahoo.paths if path.startswith("/v8/")]
    first = dt.datetime(1962, 1, 2, 5, 0, tzinfo=dt.UTC)  # midnight in New York
    assert f"period1={int(first.timestamp())}&" in chart
    assert "interval=1d" in chart


def test_dividends_splits_and_adjusted_closes_stay_apart():
    day = dt.date(2024, 2, 14)
    rows = [
        replace(bar, adj_close=bar.close - 0.5, dividend=0.5 * (bar.date == day))
        if bar.date <= day
        else bar
        for bar in BARS
    ]
    rows = [replace(bar, split=10.0) if bar.date == dt.date(2024, 3, 1) else bar for bar in rows]
    with yahoo_server({"SMH": rows}) as yahoo:
        frame = source(yahoo.url).bars("SMH").frame
    assert frame["dividend"].loc[lambda paid: paid != 0.0].to_dict() == {pd.Timestamp(day): 0.5}
    assert frame["split"].loc[lambda ratio: ratio != 0.0].to_dict() == {
        pd.Timestamp("2024-03-01"): 10.0
    }
    np.testing.assert_array_equal(frame["adj_close"], [bar.adj_close for bar in rows])
    np.testing.assert_array_equal(frame["close"], [bar.close for bar in BARS])


def test_a_caret_symbol_is_found():
    with yahoo_server({"^VIX": BARS}) as yahoo:
        assert len(source(yahoo.url).bars("^VIX").frame) == len(BARS)


def test_a_session_of_nulls_is_kept_as_a_hole():
    day = dt.date(2024, 2, 14)
    nulls = dict.fromkeys(("open", "high", "low", "close", "adj_close", "volume"))
    with yahoo_server({"SMH": changed(day, **nulls)}) as yahoo:
        frame = source(yahoo.url).bars("SMH").frame
    assert len(frame) == len(BARS)
    hole = frame.loc[pd.Timestamp(day)]
    assert hole[["open", "high", "low", "close", "adj_close"]].isna().all()
    assert hole["volume"] == 0.0  # yfinance's doing, as YahooSource's docstring says


def test_a_single_null_open_is_kept_as_a_hole():
    day = dt.date(2024, 2, 14)
    with yahoo_server({"SMH": changed(day, open=None)}) as yahoo:
        frame = source(yahoo.url).bars("SMH").frame
    assert frame.index[frame["open"].isna()].tolist() == [pd.Timestamp(day)]
    assert frame["close"].notna().all()


def test_a_missing_session_is_not_made_up():
    day = dt.date(2024, 2, 14)
    with yahoo_server({"SMH": [bar for bar in BARS if bar.date != day]}) as yahoo:
        frame = source(yahoo.url).bars("SMH").frame
    assert pd.Timestamp(day) not in frame.index
    assert len(frame) == len(BARS) - 1


def test_the_bar_of_an_open_session_is_left_out_and_reported():
    noon_of_the_last_day = dt.datetime(2024, 3, 28, 16, 0, tzinfo=dt.UTC)
    with yahoo_server({"SMH": BARS}) as yahoo:
        bars = source(yahoo.url, noon_of_the_last_day).bars("SMH")
    assert bars.frame.index[-1] == pd.Timestamp("2024-03-27")
    assert [(finding.check, finding.dates) for finding in bars.findings] == [
        ("partial_last_bar", ("2024-03-28",))
    ]


def test_capital_gains_are_reported():
    day = dt.date(2024, 2, 14)
    with yahoo_server({"SMH": changed(day, capital_gain=0.75)}) as yahoo:
        (finding,) = source(yahoo.url).bars("SMH").findings
    assert (finding.check, finding.dates) == ("capital_gains", ("2024-02-14",))


@pytest.mark.parametrize("mood", ["rate_limited", "broken", "broken_json", "truncated", "hangs_up"])
def test_a_passing_trouble_is_outlasted(mood):
    # yfinance asks a 429 twice in one try, so four troubles are at most four of the five tries.
    with yahoo_server({"SMH": BARS}, script=[mood] * 4) as yahoo:
        assert len(source(yahoo.url).bars("SMH").frame) == len(BARS)
        assert yahoo.chart_requests == 5
        assert yahoo.script == []


@pytest.mark.parametrize(
    ("mood", "requests", "reason"),
    [
        ("rate_limited", 2 * TRIES, "HTTP 429, too many requests"),
        ("broken", TRIES, "HTTP 500"),
        ("broken_json", TRIES, "HTTP 500"),
        ("truncated", TRIES, "HTTP 200, an answer that is not JSON"),
        ("hangs_up", TRIES, "a connection that broke off"),
    ],
)
def test_a_lasting_trouble_ends_after_five_tries_with_the_remedy(mood, requests, reason):
    with yahoo_server({"SMH": BARS}, then=mood) as yahoo:
        with pytest.raises(DataError, match=rf"^SMH: .*1962-01-02 to today.*{reason}.*{REMEDY}"):
            source(yahoo.url).bars("SMH")
        assert yahoo.chart_requests == requests


def test_tries_are_apart_by_waits_that_double(monkeypatch):
    slept = []
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=slept.append))
    monkeypatch.delenv("SCHISM_YAHOO_WAIT_SECONDS", raising=False)
    with (
        yahoo_server({"SMH": BARS}, then="broken") as yahoo,
        pytest.raises(DataError, match="HTTP 500"),
    ):
        YahooSource(base_url=yahoo.url, now=lambda: AFTER_END).bars("SMH")
    assert slept == [2.0, 2.0 * 2, 2.0 * 4, 2.0 * 8]


def test_nobody_listening_is_told_with_the_remedy():
    with pytest.raises(DataError, match=rf"^SMH: .*127.*{UNREACHABLE}") as error:
        source(refused_url()).bars("SMH")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("mood", ["delisted", "empty", "no_bars"])
def test_no_data_is_told_without_waiting(mood):
    with yahoo_server({"SMH": BARS}, then=mood) as yahoo:
        with pytest.raises(DataError, match=r"^SMH: Yahoo has no daily bars.*check the ticker"):
            source(yahoo.url).bars("SMH")
        assert yahoo.chart_requests <= 2  # yfinance asks a 404 again with another cookie


def test_an_unknown_ticker_is_told_in_yahoo_s_words():
    with (
        yahoo_server({"SMH": BARS}) as yahoo,
        pytest.raises(DataError, match=r"^NOPE: .*HTTP 404: No data found, symbol may be delisted"),
    ):
        source(yahoo.url).bars("NOPE")


@pytest.mark.parametrize("mood", ["no_open", "short_open"])
def test_a_partial_answer_is_refused(mood):
    with (
        yahoo_server({"SMH": BARS}, then=mood) as yahoo,
        pytest.raises(DataError, match=r"^SMH: .*came incomplete.*data\.source: csv"),
    ):
        source(yahoo.url).bars("SMH")


def test_dividends_without_adjusted_closes_are_refused():
    paid = changed(dt.date(2024, 2, 14), dividend=0.5)
    with (
        yahoo_server({"SMH": paid}, then="no_adjclose") as yahoo,
        pytest.raises(DataError, match="dividends until 2024-02-14 but no adjusted close"),
    ):
        source(yahoo.url).bars("SMH")


def test_one_symbol_s_trouble_does_not_colour_the_next():
    with yahoo_server({"SMH": BARS, "IGV": BARS[:10]}, script=["delisted"] * 2) as yahoo:
        with pytest.raises(DataError, match=r"^SMH"):
            source(yahoo.url).bars("SMH")
        assert len(source(yahoo.url).bars("IGV").frame) == 10
        assert len(source(yahoo.url).bars("SMH").frame) == len(BARS)


# With the cache


def feed(url, root, **options):
    return CachedSource(source(url), Cache(root), now=lambda: AFTER_END, **options)


def test_after_a_fetch_no_server_is_needed(tmp_path):
    with yahoo_server({"SMH": BARS}) as yahoo:
        fetched = feed(yahoo.url, tmp_path).fetch("SMH")
    offline = feed(yahoo.url, tmp_path, needed_until=END).bars("SMH")
    assert offline.sha256 == fetched.sha256
    pd.testing.assert_frame_equal(offline.frame, fetched.frame)


def test_an_equal_second_download_adds_no_snapshot(tmp_path):
    with yahoo_server({"SMH": BARS}) as yahoo:
        first = Cache(tmp_path).store(source(yahoo.url).bars("SMH"))
        second = Cache(tmp_path).store(source(yahoo.url).bars("SMH"))
    assert second.origin == first.origin


def test_a_later_dividend_is_no_rewrite_but_a_moved_close_is(tmp_path):
    paid_later = [replace(bar, adj_close=bar.close * (1 - 0.005)) for bar in BARS]
    day = dt.date(2024, 2, 14)
    moved = [
        replace(bar, close=bar.close * 1.001) if bar.date == day else bar for bar in paid_later
    ]
    checks = []
    for rows in (BARS, paid_later, moved):
        with yahoo_server({"SMH": rows}) as yahoo:
            stored = Cache(tmp_path).store(source(yahoo.url).bars("SMH"))
        checks.append([(finding.check, finding.dates) for finding in stored.findings])
    assert checks == [[], [], [("rewritten_history", ("2024-02-14", "2024-02-15"))]]


def test_unreachable_names_what_is_cached(tmp_path):
    Cache(tmp_path).store(served(BARS[:10]))
    with pytest.raises(DataError, match=rf"^SMH: .*{UNREACHABLE}.*cached until {BARS[9].date}"):
        feed(refused_url(), tmp_path, needed_until=END).bars("SMH")


def served(rows):
    with yahoo_server({"SMH": rows}) as yahoo:
        return source(yahoo.url).bars("SMH")


# In another process, and on real prices


def run_python(program, env, *arguments):
    return subprocess.run(
        [sys.executable, "-W", "default", "-c", program, *arguments],
        cwd=ROOT, env=os.environ | env, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """Bars that another process got, as a user with an empty home: its end, and that home."""
    program = (
        "from feeds.prices.yahoo import YahooSource; print(len(YahooSource().bars('SMH').frame))"
    )
    user = tmp_path_factory.mktemp("user")
    folders = {"HOME": user / "home", "TMPDIR": user / "tmp"}
    for folder in folders.values():
        folder.mkdir()
    env = {name: str(folder) for name, folder in folders.items()} | {"XDG_CACHE_HOME": ""}
    with yahoo_server({"SMH": BARS}, script=["rate_limited"] * 4) as yahoo:
        return run_python(program, yahoo.environment | env), folders.values()


def test_a_subprocess_is_sent_here_by_its_environment(elsewhere):
    done, _ = elsewhere
    assert (done.returncode, done.stdout.strip()) == (0, str(len(BARS)))
    assert done.stderr == ""  # neither yfinance's log nor pandas' deprecations reach the terminal


def test_yfinance_s_own_files_stay_out_of_the_home_and_are_removed(elsewhere):
    done, folders = elsewhere
    assert done.returncode == 0, done.stderr
    assert [path for folder in folders for path in folder.rglob("*")] == []


def test_yfinance_s_own_complaints_do_not_reach_the_terminal():
    # Unreachable, it would warn about its cookie and its crumb before the request we care about.
    program = (
        "from feeds.source import DataError; from feeds.prices.yahoo import YahooSource\n"
        "try: YahooSource().bars('SMH')\n"
        "except DataError as error: print(error)"
    )
    done = run_python(program, environment(refused_url()))
    assert done.stdout.startswith("SMH: Yahoo did not give the bars")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_run_from_the_cache_imports_no_yfinance(tmp_path):
    Cache(tmp_path).store(served(BARS))
    program = (
        "import sys; from feeds.prices.cache import Cache, CachedSource\n"
        "from feeds.prices.yahoo import *\n"
        "print(len(CachedSource(YahooSource(), Cache()).bars('SMH').frame), "
        "'yfinance' in sys.modules)"
    )
    env = environment(refused_url()) | {"SCHISM_CACHE_DIR": str(tmp_path)}
    assert run_python(program, env).stdout.split() == [str(len(BARS)), "False"]


@pytest.mark.market
@pytest.mark.parametrize("symbol", ["SMH", "NVDA", "^VIX"])
def test_real_prices_pass_through_unchanged(symbol):
    folder = os.environ.get("MARKET_DATA")
    if not folder:
        pytest.skip("MARKET_DATA is not set: no real prices to read")
    with (Path(folder) / f"{symbol}.csv").open(newline="") as file:
        rows = [_served_bar(row) for row in csv.DictReader(file)]
    assert len(rows) > 5000
    now = dt.datetime.combine(rows[-1].date, dt.time(23, 0), tzinfo=dt.UTC)
    with yahoo_server({symbol: rows}) as yahoo:
        frame = source(yahoo.url, now).bars(symbol).frame
    assert [day.date() for day in frame.index] == [bar.date for bar in rows]
    for name in COLUMNS:
        np.testing.assert_array_equal(frame[name], [getattr(bar, name) for bar in rows])


def _served_bar(row):
    return ServedBar(
        date=dt.date.fromisoformat(row["Date"]),
        open=float(row["Open"]),
        high=float(row["High"]),
        low=float(row["Low"]),
        close=float(row["Close"]),
        adj_close=float(row["Adj Close"]),
        volume=int(float(row["Volume"])),
        dividend=float(row["Dividends"]),
        split=float(row["Stock Splits"]),
    )
