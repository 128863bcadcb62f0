"""Period ends by the exchange's sessions; the days below are from the NYSE's calendar."""

import numpy as np
import pytest

from feeds import calendar
from strategies.rules.schedule import period_sessions


def ends(period, *days, on="last", every=1):
    """Days that end their period; the last day given only follows the last session."""
    labels = np.array(days, dtype="datetime64[D]")
    flags = period_sessions(labels[:-1], labels[1:], period, on, every)
    assert flags.dtype == bool
    return [str(day) for day in labels[:-1][flags]]


# Good Friday 2024 is 29 March: the week, the month and the quarter all end on Thursday 28.
EASTER = (
    "2024-03-21", "2024-03-22", "2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28",
    "2024-04-01", "2024-04-02",
)  # fmt: skip


def test_a_week_ends_on_thursday_when_friday_is_a_holiday():
    assert ends("weekly", *EASTER) == ["2024-03-22", "2024-03-28"]


def test_a_month_and_a_quarter_end_on_their_last_session():
    assert ends("monthly", *EASTER) == ["2024-03-28"]
    assert ends("quarterly", *EASTER) == ["2024-03-28"]


def test_the_end_of_a_month_inside_a_quarter_does_not_end_the_quarter():
    days = ("2024-04-29", "2024-04-30", "2024-05-01")
    assert ends("monthly", *days) == ["2024-04-30"]
    assert ends("quarterly", *days) == []


def test_daily_is_every_session():
    assert ends("daily", *EASTER) == list(EASTER[:-1])


def test_a_window_that_ends_on_a_tuesday_does_not_end_its_week():
    # Tuesday 25 June 2024: the exchange opens on Wednesday, whether or not our data does.
    assert ends("weekly", "2024-06-21", "2024-06-24", "2024-06-25", "2024-06-26") == ["2024-06-21"]


def test_a_window_that_ends_on_the_last_session_of_a_week_ends_it():
    assert ends("weekly", "2024-06-27", "2024-06-28", "2024-07-01") == ["2024-06-28"]


def test_a_week_begins_on_monday_and_not_on_sunday():
    # 22 to 24 June 2024 are a Saturday, a Sunday and a Monday: no sessions, but days of a week.
    assert ends("weekly", "2024-06-22", "2024-06-23", "2024-06-24") == ["2024-06-23"]


def test_a_week_across_a_month_end_is_one_week():
    # Tuesday 30 April and Wednesday 1 May 2024.
    assert ends("weekly", "2024-04-29", "2024-04-30", "2024-05-01", "2024-05-02") == []


def test_a_week_across_the_new_year_is_one_week():
    # Monday 30 and Tuesday 31 December 2024, Thursday 2 and Friday 3 January 2025.
    days = ("2024-12-30", "2024-12-31", "2025-01-02", "2025-01-03", "2025-01-06")
    assert ends("weekly", *days) == ["2025-01-03"]
    assert ends("monthly", *days) == ["2024-12-31"]
    assert ends("quarterly", *days) == ["2024-12-31"]


def test_the_same_week_and_month_of_another_year_is_another_period():
    # No gap in history is that long, but a period is told by its number, not by its month's name.
    assert ends("monthly", "2023-06-15", "2024-06-17") == ["2023-06-15"]
    assert ends("quarterly", "2023-06-15", "2024-06-17") == ["2023-06-15"]


@pytest.mark.parametrize("day", ["1969-12-31", "1962-01-05"])
def test_weeks_before_1970_begin_on_monday_too(day):
    # 31 December 1969 was a Wednesday, 5 January 1962 a Friday.
    label = np.datetime64(day)
    is_friday = label.item().isoweekday() == 5
    following = label + np.timedelta64(3 if is_friday else 2, "D")
    assert ends("weekly", label, following) == ([day] if is_friday else [])


def test_a_year_of_the_exchange_has_its_weeks_months_and_quarters():
    # The week of 1 January is the first, that of 23 December the 52nd; the next ends in 2025.
    days = calendar.sessions(np.datetime64("2024-01-01").item(), np.datetime64("2025-01-02").item())
    assert len(ends("monthly", *days)) == 12
    assert ends("quarterly", *days) == ["2024-03-28", "2024-06-28", "2024-09-30", "2024-12-31"]
    assert len(ends("weekly", *days)) == 52
    not_friday = [day for day in ends("weekly", *days) if np.datetime64(day).item().weekday() != 4]
    assert not_friday == ["2024-03-28"]  # Good Friday is the only Friday holiday of 2024
