"""Both pages in a headless Chromium, from file addresses and without a network."""

import shutil
from dataclasses import replace

import pytest

from reports.pages.shelf.page import VERDICTS, ShelfRow, verdicts_script
from reports.pages.template import script_name
from reports.publish.run import publish
from tests.e2e.chromium import CHROMIUM
from tests.e2e.drawn import PLAIN
from tests.unit.fake_result import fake_result

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]

UNFOLD = "<script>document.querySelectorAll('details').forEach(fold => fold.open = true)</script>"


def opened(browser, page, *, draws=True):
    """Return the page's elements after its scripts ran, and what its console said."""
    browser.open(page, draws=draws)
    return browser.run("document.documentElement.outerHTML"), browser.complaints()


@pytest.fixture(scope="module")
def folder(drawn_folders, tmp_path_factory):
    """A copy, to write beside, of a run whose name would be a script."""
    return shutil.copytree(drawn_folders[PLAIN], tmp_path_factory.mktemp("browser") / "run")


def test_a_run_on_a_shelf_leads_to_its_audit_once_there_is_one(browser, tmp_path):
    page = publish(fake_result(), tmp_path / "a run", on_shelf=True)
    row = ShelfRow(
        kind="run", name="a", pair="A/B", start="2023-04-11", end="2023-09-29", total_return=0.1,
        sharpe=None, synthetic=True, data_hash="0" * 64, made="2026-07-01",
        href="a run/index.html", verdict="NO <EVIDENCE>", verdict_href="an audit/audit.html",
    )  # fmt: skip
    script = tmp_path / VERDICTS
    script.write_text(verdicts_script([replace(row, verdict_href=None)]), encoding="utf-8")
    dom, console = opened(browser, page)
    assert console == []
    assert '<a href="../index.html#a%20run">this run\'s row on the shelf</a>' in dom
    script.write_text(verdicts_script([row]), encoding="utf-8")
    dom, console = opened(browser, page)
    assert console == []
    verdict = '<a href="../an%20audit/audit.html">NO &lt;EVIDENCE&gt;</a>'
    assert f'<p class="note" id="verdict">Verdict of its audit: {verdict}</p>' in dom


def test_the_check_sees_a_page_that_complains(browser, tmp_path):
    page = tmp_path / "loud.html"
    page.write_text("<p>here</p><script>console.error('broken on purpose')</script>")
    dom, console = opened(browser, page)
    assert "<p>here</p>" in dom
    assert any("broken on purpose" in str(each) for each in console)


def test_the_run_page_draws_every_chart_without_a_complaint(browser, folder):
    dom, console = opened(browser, folder / "index.html")
    assert console == []
    places = dom.split('data-chart="')[1:]
    assert len(places) == 8
    assert [place[: place.index('"')] for place in places if 'class="main-svg"' in place] == [
        "equity", "pair", "rolling", "attribution",
    ]  # fmt: skip
    unfolded = folder / "unfolded.html"
    text = (folder / "index.html").read_text(encoding="utf-8")
    unfolded.write_text(text.replace("</body>", f"{UNFOLD}</body>"), encoding="utf-8")
    dom, console = opened(browser, unfolded)
    unfolded.unlink()
    assert console == []
    assert all('class="main-svg"' in place for place in dom.split('data-chart="')[1:])


def test_the_tear_sheet_opens_without_a_complaint(browser, folder):
    dom, console = opened(browser, folder / "tearsheet.html")
    assert console == []
    assert dom.count("<svg") == 12  # and the months, a table
    assert dom.count('class="heat"') == 1
    assert "are the authority" in dom


def test_a_page_without_its_script_says_so_and_one_beside_it_is_found(browser, folder, tmp_path):
    away = tmp_path / "away"
    away.mkdir()
    text = (folder / "index.html").read_text(encoding="utf-8")
    there = f'src="{script_name()}"'
    assert there in text
    page = away / "index.html"
    page.write_text(text.replace(there, f'src="../{script_name()}"'), encoding="utf-8")
    dom, _ = opened(browser, page, draws=False)
    assert 'class="main-svg"' not in dom
    assert f"The charts are not drawn: {script_name()}, which draws them, is not where" in dom
    shutil.copy(folder / script_name(), away)
    dom, _ = opened(browser, page)
    assert dom.count("The charts are not drawn") == 1  # in the script alone
    assert 'class="main-svg"' in dom
