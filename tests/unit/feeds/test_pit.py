"""What is known after each filing, worked by hand. Numbers are in millions of dollars."""

import datetime as dt
from itertools import pairwise

import pytest

from feeds.filings.pit import Vintage, known_at, rejected, span_of, vintages
from feeds.filings.reports import public_before, quarter_number
from tests.unit.facts_by_hand import day, fact_of, millions

# Alphabet's capex of 2022 as its reports tell it: the year so far, then the year.
ALPHABET_2022 = (
    fact_of("2022-01-01", "2022-03-31", 9_786, "2022-04-27"),
    fact_of("2022-01-01", "2022-06-30", 16_614, "2022-07-27"),
    fact_of("2022-01-01", "2022-09-30", 23_890, "2022-10-26"),
    fact_of("2022-01-01", "2022-12-31", 31_485, "2023-02-03", "10-K"),
)


def test_quarters_are_worked_out_of_the_year_so_far():
    (*_, last) = vintages(ALPHABET_2022)
    assert millions(last.quarters) == {
        "2022-03-31": 9_786,
        "2022-06-30": 16_614 - 9_786,
        "2022-09-30": 23_890 - 16_614,
        "2022-12-31": 31_485 - 23_890,
    }
    assert [quarter.how for quarter in last.quarters] == ["reported", *["differenced"] * 3]


def test_there_is_one_vintage_per_day_and_it_knows_nothing_later():
    assert [(str(each.filed), len(each.quarters)) for each in vintages(ALPHABET_2022)] == [
        ("2022-04-27", 1),
        ("2022-07-27", 2),
        ("2022-10-26", 3),
        ("2023-02-03", 4),
    ]


def test_what_is_filed_today_is_known_tomorrow():
    assert known_at(ALPHABET_2022, day("2022-04-27")) == ()
    assert millions(known_at(ALPHABET_2022, day("2022-04-28"))) == {"2022-03-31": 9_786}
    assert known_at(ALPHABET_2022, day("2030-01-01")) == vintages(ALPHABET_2022)[-1].quarters


def test_a_differenced_quarter_names_the_report_that_completed_it():
    second = known_at(ALPHABET_2022, day("2022-07-28"))[1]
    assert (second.filed, second.form, second.accession) == (
        day("2022-07-27"), "10-Q", "2022-07-27",
    )  # fmt: skip
    assert (second.company, second.concept, second.tag) == ("XYZ", "capex", "Tag")
    assert second.number == quarter_number(second.end) == 4 * 2022 + 1


def test_half_a_difference_told_late_makes_the_quarter_late():
    # Alphabet's first 10-Q told nine months; the half year was Google Inc.'s to tell.
    facts = (
        fact_of("2015-01-01", "2015-09-30", 19_609, "2015-10-29"),
        fact_of("2015-01-01", "2015-06-30", 13_818, "2016-08-04", accession="later"),
    )
    assert [millions(each.quarters) for each in vintages(facts)] == [
        {},
        {"2015-09-30": 19_609 - 13_818},
    ]
    (third,) = vintages(facts)[1].quarters
    assert (third.filed, third.accession) == (day("2016-08-04"), "later")


def test_a_day_that_tells_no_quarter_is_a_vintage_all_the_same():
    year = fact_of("2022-01-01", "2022-12-31", 31_485, "2023-02-03", "10-K")
    assert vintages([year]) == (Vintage(filed=day("2023-02-03"), quarters=()),)
    month = fact_of("2022-01-01", "2022-01-31", 1, "2022-04-27")
    assert vintages([month]) == (Vintage(filed=day("2022-04-27"), quarters=()),)


def test_no_facts_are_no_vintages():
    assert vintages([]) == ()
    assert known_at([], day("2024-01-01")) == ()
    assert rejected([]) == ()


def test_two_companies_or_two_concepts_at_once_are_refused():
    fact = ALPHABET_2022[0]
    other = fact_of("2022-01-01", "2022-03-31", 1, "2022-04-27", company="ABC")
    with pytest.raises(ValueError, match="one company and one concept"):
        vintages([fact, other])
    with pytest.raises(ValueError, match="one company and one concept"):
        vintages([fact, fact_of("2022-01-01", "2022-03-31", 1, "2022-04-27", concept="revenue")])


# Which stretches count


