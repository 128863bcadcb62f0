"""What is read out of a companyfacts document, and what is refused in one."""

import json
import math

import pytest

from feeds.filings.edgar_facts import COST_TAGS, TAGS, check_document, parsed, read_facts
from feeds.filings.pit import known_at
from feeds.source import DataError
from tests.unit.companyfacts import MILLION, document, entry
from tests.unit.facts_by_hand import day, millions

PPE, ASSETS = TAGS["capex"]
REVENUES, CONTRACTS, SALES = TAGS["revenue"]
(GROSS_PROFIT,) = TAGS["gross_profit"]
CASH, CONTINUING = TAGS["operating_cash_flow"]
COST, GOODS = COST_TAGS
Q1 = ("2022-01-01", "2022-03-31")
YEAR = ("2022-01-01", "2022-12-31")
FILED = "2022-04-27"


def facts_of(tags, concept, **options):
    facts, _ = read_facts("XYZ", document(tags, **options))
    return [fact for fact in facts if fact.concept == concept]


def values(tags, concept):
    return [fact.value / MILLION for fact in facts_of(tags, concept)]


@pytest.mark.parametrize(
    ("tag", "concept"),
    [
        (PPE, "capex"), (ASSETS, "capex"), (REVENUES, "revenue"), (CONTRACTS, "revenue"),
        (SALES, "revenue"), (GROSS_PROFIT, "gross_profit"), (CASH, "operating_cash_flow"),
        (CONTINUING, "operating_cash_flow"),
    ],
)  # fmt: skip
def test_every_tag_of_a_concept_is_read_with_where_it_stood(tag, concept):
    (fact,) = facts_of({tag: [entry(*Q1, 9_786, FILED, "10-Q/A", accession="0001")]}, concept)
    assert (fact.company, fact.concept, fact.tag) == ("XYZ", concept, tag)
    assert (fact.start, fact.end, fact.filed) == (day(Q1[0]), day(Q1[1]), day(FILED))
    assert (fact.value, fact.form, fact.accession) == (9_786 * MILLION, "10-Q/A", "0001")


def test_facts_are_in_the_order_of_their_filing():
    tags = {
        CASH: [entry(*Q1, 3, FILED), entry(*Q1, 4, "2023-04-26")],
        PPE: [entry(*YEAR, 2, "2023-02-03", "10-K"), entry(*Q1, 1, FILED)],
    }
    facts, findings = read_facts("XYZ", document(tags))
    assert [fact.value / MILLION for fact in facts] == [1, 3, 2, 4]
    assert findings == ()


@pytest.mark.parametrize(
    ("form", "is_read"),
    [
        ("10-Q", True), ("10-K", True), ("10-Q/A", True), ("10-K/A", True),
        ("8-K", False), ("8-K/A", False), ("10-KT", False), ("20-F", False), ("S-1", False),
    ],
)  # fmt: skip
def test_only_quarterly_and_annual_reports_are_read(form, is_read):
    # Microsoft's 8-Ks of 2013, 2015 and 2024 recast years that had been told otherwise.
    assert values({PPE: [entry(*Q1, 1, FILED, form)]}, "capex") == [1] * is_read


def test_other_currencies_are_not_read():
    assert facts_of({PPE: [entry(*Q1, 1, FILED)]}, "capex", unit="EUR") == []


@pytest.mark.parametrize(
    "payload",
    [{"facts": {}}, {"facts": {"dei": {}}}, document({}), document({"Assets": []})],
)
def test_a_company_may_tell_nothing_of_a_concept(payload):
    assert read_facts("XYZ", payload) == ((), ())


def test_an_ifrs_filer_is_named_as_one():
    facts, (finding,) = read_facts("LPA", {"facts": {"dei": {}, "ifrs-full": {"Revenue": {}}}})
    assert facts == ()
    assert (finding.check, finding.symbol, finding.severity) == ("filing_ifrs", "LPA", "warning")
    assert finding.text.startswith("LPA: is an IFRS filer, its numbers stand under ifrs-full; only")


# What nobody serves, and a wrong one may


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"a":' * 100_000, b'{"cik": ' + b"9" * 5_000 + b"}"],
    ids=["lists", "mappings", "digits"],
)
def test_json_without_end_is_refused_in_one_line(content):
    with pytest.raises(DataError, match=r"^XYZ: the answer was JSON nested too deeply or with num"):
        parsed("XYZ", content)


def test_what_is_no_json_is_for_the_caller_to_judge():
    for content in (b"", b"{", b"<html>", b'{"a": "\xff"}'):
        with pytest.raises(json.JSONDecodeError):
            parsed("XYZ", content)


def nested(levels):
    value = {}
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "payload",
    [
        nested(50_000),
        {"cik": nested(50_000), "facts": {}},
        {"cik": 1, "facts": {}, "entityName": nested(50_000)},
        {"cik": 7, "facts": [nested(50_000)]},
    ],
    ids=["whole", "number", "name", "facts"],
)
def test_a_deep_answer_is_shown_short(payload):
    with pytest.raises(DataError) as refused:
        check_document("XYZ", 7, payload)
    assert len(str(refused.value)) < 400


