"""The textbook's page in parts: conventions of the books, fates, and what is written of them."""

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from configs.load import load
from reports.audits.article.book_figures import book_figures, book_returns
from reports.audits.article.relation_figures import relation_figures
from reports.audits.textbook import Example, Judgement, Row, examples
from reports.audits.textbook_fates import SURVIVES, evidence_in_words, fate
from reports.audits.textbook_today import COLUMNS, Today, on_yahoo
from reports.pages.textbook import textbook_page
from reports.publish.textbook import as_plain, fates, sentence

DAYS = pd.to_datetime(["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07"])
LATER, OPEN, PAID = "one session later", "next open", "next open, 5 bp a side"


def computed(figures):
    return dataclasses.asdict(figures)["values"]


def held_once():
    """Ten of each leg from the second close to the third; three dollars a fill, both legs."""
    ledger = pd.DataFrame(
        {
            "date": DAYS,
            "long_shares": [0.0, 10.0, 0.0, 0.0],
            "short_shares": [0.0, -10.0, 0.0, 0.0],
            "spread": [0.0, 3.0, 3.0, 0.0],
            **{each: 0.0 for each in ("commission", "fees", "impact", "dividends", "borrow")},
        }
    )
    leg = SimpleNamespace(close=np.array([9.0, 10.0, 12.0, 12.0]))
    still = SimpleNamespace(close=np.full(4, 10.0))
    account = SimpleNamespace(fill="next_close")
    run = SimpleNamespace(ledger=ledger, config=SimpleNamespace(account=account))
    return run, SimpleNamespace(long=leg, short=still)


def test_a_book_s_return_is_what_yesterday_s_position_made_over_its_gross():
    run, market = held_once()
    # Gross 200; made 20; the entry's 3 dollars count to the session that begins with it.
    assert book_returns(run, market, counts_exits=False).tolist() == [0.0, 0.0, 17 / 200, 0.0]
    # What the exit cost counts over the gross it ended.
    paid = book_returns(run, market, counts_exits=True)
    assert paid.tolist() == [0.0, 0.0, 17 / 200, -3 / 200]


def test_the_first_book_pays_for_its_exits_and_the_second_does_not_unless_asked():
    run, market = held_once()
    first, second = "book_sharpe_ddof0", "book_sharpe"
    values = computed(book_figures(run, market, [first, second]))
    free, paid = np.array([0, 0, 17, 0]) / 200, np.array([0, 0, 17, -3]) / 200
    year = math.sqrt(252)
    assert values[first] == pytest.approx(year * paid.mean() / paid.std(ddof=0))
    assert values[second] == pytest.approx(year * free.mean() / free.std(ddof=1))
    asked = computed(book_figures(run, market, [second], counts_exits=True))
    assert asked[second] == pytest.approx(year * paid.mean() / paid.std(ddof=1))


def test_a_relation_s_figures_are_named_by_its_legs_and_say_what_is_missing():
    rng = np.random.default_rng(4)
    walk = 100.0 + np.cumsum(rng.normal(0, 1, 400))
    closes = {"AAA": walk, "BBB": 20.0 + 0.5 * walk + rng.normal(0, 1, 400), "CCC": "no file"}
    names = [
        "engle_granger_t_of_BBB_on_AAA", "johansen_trace_0_of_BBB_AAA",
        "johansen_half_life_of_BBB_AAA", "johansen_sharpe_of_BBB_AAA",
        "johansen_trace_0_of_AAA_CCC", "johansen_trace_0_of_AAA_DDD", "johansen_trace_2_of_BBB_AAA",
        "z_today",
    ]  # fmt: skip
    found = relation_figures(closes, names)
    values = computed(found)
    assert values["engle_granger_t_of_BBB_on_AAA"] < -10.0
    assert values["johansen_trace_0_of_BBB_AAA"] > 100.0
    assert 0.0 < values["johansen_half_life_of_BBB_AAA"] < 3.0
    assert math.isnan(values["johansen_trace_2_of_BBB_AAA"])  # two legs have two traces
    assert found.reasons == {
        "johansen_trace_0_of_AAA_CCC": "no file",
        "johansen_trace_0_of_AAA_DDD": "DDD is no leg and not in audit.context_symbols",
    }
    assert "z_today" not in values


def row(key="book_sharpe", ours=2.0, **later):
    words = {"later": LATER, "open": OPEN, "paid": PAID}
    return Row(
        key=key, label="Sharpe ratio", printed=2.0, digits=1, ours=ours,
        later={words[name]: value for name, value in later.items()}, apart={},
    )  # fmt: skip


CONFIG = load(examples()[0])  # at least 40 % of a Sharpe ratio is to be kept


