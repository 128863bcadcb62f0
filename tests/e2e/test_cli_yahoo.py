"""The command line against a Yahoo of our own: every way it fails, and offline after a fetch."""

import datetime as dt
import json

import pytest

from feeds.calendar import sessions
from feeds.prices.cache import Cache
from feeds.prices.yahoo import YahooSource
from tests.e2e.program import ROOT, complaint, overrides, refusal, run_py, tree
from tests.e2e.yahoo_server import environment, generated_bars, refused_url, yahoo_server

START, END = dt.date(2023, 4, 11), dt.date(2023, 10, 10)
CONFIG = ["configs/smh_igv.yaml", *overrides(f"data.end={END}")]
REMEDY = "run `python run.py fetch CONFIG` later"
BARS = {symbol: generated_bars(START, END, seed=seed) for seed, symbol in enumerate(("SMH", "IGV"))}
PAIR = [*CONFIG, *overrides("data.benchmark=null", "audit.pairs=[]", "audit.factors={}")]


@pytest.fixture
def user(arrival, tmp_path):
    """A user with a cache of their own, cut off from everything."""
    return {**arrival, "SCHISM_CACHE_DIR": str(tmp_path / "cache")}


def refused(words, env, tmp_path):
    """Run a backtest that must end with exit 3 without a run folder or anything cached."""
    done = run_py([*words, "--out", tmp_path / "run"], env)
    assert (done.code, done.out) == (3, "")
    assert tree(tmp_path) == []
    return complaint(done.err)


def test_unreachable_names_symbol_range_and_remedy(user, tmp_path):
    said = refused(PAIR, user | environment(refused_url()), tmp_path)
    assert said.startswith("SMH: Yahoo did not give the bars from 1962-01-02 to today (127.0.0.1:")
    assert "could not be reached" in said
    assert REMEDY in said


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("rate_limited", "(HTTP 429, too many requests)"),
        ("delisted", "SMH: Yahoo has no daily bars from 1962-01-02 to today (HTTP 404"),
        ("empty", "SMH: "),
        ("no_open", "SMH: "),
        ("truncated", "an answer that is not JSON"),
    ],
)
def test_an_answer_that_is_none_or_half_of_one_is_refused(user, tmp_path, mood, said):
    with yahoo_server(BARS, then=mood) as yahoo:
        message = refused(PAIR, user | yahoo.environment, tmp_path)
        tries = yahoo.chart_requests
    assert message.startswith("SMH: ")
    assert said in message
    assert "data.source: csv" in message
    # yfinance itself asks a second time when it was refused: at most two requests a try.
    assert (tries >= 5) == (mood in ("rate_limited", "truncated"))


def test_a_hole_in_yahoo_s_history_is_refused_with_its_date(user, tmp_path):
    day = dt.date(2023, 7, 5)
    holed = {**BARS, "IGV": [bar for bar in BARS["IGV"] if bar.date != day]}
    with yahoo_server(holed) as yahoo:
        done = run_py([*PAIR, "--out", tmp_path / "run"], user | yahoo.environment)
    assert (done.code, done.out) == (3, "")
    assert complaint(done.err).startswith(f"IGV has no bar on {day}; ")
    assert not (tmp_path / "run").exists()


def test_everything_works_offline_after_a_fetch(user, tmp_path):
    with yahoo_server(BARS, script=["rate_limited"]) as yahoo:
        fetched = run_py(["fetch", *PAIR], user | yahoo.environment)
    count = len(sessions(START, END))
    assert fetched.code == 0, fetched.err
    assert fetched.out.splitlines() == [
        f"SMH    {count:>6,} sessions, {START} to {END}",
        f"IGV    {count:>6,} sessions, {START} to {END}",
    ]
    # The server is gone, and `user` is sent where nothing answers.
    done = run_py([*PAIR, "--out", tmp_path / "run"], user)
    assert done.code == 0, done.err
    assert done.page == tmp_path / "run" / "index.html"
    # What was not fetched is still asked for, and says so.
    more = run_py([*CONFIG, "--out", tmp_path / "more"], user)
    assert more.code == 3
    assert complaint(more.err).startswith("QQQ: Yahoo did not give")
    assert not (tmp_path / "more").exists()


def test_a_cache_that_ends_before_the_window_is_not_good_enough(desk, capsys):
    with yahoo_server(BARS) as yahoo:
        kept = YahooSource(base_url=yahoo.url).bars("SMH")
    Cache().store(kept)
    later = [*PAIR, *overrides("data.end=2023-12-29")]
    said = refusal(capsys, later, 3)
    assert said.startswith("SMH: Yahoo did not give")
    assert f"(cached until {END}; a run with data.end up to that day needs no download)" in said
    assert refusal(capsys, PAIR, 3).startswith("IGV: Yahoo did not give")  # SMH was good enough


def test_a_fetch_that_fails_half_way_keeps_what_it_has(user):
    with yahoo_server({"SMH": BARS["SMH"]}) as yahoo:
        done = run_py(["fetch", *PAIR], user | yahoo.environment)
    assert done.code == 3
    assert "(in the cache: SMH)" in done.err
    assert complaint(done.err).startswith("IGV: Yahoo has no daily bars")


def test_what_an_audit_shows_beside_a_run_is_fetched_with_it_or_told_as_missing(user, tmp_path):
    third = {**BARS, "MAGS": generated_bars(START, END, seed=3)}
    third["SPY"] = generated_bars(START, END, seed=4)
    beside = overrides("audit.pairs=[MAGS/IGV, NVDA/IGV]")
    with yahoo_server(third) as yahoo:
        online = user | yahoo.environment
        asked = overrides("audit.pairs=[MAGS/IGV]", "audit.factors={among: [SPY]}")
        fetched = run_py(["fetch", *PAIR, *asked], online)
        kept = [line.split()[0] for line in fetched.out.splitlines()]
        assert kept == ["SMH", "IGV", "MAGS", "SPY"]
        before = yahoo.chart_requests
        done = run_py(["audit", *PAIR, *beside, "--quick", "--out", tmp_path / "a"], online)
        assert done.code == 0, done.err
        assert yahoo.chart_requests == before  # an audit downloads nothing beside its run
    document = json.loads((tmp_path / "a" / "audit.json").read_text(encoding="utf-8"))
    pairs = document["rarity"]["pairs"]
    assert pairs["MAGS/IGV"]["measured"]["readings"] > 0
    assert pairs["NVDA/IGV"]["reason"].startswith("NVDA: not in the cache; ")


def test_the_sample_has_nothing_to_fetch(user):
    done = run_py(["fetch", "configs/sample.yaml"], user, cwd=ROOT)
    assert (done.code, done.err) == (0, "")
    assert done.out == "nothing to fetch: data.source sample needs no network\n"


def test_a_wait_for_yahoo_is_told_while_it_lasts(user):
    with yahoo_server(BARS, script=["rate_limited"] * 2) as yahoo:
        done = run_py(["fetch", *PAIR], user | yahoo.environment)
    assert done.code == 0, done.err
    waits = [line for line in done.err.splitlines() if line.startswith("waiting ")]
    assert waits == ["waiting 0 s for Yahoo, then try 2 of 5 for SMH (HTTP 429, too many requests)"]
