"""Traps of the SEC's companyfacts, each shown in a document as the SEC served it.

A document that no longer has the trap fails here first: the test asserts the trap, then our answer.
Numbers are in millions of dollars.
"""

import copy
import datetime as dt
import functools
import json

import pytest

from feeds.filings.edgar_facts import TAGS, read_facts
from feeds.filings.pit import known_at, vintages
from feeds.filings.report_quality import facts_of, report_findings
from feeds.filings.reports import CONCEPTS, Reports, quarter_number
from tests.e2e.edgar_server import real_document
from tests.unit.facts_by_hand import MILLION, day, millions

PPE, ASSETS = TAGS["capex"]
AFTERWARDS = day("2030-01-01")


@functools.cache
def document(name):
    return json.loads(real_document(name))


def entries(name, tag):
    return document(name)["facts"]["us-gaap"][tag]["units"]["USD"]


def reports(payload):
    facts, findings = read_facts("XYZ", payload)
    return Reports(company="XYZ", facts=facts, origin="test", sha256="", findings=findings)


def capex(name):
    return facts_of(reports(document(name)), "capex")


def capex_of(name, end, known_on):
    """One quarter's capex as known on a day."""
    return millions(known_at(capex(name), day(known_on))).get(end)


def days(fact):
    return (fact.end - fact.start).days + 1


# 1. Cash flows are told for the year so far


def test_alphabet_tells_no_second_or_third_quarter_and_they_are_known_all_the_same():
    ends = {"2022-06-30", "2022-09-30", "2022-12-31"}
    reported = [fact for fact in capex("GOOG") if str(fact.end) in ends]
    assert {days(fact) for fact in reported} == {181, 273, 365}
    known = millions(known_at(capex("GOOG"), day("2023-02-04")))
    assert {end: known[end] for end in sorted(ends)} == {
        "2022-06-30": 16_614 - 9_786,
        "2022-09-30": 23_890 - 16_614,
        "2022-12-31": 31_485 - 23_890,
    }


def test_microsoft_s_own_quarters_are_the_differences_of_its_totals():
    facts = capex("MSFT")
    reported = {each.number: each.value for each in known_at(facts, AFTERWARDS)}
    of_the_year = [fact for fact in facts if (fact.start.month, fact.start.day) == (7, 1)]
    totals = known_at(of_the_year, AFTERWARDS)
    differenced = [each for each in totals if each.how == "differenced"]
    assert len(totals) >= 68  # 17 years
    assert len(differenced) == len(totals) - sum(each.end.month == 9 for each in totals)
    assert {each.number: each.value for each in totals}.items() <= reported.items()


def test_amazon_s_trailing_twelve_months_are_taken_for_no_year():
    trailing = [fact for fact in capex("AMZN_partial") if fact.form == "10-Q" and days(fact) > 350]
    assert len(trailing) > 5
    without = [fact for fact in capex("AMZN_partial") if fact not in trailing]
    assert known_at(without, AFTERWARDS) == known_at(capex("AMZN_partial"), AFTERWARDS)
    # Of the months to 30 June 2018 less the nine to March, a quarter of no company would remain.
    assert capex_of("AMZN_partial", "2018-06-30", "2019-07-27") == 3_243


# 2. The fiscal labels are the filing's


def test_most_of_microsoft_s_capex_stands_in_a_report_of_another_period():
    own = {}
    for entry in entries("MSFT", PPE):
        own.setdefault((entry["start"], entry["end"]), []).append(entry)
    repeated = sum(len(same) - 1 for same in own.values())
    assert repeated > 100
    labels = [{(entry["fy"], entry["fp"]) for entry in same} for same in own.values()]
    assert sum(len(each) > 1 for each in labels) > 50  # one period, several "fiscal years"


def test_the_labels_may_say_anything():
    plain = copy.deepcopy(document("MSFT"))
    for tag in plain["facts"]["us-gaap"].values():
        for entry in (entry for unit in tag["units"].values() for entry in unit):
            entry |= {"fy": 1999, "fp": "Q7", "frame": "CY1999Q7"}
    assert read_facts("XYZ", plain) == read_facts("XYZ", document("MSFT"))


