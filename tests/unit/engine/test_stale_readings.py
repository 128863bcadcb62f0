"""Decisions on old or unlike numbers, by hand: since when, and what was decided on them."""

import datetime as dt
from dataclasses import replace

import numpy as np

from engine.event import simulate
from engine.records.stale_readings import StaleReading, stale_readings, with_doubts
from tests.unit.hand_market import hand_config, hand_leg, hand_market
from tests.unit.hand_reports import hand_facts, hand_fundamentals
from tests.unit.scenarios.test_thesis import SIGNAL

SESSIONS = np.array(["2022-07-08", "2022-07-11", "2022-07-12", "2022-07-13"], dtype="datetime64[D]")
DECEMBER, MARCH = dt.date(2021, 12, 31), dt.date(2022, 3, 31)


def day(text):
    return dt.date.fromisoformat(f"2022-{text}")


def test_a_quarter_is_too_old_after_190_days_and_until_the_next_one_is_read():
    # 190 days after 2021-12-31 is 2022-07-09, a Saturday.
    read = [(0, [("capex growth", DECEMBER)]), (2, [("capex growth", MARCH)])]
    assert stale_readings(read, SESSIONS) == (
        StaleReading(
            used_for="capex growth", last_end=DECEMBER, since=day("07-11"), until=day("07-11")
        ),
    )


def test_news_that_changes_nothing_does_not_end_the_stretch():
    read = [(0, [("size", DECEMBER)]), (2, [("size", DECEMBER), ("long growth", MARCH)])]
    assert stale_readings(read, SESSIONS) == (
        StaleReading(used_for="size", last_end=DECEMBER, since=day("07-11"), until=day("07-13")),
    )


def entered(tags=("capex",) * 6):
    """A run that enters in July 2022 on AAA's capex of the quarter to June 2021: 130 after 100."""
    facts = hand_facts("AAA", "capex", [100] * 5 + [130], [dt.date(2022, 1, 31)] * 6)
    tagged = [replace(fact, tag=tag) for fact, tag in zip(facts, tags, strict=True)]
    prices = [100.0] * 4
    market = hand_market(
        ["2022-07-08", "2022-07-11", "2022-07-12", "2022-07-13", "2022-07-14"],
        hand_leg("LLL", prices, prices),
        hand_leg("SSS", prices, prices),
        fundamentals=hand_fundamentals(tagged),
    )
    config = hand_config(
        signal=SIGNAL,
        fundamentals={"source": "csv", "path": "unread"},
        exits={"holding_sessions": 9},  # beyond the data
    )
    return with_doubts(simulate(config, market), market)


def test_a_decision_on_an_old_quarter_is_a_finding_that_names_it():
    (finding,) = entered().findings
    assert (finding.check, finding.symbol, finding.dates) == (
        "reading_stale", "LLL/SSS", ("2022-07-08",),
    )  # fmt: skip
    assert "from 2022-07-08 to 2022-07-13 on the quarter to 2021-06-30" in finding.text
    assert finding.text.endswith("decided on them: 2022-07-08 entry")


def test_a_growth_between_two_tags_is_a_finding_that_names_both():
    old, unlike = entered(tags=("net",) * 2 + ("gross",) * 4).findings
    assert (old.check, unlike.check) == ("reading_stale", "reading_tags_differ")
    assert unlike.text.startswith("AAA: growth compared gross with net a year before")
