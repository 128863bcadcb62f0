"""A folder that ``compare`` wrote, as a reader finds it: every page from its file address."""

import shutil
from types import SimpleNamespace
from unittest import mock

import pytest

from tests.e2e.chromium import CHROMIUM, DESKTOP_PX, PHONE_PX
from tests.e2e.program import ROOT, run_py

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]

COMPARISON = """\
name: two of the sample
base: sample.yaml
variants:
  weekly: {rebalance: {kind: weekly}}
  never: {rebalance: {kind: never}}
"""
PAGES = (
    "compare.html",
    "weekly/index.html", "weekly/tearsheet.html", "never/index.html", "never/tearsheet.html",
)  # fmt: skip
LINKS = "Array.from(document.links).map(link => link.href).filter(href => href.endsWith('.html'))"


@pytest.fixture(scope="module")
def folder(drawing_arrival, tmp_path_factory):
    place = tmp_path_factory.mktemp("written")
    shutil.copy(ROOT / "configs" / "sample.yaml", place)
    (place / "two.yaml").write_text(COMPARISON, encoding="utf-8")
    words = ["compare", place / "two.yaml", "--tearsheets", "--out", place / "out"]
    with mock.patch("reports.pages.tearsheet.process.MOST_PROCESSES", 1):  # one loads for both
        done = run_py(words, drawing_arrival)
    assert done.code == 0, done.err
    return done.page.parent


def looked_at(browser, folder, page, width):
    """Return what a page asks for, says and links to when it is opened."""
    browser.open(folder / page, width=width)
    return SimpleNamespace(
        complaints=browser.complaints(),
        fetched=browser.fetched(),
        text=browser.run("document.body.innerText"),
        links=browser.run(LINKS),
    )


@pytest.fixture(scope="module")
def on_desktop(browser, folder):
    return {page: looked_at(browser, folder, page, DESKTOP_PX) for page in PAGES}


@pytest.mark.parametrize("width", [DESKTOP_PX, PHONE_PX])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_folder_opens_quietly_and_without_a_network(
    browser, folder, on_desktop, page, width
):
    seen = on_desktop[page] if width == DESKTOP_PX else looked_at(browser, folder, page, width)
    assert seen.complaints == []
    assert seen.fetched
    assert [address for address in seen.fetched if not address.startswith("file:")] == []
    assert "SYNTHETIC" in seen.text


def test_every_link_between_pages_leads_to_a_page_and_back(folder, on_desktop):
    links = {(folder / page).as_uri(): seen.links for page, seen in on_desktop.items()}
    reached, waiting = set(), [(folder / "compare.html").as_uri()]
    while waiting:
        address = waiting.pop()
        if address not in reached:
            reached.add(address)
            waiting += links.get(address, [])
    assert reached == links.keys()
    assert (folder / "compare.html").as_uri() in on_desktop["never/index.html"].links


def test_the_calm_sessions_of_a_run_page_sort_by_a_click(browser, folder):
    browser.open(folder / "weekly" / "index.html")
    browser.unfold()
    gaps = (
        "Array.from(document.querySelector('table.sortable').tBodies[0].rows)"
        ".map(row => Number(row.cells[4].dataset.v))"
    )
    heading = "table.sortable th:nth-child(5) button"
    browser.run("void document.querySelector('table.sortable').scrollIntoView()")
    browser.click(heading)
    first = browser.run(gaps)
    browser.click(heading)
    assert len(first) > 2
    assert sorted(first) in (first, first[::-1])
    assert browser.run(gaps) == first[::-1]
