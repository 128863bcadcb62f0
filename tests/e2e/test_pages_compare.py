"""The comparison and the shelf in a headless Chromium, from file addresses, without a network."""

import re
from types import SimpleNamespace

import pytest

from reports.pages.compare.page import compare_page
from reports.pages.shelf.page import ShelfRow, shelf_page
from reports.pages.template import script_name, script_text
from tests.e2e.chromium import CHROMIUM, DESKTOP_PX, PHONE_PX
from tests.unit.fake_comparison import fake_view

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]

TWO = ("weekly", "monthly")
NINE = ("daily", "weekly", "two-weeks", "monthly", "quarterly", "never", "b-10", "b-25", "vol-20")
DRAWN = (
    "[...document.querySelectorAll('[data-chart]')]"
    ".filter(chart => chart.querySelector('.cartesianlayer .trace path')).length"
)
FIRST_CELLS = "Array.from({table}.tBodies[0].rows).map(row => row.cells[0].textContent)"


def toggle(browser, chart):
    """Click the first entry of a legend; a single click acts when no second one followed."""
    browser.run(
        f"void (window.done = new Promise(done => {chart}.once('plotly_restyle', () => done())))"
    )
    browser.click(f"#{browser.run(f'{chart}.id')} .legendtoggle")
    browser.run("window.done")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    (folder / script_name()).write_text(script_text(), encoding="utf-8")
    for file, names in (("two.html", TWO), ("nine.html", NINE)):
        text = compare_page(
            fake_view(names), title="a <script>throw 1</script> title", failed={},
            script=script_name(), synthetic=True, replicates=None,
            variants={name: f"{name}/index.html" for name in names},
            sheets={name: f"{name}/tearsheet.html" for name in names},
        )  # fmt: skip
        (folder / file).write_text(text, encoding="utf-8")
    (folder / "index.html").write_text(shelf_page(shelf_rows(), ["notes: no run"]), "utf-8")
    return SimpleNamespace(
        two=folder / "two.html", nine=folder / "nine.html", shelf=folder / "index.html"
    )


def shelf_rows():
    computed = (("b", 20.0), ("a", None), ("c", 100.0), ("d", -3.0))
    return [
        ShelfRow(
            kind="run", name=name, pair="SMH/IGV", start="2023-04-11", end="2026-06-30",
            total_return=number, sharpe=number, synthetic=False,
            data_hash="ab" * 32, made="2026-07-01", href=f"{name}/index.html",
        )
        for name, number in computed
    ]  # fmt: skip


def test_the_check_hears_a_page_that_complains(browser, tmp_path):
    page = tmp_path / "loud.html"
    page.write_text("<script>console.error('on purpose')</script><script>throw 1</script>")
    browser.open(page)
    assert len(browser.complaints()) == 2


