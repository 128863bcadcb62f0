"""Searches as a user asks for them: what is said, what is left, what is refused, and resumed."""

import json
import re
import shlex
import signal
from html.parser import HTMLParser

import pyarrow.parquet
import pytest

import run
from configs.cells import Grid
from configs.load import load
from configs.sweep import load_sweep
from tests.e2e.chromium import CHROMIUM, DESKTOP_PX, PHONE_PX
from tests.e2e.program import finish, new_process, overrides, refusal, run_py, start

BASE = """\
name: trade
data: {source: sample, start: 2023-04-11, end: 2025-06-30}
pair: {long: SMH, short: IGV}
signal: {kind: correlation, window: 63}
exits: {holding_sessions: 63}
"""
GRID = """\
  signal.enter_below: [-2.0, -1.5, -1.0]
  signal.min_periods: [63, 300]
  signal.zscore: [expanding, rolling]
  rebalance: {weekly: {kind: weekly}, never: {kind: never}}
"""
MORE = "null: {resamples: 9}\nwalk_forward: {train_sessions: 126, test_sessions: 63}\n"
FILES = {"sweep.html", "sweep.json", "cells.parquet", "best", "manifest.json"}


def written(folder, grid=GRID, more=MORE):
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    path = folder / "sweep.yaml"
    path.write_text(f"name: all ways\nbase: base.yaml\ngrid:\n{grid}{more}", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def done(arrival, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    written(folder)
    made = new_process(["sweep", "sweep.yaml", "--out", "out"], arrival, cwd=folder)
    assert made.code == 0, made.err
    return made


@pytest.fixture(scope="module")
def document(done):
    return json.loads(done.page.with_name("sweep.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cells(done):
    return pyarrow.parquet.read_table(done.page.with_name("cells.parquet")).to_pylist()


def test_the_answer_comes_first_and_the_page_last(done, document):
    answer, page = done.out.splitlines()
    assert answer.startswith("SYNTHETIC DATA. The best of 18 cells has a Sharpe ratio of ")
    assert "the same search on histories in which neither leg earns anything" in answer
    assert document["sentence"] in answer
    assert page.endswith("sweep.html")
    folder = done.page.parent
    names = {entry.name for entry in folder.iterdir() if not entry.name.startswith("plotly-")}
    assert names == FILES
    best = (folder / "best" / "index.html").read_text(encoding="utf-8")
    assert '<strong>Best cell</strong> of the search <a href="../sweep.html">' in best
    assert [path.parent for path in folder.rglob("plotly-*")] == [folder]


def test_refused_cells_are_counted_with_their_reason(document):
    assert (document["cells"]["asked"], document["cells"]["run"]) == (24, 18)
    ((reason, count),) = document["cells"]["refused"].items()
    assert count == 6  # 3 levels, 2 rebalances, a rolling score of fewer readings than it needs
    assert "signal.min_periods was 300; expected at most zscore_window (252)" in reason


def test_every_cell_has_its_parameters_and_every_headline_number(done, cells, document):
    best = json.loads((done.page.parent / "best" / "result.json").read_text(encoding="utf-8"))
    assert len(cells) == 18
    asked = ("signal.enter_below", "signal.min_periods", "signal.zscore", "rebalance")
    headline = [name for name in cells[0] if name not in ("cell", *asked, "engine")]
    assert set(headline) <= set(best)
    numbers = [row["cell"] for row in cells]
    assert numbers == sorted(numbers)
    (row,) = (row for row in cells if row["cell"] == document["best"]["cell"])
    assert {name: row[name] for name in headline} == {name: best[name] for name in headline}
    assert [row[name] for name in asked] == list(document["best"]["parameters"].values())


@pytest.mark.usefixtures("without_quantstats")
def test_an_axis_called_as_a_headline_number_keeps_its_column(desk, tmp_path):
    grid = "  entries: {one: {kind: single}, many: {kind: tranches}}\n"
    asked = written(tmp_path, grid, "null: {resamples: 0}\nwalk_forward: null\n")
    assert run.main(["sweep", str(asked), "--out", str(tmp_path / "out")]) == 0
    rows = pyarrow.parquet.read_table(tmp_path / "out" / "cells.parquet").to_pylist()
    assert [row["grid.entries"] for row in rows] == ["one", "many"]
    assert 0 < rows[0]["entries"] < rows[1]["entries"]  # how often each entered


def test_a_cell_opened_by_its_set_line_is_that_cell(done, document, cells, tmp_path):
    base = done.page.parents[1] / "base.yaml"
    config = load(base, document["worst"]["overrides"])
    assert config.rebalance.kind == document["worst"]["parameters"]["rebalance"]
    made = [word for pair in document["worst"]["overrides"] for word in ("--set", pair)]
    assert overrides(*document["worst"]["overrides"]) == made


def test_any_row_of_the_cells_is_run_by_its_number(done, cells, arrival, tmp_path):
    row = cells[7]
    asked = ["sweep", "sweep.yaml", "--cell", row["cell"], "--out", tmp_path / "run"]
    made = run_py(asked, arrival, cwd=done.page.parents[1])
    assert made.code == 0, made.err
    result = json.loads((tmp_path / "run" / "result.json").read_text(encoding="utf-8"))
    for name in ("net_pnl", "sharpe", "entries", "final_equity"):
        assert result[name] == row[name]
    said, page = made.out.splitlines()[-2:]
    assert page.endswith("index.html")
    words = shlex.split(said.partition(": ")[2])
    assert words[:4] == ["python", "run.py", "backtest", "base.yaml"]
    again = run_py([*words[2:], "--out", tmp_path / "again"], arrival, cwd=done.page.parents[1])
    assert again.code == 0, again.err
    one, other = ((tmp_path / name / "index.html").read_bytes() for name in ("run", "again"))
    assert one == other


@pytest.mark.parametrize(
    ("cell", "message"),
    [(24, "--cell was 24; expected 0 to 23"), (6, "expected at most zscore_window (252)")],
)
def test_a_cell_that_is_not_there_is_refused(done, desk, capsys, monkeypatch, cell, message):
    monkeypatch.chdir(done.page.parents[1])
    assert message in refusal(capsys, ["sweep", "sweep.yaml", "--cell", cell], 2)


def test_what_the_search_was_given_is_in_the_words_of_every_cell(tmp_path):
    sweep = load_sweep(written(tmp_path), ["account.cash=5000"])
    config = load(sweep.base_path, Grid(sweep).overrides(0))
    assert config.account.cash == 5000
    assert config.signal.enter_below == -2.0


class Tables(HTMLParser):
    """Counts a page's tables and keeps its words."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.words = 0, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tables += tag == "table"

    def handle_data(self, data):
        self.words.append(data)


def test_the_page_says_everything_without_javascript(done, document):
    page = Tables(done.page.read_text(encoding="utf-8"))
    text = " ".join(" ".join(page.words).split())
    for words in (
        document["sentence"], document["verdict"], "What luck finds", "A plateau or a peak",
        "Walk-forward", "The best ten", "refused because", "--set signal.enter_below=",
        "sweep sweep.yaml --cell NUMBER",
        "chosen anew in each window", "the cell that hindsight picks", "SYNTHETIC DATA",
    ):  # fmt: skip
        assert words in text
    # Six pairs of four axes, twice each; the walk's two, the best ten, the words beside, the
    # refused.
    assert page.tables == 6 * 2 + 2 + 1 + 1 + 1
    assert f"{document['best']['score']:.2f} ★" in text


def test_what_luck_finds_and_the_best_ten_stand_and_the_rest_is_folded(done, document):
    html = done.page.read_text(encoding="utf-8")
    open_part, _, folded = html.partition('<details class="fold')
    assert re.findall(r"<h2[^>]*>([^<]+)", open_part) == ["What luck finds", "The best ten"]
    assert open_part.count("<table") == 1
    assert re.sub(r"<details.*?</details>", "", "<details" + folded, flags=re.S).count("<h2") == 0
    share = f"{document['plateau']['share'] * 100:.0f}% of the best cell"
    assert re.search(rf"<summary><h2[^>]*>A plateau or a peak</h2>.*{share}.*</summary>", html)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.parametrize("width", [DESKTOP_PX, PHONE_PX])
def test_the_page_fits_and_what_is_wider_is_reached_by_key(done, browser, width):
    browser.open(done.page, width=width, dark=True)
    assert browser.complaints() == []
    browser.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert browser.run("document.documentElement.scrollWidth") <= width
    outside = "document.querySelectorAll('table:not(.scroll[tabindex=\"0\"][aria-label] table)')"
    assert browser.run(f"{outside}.length") == 0


def test_threads_change_no_byte_and_an_earlier_search_is_replaced(arrival, done, tmp_path):
    written(tmp_path)
    folder, asked = done.page.parent, ["sweep", "sweep.yaml", "--out", "out", "--workers", "3"]
    again = run_py(asked, arrival, cwd=tmp_path)
    assert again.code == 0, again.err
    cells = folder / "cells.parquet"
    assert (tmp_path / "out" / "cells.parquet").read_bytes() == cells.read_bytes()
    assert (tmp_path / "out" / "sweep.html").read_bytes() == done.page.read_bytes()


def test_a_search_that_was_killed_goes_on_where_it_stopped(arrival, done, tmp_path):
    more = MORE.replace("resamples: 9", "resamples: 80")  # seconds, of which one line is read
    path = written(tmp_path, more=more)
    process = start(["sweep", path, "--out", tmp_path / "out", "--workers", "1"], arrival)
    for line in process.stderr:
        if line.startswith("searching again"):
            break
    process.send_signal(signal.SIGKILL)
    assert finish(process).code == -signal.SIGKILL
    assert not (tmp_path / "out").exists()
    assert run_py(["sweep", path, "--out", tmp_path / "out"], arrival).code == 0
    document = json.loads((tmp_path / "out" / "sweep.json").read_text(encoding="utf-8"))
    assert document["cells"]["resumed"] == 18
    whole = run_py(["sweep", path, "--out", tmp_path / "whole"], arrival)
    assert whole.code == 0
    for name in ("cells.parquet", "sweep.html"):
        one, other = ((tmp_path / out / name).read_bytes() for out in ("out", "whole"))
        assert one == other, name
    fresh = json.loads((tmp_path / "whole" / "sweep.json").read_text(encoding="utf-8"))
    assert fresh["cells"]["resumed"] == 0  # what was kept is dropped once it is published
    assert fresh["null"] == document["null"]


def test_ctrl_c_is_one_line_and_leaves_no_folder(arrival, tmp_path):
    path = written(tmp_path, more=MORE.replace("resamples: 9", "resamples: 999"))
    process = start(["sweep", path, "--out", tmp_path / "out"], arrival)
    for line in process.stderr:
        if line.startswith("searching again"):
            break
    process.send_signal(signal.SIGINT)
    ended = finish(process)
    assert (ended.code, ended.out) == (130, "")
    assert ended.err.splitlines()[-1] == (
        "run.py: interrupted; no run was written; what is finished is kept: the same command goes "
        "on"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("grid", "more", "message"),
    [
        ("  signal.windw: [3]\n", "", "unknown key signal.windw"),
        ("  signal.window: []\n", "", "expected at least one value"),
        ("  signal.window: {from: 3, to: 9, step: 0}\n", "", "step was 0"),
        ("  signal.window: [2, 1]\n", "", "and no other can run"),
        ("  sizing.window: {from: 2, to: 1001, step: 1}\n"
         "  exits.holding_sessions: {from: 1, to: 1000, step: 1}\n"
         "  signal.window: {from: 3, to: 1002, step: 1}\n", "", "1,000,000,000 cells"),
        ("  signal.window: [21]\n  signal: {a: {kind: always}}\n", "", "axes of the same key"),
        ("  signal.window: [21]\n", "walk_forward: {train_sessions: 900}\n",
         "train_sessions was 900"),
        ("  signal.window: [600]\n", "walk_forward: null\n", "expected at least"),
    ],
)  # fmt: skip
def test_what_cannot_be_searched_ends_with_code_2(desk, tmp_path, capsys, grid, more, message):
    path = written(tmp_path, grid, more)
    out = tmp_path / "out"
    assert message in refusal(capsys, ["sweep", path, "--out", out], 2)
    assert not out.exists()


def test_a_folder_that_is_no_search_is_left_alone(desk, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    path = written(tmp_path)
    assert "is not a search of ours" in refusal(
        capsys, ["sweep", path, "--out", tmp_path / "out"], 2
    )


def test_the_shelf_lists_a_search(done, desk, capsys):
    assert run.main(["list", "--out", str(done.page.parents[1])]) == 0
    listed = capsys.readouterr().out
    assert "all ways  SMH/IGV  2023-04-11..2025-06-30  search: " in listed
    assert "18 cells" in listed


def test_every_pair_of_a_universe_is_ranked_and_what_is_left_out_is_said(arrival, tmp_path):
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(
        "name: pairs\nbase: base.yaml\npairs: all\nuniverse: {tickers: [SMH, IGV, QQQ, ZZZ]}\n"
        "null: {resamples: 9}\nwalk_forward: null\n",
        encoding="utf-8",
    )
    made = run_py(["sweep", "sweep.yaml", "--out", "out"], arrival, cwd=tmp_path)
    assert made.code == 0, made.err
    answer, warned, _ = made.out.splitlines()
    assert answer.startswith("SYNTHETIC DATA. The best of 6 cells over every pair of 3 symbols has")
    assert warned.startswith("warning: left out ZZZ: the sample has no 'ZZZ'")
    rows = pyarrow.parquet.read_table(made.page.with_name("cells.parquet")).to_pylist()
    assert [row["pair"] for row in rows] == [
        "IGV/QQQ", "QQQ/IGV", "IGV/SMH", "SMH/IGV", "QQQ/SMH", "SMH/QQQ"
    ]  # fmt: skip
    document = json.loads(made.page.with_name("sweep.json").read_text(encoding="utf-8"))
    best = document["best"]
    again = load(tmp_path / "base.yaml", best["overrides"])
    assert best["parameters"]["pair"] == "/".join(again.pair.legs)
    result = json.loads((made.page.parent / "best" / "result.json").read_text(encoding="utf-8"))
    assert result["sharpe"] == best["headline"]["sharpe"]
    assert "the sample has no" in made.page.read_text(encoding="utf-8")
    (line,) = (tmp_path / "trials.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["universe"] == ["IGV", "QQQ", "SMH"]  # of all, not of the base's pair


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_on_a_desk_two_tables_of_scores_stand_side_by_side(done, browser):
    browser.open(done.page)
    tops = browser.run(
        "Array.from(document.querySelectorAll('.maps > .switch'))"
        ".map(each => each.getBoundingClientRect().top)"
    )
    assert len(tops) > 1
    assert tops[0] == tops[1]
