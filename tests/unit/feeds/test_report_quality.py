"""Gaps, stale concepts and numbers left out, by hand, in reports from any source."""

import datetime as dt
from dataclasses import replace

import pytest

from feeds.filings.report_quality import (
    early_findings,
    margin_findings,
    mistagged_findings,
    report_findings,
    require,
    stale_spans,
)
from feeds.filings.reports import CONCEPTS, Reports
from feeds.source import DataError, Finding
from tests.unit.facts_by_hand import day, fact_of

QUARTERS = (
    ("2022-01-01", "2022-03-31", "2022-04-27"),
    ("2022-04-01", "2022-06-30", "2022-07-27"),
    ("2022-07-01", "2022-09-30", "2022-10-26"),
    ("2022-10-01", "2022-12-31", "2023-02-03"),
    ("2023-01-01", "2023-03-31", "2023-04-26"),
)


def reports(*facts):
    return Reports(company="XYZ", facts=facts, origin="quarters.csv", sha256="0" * 64)


def quarters(*places, concept="capex"):
    return [fact_of(start, end, 1, filed, concept=concept) for start, end, filed in places]


def seen(findings):
    return [(finding.check, finding.dates) for finding in findings]


START, END = day("2022-01-03"), day("2023-05-31")


def test_a_row_of_quarters_is_no_finding():
    assert report_findings(reports(*quarters(*QUARTERS)), CONCEPTS, START, END) == ()


def test_no_facts_are_no_finding():
    assert report_findings(reports(), CONCEPTS, START, END) == ()


def test_missing_quarters_are_reported_between_their_neighbours():
    facts = quarters(QUARTERS[0], *QUARTERS[3:])
    finding, stale = report_findings(reports(*facts), CONCEPTS, START, END)
    assert (stale.check, stale.dates) == ("filing_stale", ("2022-10-08",))  # until 3 February
    assert (finding.check, finding.symbol, finding.severity) == ("filing_gap", "XYZ", "warning")
    assert finding.dates == ("2022-03-31", "2022-12-31")
    assert finding.text.startswith(
        "XYZ: 2 quarter(s) of capex are missing (2 between 2022-03-31 and 2022-12-31)"
    )


def test_several_gaps_of_a_concept_are_one_finding():
    facts = quarters(QUARTERS[0], QUARTERS[2], QUARTERS[4])
    finding, stale = report_findings(reports(*facts), CONCEPTS, START, END)
    assert stale.dates == ("2022-10-08", "2023-04-09")  # of eighteen days, and of seventeen
    assert finding.dates == ("2022-03-31", "2022-09-30", "2023-03-31")
    assert "2 quarter(s)" in finding.text


def test_every_concept_is_judged_by_itself():
    facts = [
        *quarters(*QUARTERS[:2]),
        *quarters(*QUARTERS, concept="revenue"),
        *quarters(QUARTERS[0], *QUARTERS[2:], concept="gross_profit"),
        *quarters(*QUARTERS[:2], concept="operating_cash_flow"),
    ]
    assert seen(report_findings(reports(*facts), CONCEPTS, START, END)) == [
        ("filing_stale", ("2023-01-07",)),  # capex, 191 days after 30 June
        ("filing_gap", ("2022-03-31", "2022-09-30")),
        ("filing_stale", ("2022-10-08",)),  # gross profit, 191 days after 31 March
        ("filing_stale", ("2023-01-07",)),
    ]


@pytest.mark.parametrize(("age_days", "is_stale"), [(98 + 90 + 2, False), (191, True)])
def test_a_concept_is_stale_when_the_next_report_is_overdue(age_days, is_stale):
    facts = quarters(*QUARTERS[:3])
    end = day("2022-09-30") + dt.timedelta(age_days)
    findings = report_findings(reports(*facts), CONCEPTS, START, end)
    assert (seen(findings) == [("filing_stale", ("2023-04-09",))]) is is_stale
    assert all("from 2023-04-09 to the end" in finding.text for finding in findings)


def test_a_quarter_taken_back_as_a_mistagged_year_leaves_nothing_to_be_stale():
    quarter = fact_of("2024-10-01", "2024-12-31", 100_000, "2025-02-03", concept="revenue")
    year = fact_of("2024-01-01", "2024-12-31", 100_000, "2025-02-20", "10-K", concept="revenue")
    assert stale_spans([quarter, year], day("2025-06-30")) == ()


