"""A universe from a folder: what is in it, what is left out by name, what is refused."""

from datetime import date

import numpy as np
import pytest
from pydantic import ValidationError

from configs.errors import ConfigError
from configs.universe import MOST_SYMBOLS, UniverseConfig
from engine.run import open_source, read_market
from engine.trials.pairs import runnable
from feeds import calendar
from feeds.prices.sample import SampleSource
from feeds.source import DataError
from feeds.universe import read_universe
from tests.unit.hand_market import hand_config

HEADER = "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits"
DAYS = calendar.sessions(date(2024, 1, 2), date(2024, 6, 28))


def rows_of(seed, days=DAYS):
    """One invented symbol, a row a day, in cents and without dividends."""
    rng = np.random.default_rng(seed)
    closes = np.round(100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.01, len(days)))), 2)
    return [
        f"{day},{close},{close + 0.5},{close - 0.5},{close},{close},1000000,0,0"
        for day, close in zip(days, closes.tolist(), strict=True)
    ]


def write(folder, name, rows):
    (folder / f"{name}.csv").write_text("\n".join((HEADER, *rows)) + "\n")


@pytest.fixture
def folder(tmp_path):
    for seed, name in enumerate(("LLL", "SSS", "AAA")):
        write(tmp_path, name, rows_of(seed))
    return tmp_path


def config_of(folder, **sections):
    data = {"source": "csv", "path": str(folder), "start": DAYS[0].item(), "end": DAYS[-1].item()}
    return hand_config(data=data | sections.pop("data", {}), **sections)


def read(folder, asked=None, own=("LLL", "SSS"), **sections):
    config = config_of(folder, **sections)
    market = read_market(config)
    named = UniverseConfig(**(asked or {"path": str(folder)}))
    return read_universe(named, config, market, open_source(config.data), own=own)


def test_every_two_symbols_are_a_pair_both_ways_round(folder):
    universe = read(folder)
    assert list(universe.legs) == ["AAA", "LLL", "SSS"]
    assert universe.pairs == (
        ("AAA", "LLL"), ("LLL", "AAA"), ("AAA", "SSS"), ("SSS", "AAA"), ("LLL", "SSS"),
        ("SSS", "LLL"),
    )  # fmt: skip
    assert universe.left_out == {}
    assert [each.symbol for each in universe.files] == ["AAA", "LLL", "SSS"]
    market = universe.market_of(("SSS", "AAA"))
    assert (market.long.symbol, market.short.symbol) == ("SSS", "AAA")


def bad_files(folder):
    hole = rows_of(5)
    write(folder, "HOLE", hole[:40] + hole[41:])
    write(folder, "LATE", rows_of(6, DAYS[30:]))
    gap = rows_of(7)
    gap[50] = gap[50].rsplit(",", 5)[0] + ",,,1000000,0,0"
    write(folder, "BLANK", gap)
    split = rows_of(8)
    for at in range(60, len(split)):
        day, *prices, volume, dividend, ratio = split[at].split(",")
        halved = [f"{float(price) / 2:.2f}" for price in prices]
        split[at] = ",".join([day, *halved, volume, dividend, ratio])
    write(folder, "SPLIT", split)
    write(folder, "BTC-USD", rows_of(9))
    write(folder, "^VIX", rows_of(10))
    write(folder, "lower", rows_of(11))
    (folder / "NOISE.csv").write_text("not,prices\n1,2\n")
    write(folder, "TWIN", rows_of(0))  # LLL again


def test_what_no_pair_can_have_is_left_out_by_name_with_the_reason(folder):
    bad_files(folder)
    universe = read(folder)
    assert list(universe.legs) == ["AAA", "LLL", "SSS", "TWIN"]
    says = {
        "HOLE": "has no bar", "LATE": "has prices from", "BLANK": "close", "SPLIT": "split",
        "BTC-USD": "a currency", "^VIX": "an index", "lower.csv": "its name is no ticker",
        "NOISE": "NOISE.csv", "LLL/TWIN": "one series under two names",
    }  # fmt: skip
    assert universe.left_out.keys() == says.keys()
    for name, words in says.items():
        assert words in universe.left_out[name], name
    assert ("LLL", "TWIN") not in universe.pairs
    assert ("TWIN", "SSS") in universe.pairs


def test_a_symbol_beside_which_no_other_stands_is_left_out_itself(tmp_path):
    write(tmp_path, "LLL", rows_of(0))
    write(tmp_path, "SSS", rows_of(1))
    only = {"tickers": ("LLL", "SSS"), "path": str(tmp_path)}
    assert len(read(tmp_path, only).pairs) == 2


def test_a_leg_whose_costs_need_a_volume_that_nobody_tells_is_left_out(folder):
    untold = [row.replace(",1000000,", ",,") for row in rows_of(4)]
    write(folder, "QUIET", untold)
    universe = read(folder)
    assert "QUIET" in universe.legs
    costs = {"impact": {"kind": "square_root"}}
    left = runnable(universe, [config_of(folder, costs=costs)])
    assert list(left.legs) == ["AAA", "LLL", "SSS"]
    assert "volume" in left.left_out["QUIET"]


def test_tickers_come_from_the_source_of_the_run():
    config = hand_config(
        data={"source": "sample", "start": "2024-01-02", "end": "2024-12-31"},
        pair={"long": "SMH", "short": "IGV"},
    )
    market = read_market(config)
    asked = UniverseConfig(tickers=("SMH", "IGV", "QQQ", "ZZZ"))
    universe = read_universe(asked, config, market, SampleSource(), own=("SMH", "IGV"))
    assert list(universe.legs) == ["IGV", "QQQ", "SMH"]
    assert "the sample has no 'ZZZ'" in universe.left_out["ZZZ"]


def test_folders_that_hold_no_universe_are_refused(folder, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    alone = tmp_path / "alone"
    alone.mkdir()
    write(alone, "LLL", rows_of(0))
    write(alone, "SSS", rows_of(0))
    many = tmp_path / "many"
    many.mkdir()
    for number in range(MOST_SYMBOLS + 1):
        (many / f"S{number}.csv").write_text("")
    for path, error, says in (
        (tmp_path / "nowhere", DataError, "no such folder"),
        (empty, DataError, "has no .csv file"),
        (alone, DataError, "no two symbols that can be a pair"),
        (many, ConfigError, f"has {MOST_SYMBOLS + 1} files; expected at most {MOST_SYMBOLS}"),
    ):
        with pytest.raises(error, match=says):
            read(folder, {"path": str(path)}, own=None)
    (folder / "SSS.csv").rename(folder / "TTT.csv")
    with pytest.raises(ConfigError, match="no SSS, a leg of the pair"):
        read_universe(
            UniverseConfig(path=str(folder)), config_of(folder), None, None, own=("LLL", "SSS")
        )


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "neither tickers nor a path"),
        ({"tickers": ("SMH", "IGV", "SMH")}, "had SMH more than once"),
        ({"tickers": tuple(f"S{n}" for n in range(10_000))}, "had 10,000 tickers; expected at"),
        ({"tickers": ("SMH",)}, "at least 2 items"),
    ],
)
def test_a_universe_that_is_none_is_refused_before_anything_is_read(asked, says):
    with pytest.raises(ValidationError, match=says):
        UniverseConfig(**asked)


def test_the_pair_has_to_be_in_the_universe_it_was_chosen_from():
    with pytest.raises(ValidationError, match=r"audit.universe.tickers had no SSS, a leg"):
        hand_config(audit={"universe": {"tickers": ["LLL", "AAA"]}})