def test_nvidia_s_years_of_53_weeks_have_a_quarter_of_14_and_no_quarter_is_lost():
    revenue = facts_of(reports(document("NVDA")), "revenue")
    assert {fact.end for fact in revenue if days(fact) == 98} == {
        day("2010-01-31"), day("2016-01-31"),
    }  # fmt: skip
    assert {days(fact) for fact in revenue if fact.form == "10-K"} >= {364, 371}
    numbers = [quarter.number for quarter in known_at(revenue, AFTERWARDS)]
    first, last = quarter_number(day("2008-04-27")), quarter_number(day("2026-01-25"))
    assert set(range(first + 4, last + 1)) <= set(numbers)


# 3. Restatements


@pytest.mark.parametrize(
    ("known_on", "value"),
    [
        ("2024-02-02", None),
        ("2024-02-03", 27_266 - 19_601),  # both gross
        ("2024-11-01", 27_266 - 19_601),  # nine months net are known; 27,266 - 19,453 is nonsense
        ("2025-01-30", 27_266 - 19_601),
        ("2025-01-31", 27_045 - 19_453),  # both net
        ("2026-05-01", 27_045 - 19_453),
    ],
)
def test_meta_s_capex_is_never_gross_less_net(known_on, value):
    assert capex_of("META_recent", "2023-12-31", known_on) == value


def test_what_meta_told_before_is_what_was_known_before():
    assert capex_of("META_recent", "2023-03-31", "2024-04-25") == 6_842
    assert capex_of("META_recent", "2023-03-31", "2024-04-26") == 6_823


# 4. Tags switch


def test_amazon_s_gross_year_under_the_new_tag_is_not_less_its_net_months_under_the_old():
    year, months = (
        {entry["start"][:4]: entry["val"] / MILLION for entry in entries("AMZN_partial", tag)
         if entry["end"] == end}
        for tag, end in ((ASSETS, "2016-12-31"), (PPE, "2016-09-30"))
    )  # fmt: skip
    assert (year["2016"], months["2016"]) == (7_804, 1_841)
    for vintage in vintages(capex("AMZN_partial")):
        for quarter in vintage.quarters:
            assert quarter.value != (7_804 - 4_731) * MILLION
    assert capex_of("AMZN_partial", "2016-12-31", "2020-01-01") == 6_737 - 4_731


def test_nvidia_s_capex_under_one_tag_alone_goes_stale_and_is_reported():
    assert max(entry["end"] for entry in entries("NVDA", PPE)) < "2020-12-31"
    end_of_data = day("2026-02-27")
    window = (CONCEPTS, day("2025-02-27"), end_of_data)
    both = report_findings(reports(document("NVDA")), *window)
    one_tag = copy.deepcopy(document("NVDA"))
    del one_tag["facts"]["us-gaap"][ASSETS]
    one = report_findings(reports(one_tag), *window)
    stale = [(finding.check, finding.symbol) for finding in one if finding.check == "filing_stale"]
    assert [finding for finding in both if finding.check == "filing_stale"] == []
    assert stale == [("filing_stale", "XYZ")]


def test_microsoft_s_revenue_goes_on_through_three_tags():
    revenue = facts_of(reports(document("MSFT")), "revenue")
    assert {fact.tag for fact in revenue} == set(TAGS["revenue"])
    numbers = [quarter.number for quarter in known_at(revenue, AFTERWARDS)]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert len(numbers) >= 70


# 5. Forms


def test_microsoft_s_8_ks_recast_years_and_are_not_read():
    recast = {entry["accn"] for entry in entries("MSFT", PPE) if entry["form"] == "8-K"}
    assert len(recast) == 3
    assert recast.isdisjoint(fact.accession for fact in reports(document("MSFT")).facts)


def test_a_quarter_told_only_by_an_amended_report_is_known_from_it():
    reported = [
        entry for entry in entries("MSFT", PPE)
        if (entry["start"], entry["end"]) == ("2011-10-01", "2011-12-31")
    ]  # fmt: skip
    assert min(reported, key=lambda entry: entry["filed"])["form"] == "10-Q/A"
    assert capex_of("MSFT", "2011-12-31", "2012-01-27") is None
    assert capex_of("MSFT", "2011-12-31", "2012-01-28") == 498


# 6. Another number before October 2015


def test_alphabet_s_own_document_begins_with_its_first_report():
    assert min(fact.filed for fact in capex("GOOG")) >= dt.date(2015, 10, 1)
