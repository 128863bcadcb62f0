"""Paths in a file are relative to it, whatever the file is and wherever one stands."""

import os

import pytest

from configs.beside import file_keys
from configs.compare import load_comparison
from configs.distance import load_distance
from configs.errors import ConfigError
from configs.load import load
from configs.sweep import load_sweep

BASE = """\
name: trade
data: {source: csv, path: prices, start: 2023-04-11}
pair: {long: SMH, short: IGV}
signal: {kind: always}
"""
DISTANCE = """\
name: closest
data: {source: csv, path: prices, start: 2023-04-11}
formation: {kind: distance, pairs: 2, months: 12}
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Where one stands: a folder above the files."""
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(desk, text, name="mine/run.yaml"):
    path = desk / name
    path.write_text(text, encoding="utf-8")
    return path.relative_to(desk)


@pytest.mark.parametrize(
    ("path", "seen"),
    [("prices", "mine/prices"), ("./a/../prices", "mine/prices"), ("../prices", "prices")],
)
def test_a_folder_of_prices_is_seen_from_the_file(desk, path, seen):
    config = load(written(desk, BASE.replace("prices", path)))
    assert config.data.path == os.path.normpath(seen)


@pytest.mark.parametrize("path", ["/there/prices", "~/prices"])
def test_a_path_from_the_root_or_from_home_is_taken_as_it_is(desk, path):
    assert load(written(desk, BASE.replace("prices", path))).data.path == path


def test_a_path_that_is_typed_is_seen_from_where_one_stands(desk):
    config = load(written(desk, BASE), ["data.path=typed", "strategy.file=own.py"])
    assert (config.data.path, config.strategy.file) == ("typed", "own.py")


def test_each_key_that_is_a_path_is_seen_from_the_file(desk):
    known = {".".join(key) for key in file_keys()}
    assert known == {
        "data.path", "fundamentals.path", "strategy.file", "audit.universe.path", "universe.path",
        "audit.second_source",
        "exits.flat_over.earnings", "costs.fees.table", "costs.borrow.series.*",
        "costs.interest.series",
    }  # fmt: skip
    rest = """\
strategy: {file: own.py, params: {file: a word}}
fundamentals: {source: csv, path: quarters.csv}
exits: {flat_over: {earnings: days.csv}}
costs:
  fees: {kind: us_sales, table: fees.yaml}
  borrow: {series: {IGV: igv.csv}}
  interest: {kind: benchmark, series: sofr.csv}
audit: {universe: {path: all}, second_source: theirs}
"""
    config = load(written(desk, BASE + rest))
    assert config.strategy.file == "mine/own.py"
    assert config.strategy.params == {"file": "a word"}
    assert config.fundamentals.path == "mine/quarters.csv"
    assert config.exits.flat_over.earnings == "mine/days.csv"
    assert config.costs.fees.table == "mine/fees.yaml"
    assert config.costs.borrow.series == {"IGV": "mine/igv.csv"}
    assert config.costs.interest.series == "mine/sofr.csv"
    assert config.audit.universe.path == "mine/all"
    assert config.audit.second_source == "mine/theirs"


def test_a_variant_s_paths_are_seen_from_the_comparison_and_its_base_s_from_the_base(desk):
    written(desk, BASE)
    variants = """\
name: two
base: mine/run.yaml
variants:
  whole: {costs: {interest: {kind: benchmark, series: sofr.csv}}}
  dotted: {costs.borrow.series.IGV: igv.csv}
"""
    made = load_comparison(written(desk, variants, "two.yaml")).variants
    assert made["whole"].costs.interest.series == "sofr.csv"
    assert made["dotted"].costs.borrow.series == {"IGV": "igv.csv"}
    assert {each.data.path for each in made.values()} == {"mine/prices"}


def test_an_axis_and_a_universe_of_a_search_are_seen_from_the_search(desk):
    (desk / "deep").mkdir()
    written(desk, BASE)
    search = """\
name: all
base: ../mine/run.yaml
grid:
  costs.borrow.series.IGV: [cheap.csv, dear.csv]
  costs.interest: {one: {kind: benchmark, series: sofr.csv}}
pairs: all
universe: {path: folder}
"""
    asked = load_sweep(written(desk, search, "deep/search.yaml"))
    assert asked.asked.universe.path == "deep/folder"
    assert asked.config.data.path == "deep/folder"
    assert asked.asked.grid["costs.borrow.series.IGV"] == ["deep/cheap.csv", "deep/dear.csv"]
    assert asked.asked.grid["costs.interest"]["one"]["series"] == "deep/sofr.csv"


def test_distance_pairs_are_read_beside_their_file(desk):
    assert load_distance(written(desk, DISTANCE)).data.path == "mine/prices"


def test_a_path_of_the_old_rule_is_refused_with_what_to_write(desk):
    (desk / "prices").mkdir()
    with pytest.raises(ConfigError) as refused:
        load(written(desk, BASE))
    assert str(refused.value) == (
        "mine/run.yaml:2: data.path was 'prices', which is there from the working directory alone; "
        "expected a path from the folder of mine/run.yaml: write ../prices"
    )
    (desk / "mine" / "prices").mkdir()  # there under both rules: the new one it is
    assert load(written(desk, BASE)).data.path == "mine/prices"


@pytest.mark.parametrize("path", ["''", "3", "[a, b]", "{a: b}", '"a\\0b"'])
def test_what_is_no_path_is_refused_as_before(desk, path):
    with pytest.raises(ConfigError, match=r"data\.path"):
        load(written(desk, BASE.replace("path: prices", f"path: {path}")))
