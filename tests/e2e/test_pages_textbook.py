"""The textbook's page in Chromium: wide and narrow, dark, printed; no script, no network."""

import pytest

from configs.load import load
from reports.audits.textbook import Example, Judgement, Row, examples, title_of
from reports.audits.textbook_columns import CAUSES, LATER
from reports.audits.textbook_today import COLUMNS, Today
from reports.publish.textbook import publish_textbook
from tests.e2e.chromium import CHROMIUM, DESKTOP_PX, PHONE_PX

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]
WORDS = [words for words, _, _ in LATER]
TEXT = "document.body.innerText"
BLOCKS = [
    {"name": name, "measured": "3 of 327 that were asked about", "rating": rating}
    for name in ("Independent entries", "Deflated Sharpe ratio", "Parameter neighbours")
    for rating in ("against", "supports")
]


def invented(path):
    """An example with a number in every cell, as wide as they come."""
    config = load(path)
    rows = tuple(
        Row(
            key=each.key,
            label=each.label,
            printed=each.published,
            digits=each.digits,
            ours=each.published,
            later=dict.fromkeys(WORDS, -12.345),
            apart={cause.words: dict.fromkeys(WORDS, -23.456) for cause in CAUSES},
        )
        for each in config.audit.published
    )
    values = dict.fromkeys(COLUMNS, -0.123)
    today = Today(end="2026-06-30", rows=(("APR", values), ("Sharpe ratio", values)))
    return Example(config=config, title=title_of(path), rows=rows, is_traded=True, today=today)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    verdict = Judgement(
        rung="UNTESTABLE",
        sentence="GLD/GDX made $38,866 after costs on 3 independent entries in 384 sessions.",
        reason="E0 Independent entries: against (3).",
        document={"evidence": BLOCKS, "verdict": {"what_would_change": ["at least 5 (now 3)"]}},
    )
    found = [(invented(path), verdict) for path in examples()]
    return publish_textbook(found, tmp_path_factory.mktemp("textbook") / "page", quick=True)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [DESKTOP_PX, PHONE_PX])
def test_it_opens_quietly_and_fits(browser, page, width, dark):
    browser.open(page, width=width, dark=dark)
    assert browser.complaints() == []
    assert [address for address in browser.fetched() if not address.startswith("file:")] == []
    assert browser.run("document.documentElement.scrollWidth") <= width
    text = browser.run(TEXT)
    assert "The textbook on trial" in text
    assert "replication, not evidence" in text


def test_on_a_desk_the_whole_table_is_seen_without_scrolling_it(browser, page):
    browser.open(page, width=DESKTOP_PX)
    hidden = browser.run(
        "Array.from(document.querySelectorAll('.scroll'))"
        ".map(each => each.scrollWidth - each.clientWidth)"
    )
    assert hidden == [0] * 4


def test_dark_text_is_light(browser, page):
    browser.open(page, dark=True)
    colours = browser.run(
        "(() => { const told = getComputedStyle(document.body);"
        "return [told.color, told.backgroundColor]"
        ".map(each => each.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0)); })()"
    )
    assert colours[0] > 450 > 300 > colours[1]


def test_every_example_has_its_figures_its_fate_and_its_verdict(browser, page):
    browser.open(page)
    bodies = browser.run("document.querySelectorAll('main table')[0].tBodies.length")
    assert bodies == len(examples())
    reasons = "Against it: Independent entries (3 of 327 that were asked about)"
    assert reasons not in browser.run(TEXT)  # behind the verdict, until it is asked for
    browser.unfold()
    text = browser.run(TEXT)
    assert text.count("UNTESTABLE. GLD/GDX made $38,866") == len(examples())
    assert text.count(reasons) == len(examples())


def test_on_a_desk_the_verdict_has_more_room_than_the_title(browser, page):
    browser.open(page)
    title, _, verdict = browser.run(
        "Array.from(document.querySelector('.stacked tbody tr').children)"
        ".map(cell => cell.getBoundingClientRect().width)"
    )
    assert verdict > title


def test_it_prints(browser, page):
    browser.open(page)
    pdf = browser.pdf()
    assert pdf.startswith(b"%PDF")
    assert (
        1 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page/") <= 12
    )  # six examples, every cell of every table filled
