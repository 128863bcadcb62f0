"""What reports have shown of a thesis, quarter by quarter, by hand."""

import datetime as dt

import pytest

from configs.promises import LedgerClaim
from reports.audits.article.thesis_ledger import due_by, thesis_ledger
from reports.pages.audit.claims import claim_tables
from tests.unit.hand_claims import hand_of
from tests.unit.hand_reports import hand_facts

BN = 1e9
# Quarters of 2020, 2021, 2022 and 2023, each public 30 days after its end; the base is 2022Q4.
CAPEX = [1.0] * 8 + [2.0] * 4 + [4.0, 5.0, 6.0, 7.0]
SESSIONS = [1.0] * 20  # to 22 April 2024: the quarter to 31 March is not filed


def billions(values):
    return [None if each is None else each * BN for each in values]


def claim(**keys):
    return LedgerClaim.model_validate(
        {"label": "x", "company": "AAA", "measure": "capex", "base": dt.date(2022, 12, 31),
         "claimed": [8.0, 12.0], "quarters": 6, **keys}
    )  # fmt: skip


def told(claimed, *facts, **lacking):
    (section,) = thesis_ledger((claimed,), hand_of(*facts, LLL=SESSIONS, **lacking))
    return section


def test_four_quarters_are_held_against_the_four_to_the_base_and_to_their_part_of_the_claim():
    section = told(claim(), hand_facts("AAA", "capex", billions(CAPEX)))
    shown = [row["shown"] for row in section["rows"]]
    # Of 2022: 8. To 2023Q1: 2 + 2 + 2 + 4 = 10; then 13, 17, 22.
    assert shown == pytest.approx([10 - 8, 13 - 8, 17 - 8, 22 - 8, None, None])
    assert [row["claimed_by_then"] for row in section["rows"]] == [
        [2.0, 3.0], [4.0, 6.0], [6.0, 9.0], [8.0, 12.0], [8.0, 12.0], [8.0, 12.0],
    ]  # fmt: skip
    assert [row["missing"] for row in section["rows"]] == [0.0] * 4 + [None] * 2
    assert (section["base"], section["until"], section["quarters_left"]) == ("2022Q4", "2024Q2", 2)
    assert section["state"] == "shown"


def test_what_is_missing_is_of_the_least_that_was_claimed_by_then():
    slow = [1.0] * 8 + [2.0] * 4 + [2.5, 2.5]
    section = told(claim(), hand_facts("AAA", "capex", billions(slow)))
    # 8.5 - 8 of 2, and 9 - 8 of 4.
    assert [row["missing"] for row in section["rows"][:2]] == pytest.approx([1.5, 3.0])
    assert section["state"] == "open"