def test_a_stale_stretch_ends_with_the_next_quarter_s_own_report():
    late = (*QUARTERS[:1], ("2022-04-01", "2022-06-30", "2023-01-20"), *QUARTERS[2:])
    facts = quarters(*late[:2], ("2022-07-01", "2022-09-30", "2023-02-01"))
    (finding,) = report_findings(reports(*facts), CONCEPTS, START, day("2023-03-01"))
    assert finding.dates == ("2022-10-08", "2023-01-07")
    assert "from 2022-10-08 to 2023-01-20, the last known quarter having ended 2022-03-31; " in (
        finding.text
    )
    # Over before the run begins, or too far back to be read: nothing to say.
    assert report_findings(reports(*facts), CONCEPTS, day("2023-02-02"), day("2023-03-01")) == ()
    gap = [*quarters(QUARTERS[0]), *quarters(*QUARTERS[2:])]
    assert report_findings(reports(*gap), CONCEPTS, day("2026-10-15"), day("2026-10-16")) != ()


def test_what_was_filed_after_the_run_or_on_its_last_day_fills_no_gap():
    facts = quarters(*QUARTERS[:2], QUARTERS[4])
    late = quarters(QUARTERS[2], QUARTERS[3])
    of_the_last_day = [fact_of("2022-07-01", "2022-09-30", 1, str(END))]
    assert seen(report_findings(reports(*facts, *of_the_last_day), CONCEPTS, START, END)) == [
        ("filing_gap", ("2022-06-30", "2023-03-31")),
        ("filing_stale", ("2023-01-07",)),
    ]
    assert report_findings(reports(*facts, *late), CONCEPTS, START, END) == ()
    early = report_findings(reports(*quarters(*QUARTERS)), CONCEPTS, START, day("2022-07-01"))
    assert early == ()


def test_a_year_told_as_a_quarter_is_reported():
    facts = (
        fact_of("2017-06-01", "2018-05-31", 39_831, "2018-06-22", "10-K", concept="revenue"),
        fact_of("2018-03-01", "2018-05-31", 39_383, "2018-06-22", "10-K", concept="revenue"),
        fact_of("2018-03-01", "2018-05-31", 39_383, "2019-06-21", "10-K", concept="revenue"),
    )
    (finding,) = mistagged_findings(reports(*facts))
    assert seen([finding]) == [("filing_mistagged_year", ("2018-05-31",))]
    assert "2 time(s) (first 39,383,000,000 dollars for 2018-03-01 to 2018-05-31" in finding.text
    assert mistagged_findings(reports(facts[0])) == ()


def test_a_concept_that_is_needed_and_not_there_is_refused_with_the_tags_looked_for():
    have = reports(*quarters(QUARTERS[0], concept="revenue"))
    with pytest.raises(
        DataError,
        match=r"^XYZ: no capex in quarters\.csv; .*PaymentsToAcquirePropertyPlantAndEquipment or "
        r"PaymentsToAcquireProductiveAssets, in a 10-Q or 10-K\); name another company",
    ):
        require(have, "capex")
    with pytest.raises(
        DataError, match="GrossProfit, or a revenue together with CostOfRevenue or CostOfGoods"
    ):
        require(have, "gross_profit")
    assert require(have, "revenue") == have.facts


# IFRS, margins and days


def test_a_concept_of_an_ifrs_filer_is_refused_by_that_name():
    ifrs = Finding(check="filing_ifrs", symbol="XYZ", dates=(), severity="warning", text="-")
    with pytest.raises(
        DataError, match=r"^XYZ: is an IFRS filer: its capex stands under ifrs-full"
    ):
        require(replace(reports(), findings=(ifrs,)), "capex")
    switched = replace(reports(*quarters(QUARTERS[0])), findings=(ifrs,))
    assert len(require(switched, "capex")) == 1  # what it told under US GAAP is there


def test_a_gross_profit_above_its_revenue_is_a_finding():
    start, end, filed = QUARTERS[0]
    sales = fact_of(start, end, 100, filed, concept="revenue", tag="Sales")

    def computed(millions):
        profit = fact_of(start, end, millions, filed, concept="gross_profit", tag="Profit")
        return margin_findings(reports(sales, profit), START, END)

    assert computed(100) == computed(101) == ()  # a million is rounding
    (finding,) = computed(102)
    assert (finding.check, finding.dates) == ("margin_above_one", ("2022-03-31",))
    assert (
        "first 102,000,000 (Profit) above 100,000,000 (Sales) dollars to 2022-03-31" in finding.text
    )
    assert margin_findings(reports(sales), START, END) == ()


def test_a_filing_sooner_than_companies_report_is_a_finding():
    start, end, _ = QUARTERS[0]
    assert early_findings(reports(fact_of(start, end, 1, "2022-04-10"))) == ()  # ten days
    (finding,) = early_findings(reports(fact_of(start, end, 1, "2022-04-09")))
    assert (finding.check, finding.dates) == ("filed_early", ("2022-03-31",))
    assert early_findings(reports(fact_of("2022-03-01", end, 1, "2022-04-01"))) == ()  # of a month
