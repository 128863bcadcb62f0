"""Searches of a strategy of one's own: what is said and left, and what is refused in one line."""

import json

import pyarrow.parquet
import pytest

import run
from tests.e2e.program import in_time, refusal
from tests.parity.test_search_own import BY_LINES, HEAD, WHILE_IT_RUNS

BASE = """\
name: own
data: {source: sample, start: 2023-04-11, end: 2024-02-29}
pair: {long: SMH, short: IGV}
signal: {kind: always}
exits: {holding_sessions: 5}
"""
GRID = "  strategy.params.window: [10, 20]\n  strategy.params.level: [-1.0, -0.5]\n"
MORE = "null: {resamples: 2}\nwalk_forward: {train_sessions: 126, test_sessions: 63}\n"


def written(folder, rule, grid=GRID, base=BASE):
    (folder / "mine.py").write_text(HEAD + rule)
    (folder / "base.yaml").write_text(base)
    (folder / "sweep.yaml").write_text(f"name: own ways\nbase: base.yaml\ngrid:\n{grid}{MORE}")
    return folder / "sweep.yaml"


def test_a_strategy_that_runs_is_searched_in_backtrader_and_the_page_says_so(arrival, tmp_path):
    written(tmp_path, WHILE_IT_RUNS)
    words = ["sweep", "sweep.yaml", "--strategy", "mine.py", "--out", "out"]
    done = in_time(words, arrival, cwd=tmp_path)
    assert done.code == 0, done.err
    document = json.loads((tmp_path / "out" / "sweep.json").read_text(encoding="utf-8"))
    assert document["engine"] == {"kernel": 0, "backtrader": 4}
    assert document["strategy"] == {"file": "mine.py", "event_only": ["is_triggered"]}
    assert document["null"]["histories"] == 2
    assert document["walk_forward"] is None
    assert document["verdict"] not in ("SUPPORTED, UNCONFIRMED", "SUPPORTED OUT OF SAMPLE")
    page = done.page.read_text(encoding="utf-8")
    assert "mine.py answers is_triggered itself, while it runs: all cells ran in Backtrader" in page
    assert "No walk-forward was made" in page
    cells = pyarrow.parquet.read_table(tmp_path / "out" / "cells.parquet").to_pylist()
    assert [(each["strategy.params.window"], each["engine"]) for each in cells] == [
        (10, "backtrader"), (10, "backtrader"), (20, "backtrader"), (20, "backtrader"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("grid", "base", "message"),
    [
        ("  strategy.params.windw: [10, 20]\n", f"{BASE}strategy: {{file: mine.py}}\n",
         "strategy.params.windw: unknown; the strategy has window, level; did you mean window?"),
        ("  strategy.params.window: [much]\n", f"{BASE}strategy: {{file: mine.py}}\n",
         "strategy.params.window was 'much'"),
        ("  strategy.file: [mine.py, yours.py]\n", f"{BASE}strategy: {{file: mine.py}}\n",
         "strategy.file may not vary: all cells run one strategy"),
        ("  strategy: {a: {file: mine.py}}\n", f"{BASE}strategy: {{file: mine.py}}\n",
         "strategy may not vary: all cells run one strategy"),
        (GRID, BASE, "strategy.params.window is a parameter of no strategy; expected strategy."),
    ],
)  # fmt: skip
def test_what_is_no_axis_of_it_is_one_line(tmp_path, monkeypatch, capsys, grid, base, message):
    written(tmp_path, BY_LINES, grid, base)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCHISM_SUPERVISED", "1")  # as in the process of its own
    assert message in refusal(capsys, ["sweep", "sweep.yaml", "--out", "out"], 2)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "rule",
    ["\n    def is_triggered(self):\n", "\n    @classmethod\n    def entry_line(cls, c, lines):\n"],
)
def test_what_raises_in_a_cell_is_named_with_its_line(tmp_path, monkeypatch, capsys, rule):
    rule += "        return 1 / 0\n"
    written(tmp_path, rule)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCHISM_SUPERVISED", "1")
    words = ["sweep", "sweep.yaml", "--strategy", "mine.py", "--out", "out", "--workers", "1"]
    assert run.main(words) == 4
    streams = capsys.readouterr()
    line = (HEAD + rule).count("\n")
    said = f"run.py: mine.py:{line}: raised ZeroDivisionError (division by zero) in a run"
    assert streams.err.splitlines()[-1].startswith(said)
    assert streams.out == ""
    assert not (tmp_path / "out").exists()
