"""The textbook without the book's files: its rules on Yahoo's history, from a Yahoo of our own."""

import datetime as dt
import json

import pytest

import run
from configs.load import load
from feeds.source import DataError
from reports.audits.textbook import Example, examples, with_today
from reports.audits.textbook_today import COLUMNS, today
from tests.e2e.yahoo_server import generated_bars, yahoo_server

pytestmark = pytest.mark.usefixtures("without_quantstats")

START, END = dt.date(2006, 4, 26), dt.date(2009, 3, 31)  # the book is of 2008-11-17


def silent(step):
    """Tell nobody."""


def example(name):
    return next(path for path in examples() if path.stem == name)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """One example of the textbook for a user who has no book file."""
    path = tmp_path / "gld_gdx_carried.yaml"
    text = example(path.stem).read_text(encoding="utf-8")
    assert "../shared/textbook/gld_gdx" in text
    path.write_text(text.replace("../shared/textbook", str(tmp_path / "nowhere")), encoding="utf-8")
    monkeypatch.setattr("reports.audits.textbook.examples", lambda: (path,))
    monkeypatch.delenv("TEXTBOOK_DATA", raising=False)


@pytest.fixture
def online(desk, monkeypatch):
    """A desk whose Yahoo has the six funds of the books."""
    bars = {
        symbol: generated_bars(START, END, seed=seed)
        for seed, symbol in enumerate(("GLD", "GDX", "EWA", "EWC", "IGE", "USO"))
    }
    with yahoo_server(bars) as yahoo:
        for name, value in yahoo.environment.items():
            monkeypatch.setenv(name, value)
        yield desk


def test_without_the_book_s_files_its_rules_run_on_yahoo_s_history(
    elsewhere, online, capsys, tmp_path
):
    assert run.main(["textbook", "--quick", "--out", str(tmp_path / "page")]) == 0
    said = capsys.readouterr().out
    assert "The book's files are not here: its rules stand on Yahoo's history" in said
    (found,) = json.loads((tmp_path / "page" / "textbook.json").read_text(encoding="utf-8"))
    assert [each["printed"] for each in found["figures"]] == [2.3714, 1.5139]
    assert [each["ours"] for each in found["figures"]] == [None, None]
    assert found["end"] == found["yahoo"]["end"] == str(END)
    (row,) = found["yahoo"]["rows"]
    assert set(row["values"]) == set(COLUMNS)
    assert found["verdict"] is not None
    assert found["replication"].startswith("Fills at the price that decided them")
    assert "not reproduce" not in said


def test_without_the_files_and_without_yahoo_there_is_one_line_with_the_remedy(
    elsewhere, desk, capsys, tmp_path
):
    assert run.main(["textbook", "--quick", "--out", str(tmp_path / "page")]) == 3
    last = capsys.readouterr().err.splitlines()[-1]
    assert "GLD: Yahoo did not give the bars" in last
    assert not (tmp_path / "page").exists()


def test_beside_the_book_what_yahoo_does_not_give_is_a_reason_and_no_failure(desk):
    config = load(example("ewa_ewc_kalman"))
    found = with_today(Example(config=config, title="", rows=(), is_traded=True), silent)
    assert found.today.startswith("EWC: Yahoo did not give the bars")
    with pytest.raises(DataError):
        today(config, silent)


def test_statistics_of_three_legs_are_those_of_the_book_s_sessions(online):
    found = today(load(example("ewa_ewc_ige_johansen")), silent)
    assert found.end == str(END)
    assert all(set(values) == {COLUMNS[0]} for _, values in found.rows)
    assert [label for label, _ in found.rows][:2] == [
        "CADF t, EWC on EWA", "Johansen trace, no relation of two",
    ]  # fmt: skip