@pytest.mark.parametrize(
    ("days", "form", "span"),
    [
        (79, "10-Q", None),
        (80, "10-Q", "quarter"),
        (98, "10-Q", "quarter"),  # NVIDIA's 14 weeks
        (84, "10-Q", "quarter"),  # 12 weeks
        (119, "10-Q", "quarter"),  # 17 weeks
        (120, "10-Q", None),  # four months
        (165, "10-Q", None),
        (168, "10-Q", "half"),  # 24 weeks
        (203, "10-Q", "half"),  # 17 and 12
        (206, "10-Q", None),
        (249, "10-Q", None),
        (252, "10-Q", "nine_months"),  # 36 weeks
        (290, "10-K", "nine_months"),
        (291, "10-Q", None),
        (349, "10-K", None),
        (350, "10-K", "year"),
        (371, "10-K/A", "year"),  # 53 weeks
        (380, "10-K", "year"),
        (381, "10-K", None),
        (365, "10-Q", None),
        (365, "10-Q/A", None),
    ],
)
def test_a_stretch_is_judged_by_its_days_both_ends_included(days, form, span):
    start = day("2022-01-01")
    end = start + dt.timedelta(days - 1)
    assert span_of(fact_of(str(start), str(end), 1, "2024-01-01", form)) == span


def test_twelve_months_in_a_10_q_are_no_fiscal_year():
    # Amazon's 10-Qs tell the trailing twelve months too; here they end with the third quarter.
    facts = (
        fact_of("2016-10-01", "2017-06-30", 7_000, "2017-10-27"),
        fact_of("2016-10-01", "2017-09-30", 10_750, "2017-10-27"),
    )
    assert vintages(facts)[-1].quarters == ()
    as_a_year = fact_of("2016-10-01", "2017-09-30", 10_750, "2017-10-27", "10-K")
    assert millions(vintages([facts[0], as_a_year])[-1].quarters) == {"2017-09-30": 10_750 - 7_000}


def test_years_of_53_weeks_and_quarters_of_14_are_followed():
    facts = (
        fact_of("2009-01-26", "2009-10-25", 418, "2009-11-19"),  # 273 days
        fact_of("2009-01-26", "2010-01-31", 487, "2010-03-18", "10-K"),  # 371 days, so Q4 has 98
    )
    assert millions(vintages(facts)[-1].quarters) == {"2010-01-31": 487 - 418}


@pytest.mark.parametrize(
    ("half_starts", "quarters"),
    [("2022-01-01", 2), ("2021-12-25", 2), ("2022-01-08", 2), ("2021-12-24", 1)],
)
def test_totals_are_subtracted_when_their_starts_are_within_seven_days(half_starts, quarters):
    facts = (
        fact_of("2022-01-01", "2022-03-31", 40, "2022-04-27"),
        fact_of(half_starts, "2022-06-30", 100, "2022-07-27"),
    )
    assert len(vintages(facts)[-1].quarters) == quarters


@pytest.mark.parametrize(
    ("half_ends", "quarters"),
    [("2022-06-18", 1), ("2022-06-19", 2), ("2022-07-24", 2), ("2022-07-25", 1)],
)
def test_totals_are_subtracted_when_a_quarter_is_left(half_ends, quarters):
    # From 31 March, 19 June is 80 days later; 24 July would be 115, but 205 since the year began.
    facts = (
        fact_of("2022-01-01", "2022-03-31", 40, "2022-04-27"),
        fact_of("2022-01-01", half_ends, 100, "2022-07-27"),
    )
    assert len(vintages(facts)[-1].quarters) == quarters


# Years of 12, 12, 12 and 16 weeks, and others of that kind


def year_of_weeks(last_day_before, weeks, totals_m, is_by_quarter=False):
    """The reports of one year: the total since it began, after so many weeks each time."""
    facts, begins, since, before = [], day(last_day_before) + dt.timedelta(1), 0, 0
    for number, (length, total) in enumerate(zip(weeks, totals_m, strict=True)):
        first, since = begins + dt.timedelta(weeks=since), since + length
        end = begins + dt.timedelta(weeks=since) - dt.timedelta(1)
        filed, form = str(end + dt.timedelta(30)), "10-K" if number == 3 else "10-Q"
        facts.append(fact_of(str(begins), str(end), total, filed, form))
        if is_by_quarter and number < 3:
            facts.append(fact_of(str(first), str(end), total - before, filed, form))
        before = total
    return facts


