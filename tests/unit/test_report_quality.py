"""Gaps, stale concepts and numbers left out, by hand, in reports from any source."""

import datetime as dt

import pytest

from feeds.filings import Reports
from feeds.report_quality import mistagged_findings, report_findings, require
from feeds.source import DataError
from tests.unit.told_facts import day, told

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
    return [told(start, end, 1, filed, concept=concept) for start, end, filed in places]


def seen(findings):
    return [(finding.check, finding.dates) for finding in findings]


END = day("2023-05-31")


def test_a_row_of_quarters_is_no_finding():
    assert report_findings(reports(*quarters(*QUARTERS)), END) == ()


def test_no_facts_are_no_finding():
    assert report_findings(reports(), END) == ()


def test_missing_quarters_are_reported_between_their_neighbours():
    facts = quarters(QUARTERS[0], *QUARTERS[3:])
    (finding,) = report_findings(reports(*facts), END)
    assert (finding.check, finding.symbol, finding.severity) == ("filing_gap", "XYZ", "warning")
    assert finding.dates == ("2022-03-31", "2022-12-31")
    assert finding.text.startswith(
        "XYZ: 2 quarter(s) of capex are missing (2 between 2022-03-31 and 2022-12-31)"
    )


def test_several_gaps_of_a_concept_are_one_finding():
    facts = quarters(QUARTERS[0], QUARTERS[2], QUARTERS[4])
    (finding,) = report_findings(reports(*facts), END)
    assert finding.dates == ("2022-03-31", "2022-09-30", "2023-03-31")
    assert "2 quarter(s)" in finding.text


def test_every_concept_is_judged_by_itself():
    facts = [
        *quarters(*QUARTERS[:2]),
        *quarters(*QUARTERS, concept="revenue"),
        *quarters(QUARTERS[0], *QUARTERS[2:], concept="gross_profit"),
        *quarters(*QUARTERS[:2], concept="operating_cash_flow"),
    ]
    assert seen(report_findings(reports(*facts), END)) == [
        ("filing_stale", ("2022-06-30",)),  # capex, 335 days before the end
        ("filing_gap", ("2022-03-31", "2022-09-30")),
        ("filing_stale", ("2022-06-30",)),
    ]


@pytest.mark.parametrize(("age_days", "is_stale"), [(98 + 90 + 2, False), (191, True)])
def test_a_concept_is_stale_when_the_next_report_is_overdue(age_days, is_stale):
    facts = quarters(*QUARTERS[:3])
    findings = report_findings(reports(*facts), day("2022-09-30") + dt.timedelta(age_days))
    assert (seen(findings) == [("filing_stale", ("2022-09-30",))]) is is_stale
    assert all(f"{age_days} days before" in finding.text for finding in findings)


def test_what_was_filed_after_the_run_or_on_its_last_day_fills_no_gap():
    facts = quarters(*QUARTERS[:2], QUARTERS[4])
    late = quarters(QUARTERS[2], QUARTERS[3])
    of_the_last_day = [told("2022-07-01", "2022-09-30", 1, str(END))]
    assert seen(report_findings(reports(*facts, *of_the_last_day), END)) == [
        ("filing_gap", ("2022-06-30", "2023-03-31"))
    ]
    assert report_findings(reports(*facts, *late), END) == ()
    assert seen(report_findings(reports(*quarters(*QUARTERS)), day("2022-07-01"))) == []


def test_a_year_told_as_a_quarter_is_reported():
    facts = (
        told("2017-06-01", "2018-05-31", 39_831, "2018-06-22", "10-K", concept="revenue"),
        told("2018-03-01", "2018-05-31", 39_383, "2018-06-22", "10-K", concept="revenue"),
        told("2018-03-01", "2018-05-31", 39_383, "2019-06-21", "10-K", concept="revenue"),
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
