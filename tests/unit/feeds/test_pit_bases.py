"""Repeats, restatements, other tags: which totals may be subtracted. Numbers are in millions."""

from dataclasses import replace

import pytest

from feeds.filings.pit import known_at, rejected, vintages
from tests.unit.facts_by_hand import MILLION, day, fact_of, millions

# Repeats and restatements


def test_a_repeated_value_stays_with_the_report_that_told_it_first():
    first = fact_of("2022-01-01", "2022-03-31", 9_786, "2022-04-27")
    repeat = fact_of("2022-01-01", "2022-03-31", 9_786, "2023-04-26")
    (quarter,) = vintages([first, repeat])[-1].quarters
    assert quarter.filed == day("2022-04-27")


def test_a_restated_quarter_is_known_as_it_was_told_at_the_time():
    facts = (
        fact_of("2016-07-01", "2016-09-30", 20_453, "2016-10-20"),
        fact_of("2016-07-01", "2016-09-30", 21_928, "2017-10-26"),  # Microsoft, new revenue rule
    )
    assert millions(known_at(facts, day("2017-10-26"))) == {"2016-09-30": 20_453}
    assert millions(known_at(facts, day("2017-10-27"))) == {"2016-09-30": 21_928}


def test_a_quarter_is_never_the_difference_of_two_bases():
    # Meta told capex gross in 2022 and 2023 and net from 2024 on: 31,186 is no total of the
    # quarters told before, and 31,186 - 22,388 = 8,798 was never spent.
    facts = (
        fact_of("2022-01-01", "2022-09-30", 22_388, "2022-10-27"),
        fact_of("2022-01-01", "2022-12-31", 31_431, "2023-02-02", "10-K"),
        fact_of("2022-01-01", "2022-12-31", 31_186, "2025-01-30", "10-K"),
    )
    for vintage in vintages(facts)[1:]:
        assert millions(vintage.quarters) == {"2022-12-31": 31_431 - 22_388}
    assert 31_431 - 22_388 == 9_043


def test_net_before_and_gross_after_do_not_mix_within_a_year_either():
    # Meta 2021 net, 2022 gross: the first quarter's comparative is what tells the change.
    facts = (
        fact_of("2021-01-01", "2021-03-31", 4_272, "2021-04-29"),
        fact_of("2021-01-01", "2021-12-31", 18_567, "2022-02-03", "10-K"),
        fact_of("2021-01-01", "2021-03-31", 4_300, "2022-04-28"),
        fact_of("2022-01-01", "2022-03-31", 5_441, "2022-04-28"),
        fact_of("2021-01-01", "2021-09-30", 13_320, "2022-10-27"),
    )
    # 18,567 - 13,320 would be a fourth quarter of two minds.
    assert millions(vintages(facts)[-1].quarters) == {"2021-03-31": 4_300, "2022-03-31": 5_441}


@pytest.mark.parametrize(
    ("apart_usd", "third_quarter"),
    [
        (0, {"2014-10-26": 99 - 61}),
        (1_000_000, {"2014-10-26": 99 - 61}),  # 29,068,000 repeated as 30 million, at worst
        (-1_000_000, {"2014-10-26": 99 - 61}),
        (1_000_001, {}),
        (-1_000_001, {}),
    ],
)
def test_rounding_to_a_million_is_no_restatement(apart_usd, third_quarter):
    first = fact_of("2014-01-27", "2014-04-27", 29, "2014-05-21")
    facts = (
        first,
        fact_of("2014-01-27", "2014-07-27", 61, "2014-08-20"),
        replace(first, value=first.value + apart_usd, filed=day("2015-05-20"), accession="next"),
        fact_of("2014-01-27", "2014-10-26", 99, "2015-11-18"),  # by the basis of the last repeat
    )
    (*_, last) = vintages(facts)
    assert last.quarters[0].value == 29 * MILLION + apart_usd
    known = millions(last.quarters)
    assert {end: known[end] for end in known.keys() - {"2014-04-27", "2014-07-27"}} == third_quarter


NET, GROSS = "PaymentsToAcquirePropertyPlantAndEquipment", "PaymentsToAcquireProductiveAssets"