def test_the_check_sees_a_page_that_calls_out(browser, tmp_path):
    page = tmp_path / "calling.html"
    page.write_text("<img src='http://example.com/x.png'>")
    browser.open(page)
    assert "http://example.com/x.png" in browser.fetched()
    assert browser.complaints() != []  # no network: the picture cannot be had


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [DESKTOP_PX, PHONE_PX])
@pytest.mark.parametrize("name", ["two", "nine", "shelf"])
def test_every_page_opens_without_a_complaint_and_fits_its_window(
    browser, pages, name, width, dark
):
    browser.open(getattr(pages, name), width=width, dark=dark)
    assert browser.complaints() == []
    assert {address.split("/")[-1] for address in browser.fetched()} <= {
        f"{name}.html", "index.html", script_name()
    }  # fmt: skip
    assert all(address.startswith("file:") for address in browser.fetched())
    assert browser.run("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("name", "charts"), [("two", 6), ("nine", 7)])
def test_every_chart_is_drawn_in_the_ink_of_the_scheme(browser, pages, name, charts):
    inks = {}
    for dark in (False, True):
        browser.open(getattr(pages, name), dark=dark)
        assert browser.run(DRAWN) == 1  # what is in a closed fold waits for it to be opened
        browser.unfold()
        assert browser.run(DRAWN) == charts
        inks[dark] = browser.run("getComputedStyle(document.querySelector('.xtick text')).fill")
    assert inks == {False: "rgb(27, 31, 36)", True: "rgb(230, 233, 236)"}


def test_a_click_sorts_a_table_and_a_second_click_turns_it(browser, pages):
    browser.open(pages.shelf)
    table = "document.querySelector('table.sortable')"
    names = f"Array.from({table}.tBodies[0].rows).map(row => row.querySelector('a').textContent)"
    press = f"{table}.querySelectorAll('th button')[{{}}]"
    order = f"{table}.querySelectorAll('thead th')[6].getAttribute('aria-sort')"
    assert browser.run(names) == ["b", "a", "c", "d"]
    browser.run(press.format(6) + ".click()")  # total return: as numbers, for as text 100 < 20
    assert browser.run(names) == ["d", "b", "c", "a"]
    assert browser.run(order) == "ascending"
    browser.run(press.format(6) + ".click()")
    assert browser.run(names) == ["c", "b", "d", "a"]  # what has no number stays last
    assert browser.run(order) == "descending"
    browser.run(press.format(0) + ".click()")
    assert browser.run(names) == ["a", "b", "c", "d"]
    assert browser.run(order) is None


def test_sorting_costs_leaves_their_sum_where_it_is(browser, pages):
    browser.open(pages.two)
    table = "[...document.querySelectorAll('table.sortable')].find(t => t.tFoot)"
    browser.run(f"({table}).querySelectorAll('th button')[1].click()")
    paid = FIRST_CELLS.format(table=f"({table})")
    assert browser.run(paid) == ["fees", "impact", "borrow", "commission", "spread"]
    assert browser.run(f"({table}).tFoot.rows[0].cells[1].textContent") == "$550.00"


def test_invented_prices_are_announced_in_a_box(browser, pages):
    browser.open(pages.two)
    assert "SYNTHETIC" in browser.run("document.querySelector('.alarm').innerText")
    assert browser.run("getComputedStyle(document.querySelector('.alarm')).borderTopWidth") == "4px"


def test_without_scripts_the_tables_are_whole_and_say_so(browser, pages):
    browser.open(pages.two, scripts=False)
    assert browser.complaints() == []
    rows = browser.run("document.querySelectorAll('tbody tr').length")
    words = browser.run("document.body.textContent")
    assert "every number below stands without it" in words
    assert "$550.00" in words
    assert browser.run("document.querySelectorAll('th button').length") == 0
    browser.open(pages.two)
    assert browser.run("document.querySelectorAll('tbody tr').length") == rows


def test_a_click_in_the_legend_hides_a_line_and_another_brings_it_back(browser, pages):
    browser.open(pages.two)
    chart = "document.querySelector('#chart-equity')"
    lines = f"{chart}.querySelectorAll('.scatterlayer .js-line').length"
    assert browser.run(lines) == 2
    toggle(browser, chart)
    assert browser.run(lines) == 1
    toggle(browser, chart)
    assert browser.run(lines) == 2


def test_a_click_on_a_variant_takes_its_rebalances_along(browser, pages):
    browser.open(pages.two)
    browser.unfold()
    chart = "document.querySelector('#chart-hedge')"
    visible = f"{chart}._fullData.map(trace => [trace.name, trace.visible])"
    toggle(browser, chart)
    assert dict(browser.run(visible)) == {
        "weekly": "legendonly", "weekly rebalances": "legendonly",
        "monthly": True, "monthly rebalances": True,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["two", "nine", "shelf"])
def test_a_page_prints(browser, pages, name):
    browser.open(getattr(pages, name), dark=True)
    pdf = browser.pdf()
    assert pdf.startswith(b"%PDF-")
    sheets = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert sheets == 1 if name == "shelf" else sheets >= 1
    assert browser.complaints() == []


def test_paper_has_the_doubts_and_says_of_every_other_fold_that_it_is_closed(browser, pages):
    browser.open(pages.two)
    state = """Array.from(document.querySelectorAll('details')).map(fold => [
        fold.classList.contains('needed'),
        fold.offsetHeight - fold.firstElementChild.offsetHeight > 40,  // more than its padding
        getComputedStyle(fold.firstElementChild, '::after').content.includes('folded')])"""
    folds = browser.run(state)
    assert {is_needed for is_needed, *_ in folds} == {True, False}
    assert [each[1:] for each in folds] == [[False, False]] * len(folds)
    browser.ask("Emulation.setEmulatedMedia", media="print")
    printed = browser.run(state)
    browser.ask("Emulation.setEmulatedMedia", media="")
    assert [each[1:] for each in printed] == [[each[0], not each[0]] for each in printed]


@pytest.mark.parametrize(("name", "width"), [("two", 680), ("nine", 980)])
def test_a_chart_is_drawn_to_the_width_of_the_paper_and_back(browser, pages, name, width):
    browser.open(getattr(pages, name), dark=True)
    chart = "document.querySelector('[data-chart]')"
    drawn = f"[{chart}._fullLayout.width, {chart}._fullLayout.font.color]"
    on_screen = browser.run(drawn)
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run(drawn) == [width, "#1b1f24"]
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.run(drawn) == on_screen
    assert on_screen[0] > width
