"""The hand-written NYSE calendar, against dates one can look up and against real price files."""

import csv
import os
from datetime import date
from pathlib import Path

import pytest

from tests.oracle.nyse import (
    closes_period,
    easter_sunday,
    is_session,
    next_session,
    sessions_between,
)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(1997, 3, 30), (2000, 4, 23), (2008, 3, 23), (2011, 4, 24), (2024, 3, 31), (2026, 4, 5)],
)
def test_easter_falls_on_the_published_date(year, month, day):
    assert easter_sunday(year) == date(year, month, day)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2024-03-29", "Good Friday"),
        ("2022-06-20", "Juneteenth, moved from Sunday"),
        ("2020-07-03", "Independence Day, moved from Saturday"),
        ("2021-12-24", "Christmas, moved from Saturday"),
        ("2023-01-02", "New Year, moved from Sunday"),
        ("2025-01-20", "Martin Luther King Day"),
        ("2026-02-16", "Presidents Day"),
        ("2026-05-25", "Memorial Day"),
        ("2025-09-01", "Labor Day"),
        ("2025-11-27", "Thanksgiving"),
        ("2001-09-14", "attacks of 11 September"),
        ("2004-06-11", "President Reagan"),
        ("2007-01-02", "President Ford"),
        ("2012-10-30", "Hurricane Sandy"),
        ("2018-12-05", "President G. H. W. Bush"),
        ("2025-01-09", "President Carter"),
        ("2024-06-29", "a Saturday"),
        ("2024-06-30", "a Sunday"),
    ],
)
def test_exchange_is_closed(day, why):
    assert not is_session(date.fromisoformat(day)), why


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2021-12-31", "a Saturday New Year is not moved to Friday"),
        ("2021-06-18", "Juneteenth was no holiday before 2022"),
        ("1997-01-20", "Martin Luther King Day was no holiday before 1998"),
        ("2025-11-28", "half days are sessions"),
        ("2001-09-17", "the first session after the attacks"),
    ],
)
def test_exchange_is_open(day, why):
    assert is_session(date.fromisoformat(day)), why


def test_next_session_skips_the_holiday_and_the_weekend():
    assert next_session(date(2026, 7, 2)) == date(
        2026, 7, 6
    )  # 3 July stands in for Saturday the 4th


def test_week_ends_on_thursday_before_good_friday():
    assert closes_period(date(2024, 3, 28), "weekly")
    assert closes_period(date(2024, 3, 28), "monthly")
    assert closes_period(date(2024, 3, 28), "quarterly")
    assert not closes_period(date(2024, 3, 27), "weekly")


def test_a_tuesday_closes_its_month_but_not_its_week():
    assert closes_period(date(2026, 6, 30), "monthly")
    assert closes_period(date(2026, 6, 30), "quarterly")
    assert not closes_period(date(2026, 6, 30), "weekly")


def test_month_end_inside_a_quarter_does_not_close_the_quarter():
    assert closes_period(date(2024, 5, 31), "monthly")
    assert not closes_period(date(2024, 5, 31), "quarterly")


def test_new_year_inside_a_week_does_not_close_the_week():
    assert not closes_period(date(2024, 12, 31), "weekly")  # Tuesday; its week ends on 3 January
    assert closes_period(date(2025, 1, 3), "weekly")


def test_dates_before_the_rules_begin_are_refused():
    with pytest.raises(ValueError, match="before 1986"):
        is_session(date(1985, 9, 27))


@pytest.mark.market
@pytest.mark.skipif("MARKET_DATA" not in os.environ, reason="MARKET_DATA names no price folder")
@pytest.mark.parametrize("symbol", ["MSFT", "SPY", "QQQ", "SMH", "IGV", "MAGS"])
def test_calendar_is_exactly_the_sessions_of_the_price_file(symbol):
    with (Path(os.environ["MARKET_DATA"]) / f"{symbol}.csv").open(newline="") as handle:
        rows = [date.fromisoformat(row["Date"]) for row in csv.DictReader(handle)]
    assert sessions_between(rows[0], rows[-1]) == rows