def test_a_deep_entry_is_shown_short():
    for entries in (
        nested(50_000),
        [nested(50_000)],
        [entry(*Q1, 1, FILED) | {"accn": nested(9_999)}],
    ):
        with pytest.raises(DataError) as refused:
            read_facts("XYZ", document({PPE: entries}))
        assert len(str(refused.value)) < 400


# Several tags


def test_of_two_tags_in_one_report_the_first_of_the_list_is_used_and_reported_when_they_differ():
    tags = {
        CONTRACTS: [entry(*Q1, 105, FILED)],
        REVENUES: [entry(*Q1, 100, FILED)],
        SALES: [entry(*YEAR, 500, "2023-02-03", "10-K")],
    }
    facts, (finding,) = read_facts("XYZ", document(tags))
    assert [(fact.value / MILLION, fact.tag) for fact in facts] == [(100, REVENUES), (500, SALES)]
    assert (finding.check, finding.symbol, finding.severity) == (
        "filing_tags_differ", "XYZ", "warning",
    )  # fmt: skip
    assert finding.dates == ("2022-03-31",)
    assert f"100,000,000 ({REVENUES}) and 105,000,000 ({CONTRACTS})" in finding.text


def test_two_tags_that_agree_to_a_million_are_no_finding():
    tags = {REVENUES: [entry(*Q1, 100, FILED)], CONTRACTS: [entry(*Q1, 101, FILED)]}
    facts, findings = read_facts("XYZ", document(tags))
    assert [fact.value / MILLION for fact in facts] == [100]
    assert findings == ()


def test_the_same_period_under_two_tags_in_two_reports_is_two_facts():
    tags = {PPE: [entry(*Q1, 100, FILED)], ASSETS: [entry(*Q1, 105, "2023-04-26")]}
    assert values(tags, "capex") == [100, 105]


@pytest.mark.parametrize("is_compared", [True, False])
def test_a_tag_that_changes_within_the_year_is_followed_where_a_comparative_ties_the_two(
    is_compared,
):
    # NVIDIA told capex as PPE to August 2020 and as productive assets from November.
    nine_months_before = ("2019-01-28", "2019-10-27", 344)
    tags = {
        PPE: [
            entry(*nine_months_before, "2019-11-14"),
            entry("2020-01-27", "2020-04-26", 155, "2020-05-21"),
            entry("2020-01-27", "2020-07-26", 372, "2020-08-19"),
        ],
        ASSETS: [
            entry("2020-01-27", "2020-10-25", 845, "2020-11-18"),
            *[entry(*nine_months_before, "2020-11-18")] * is_compared,
        ],
    }
    third = {"2020-10-25": 845 - 372} if is_compared else {}
    assert millions(known_at(facts_of(tags, "capex"), day("2020-11-19"))) == {
        "2020-04-26": 155,
        "2020-07-26": 372 - 155,
        **third,
    }


def test_the_filing_s_own_fiscal_year_labels_are_not_read():
    plain = entry(*Q1, 1, FILED)
    labelled = plain | {"fy": 2024, "fp": "FY", "frame": "CY2031Q4"}
    assert facts_of({PPE: [plain]}, "capex") == facts_of({PPE: [labelled]}, "capex")


# Gross profit


@pytest.mark.parametrize("cost_tag", COST_TAGS)
def test_gross_profit_is_revenue_less_cost_where_it_is_not_told(cost_tag):
    tags = {CONTRACTS: [entry(*Q1, 100, FILED)], cost_tag: [entry(*Q1, 40, FILED)]}
    (fact,) = facts_of(tags, "gross_profit")
    assert fact.value == (100 - 40) * MILLION
    assert fact.tag == f"{CONTRACTS} - {cost_tag}"
    assert (fact.filed, fact.accession, fact.form) == (day(FILED), FILED, "10-Q")


def test_a_gross_profit_that_is_told_is_used_and_only_for_its_own_report_and_days():
    tags = {
        REVENUES: [entry(*Q1, 100, FILED), entry(*YEAR, 450, "2023-02-03", "10-K")],
        COST: [entry(*Q1, 40, FILED), entry(*YEAR, 200, "2023-02-03", "10-K")],
        GROSS_PROFIT: [entry(*Q1, 61, FILED)],
    }
    assert values(tags, "gross_profit") == [61, 450 - 200]


@pytest.mark.parametrize(
    "cost",
    [
        entry(*Q1, 40, "2022-05-27"),  # another report
        entry("2022-01-02", "2022-03-31", 40, FILED),  # another start
        entry("2022-01-01", "2022-03-30", 40, FILED),  # another end
    ],
)
def test_revenue_and_cost_of_different_reports_or_days_are_not_subtracted(cost):
    assert values({REVENUES: [entry(*Q1, 100, FILED)], COST: [cost]}, "gross_profit") == []