# The last day of a year, the weeks of the next one's quarters, and the numbers they count as.
YEARS_OF_WEEKS = [
    ("2018-09-02", (12, 12, 12, 16), 4 * 2018 + 3),  # Costco: Sunday nearest the end of August
    ("2017-08-26", (12, 12, 12, 17), 4 * 2017 + 3),  # AutoZone: its last Saturday; 53 weeks
    ("2018-12-30", (12, 12, 12, 16), 4 * 2019),  # Domino's: Sunday nearest the end of the year
    ("2020-02-01", (16, 12, 12, 12), 4 * 2020 + 1),  # Kroger: Saturday nearest the end of January
    ("2020-02-29", (16, 12, 12, 12), 4 * 2020 + 1),  # Albertsons: the last Saturday of February
    ("2015-09-27", (16, 12, 12, 12), 4 * 2015 + 3),  # Whole Foods: the last Sunday of September
    ("2016-09-25", (16, 12, 12, 12), 4 * 2016 + 3),
    ("2018-09-30", (16, 12, 12, 12), 4 * 2018 + 3),  # Jack in the Box: Sunday nearest its end
    ("2015-01-03", (16, 12, 12, 12), 4 * 2015),  # SpartanNash: Saturday nearest the year's end
    ("2013-12-28", (16, 12, 12, 13), 4 * 2014),
    ("2009-01-03", (12, 12, 16, 12), 4 * 2009),  # Nash Finch
    ("2020-01-26", (13, 13, 13, 14), 4 * 2020 + 1),  # NVIDIA: the last Sunday of January; 53 weeks
]


@pytest.mark.parametrize("is_by_quarter", [False, True])
@pytest.mark.parametrize(("before", "weeks", "first"), YEARS_OF_WEEKS)
def test_quarters_of_other_lengths_are_worked_out(before, weeks, first, is_by_quarter):
    facts = year_of_weeks(before, weeks, (100, 190, 260, 420), is_by_quarter)
    quarters = vintages(facts)[-1].quarters
    assert [quarter.number for quarter in quarters] == [first, first + 1, first + 2, first + 3]
    assert list(millions(quarters).values()) == [100, 190 - 100, 260 - 190, 420 - 260]


@pytest.mark.parametrize(
    ("weeks", "nearest"),
    [((12, 12, 12, 16), (8, 31)), ((16, 12, 12, 12), (9, 30)), ((16, 12, 12, 12), (12, 31))],
)
def test_twenty_years_of_weeks_leave_no_gap_and_no_quarter_twice(weeks, nearest):
    # A year ends on the Thursday nearest a day, so now and then it has 53 weeks.
    ends = []
    for year in range(2000, 2021):
        target = dt.date(year, *nearest)
        ends.append(target + dt.timedelta((3 - target.weekday() + 3) % 7 - 3))
    assert all(end.weekday() == 3 for end in ends)
    facts = []
    for before, end in pairwise(ends):
        extra = (end - before).days // 7 - 52
        facts += year_of_weeks(str(before), (*weeks[:3], weeks[3] + extra), (10, 20, 30, 40))
    quarters = vintages(facts)[-1].quarters
    assert len(quarters) == 4 * 20
    numbers = [quarter.number for quarter in quarters]
    assert numbers == list(range(numbers[0], numbers[0] + 4 * 20))
    assert {quarter.value for quarter in quarters} == {10 * 1_000_000}


# Whole quarters, and the law of vintages


def test_quarters_pass_through_as_they_were_given():
    # A file of quarters: one fact a row, restated by a later row, its tag changing on the way.
    facts = (
        fact_of("2022-01-01", "2022-03-31", 40, "2022-05-02", tag="Tag"),
        fact_of("2022-04-01", "2022-06-30", 60, "2022-08-01", tag="Tag"),
        fact_of("2022-07-01", "2022-09-30", 70, "2022-11-01", tag="Other"),
        fact_of("2022-04-01", "2022-06-30", 66, "2023-08-01", tag="Other", accession="restated"),
    )
    for fact in facts:
        (quarter,) = (
            each for each in known_at(facts, fact.filed + dt.timedelta(1)) if each.end == fact.end
        )
        assert (quarter.value, quarter.filed, quarter.tag, quarter.how) == (
            fact.value, fact.filed, fact.tag, "reported",
        )  # fmt: skip
        assert (quarter.accession, quarter.form) == (fact.accession, fact.form)
    assert [quarter.number for quarter in known_at(facts, day("2024-01-01"))] == [
        4 * 2022, 4 * 2022 + 1, 4 * 2022 + 2,
    ]  # fmt: skip


def test_a_vintage_is_what_its_own_facts_say():
    for vintage in vintages(ALPHABET_2022):
        tomorrow = vintage.filed + dt.timedelta(1)
        assert vintages(public_before(ALPHABET_2022, tomorrow))[-1] == vintage
        assert known_at(ALPHABET_2022, tomorrow) == vintage.quarters
