"""The article's pair on real prices, through the command line: what the issue says it must show."""

import hashlib
import json
from pathlib import Path

import pytest

import run
from feeds.prices.cache import Cache
from feeds.prices.csv import CsvSource
from tests.e2e.program import market_folder, overrides, rows, run_py

pytestmark = pytest.mark.market

CONFIG = "configs/smh_igv.yaml"
SYMBOLS = ("SMH", "IGV", "QQQ")


@pytest.fixture(scope="module")
def prices():
    return market_folder()


def from_csv(prices):
    return overrides("data.source=csv", f"data.path={prices}")


@pytest.fixture(scope="module")
def folder(prices, arrival, tmp_path_factory):
    """The folder of the weekly run on CSV files."""
    out = tmp_path_factory.mktemp("runs") / "weekly"
    done = run_py([CONFIG, *from_csv(prices), "--out", out], arrival)
    assert done.code == 0, done.err
    assert done.page == out / "index.html"
    assert "SYNTHETIC" not in done.out
    return out


def json_of(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def decided(folder):
    """Return the sessions that decided an entry, from the signals file."""
    return [row["date"] for row in rows(folder / "signals.csv") if row["acted"] == "True"]


def test_z_on_the_last_session_is_the_article_s(folder):
    last = rows(folder / "signals.csv")[-1]
    assert last["date"] == "2026-06-30"
    assert float(last["z"]) == pytest.approx(-2.695, abs=5e-4)  # given to three decimals


def test_three_entries_two_closed_by_time_and_one_open(folder):
    result = json_of(folder, "result.json")
    closed = rows(folder / "trades.csv")
    assert decided(folder) == ["2024-04-09", "2025-08-12", "2026-02-23"]
    assert [row["entry_decided"] for row in closed] == ["2024-04-09", "2025-08-12"]
    assert [row["entry"] for row in closed] == ["2024-04-10", "2025-08-13"]
    assert [row["exit_reason"] for row in closed] == ["holding_sessions"] * 2
    assert result["open_trades"][0]["entry_decided"] == "2026-02-23"
    assert result["open_trades"][0]["exit"] is None
    assert (result["entries"], result["trades_closed"]) == (3, 2)


def test_monthly_hedges_differ_from_weekly_and_enter_on_the_same_days(
    folder, prices, desk, without_quantstats, capsys
):
    words = [CONFIG, *from_csv(prices), *overrides("rebalance.kind=monthly")]
    assert run.main(words) == 0
    monthly = Path(capsys.readouterr().out.splitlines()[-1]).parent
    assert decided(monthly) == decided(folder)
    ours, theirs = (json_of(each, "result.json") for each in (folder, monthly))
    assert ours["final_equity"] != theirs["final_equity"]
    # Fewer hedges: about a fifth of the sessions of a week are the last of a month.
    assert theirs["counts"]["fills"] < ours["counts"]["fills"] / 2


def test_the_manifest_names_the_files_that_were_read(folder, prices):
    manifest = json_of(folder, "manifest.json")
    assert [(file["symbol"], file["sha256"]) for file in manifest["data"]] == [
        (symbol, hashlib.sha256((prices / f"{symbol}.csv").read_bytes()).hexdigest())
        for symbol in SYMBOLS
    ]
    assert (manifest["synthetic"], manifest["seed"]) == (False, None)


def test_the_pages_of_a_real_run_do_not_say_synthetic(folder):
    for page in ("index.html", "tearsheet.html"):
        assert "SYNTHETIC DATA" not in (folder / page).read_text(encoding="utf-8")


def test_the_same_prices_from_the_cache_give_the_same_books_offline(
    folder, prices, desk, without_quantstats, capsys
):
    for symbol in SYMBOLS:
        Cache().store(CsvSource(prices).bars(symbol))
    assert run.main([CONFIG]) == 0  # data.source: yahoo, and nothing answers
    cached = Path(capsys.readouterr().out.splitlines()[-1]).parent
    for name in ("ledger.csv", "fills.csv", "trades.csv", "signals.csv", "result.json"):
        assert (cached / name).read_bytes() == (folder / name).read_bytes(), name


def test_a_relative_folder_is_read_from_where_the_user_stands(
    folder, prices, desk, without_quantstats, monkeypatch, capsys
):
    config = Path(CONFIG).resolve()
    monkeypatch.chdir(prices.parent)
    words = [str(config), *overrides("data.source=csv", f"data.path={prices.name}")]
    assert run.main(words) == 0
    out = Path(capsys.readouterr().out.splitlines()[-1]).parent
    assert (out / "ledger.csv").read_bytes() == (folder / "ledger.csv").read_bytes()


def test_a_ticker_before_its_listing_is_refused_with_its_first_day(prices, desk, capsys):
    words = [CONFIG, *from_csv(prices), *overrides("pair.long=MAGS", "data.start=2020-01-02")]
    assert run.main(words) == 3
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == ("run.py: MAGS has prices from 2023-04-11; set data.start to that or later")
    assert not desk.exists()