def test_a_cost_or_a_revenue_of_a_whole_year_tells_no_quarter_s_gross_profit():
    last = ("2022-10-01", "2022-12-31")
    report = ("2023-02-03", "10-K")
    year = {
        REVENUES: [entry(*YEAR, 400, *report), entry(*last, 110, *report)],
        COST: [entry(*YEAR, 200, *report), entry(*last, 199, *report)],
    }
    facts, (finding,) = read_facts("XYZ", document(year))
    assert [fact.value / MILLION for fact in facts if fact.concept == "gross_profit"] == [200]
    assert (finding.check, finding.dates) == ("filing_mistagged_year", ("2022-12-31",))
    assert "199,000,000" in finding.text
    message = year | {GROSS_PROFIT: [entry(*last, 61, *report)]}  # no need of the cost, no finding
    assert values(message, "gross_profit") == [200, 61]
    assert read_facts("XYZ", document(message))[1] == ()
    year[REVENUES][1] = entry(*last, 399, *report)
    year[COST][1] = entry(*last, 55, *report)
    assert values(year, "gross_profit") == [200]


def test_a_cost_is_judged_by_the_years_told_on_its_day():
    last = ("2022-10-01", "2022-12-31")
    tags = {
        REVENUES: [entry(*last, 110, "2023-01-15"), entry(*last, 110, "2023-02-03", "10-K")],
        COST: [
            entry(*last, 199, "2023-01-15"),
            entry(*last, 199, "2023-02-03", "10-K"),
            entry(*YEAR, 200, "2023-02-03", "10-K"),
        ],
    }
    assert values(tags, "gross_profit") == [110 - 199]  # what the first report says by itself


# Refusals

MISSING = object()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        *(({name: MISSING}, f"had no {name}; expected start, end, val, accn, form and filed")
          for name in ("start", "end", "val", "accn", "form", "filed")),
        ({"val": "9786000000"}, "had val '9786000000'; expected a finite number of dollars"),
        ({"val": None}, "had val None; expected a finite number"),
        ({"val": True}, "had val True; expected a finite number"),
        ({"val": math.nan}, "had val nan; expected a finite number"),
        ({"val": math.inf}, "had val inf; expected a finite number"),
        ({"val": 10**400}, "had val 1000.*; expected a finite number"),
        ({"val": [1]}, r"had val \[1\]; expected a finite number"),
        ({"start": "2022"}, "had start '2022'; expected a day like 2024-01-05"),
        ({"start": "20220101"}, "had start '20220101'; expected a day"),
        ({"end": "2022-02-30"}, "had end '2022-02-30'; expected a day"),
        ({"end": 20220331}, "had end 20220331; expected a text"),
        ({"filed": None}, "had filed None; expected a text"),
        ({"filed": "2022-04-27T00:00:00"}, "had filed '2022-04-27T00:00:00'; expected a day"),
        ({"start": "2022-04-01"}, "was from 2022-04-01 to 2022-03-31; expected an end on or after"),
        ({"filed": "2022-03-30"}, "was filed 2022-03-30 for a period to 2022-03-31; expected"),
        ({"accn": ""}, "had accn ''; expected a text"),
        ({"form": 10}, "had form 10; expected a text"),
    ],
)  # fmt: skip
def test_an_entry_that_is_no_dated_number_is_refused_by_name(change, what):
    bad = entry(*Q1, 2, FILED) | change
    bad = {name: value for name, value in bad.items() if value is not MISSING}
    tags = {ASSETS: [entry(*Q1, 1, FILED), bad]}
    with pytest.raises(DataError, match=rf"^XYZ: capex: {ASSETS} entry 1 {what}.*fetch CONFIG"):
        read_facts("XYZ", document(tags))


def test_a_single_day_and_a_report_of_its_last_day_are_dated_numbers():
    assert values({PPE: [entry("2022-03-31", "2022-03-31", 1, "2022-03-31")]}, "capex") == [1]


def test_a_broken_entry_of_a_form_we_do_not_read_is_nobody_s_concern():
    assert values({PPE: [entry(*Q1, 1, FILED, "8-K") | {"val": None}]}, "capex") == []


@pytest.mark.parametrize(
    ("payload", "what"),
    [
        ({"facts": []}, r"was inside \[\]; expected inside a mapping"),
        ({"facts": {"us-gaap": None}}, "was inside None; expected inside a mapping"),
        ({"facts": {"us-gaap": {PPE: 3}}}, "was inside 3; expected inside a mapping"),
        ({"facts": {"us-gaap": {PPE: {"units": {"USD": {}}}}}}, "was {} in USD; expected a list"),
        ({"facts": {"us-gaap": {PPE: {"units": {"USD": [7]}}}}}, "entry 0 was 7; expected a map"),
    ],
)  # fmt: skip
def test_a_document_of_another_shape_is_refused(payload, what):
    with pytest.raises(DataError, match=rf"^XYZ: capex: {PPE} {what}"):
        read_facts("XYZ", payload)


def test_a_broken_cost_is_refused_as_part_of_gross_profit():
    tags = {GOODS: [entry(*Q1, 1, FILED) | {"val": "1"}]}
    with pytest.raises(DataError, match=rf"^XYZ: gross_profit: {GOODS} entry 0 had val '1'"):
        read_facts("XYZ", document(tags))
