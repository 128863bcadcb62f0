"""Panels from a folder: lives of their own, what is left out by name, what is refused."""

import pytest

from configs.distance import load_distance
from configs.errors import ConfigError
from feeds.panel import read_panel
from feeds.source import DataError
from tests.unit.feeds.test_universe import DAYS, bad_files, folder, rows_of, write

__all__ = ["folder"]  # the fixture
REQUEST = """\
name: pairs
data: {{source: csv, path: "{path}", start: 2024-01-02}}
formation: {{kind: distance, pairs: 2, months: 2}}
trading: {{months: 1}}
"""


def asked(tmp_path, path, more=""):
    file = tmp_path / "request.yaml"
    file.write_text(REQUEST.format(path=path) + more, encoding="utf-8")
    return load_distance(file)


def test_a_symbol_may_begin_late_and_end_early_and_that_is_said(folder, tmp_path):
    write(folder, "LATE", rows_of(6, DAYS[30:]))
    write(folder, "GONE", rows_of(7, DAYS[:70]))
    panel = read_panel(asked(tmp_path, folder))
    assert list(panel.legs) == ["AAA", "GONE", "LATE", "LLL", "SSS"]
    assert panel.began == {"LATE": str(DAYS[30])}
    assert panel.ended == {"GONE": str(DAYS[69])}
    gone = panel.legs["GONE"].adj_close
    assert (gone[:70] == gone[:70]).all()
    assert (gone[70:] != gone[70:]).all()
    assert panel.left_out == {}


def test_what_cannot_be_trusted_is_left_out_by_name(folder, tmp_path):
    bad_files(folder)
    panel = read_panel(asked(tmp_path, folder))
    assert list(panel.legs) == ["AAA", "LATE", "LLL", "SSS"]
    says = {
        "HOLE": "has no bar", "BLANK": "close", "SPLIT": "split", "BTC-USD": "a currency",
        "^VIX": "an index", "lower.csv": "its name is no ticker", "NOISE": "NOISE.csv",
        "TWIN": "one series under two names",
    }  # fmt: skip
    assert panel.left_out.keys() == says.keys()
    for name, words in says.items():
        assert words in panel.left_out[name], name


def test_a_folder_of_one_symbol_is_refused(tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    write(alone, "LLL", rows_of(0))
    with pytest.raises(DataError, match="no two symbols could be read and trusted"):
        read_panel(asked(tmp_path, alone))
    with pytest.raises(DataError, match="no such folder"):
        read_panel(asked(tmp_path, tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("costs: {interest: {kind: benchmark, rate: 0.04}}\n", "costs.interest.kind was"),
        ("costs: {impact: {kind: square_root}}\n", "costs.impact.kind was 'square_root'"),
        ("universe: {tickers: [SMH, SMH]}\n", "had SMH more than once"),
        ("signal: {kind: always}\n", "unknown key"),
    ],
)
def test_what_cannot_be_asked_of_distance_pairs_is_one_line(folder, tmp_path, more, says):
    with pytest.raises(ConfigError, match=says) as stopped:
        asked(tmp_path, folder, more)
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("pairs: 2", "pairs: 0", "pairs was 0"),
        ("kind: distance", "kind: cointegration", "kind was 'cointegration'"),
        ("trading: {{months: 1}}", "trading: {{open_at: -2.0}}", "open_at was -2.0"),
        ("source: csv, path: \"{path}\"", "source: sample", "universe was null; expected symbols"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_one_line(tmp_path, old, new, says):
    file = tmp_path / "request.yaml"
    file.write_text(REQUEST.replace(old, new).format(path=tmp_path), encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        load_distance(file)


def test_a_run_of_one_pair_is_sent_where_it_belongs(tmp_path):
    file = tmp_path / "run.yaml"
    file.write_text("pair: {long: SMH, short: IGV}\nsignal: {kind: always}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="has no formation and is a run of one pair"):
        load_distance(file)
