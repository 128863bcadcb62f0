"""Pages of the capex trade in Chromium: reports, decisions, the capex table, on both widths."""

import re
import shutil

import pytest

from tests.e2e.chromium import CHROMIUM, DESKTOP_PX, PHONE_PX
from tests.e2e.program import ROOT, run_py

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]

COMPARISON = """\
name: capex or volatility on the sample
base: sample_capex.yaml
variants:
  capex: {}
  inverse-vol: {sizing: {kind: inverse_vol}}
"""
CHARTS = "Array.from(document.querySelectorAll('[data-chart]')).map(each => each.dataset.chart)"
UNDRAWN = "document.querySelectorAll('[data-chart]:not(:has(.main-svg))').length"
CAPEX_ROWS = (
    "Array.from(document.querySelectorAll('table')).filter(table => "
    "table.tHead && table.tHead.innerText.includes('a year before'))"
    ".map(table => table.tBodies[0].rows.length + table.tFoot.rows.length)"
)


@pytest.fixture(scope="module")
def folder(arrival, tmp_path_factory):
    place = tmp_path_factory.mktemp("capex")
    shutil.copy(ROOT / "configs" / "sample_capex.yaml", place)
    (place / "two.yaml").write_text(COMPARISON, encoding="utf-8")
    done = run_py(["compare", place / "two.yaml", "--out", place / "out"], arrival)
    assert done.code == 0, done.err
    return done.page.parent


@pytest.mark.parametrize("width", [DESKTOP_PX, PHONE_PX])
@pytest.mark.parametrize("page", ["compare.html", "capex/index.html"])
def test_a_page_opens_quietly_and_fits(browser, folder, page, width):
    browser.open(folder / page, width=width)
    browser.unfold()
    assert browser.complaints() == []
    assert [address for address in browser.fetched() if not address.startswith("file:")] == []
    assert browser.run(UNDRAWN) == 0
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.run(CAPEX_ROWS) == [5]  # four spenders and their total


def test_the_run_page_draws_reports_and_tells_each_decision(browser, folder):
    browser.open(folder / "capex" / "index.html")
    browser.unfold()
    assert {"capex-growth", "spenders", "intensity", "margins"} <= set(browser.run(CHARTS))
    rows = browser.run(
        "Array.from(document.querySelectorAll('table.close tbody tr')).map(each => each.innerText)"
    )
    assert any("\tentry\t" in text for text in rows)
    assert all(re.search(r" of \d{4}-\d\d-\d\d$", text) for text in rows)  # the newest report
    assert browser.run("document.querySelectorAll('*').length") < 6_000
    assert browser.run("document.documentElement.scrollWidth") <= DESKTOP_PX


def test_the_twin_by_volatility_reads_reports_for_its_signal(browser, folder):
    browser.open(folder / "inverse-vol" / "index.html")
    browser.unfold()
    text = browser.run("document.body.innerText")
    assert "Company reports" in text
    assert "capex growth" in text
