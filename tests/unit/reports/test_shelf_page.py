import json
import re
from dataclasses import replace

import pytest

from reports.pages.shelf.page import ShelfRow, row_on_shelf, shelf_page, verdicts_script
from reports.pages.shelf.siblings import differences, sketch
from reports.publish.ownership import is_sealed


def row(**changed):
    facts = {
        "kind": "run", "name": "smh-igv", "pair": "SMH/IGV", "start": "2023-04-11",
        "end": "2026-06-30",
        "total_return": 0.1234, "sharpe": 0.567, "synthetic": False,
        "data_hash": "abcdef0123456789" * 4, "made": "2026-07-01", "href": "smh-igv-1/index.html",
    }  # fmt: skip
    return ShelfRow(**{**facts, **changed})


def test_a_run_stands_with_its_numbers_as_read_and_as_sorted():
    page = shelf_page([row()], [])
    assert '<td class="n" data-h="total return" data-v="0.1234">12.34%</td>' in page
    assert '<td class="n" data-h="Sharpe" data-v="0.567">0.57</td>' in page
    assert '<a href="smh-igv-1/index.html">smh-igv</a>' in page
    assert ">abcdef01<" in page


@pytest.mark.parametrize("absent", [None, float("nan")])
def test_a_number_that_is_not_there_is_said_so_and_sorts_last(absent):
    page = shelf_page([row(sharpe=absent)], [])
    assert '<td class="n" data-h="Sharpe" data-v="">n/a</td>' in page
    other = shelf_page([row(kind="comparison", sharpe=absent)], [])
    assert '<td class="n" data-h="Sharpe" data-v=""></td>' in other  # no run: nothing is missing


def test_rows_keep_the_order_given():
    page = shelf_page([row(name="run-b"), row(name="run-a")], [])
    assert page.index("run-b") < page.index("run-a")


def test_runs_and_comparisons_are_counted_apart():
    rows = [row(), row(), row(kind="comparison")]
    assert "2 runs and 1 comparison on the shelf." in shelf_page(rows, [])
    assert "1 comparison on the shelf." in shelf_page(rows[2:], [])


def test_invented_prices_are_called_so_in_their_row_only():
    page = shelf_page([row(synthetic=True), row()], [])
    assert page.count('class="error">SYNTHETIC<') == 1


def test_what_was_skipped_is_named():
    page = shelf_page([], ["notes: not a run (no manifest.json)"])
    assert "<li>notes: not a run (no manifest.json)</li>" in page
    assert "No runs yet; make one with: python run.py configs/sample.yaml" in page
    assert "<table" not in page


def test_text_from_a_folder_cannot_become_markup_or_an_address():
    page = shelf_page(
        [row(name="<script>alert(1)</script>", href='x y"onclick="/index.html')], ["<b>bold</b>"]
    )
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'href="x%20y%22onclick%3D%22/index.html"' in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page


def test_an_address_never_names_a_scheme():
    assert 'href="javascript%3Aalert%281%29"' in shelf_page([row(href="javascript:alert(1)")], [])


def test_nothing_is_loaded_from_anywhere():
    page = shelf_page([row()], [])
    assert re.findall(r"<script src|<link|<img|url\(", page) == []


def test_a_comparison_shows_its_verdict_and_a_ruined_run_its_end():
    compared = row(kind="comparison", verdict="not <b>", sentence="weekly <cost> more")
    page = shelf_page([compared, row(is_ruined=True), row()], [])
    assert "<summary>not &lt;b&gt;</summary>weekly &lt;cost&gt; more</details></td>" in page
    assert page.count('class="judged">RUINED</td>') == 1
    assert page.count('class="judged"></td>') == 1


def test_a_runs_verdict_leads_to_its_audit_and_its_row_can_be_linked_to():
    page = shelf_page([row(verdict="WEAK", verdict_href="an audit/audit.html")], [])
    assert '<a href="an%20audit/audit.html">WEAK</a>' in page
    assert f'<tr id="{row_on_shelf("smh-igv-1").partition("#")[2]}">' in page
    assert row_on_shelf("smh-igv-1", 2) == "../../index.html#smh-igv-1"


def test_the_pages_of_runs_ask_the_shelf_for_their_verdicts():
    audited = row(href="a b/index.html", verdict="WEAK", verdict_href="an audit/audit.html")
    audited = replace(audited, is_ruined=True)  # which its own page says
    script = verdicts_script([audited, row(is_ruined=True), row(kind="audit", verdict="WEAK")])
    told = json.loads(script.removeprefix("window.verdicts = ").removesuffix(";\n"))
    assert told["of"] == {"a b": {"rung": "WEAK", "page": "an%20audit/audit.html"}}
    assert is_sealed(script.encode())  # a file there that is not ours is left alone


def test_equity_is_a_line_with_a_text_for_those_who_do_not_see_it():
    page = shelf_page([row(sketch=(100.0, 50.0, 200.0))], [])
    # 96 by 24 pixels: from 50 at the foot to 200 at the top; 100 is a third of the way.
    assert '<polyline points="0.0,16.0 48.0,24.0 96.0,0.0"/>' in page
    assert 'aria-label="equity from $100 to $200"' in page
    assert "<polyline" not in shelf_page([row()], [])


def test_what_differs_is_what_most_siblings_have_not():
    weekly = {"name": "a", "rebalance": {"kind": "weekly"}, "exits": {"holding_sessions": 126}}
    monthly = weekly | {"name": "b", "rebalance": {"kind": "monthly"}}
    assert differences([weekly, monthly, weekly | {"name": "c"}]) == [
        "", "rebalance.kind monthly", "",
    ]  # fmt: skip
    assert differences([weekly]) == [""]
    other = {"exits": {"a": 1, "b": 2, "c": 3, "holding_sessions": None}, "rebalance": None}
    assert differences([weekly, weekly, other])[2] == (
        "rebalance.kind none, exits.a 1, exits.b 2 and 2 more"
    )


def test_a_sketch_reads_equity_from_its_first_session_to_its_last(tmp_path):
    ledger = tmp_path / "ledger.csv"
    rows = [f"2024-01-01,{1000.5 + n},x" for n in range(500)]
    ledger.write_text("\n".join(["date,equity,other", *rows, ""]), encoding="utf-8")
    drawn = sketch(ledger)
    assert (drawn[0], drawn[-1]) == (1000.5, 1499.5)
    assert list(drawn) == sorted(drawn)
    assert len(drawn) == 41


@pytest.mark.parametrize("text", ["", "date\n1\n", "date,equity\n", "date,equity\n1,x\n"])
def test_a_file_that_is_no_ledger_has_no_sketch(tmp_path, text):
    (tmp_path / "ledger.csv").write_text(text, encoding="utf-8")
    assert sketch(tmp_path / "ledger.csv") == ()
    assert sketch(tmp_path / "none.csv") == ()
