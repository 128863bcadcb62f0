"""Data that cannot be trusted: one line with symbol, date or cell, exit 3, nothing written."""

import json
from pathlib import Path

import numpy as np
import pytest

import run
from feeds.calendar import sessions
from tests.e2e.program import overrides, refusal, tree

CONFIG = "configs/smh_igv.yaml"
HEADER = "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits"
DAYS = [str(day) for day in sessions(np.datetime64("2023-04-11"), np.datetime64("2024-06-28"))]
WINDOW = overrides("data.end=2024-06-28", "data.source=csv")
DAY = "2024-03-05"  # a Tuesday inside the window


def lines(seed):
    """Return the rows of a file: a random walk on every session of the window."""
    rng = np.random.default_rng(seed)
    closes = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.01, len(DAYS)))), 2)
    return [
        f"{day},{close},{close + 1:.2f},{close - 1:.2f},{close},{close},1000000,0.0,0.0"
        for day, close in zip(DAYS, closes, strict=True)
    ]


@pytest.fixture
def folder(tmp_path):
    """A folder of sound prices."""
    prices = tmp_path / "prices"
    prices.mkdir()
    for seed, symbol in enumerate(("SMH", "IGV", "QQQ")):
        write(prices, symbol, lines(seed))
    return prices


def write(folder, symbol, rows):
    (folder / f"{symbol}.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")


@pytest.fixture
def refused(desk, folder, tmp_path, capsys):
    """Run on the folder, which must be refused with exit 3 and leave everything as it was."""

    def refuse(*words):
        before = tree(tmp_path)
        path = overrides(f"data.path={folder}")
        said = refusal(capsys, [CONFIG, *WINDOW, *path, *words], 3)
        assert tree(tmp_path) == before
        return said

    return refuse


def spoilt(row, column, cell):
    """Return a row with one cell changed."""
    cells = row.split(",")
    cells[HEADER.split(",").index(column)] = cell
    return ",".join(cells)


def test_the_sound_folder_is_taken(desk, folder, without_quantstats, capsys):
    assert run.main([CONFIG, *WINDOW, *overrides(f"data.path={folder}")]) == 0


def test_a_ticker_that_is_not_there_names_those_that_are(refused, folder):
    said = refused(*overrides("pair.long=SMHX"))
    assert (
        said == f"{folder}/SMHX.csv: no such file; did you mean SMH? the folder has IGV, QQQ, SMH"
    )


def test_a_ticker_that_trades_only_later_names_its_first_day(refused, folder):
    write(folder, "MAGS", lines(9)[100:])
    said = refused(*overrides("pair.long=MAGS"))
    assert said == f"MAGS has prices from {DAYS[100]}; set data.start to that or later"


def test_a_ticker_that_stopped_trading_names_its_last_day(refused, folder):
    write(folder, "IGV", lines(1)[:200])
    assert refused() == f"IGV has prices to {DAYS[199]}; set data.end to that or earlier"


@pytest.mark.parametrize("symbol", ["SMH", "IGV", "QQQ"])
def test_missing_sessions_are_named_whoever_lacks_them(refused, folder, symbol):
    gone = {"2024-03-05", "2024-03-06"}
    write(folder, symbol, [row for row in lines(3) if row[:10] not in gone])
    said = refused()
    assert said.startswith(f"{symbol} has no bar on 2024-03-05, 2024-03-06; ")


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("Open", "", "SMH has no number for open on 2024-03-05"),
        ("Close", "NaN", "SMH has no number for close on 2024-03-05"),
        ("Adj Close", "", "SMH has no number for adj_close on 2024-03-05"),
        ("Low", "0", "SMH has a price of zero or less"),
        ("Open", "-3.5", "SMH has a price of zero or less"),
    ],
)
def test_a_cell_without_a_price_is_named_with_its_date(refused, folder, column, cell, said):
    write(folder, "SMH", [spoilt(r, column, cell) if r[:10] == DAY else r for r in lines(0)])
    message = refused()
    assert message.startswith(said)
    assert DAY in message


@pytest.mark.parametrize("cell", ["abc", "1.2.3", "#N/A!", "12,5"])
def test_text_in_a_cell_is_named_with_its_line(refused, folder, cell):
    line = DAYS.index(DAY) + 2  # the header is line 1
    write(folder, "SMH", [spoilt(r, "Open", cell) if r[:10] == DAY else r for r in lines(0)])
    said = refused()
    assert said.startswith(f"{folder}/SMH.csv:{line}: ")
    assert ("had 10 cells; expected 9" if "," in cell else f"Open was '{cell}'") in said


def test_a_date_given_twice_is_named_with_its_line(refused, folder):
    at = DAYS.index(DAY)
    rows = lines(0)
    write(folder, "SMH", [*rows[: at + 1], rows[at], *rows[at + 1 :]])
    assert refused() == (
        f"{folder}/SMH.csv:{at + 3}: Date was {DAY} a second time; expected each date once"
    )


def test_a_bar_on_a_day_without_a_session_is_named(refused, folder):
    at = DAYS.index(DAY)
    rows = lines(0)
    write(folder, "SMH", [*rows[:at], rows[at].replace(DAY, "2024-03-02"), *rows[at + 1 :]])
    # The Saturday stands after Monday's row, which is the first thing that is wrong.
    assert "Date was 2024-03-02, after 2024-03-04" in refused()
    write(folder, "SMH", [*rows[: at - 1], rows[at].replace(DAY, "2024-03-02"), *rows[at - 1 :]])
    assert "2024-03-02" in refused()


def test_an_empty_file_and_an_empty_folder_are_refused(refused, folder):
    (folder / "SMH.csv").write_text("")
    assert "SMH.csv: is empty" in refused()
    for path in folder.iterdir():
        path.unlink()
    assert "the folder has no .csv file" in refused()


def test_a_folder_that_is_not_there_is_named(refused):
    said = refused(*overrides("data.path=nowhere/prices"))
    assert said == "data.path nowhere/prices: no such folder; expected one with <TICKER>.csv files"


def test_a_symbol_the_sample_does_not_have_names_those_it_has(desk, capsys):
    words = ["configs/sample.yaml", *overrides("pair.long=AAPL")]
    said = refusal(capsys, words, 3)
    assert said.startswith("the sample has no 'AAPL'; expected one of ")
    assert "SMH" in said
    assert not desk.exists()


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (
            "data.start=2017-12-29",
            "SMH has prices from 2018-01-02; set data.start to that or later",
        ),
        ("data.end=2026-07-01", "SMH has prices to 2026-06-30; set data.end to that or earlier"),
    ],
)
def test_a_window_beyond_the_data_names_the_day_and_counts_the_rest(desk, capsys, override, said):
    words = ["configs/sample.yaml", *overrides(override)]
    assert refusal(capsys, words, 3) == f"{said} (and 2 more findings)"
    assert not desk.exists()


def test_a_ruined_account_ends_the_run_and_every_page_says_so(desk, capsys, without_quantstats):
    # Twenty times the equity in one pair: a move of five percent between the legs is all of it.
    gone = overrides("sizing.gross=20.0", "account.margin={kind: none}")
    assert run.main(["configs/sample.yaml", *gone]) == 0
    said = capsys.readouterr().out
    page = Path(said.splitlines()[-1])
    result = json.loads((page.parent / "result.json").read_text(encoding="utf-8"))
    assert (result["ended"], result["total_return"]) == ("ruin", -1.0)
    assert "ruined" in said.lower()
    for name in ("index.html", "tearsheet.html"):
        assert "ruined" in (page.parent / name).read_text(encoding="utf-8").lower()
