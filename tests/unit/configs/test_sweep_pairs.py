"""Searches over pairs from text: what they come to, and every way to ask wrongly."""

from datetime import date
from pathlib import Path

import pytest

from configs.cells import cells_of
from configs.errors import ConfigError
from configs.load import load
from configs.sweep import load_sweep

ROOT = Path(__file__).parents[3]
BASE = """\
name: trade
data: {source: sample, start: 2023-04-11, benchmark: QQQ, confirm: {NVDA: [2024-01-03]}}
pair: {long: SMH, short: IGV}
signal: {kind: spread, y: IGV, hedge: {kind: rolling_ols, window: 60}}
exits: {holding_sessions: 60}
"""
TICKERS = "universe: {tickers: [SMH, IGV, QQQ, NVDA]}\n"
PAIRS = (("IGV", "SMH"), ("SMH", "QQQ"), ("NVDA", "IGV"))


@pytest.fixture
def sweep(tmp_path):
    def made(text, base=BASE, overrides=()):
        (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
        path = tmp_path / "sweep.yaml"
        path.write_text(f"name: test\nbase: base.yaml\n{text}", encoding="utf-8")
        return load_sweep(path, overrides)

    return made


def test_pairs_are_the_first_axis_and_a_cell_says_how_to_run_it_alone(sweep, tmp_path):
    asked = sweep(f"pairs: all\n{TICKERS}grid: {{signal.enter_at: [1.5, 2.0]}}\n")
    cells = cells_of(asked.over(PAIRS, date(2024, 6, 28)))
    assert [axis.key for axis in cells.grid.sweep.axes] == ["pair", "signal.enter_at"]
    assert cells.grid.shape == (3, 2)
    # A benchmark that is a leg is none, y keeps its role, what is confirmed of others is not read.
    for number, said in (
        (1, ["data.confirm={}", "signal.y=SMH", "data.end=2024-06-28"]),
        (2, ["data.confirm={}", "data.benchmark=null", "signal.y=QQQ", "data.end=2024-06-28"]),
        (4, ["data.end=2024-06-28"]),
    ):
        config, overrides = cells.grid.config(number), cells.grid.overrides(number)
        assert overrides[2:] == said
        alone = load(tmp_path / "base.yaml", overrides)
        assert alone.of_the_run() == config.of_the_run()
        assert alone.signal.y == config.pair.short


def test_a_folder_is_where_the_base_reads_its_prices_too(sweep, tmp_path):
    asked = sweep("pairs: all\nuniverse: {path: prices}\n", base=BASE.replace("NVDA: ", "SMH: "))
    prices = str(tmp_path / "prices")  # beside the search
    assert (asked.config.data.source, asked.config.data.path) == ("csv", prices)
    assert f'data.path="{prices}"' in cells_of(asked).grid.overrides(0)


def test_the_shipped_search_over_pairs_is_read():
    asked = load_sweep(ROOT / "configs" / "sweep_sample_pairs.yaml")
    assert asked.asked.universe.tickers == ("IGV", "MAGS", "MSFT", "NVDA", "QQQ", "SMH")
    assert cells_of(asked).grid.shape == (1,)  # until the universe is read: the base's own pair


EARNINGS = "exits: {holding_sessions: 60, flat_over: {earnings: days.csv}}"


@pytest.mark.parametrize(
    ("text", "base", "says"),
    [
        ("", BASE, r"sweep.yaml: grid had no axis; expected at least one key"),
        ("pairs: all\n", BASE, "pairs was all, without a universe; expected one, like universe"),
        ("pairs: some\n" + TICKERS, BASE, "pairs was 'some'; expected 'all'"),
        (TICKERS + "grid: {sizing.window: [5]}\n", BASE, "universe was given without pairs"),
        (
            "pairs: all\nuniverse: {tickers: [SMH, QQQ, NVDA]}\n", BASE,
            r"sweep.yaml:4: universe.tickers had no 'IGV', a leg of the base's pair; expected both",
        ),
        ("pairs: all\nuniverse: {tickers: [SMH, IGV, SMH]}\n", BASE, "had SMH more than once"),
        ("pairs: all\nuniverse: {}\n", BASE, "neither tickers nor a path"),
        (
            "pairs: all\n" + TICKERS, BASE.replace("exits: {holding_sessions: 60}", EARNINGS),
            "the rule reads exits.flat_over.earnings",
        ),
        (
            "pairs: all\n" + TICKERS + "grid: {pair.long: [SMH, QQQ]}\n", BASE,
            "pair.long may not vary",
        ),
    ],
)  # fmt: skip
def test_what_is_no_search_over_pairs_is_one_line(sweep, text, base, says):
    with pytest.raises(ConfigError, match=says) as stopped:
        sweep(text, base)
    assert "\n" not in str(stopped.value)