@pytest.mark.parametrize(
    ("later", "words", "said"),
    [
        ({"later": 0.7}, "dies one session later", "it keeps 35.0% of its Sharpe ratio; 40%"),
        ({"later": 0.8, "open": -0.1}, "dies at the next open", "At the next open it loses; 40%"),
        ({"later": 3.0, "open": 1.0, "paid": 0.2}, "dies after costs", "for 5 bp a side, it keeps"),
        ({"later": 3.0, "open": 1.0, "paid": 0.9}, SURVIVES, "it keeps 45.0% of its Sharpe ratio."),
    ],
)
def test_an_example_dies_in_the_first_column_that_keeps_too_little(later, words, said):
    found = fate(CONFIG, [row(**later)])
    assert found[0] == words
    assert said in found[1]


def test_the_worst_of_its_sharpe_ratios_decides_and_what_has_none_has_no_fate():
    assert fate(CONFIG, [row(later=1.9), row(later=0.1)])[0] == "dies one session later"
    assert fate(CONFIG, [row(key="book_apr", later=-1.0)]) is None
    assert fate(CONFIG, [row(ours=None)]) is None


def test_evidence_against_a_rule_is_told_before_that_for_it():
    blocks = [
        {"name": "One session later", "measured": "185% kept", "rating": "supports"},
        {"name": "Independent entries", "measured": "3", "rating": "against"},
        {"name": "Power", "measured": "44%", "rating": "marginal"},
    ]
    assert evidence_in_words(blocks) == (
        "Against it: Independent entries (3). For it: One session later (185% kept)."
    )


def example(title, fill, **parts):
    given = {"config": CONFIG, "title": f"E. Chan, A Book (2000), {title}", "is_traded": True}
    return Example(rows=(row(later=fill),), **(given | parts))


NEEDED = {"what_would_change": ["E0 Independent entries: at least 5 (now 3)"]}
DOCUMENT = {
    "verdict": NEEDED,
    "evidence": [{"name": "Independent entries", "measured": "3", "rating": "against"}],
}
UNTESTABLE = Judgement(
    rung="UNTESTABLE", sentence="It made $1.", reason="E0: against (3).", document=DOCUMENT
)


def test_the_page_says_what_became_of_each_and_counts_variants_once():
    found = [
        (example("example 1", 0.1), UNTESTABLE),
        (example("example 2, one way", 1.9), UNTESTABLE),
        (example("example 2, another", 1.9), UNTESTABLE),
        (example("example 3", 0.2, is_traded=False), None),
    ]
    assert fates(found) == (
        "Of 3 examples 2 die one session later (USO/GLD, example 1 and USO/GLD, example 3) and 1 "
        "survives every column (USO/GLD, example 2)."
    )
    assert sentence(found).endswith("as somebody could have traded them, none above NO EVIDENCE.")
    page = textbook_page([as_plain(*each) for each in found], lead=fates(found), quick=True)
    assert "<strong>UNTESTABLE</strong>. It made $1." in page
    assert "Against it: Independent entries (3)." in page
    assert "It would take E0 Independent entries: at least 5 (now 3)." in page
    assert "Statistics only" in page
    assert "Yahoo" not in page


def test_a_difference_between_us_and_the_book_is_shown_where_it_changes_a_digit():
    changed = dataclasses.replace(row(later=1.5, open=1.2), apart={"a cause": {LATER: 1.4}})
    told = as_plain(dataclasses.replace(example("example 1", 1.9), rows=(changed,)), None)
    page = textbook_page([told], lead="", quick=False)
    cells = page[page.index("<td>a cause</td>") :].split("</tr>")[0]
    assert cells.count('<td class="n">1.400</td>') == 1
    assert "1.200" not in cells


def test_yahoo_s_history_stands_beside_or_its_reason():
    values = {COLUMNS[0]: 0.25, COLUMNS[3]: -0.5}
    today = Today(end="2026-06-30", rows=(("APR", values),))
    found = [
        (example("example 1", 0.1, today=today), None),
        (example("example 2", 0.1, today="GLD: Yahoo did not give the bars"), None),
    ]
    page = textbook_page([as_plain(*each) for each in found], lead="", quick=False)
    assert 'example 1, to 2026-06-30</th><td>APR</td><td class="n">0.250</td>' in page
    assert '<td class="n">-0.500</td>' in page
    assert "GLD: Yahoo did not give the bars" in page


def test_on_yahoo_a_ratio_of_the_book_s_own_prices_is_formed_anew():
    for path in examples():
        config = load(path)
        asked = on_yahoo(config)
        assert (asked.data.source, asked.data.path, asked.data.end) == ("yahoo", None, None)
        assert asked.data.start == config.data.start
        assert asked.signal.hedge.kind != "fixed"
        assert asked.account == config.account
