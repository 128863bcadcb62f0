"""Distance pairs as a user asks for them, on a folder and on the bundled symbols."""

import csv
import json

from tests.e2e.program import run_py
from tests.unit.feeds.test_universe import rows_of, write

REQUEST = """\
name: closest
data: {source: sample, start: 2020-01-02, end: 2022-06-30}
universe: {tickers: [IGV, MSFT, NVDA, QQQ, SMH, ZZZ]}
formation: {kind: distance, pairs: 2}
"""
FILES = {"pairs.html", "pairs.json", "months.csv", "trades.csv", "formed.csv", "manifest.json"}


def test_months_trades_and_pairs_are_left_and_the_answer_comes_first(arrival, tmp_path):
    (tmp_path / "pairs.yaml").write_text(REQUEST, encoding="utf-8")
    made = run_py(["pairs", "pairs.yaml", "--out", "out"], arrival, cwd=tmp_path)
    assert made.code == 0, made.err
    answer, warned, _ = made.out.splitlines()
    assert answer.startswith("SYNTHETIC DATA. The 2 closest pairs of 5 symbols made ")
    assert warned.startswith("warning: left out ZZZ: the sample has no 'ZZZ'")
    folder = made.page.parent
    assert {each.name for each in folder.iterdir()} >= FILES
    document = json.loads((folder / "pairs.json").read_text(encoding="utf-8"))
    with (folder / "months.csv").open(encoding="utf-8") as file:
        months = list(csv.DictReader(file))
    assert [row["month"] for row in months] == document["months"]
    assert months[0]["month"] == "2021-01"
    assert [int(row["portfolios"]) for row in months][:7] == [1, 2, 3, 4, 5, 6, 6]
    for key, returns in document["returns"].items():
        mean = document["summary"][key]["mean"]
        assert abs(mean - sum(returns) / len(returns)) < 1e-12
    page = made.page.read_text(encoding="utf-8")
    assert "the close that decided" in page
    assert "the sample has no" in page
    again = run_py(["pairs", "pairs.yaml", "--out", "again"], arrival, cwd=tmp_path)
    for name in sorted(FILES - {"manifest.json", "pairs.json"}):
        assert (again.page.parent / name).read_bytes() == (folder / name).read_bytes(), name


def test_a_folder_without_two_symbols_is_one_line(arrival, tmp_path):
    folder = tmp_path / "prices"
    folder.mkdir()
    write(folder, "LLL", rows_of(0))
    (tmp_path / "pairs.yaml").write_text(
        "name: alone\ndata: {source: csv, path: prices, start: 2024-01-02}\n"
        "formation: {kind: distance}\n",
        encoding="utf-8",
    )
    made = run_py(["pairs", "pairs.yaml", "--out", "out"], arrival, cwd=tmp_path)
    assert made.code == 3
    assert made.err.splitlines()[-1].startswith("run.py: no two symbols could be read and trusted")