@pytest.mark.parametrize(
    ("tag", "start_of_repeat", "is_one_basis"),
    [
        (GROSS, "2016-12-31", False),  # another tag and no period told before: nothing ties the two
        (NET, "2016-12-31", True),  # the same tag goes on
        (GROSS, "2017-01-01", True),  # another tag, but it repeats a value told under the first
    ],
)
def test_another_tag_without_a_shared_period_is_another_basis(tag, start_of_repeat, is_one_basis):
    # Amazon told capex net of incentives to 2017, gross under another tag from 2018.
    facts = (
        fact_of("2017-01-01", "2017-03-31", 1_861, "2017-04-28", tag=NET),
        fact_of("2017-01-01", "2017-06-30", 4_000, "2017-07-28", tag=NET),
        fact_of(start_of_repeat, "2017-03-31", 1_861, "2018-10-26", tag=tag, accession="a"),
        fact_of("2017-01-01", "2017-09-30", 8_336, "2018-10-26", tag=tag, accession="a"),
    )
    third = {"2017-09-30": 8_336 - 4_000} if is_one_basis else {}
    assert millions(vintages(facts)[-1].quarters) == {
        "2017-03-31": 1_861,
        "2017-06-30": 4_000 - 1_861,
        **third,
    }


def test_the_newest_basis_comes_before_a_reported_value():
    facts = (
        fact_of("2022-04-01", "2022-06-30", 60, "2022-07-27"),  # reported, on the old basis
        fact_of("2022-01-01", "2022-03-31", 40, "2022-07-27"),
        fact_of("2022-01-01", "2022-03-31", 50, "2023-07-27"),
        fact_of("2022-01-01", "2022-06-30", 125, "2023-07-27"),
    )
    last = vintages(facts)[-1].quarters
    assert millions(last) == {"2022-03-31": 50, "2022-06-30": 125 - 50}
    assert [quarter.how for quarter in last] == ["reported", "differenced"]


def test_a_reported_value_comes_before_a_difference_told_later():
    facts = (
        fact_of("2022-01-01", "2022-03-31", 40, "2022-04-27"),
        fact_of("2022-04-01", "2022-06-30", 61, "2022-07-27"),
        fact_of("2022-01-01", "2022-06-30", 100, "2022-10-26"),
    )
    assert millions(vintages(facts)[-1].quarters) == {"2022-03-31": 40, "2022-06-30": 61}


def test_of_two_reported_values_the_latest_told_counts():
    # The start is off by a day, so nothing says that it is the same period restated.
    facts = (
        fact_of("2022-04-01", "2022-06-30", 60, "2022-07-27"),
        fact_of("2022-04-02", "2022-06-30", 65, "2023-07-27"),
    )
    assert millions(vintages(facts)[0].quarters) == {"2022-06-30": 60}
    assert millions(vintages(facts)[1].quarters) == {"2022-06-30": 65}
    assert vintages(facts[::-1]) == vintages(facts)


def test_of_two_differences_the_latest_told_counts():
    facts = (
        fact_of("2022-01-01", "2022-03-31", 40, "2022-04-27"),
        fact_of("2022-01-01", "2022-06-30", 100, "2022-07-27"),
        fact_of("2022-01-02", "2022-06-30", 104, "2023-07-27"),
    )
    assert millions(vintages(facts)[1].quarters)["2022-06-30"] == 100 - 40
    assert millions(vintages(facts)[2].quarters)["2022-06-30"] == 104 - 40


def test_reports_of_one_day_are_read_in_the_order_of_their_numbers():
    facts = (
        fact_of("2022-01-01", "2022-03-31", 41, "2022-04-27", accession="0002"),
        fact_of("2022-01-01", "2022-03-31", 40, "2022-04-27", accession="0001"),
    )
    (vintage,) = vintages(facts)
    assert millions(vintage.quarters) == {"2022-03-31": 41}


# Years tagged as quarters


def oracle_2018(concept="revenue", year=39_831, quarter=39_383):
    """A 10-K that tells the year, and a year's number for its last three months."""
    of = {"concept": concept}
    return (
        fact_of("2017-06-01", "2018-02-28", 28_552, "2018-03-20", **of),
        fact_of("2017-06-01", "2018-05-31", year, "2018-06-22", "10-K", **of),
        fact_of("2018-03-01", "2018-05-31", quarter, "2018-06-22", "10-K", **of),
    )