def test_a_quarter_is_known_from_the_day_after_it_was_filed_and_no_sooner():
    ends = [dt.date(2020 + n // 4, n % 4 * 3 + 3, 28) for n in range(16)]
    days = [end + dt.timedelta(days=30) for end in ends]
    last = dt.date(2024, 4, 22)  # the run's last session
    for filed, is_known in ((last, False), (last - dt.timedelta(days=1), True)):
        section = told(claim(), hand_facts("AAA", "capex", billions(CAPEX), [*days[:-1], filed]))
        row = section["rows"][3]
        assert (row["shown"] is not None) == is_known
        assert row["filed"] == (str(filed) if is_known else None)


def test_a_margin_falls_in_basis_points_of_the_year_s_revenue():
    revenue, profit = [10.0] * 16, [7.0] * 12 + [6.8, 6.6, 6.4, 6.4]
    facts = (hand_facts("AAA", "revenue", billions(revenue)),
             hand_facts("AAA", "gross_profit", billions(profit)))  # fmt: skip
    section = told(claim(measure="gross_margin", claimed=[150, 200], quarters=4), *facts)
    # 28 of 40 is 70 %; then 27.8, 27.4, 26.8, 26.2 of 40.
    expected = [(28 - each) / 40 * 10_000 for each in (27.8, 27.4, 26.8, 26.2)]
    assert [row["shown"] for row in section["rows"]] == pytest.approx(expected)
    assert section["state"] == "shown"
    low = told(claim(measure="gross_margin", claimed=[500, 600], quarters=4), *facts)
    assert low["state"] == "not shown"


def test_of_sales_to_one_customer_reports_tell_the_most_they_can_be():
    sales = hand_facts("AAA", "revenue", billions(CAPEX))
    section = told(claim(measure="revenue", at_most=True), sales)
    assert section["state"] == "possible"
    too_much = told(claim(measure="revenue", at_most=True, claimed=[20.0, 30.0]), sales)
    assert too_much["state"] == "impossible so far"  # all sales rose by 14


def test_depreciation_is_a_straight_line_and_a_share_of_the_last_year_s_revenue():
    facts = (hand_facts("AAA", "capex", billions(CAPEX)),
             hand_facts("AAA", "revenue", billions([25.0] * 16)))  # fmt: skip
    line = told(claim(life_years=5.0), *facts)["depreciation"]
    assert line["claimed_usd_bn"] == pytest.approx([8 / 5, 12 / 5])
    assert line["claimed_bps"] == pytest.approx([8 / 5 / 100 * 10_000, 12 / 5 / 100 * 10_000])
    assert line["shown_usd_bn"] == pytest.approx(14 / 5)
    assert (line["revenue_usd_bn"], line["revenue_until"]) == (pytest.approx(100.0), "2023Q4")


def test_a_number_to_come_has_its_day_and_a_report_that_never_came_is_needed():
    # Reports to 2023Q2; the run ends on 22 April 2024. A quarter to 30 September may end up to 24
    # days later, and a 10-K may take 60 more.
    facts = (hand_facts("AAA", "revenue", billions([10.0] * 14)),
             hand_facts("AAA", "gross_profit", billions([7.0] * 14)))  # fmt: skip
    section = told(claim(measure="gross_margin", claimed=[100, 200], quarters=5), *facts)
    assert [row["waits_for"] for row in section["rows"]] == [
        "", "", "needs AAA revenue and gross profit", "needs AAA revenue and gross profit",
        "by 2024-06-23",
    ]  # fmt: skip
    assert (section["quarters_left"], section["quarters_without"]) == (3, 0)
    assert due_by(4 * 2024) == dt.date(2024, 3, 31) + dt.timedelta(days=24 + 60)
    assert due_by(4 * 2024 + 3) == dt.date(2024, 12, 31) + dt.timedelta(days=24 + 60)


def test_a_report_without_the_number_is_filed_and_not_to_come():
    revenue = hand_facts("AAA", "revenue", billions([10.0] * 16))  # the last filed on 2024-01-30
    profit = hand_facts("AAA", "gross_profit", billions([7.0] * 15))
    keys = {"measure": "gross_margin", "claimed": [100, 200]}
    section = told(claim(**keys, quarters=5), revenue, profit)
    assert section["rows"][3]["waits_for"] == "filed 2024-01-30 without gross profit"
    assert (section["quarters_left"], section["quarters_without"]) == (1, 1)
    assert section["state"] == "open"
    # Nothing is to come, but one of the quarters is not known: neither shown nor not shown.
    over = told(claim(**keys, quarters=4), revenue, profit)
    assert (over["state"], over["quarters_left"]) == ("not known", 0)
    assert told(claim(**keys, quarters=3), revenue, profit)["state"] == "not shown"
    empty = {"published": [], "forecasts": [], "conditions": [], "execution": {}}
    (table,) = claim_tables({**empty, "thesis_ledger": [section]})
    assert table.sentence.endswith(
        "open; 1 of 5 quarters not reported yet, 1 without a number it takes."
    )
    assert table.rows[3].verdict == "filed 2024-01-30 without gross profit"


def test_a_hole_costs_the_quarters_that_sum_over_it_and_no_other():
    holed = [*CAPEX[:13], None, *CAPEX[14:]]  # 2023Q2 was reported, capex was not
    other = hand_facts("AAA", "revenue", billions([25.0] * 16))
    section = told(claim(quarters=4), hand_facts("AAA", "capex", billions(holed)), other)
    assert section["rows"][0]["shown"] == pytest.approx(10 - 8)
    assert [row["shown"] for row in section["rows"][1:]] == [None] * 3
    assert [row["waits_for"] for row in section["rows"]] == [
        "", "filed 2023-07-30 without capex", "needs AAA capex of 2023Q2",
        "needs AAA capex of 2023Q2",
    ]  # fmt: skip
    assert section["state"] == "not known"


def test_a_company_that_lacks_is_said_to_and_the_base_needs_its_four_quarters():
    section = told(claim(), without_reports={"AAA": "not in the cache"})
    assert (section["needs"], section["why"]) == ("AAA capex", "not in the cache")
    early = told(claim(base=dt.date(2020, 6, 30)), hand_facts("AAA", "capex", billions(CAPEX)))
    assert early["needs"] == "AAA capex of 2019Q3, 2019Q4"
    before_all = told(claim(base=dt.date(1990, 3, 31)), hand_facts("AAA", "capex", billions(CAPEX)))
    assert before_all["needs"] == "AAA capex of 1989Q2, 1989Q3, 1989Q4, 1990Q1"
    to_come = told(claim(base=dt.date(2025, 3, 31)), hand_facts("AAA", "capex", billions(CAPEX)))
    assert (to_come["state"], to_come["quarters_left"]) == ("open", 6)


def test_the_table_says_where_the_claim_stands():
    facts = (hand_facts("AAA", "capex", billions(CAPEX)),
             hand_facts("AAA", "revenue", billions([25.0] * 16)))  # fmt: skip
    empty = {"published": [], "forecasts": [], "conditions": [], "execution": {}}
    ledger = [told(claim(life_years=5.0), *facts), told(claim(), without_reports={"AAA": "gone"})]
    there, lacking = claim_tables({**empty, "thesis_ledger": ledger})
    assert there.sentence == (
        "8 to 12 USD bn claimed since 2022Q4, to come by 2024Q2: shown; 2 of 6 quarters not "
        "reported yet."
    )
    assert [text for _, text in there.rows[3].cells] == ["8 to 12", "+14.0", "0.0"]
    assert there.rows[3].verdict == "2024-01-30"
    assert "of what is claimed 1.6 to 2.4 USD bn a year, 160 to 240 bps" in there.note
    assert lacking.sentence == "8 to 12 USD bn claimed: not tried: needs AAA capex."
