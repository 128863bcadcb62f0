"""The audit page in Chromium: a whole audit of the sample, and one that has little to show."""

import pytest

from tests.e2e.chromium import CHROMIUM, DESKTOP_PX, PHONE_PX
from tests.e2e.program import OFTEN, overrides, run_py

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]

CHARTS = "Array.from(document.querySelectorAll('[data-chart]')).map(each => each.dataset.chart)"
UNDRAWN = "document.querySelectorAll('[data-chart]:not(:has(.main-svg))').length"
TEXT = "document.body.innerText"
EVERY = ["chance", "rarity", "forward", "after-best", "drift"]
FEW_PATHS = overrides("audit.resamples=9")
CLAIMS = overrides(
    "audit.published=[{label: x, published: 3, digits: 0, figure: {kind: session, symbol: AAPL, "
    "on: 2026-06-26}}]",
    "audit.forecasts=[{label: IGV over SMH, long: IGV, short: SMH, since: 2026-03-02}]",
    "audit.conditions=[{kind: new_high, label: SMH again, symbol: SMH, since: 2026-03-02}]",
    "audit.execution={quotes_cents: {SMH: 25, IGV: 25}}",
    "audit.thesis_ledger=[{label: more, company: MSFT, measure: capex, base: 2025-12-31, "
    "claimed: [15, 20], life_years: 5}]",
    "fundamentals={source: sample}",
)
CASES = {"whole": EVERY, "leak": None, "idle": ["rarity", "drift"]}


@pytest.fixture(scope="module")
def pages(arrival, leak_audit, idle_audit, tmp_path_factory):
    out = tmp_path_factory.mktemp("audits") / "whole"
    whole = run_py(["audit", *OFTEN, *FEW_PATHS, *CLAIMS, "--out", out], arrival)
    ended = {"whole": whole, "leak": leak_audit, "idle": idle_audit}
    assert {name: done.code for name, done in ended.items()} == dict.fromkeys(CASES, 0)
    return {name: done.page for name, done in ended.items()}


@pytest.mark.parametrize("width", [DESKTOP_PX, PHONE_PX])
@pytest.mark.parametrize("name", CASES)
def test_a_page_opens_quietly_draws_and_fits(browser, pages, name, width):
    browser.open(pages[name], width=width)
    assert browser.complaints() == []
    assert [address for address in browser.fetched() if not address.startswith("file:")] == []
    assert browser.run(UNDRAWN) == 0
    assert browser.run("document.documentElement.scrollWidth") <= width
    charts = CASES[name]
    assert charts is None or browser.run(CHARTS) == charts


def test_what_was_claimed_stands_in_tables(browser, pages):
    browser.open(pages["whole"])
    text = browser.run(TEXT)
    titles = browser.run("[...document.querySelectorAll('h2')].map(each => each.innerText)")
    for title in ("Published against computed", "Its trades, as forecasts",
                  "What was said to end them", "What options would have paid",
                  "Thesis ledger: more"):  # fmt: skip
        assert title in titles
    assert "not tried: needs AAPL prices" in text
    assert "refuted by: a figure that does not round to 3 %" in text
    assert "Depreciation in a straight line over 5 years" in text


def test_a_phone_shows_a_claim_and_its_outcome_before_the_numbers(browser, pages):
    browser.open(pages["whole"], width=PHONE_PX)
    ends = browser.run(
        "[...document.querySelectorAll('th')].filter(each => each.innerText.startsWith('outcome'))"
        ".map(each => each.getBoundingClientRect().right).filter(right => right > 0)"  # in no fold
    )
    assert len(ends) == 4  # figures, trades, conditions, options
    assert max(ends) <= PHONE_PX


def test_each_answer_to_a_sceptic_is_a_sentence_behind_its_figure(browser, pages):
    browser.open(pages["whole"])
    assert "defensible versions of it" not in browser.run(TEXT)
    browser.unfold()
    text = browser.run(TEXT)
    assert "defensible versions of it" in text
    assert "It lacks: prices of a second source: needs audit.second_source" in text


def test_the_verdict_stands_first_and_is_marked_on_the_ladder(browser, pages):
    browser.open(pages["leak"])
    assert browser.run("document.querySelector('.rung').innerText") == "INVALID"
    assert browser.run("document.querySelector('.ladder .here').innerText") == "INVALID"
    assert "Truncation (A1) failed" in browser.run("document.querySelector('.verdict').innerText")
    assert browser.run("document.querySelectorAll('td.fail').length") >= 1
    assert "SYNTHETIC" in browser.run(TEXT)


def test_what_was_not_checked_opens_and_an_idle_run_says_what_it_lacks(browser, pages):
    browser.open(pages["idle"])
    assert "there is nothing to test" in browser.run(TEXT)
    assert "Re-run on resampled paths (E1)" in browser.run(TEXT)


def test_the_numbers_stand_without_scripts(browser, pages):
    browser.open(pages["whole"], scripts=False)
    browser.ask("Emulation.setScriptExecutionDisabled", value=False)
    text = browser.run(TEXT)
    assert "The charts need JavaScript" in text
    assert "Re-run on resampled paths (E1)" in text


@pytest.mark.parametrize("width", [DESKTOP_PX, PHONE_PX])
def test_whether_there_is_a_pair_is_told_by_then_and_afterwards(browser, pages, width):
    browser.open(pages["whole"], width=width)
    rows = browser.run(
        "Array.from(Array.from(document.querySelectorAll('h2'))"
        ".find(each => each.innerText == 'Is there a pair at all?').nextElementSibling"
        ".querySelectorAll('tbody tr')).map(row => Array.from(row.children)"
        ".map(cell => [cell.innerText, cell.getBoundingClientRect().right]))"
    )
    both = {"Engle-Granger", "Johansen", "half-life"}
    assert len(rows) == 8
    for name, early, late in rows:
        assert late[0] or name[0] == "variance ratio"
        assert bool(early[0]) == (name[0] in both | {"variance ratio"})
        assert max(name[1], early[1], late[1]) <= width


def test_an_audit_prints_and_is_read_in_the_dark(browser, pages):
    browser.open(pages["whole"], dark=True)
    assert browser.complaints() == []
    colours = browser.run(
        "(() => { const body = getComputedStyle(document.body);"
        "return [body.color, body.backgroundColor]"
        ".map(each => each.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0)); })()"
    )
    assert colours[0] > 450 > 300 > colours[1]
    assert browser.pdf().startswith(b"%PDF")