@pytest.mark.parametrize("concept", ["revenue", "gross_profit"])
def test_a_year_tagged_as_a_quarter_is_left_out_and_reported(concept):
    facts = oracle_2018(concept)
    (fourth,) = vintages(facts)[-1].quarters
    assert fourth.value == (39_831 - 28_552) * MILLION
    assert fourth.how == "differenced"
    assert rejected(facts) == facts[2:]


@pytest.mark.parametrize("concept", ["capex", "operating_cash_flow"])
def test_cash_flows_may_come_in_one_quarter(concept):
    facts = oracle_2018(concept)
    (fourth,) = vintages(facts)[-1].quarters
    assert fourth.value == 39_383 * MILLION
    assert rejected(facts) == ()


@pytest.mark.parametrize(("quarter", "is_left_out"), [(900, True), (899, False), (1_100, True)])
def test_nine_tenths_of_the_year_is_too_much_for_a_quarter(quarter, is_left_out):
    facts = oracle_2018(year=1_000, quarter=quarter)
    assert (rejected(facts) != ()) is is_left_out


@pytest.mark.parametrize("year", [0, -1_000])
def test_a_year_without_profit_rejects_no_quarter(year):
    facts = oracle_2018("gross_profit", year=year, quarter=-200)
    assert rejected(facts) == ()
    assert millions(vintages(facts)[-1].quarters) == {"2018-05-31": -200}


def test_a_quarter_is_rejected_once_its_year_is_known_and_not_before():
    early = fact_of("2018-03-01", "2018-05-31", 39_383, "2018-06-01", concept="revenue")
    facts = (early, *oracle_2018()[:2])
    in_march, before, after = (millions(each.quarters) for each in vintages(facts))
    assert in_march == {}
    assert before == {"2018-05-31": 39_383}  # nobody could know better
    assert after == {"2018-05-31": 39_831 - 28_552}
    assert rejected(facts) == (early,)


def test_a_quarter_taken_back_gives_way_to_the_basis_before():
    facts = (
        fact_of("2018-03-01", "2018-05-31", 11_000, "2018-06-01", concept="revenue"),
        fact_of("2018-03-01", "2018-05-31", 12_000, "2018-06-02", concept="revenue"),
        fact_of("2018-03-01", "2018-05-31", 39_383, "2018-06-03", concept="revenue"),
        fact_of("2017-06-01", "2018-05-31", 39_831, "2018-06-22", "10-K", concept="revenue"),
    )
    assert [millions(each.quarters) for each in vintages(facts)] == [
        {"2018-05-31": 11_000},
        {"2018-05-31": 12_000},
        {"2018-05-31": 39_383},
        {"2018-05-31": 12_000},
    ]


def test_a_quarter_taken_back_takes_its_differences_with_it():
    facts = (
        fact_of("2018-03-01", "2018-05-31", 39_383, "2018-06-01", concept="revenue"),
        fact_of("2018-03-01", "2018-08-31", 48_000, "2018-09-20", concept="revenue"),
        fact_of("2017-06-01", "2018-05-31", 39_831, "2018-09-21", "10-K", concept="revenue"),
    )
    before, after = (millions(each.quarters) for each in vintages(facts)[1:])
    assert before == {"2018-05-31": 39_383, "2018-08-31": 48_000 - 39_383}
    assert after == {}


def test_a_rejected_number_starts_no_new_basis():
    facts = (
        *oracle_2018(),
        fact_of("2018-03-01", "2018-05-31", 11_000, "2018-09-20", concept="revenue"),
        fact_of("2018-03-01", "2018-05-31", 39_383, "2019-06-21", "10-K", concept="revenue"),
        fact_of("2017-06-01", "2017-11-30", 18_775, "2019-06-21", "10-K", concept="revenue"),
    )
    # One basis throughout: the half year told last goes with the nine months told first.
    assert millions(vintages(facts)[-1].quarters) == {
        "2018-02-28": 28_552 - 18_775,
        "2018-05-31": 11_000,
    }
    assert [fact.filed for fact in rejected(facts)] == [day("2018-06-22"), day("2019-06-21")]
