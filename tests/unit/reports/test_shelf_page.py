import re

import pytest

from reports.pages.shelf.page import ShelfRow, shelf_page


def row(**changed):
    facts = {
        "kind": "run", "name": "smh-igv", "pair": "SMH/IGV", "start": "2023-04-11",
        "end": "2026-06-30",
        "total_return": 0.1234, "sharpe": 0.567, "net_pnl": -1234.5, "synthetic": False,
        "data_hash": "abcdef0123456789" * 4, "made": "2026-07-01", "href": "smh-igv-1/index.html",
    }  # fmt: skip
    return ShelfRow(**{**facts, **changed})


def test_a_run_stands_with_its_numbers_as_read_and_as_sorted():
    page = shelf_page([row()], [])
    assert '<td class="n" data-v="0.1234">12.34%</td>' in page
    assert '<td class="n" data-v="0.567">0.57</td>' in page
    assert '<td class="n" data-v="-1234.5">-$1,234.50</td>' in page
    assert '<a href="smh-igv-1/index.html">smh-igv</a>' in page
    assert ">abcdef01<" in page


@pytest.mark.parametrize("absent", [None, float("nan")])
def test_a_number_that_is_not_there_is_said_so_and_sorts_last(absent):
    page = shelf_page([row(kind="comparison", sharpe=absent)], [])
    assert '<td class="n" data-v="">n/a</td>' in page


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
    assert page.count("<td>real</td>") == 1


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
    page = shelf_page([compared, row(verdict="RUINED"), row()], [])
    assert "<summary>not &lt;b&gt;</summary>weekly &lt;cost&gt; more</details></td>" in page
    assert page.count('<td class="judged">RUINED</td>') == 1
    assert page.count('<td class="judged"></td>') == 1
