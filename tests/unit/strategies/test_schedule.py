"""Sessions of a period by the exchange's sessions; the days below are from the NYSE's calendar."""

import numpy as np
import pytest

from feeds import calendar
from strategies.rules.schedule import flat_due, in_season, period_sessions


def ends(period, *days, on="last", every=1, phase=0):
    """Days that end their period; the last day given only follows the last session."""
    labels = np.array(days, dtype="datetime64[D]")
    flags = period_sessions(labels[:-1], labels[1:], period, on, every, phase)
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


# --- the first, a weekday, every n-th ---


def test_the_first_session_of_a_period_is_the_one_after_the_last_of_the_one_before():
    assert ends("weekly", *EASTER, on="first") == ["2024-03-25", "2024-04-01"]
    assert ends("monthly", *EASTER, on="first") == ["2024-04-01"]
    assert ends("quarterly", *EASTER, on="first") == ["2024-04-01"]


def test_the_first_session_of_a_run_is_first_of_nothing():
    # Monday 25 March 2024 begins its week, but what came before is not in the data.
    assert ends("weekly", *EASTER[2:], on="first") == ["2024-04-01"]


@pytest.mark.parametrize(
    ("weekday", "days"),
    [
        # The run begins on Thursday 21 March; Easter's week has Monday to Thursday.
        ("monday", ["2024-03-25", "2024-04-01"]),
        ("tuesday", ["2024-03-26"]),
        ("wednesday", ["2024-03-27"]),
        ("thursday", ["2024-03-21", "2024-03-28"]),
        ("friday", ["2024-03-22", "2024-03-28"]),  # Good Friday: the week's last session instead
    ],
)
def test_a_weekday_that_is_a_holiday_moves_within_its_week(weekday, days):
    assert ends("weekly", *EASTER, on=weekday) == days


def test_a_monday_holiday_moves_monday_to_tuesday():
    # Memorial Day was Monday 27 May 2024.
    days = ("2024-05-23", "2024-05-24", "2024-05-28", "2024-05-29", "2024-05-30", "2024-05-31",
            "2024-06-03")  # fmt: skip
    assert ends("weekly", *days, on="monday") == ["2024-05-28"]
    assert ends("weekly", *days, on="tuesday") == ["2024-05-28"]


def test_a_holiday_in_midweek_moves_its_day_to_the_next_session():
    # Wednesday 19 June 2024 was Juneteenth.
    days = ("2024-06-14", "2024-06-17", "2024-06-18", "2024-06-20", "2024-06-21", "2024-06-24")
    assert ends("weekly", *days, on="wednesday") == ["2024-06-20"]
    assert ends("weekly", *days, on="tuesday") == ["2024-06-18"]


def year_2024():
    start, end = np.datetime64("2024-01-01").item(), np.datetime64("2025-01-02").item()
    return calendar.sessions(start, end)


@pytest.mark.parametrize("weekday", ["monday", "tuesday", "wednesday", "thursday", "friday"])
def test_every_whole_week_of_a_year_has_its_day_once(weekday):
    chosen = ends("weekly", *year_2024(), on=weekday)
    weeks = [tuple(np.datetime64(day).item().isocalendar())[:2] for day in chosen]
    assert len(set(weeks)) == len(weeks)
    # The first session is a Tuesday, which is not known to be the first of its week, and the
    # last week, from Monday 30 December, has its Monday and its Tuesday only.
    assert len(weeks) == (53 if weekday == "tuesday" else 52)


def test_every_second_week_counts_from_1970_and_not_from_the_start():
    # 29 December 1969 was a Monday: week 0. Monday 25 March 2024 is 19,807 days after 1 January
    # 1970, so in week (19807 + 3) / 7 = 2830, an even one.
    days = year_2024()
    every = ends("weekly", *days, every=2)
    assert "2024-03-28" in every
    assert "2024-03-22" not in every
    assert "2024-04-05" not in every
    later = ends("weekly", *days[30:], every=2)
    assert later == [day for day in every if np.datetime64(day) >= days[30]]
    assert len(every) == 26


def test_every_third_month_is_a_quarter_s_first_month():
    # Months count from January 1970, which is 0: multiples of three are January, April, ...
    assert ends("monthly", *year_2024(), every=3) == [
        "2024-01-31", "2024-04-30", "2024-07-31", "2024-10-31",
    ]  # fmt: skip


# --- nights to be flat over ---


def test_a_decision_heeds_the_night_after_the_session_that_fills_it():
    nights = np.array([False, False, True, False])
    assert flat_due(nights, last_night=False).tolist() == [False, True, False, False]
    assert flat_due(nights, last_night=True).tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("since", "until", "inside"),
    [
        ("03-22", "03-28", ["2024-03-22", "2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28"]),
        ("03-26", "03-26", ["2024-03-26"]),
        ("03-29", "03-31", []),
        ("12-20", "03-21", ["2024-03-21"]),  # over the new year
        ("04-01", "01-31", ["2024-04-01", "2024-04-02"]),
        ("04-02", "03-22", ["2024-03-21", "2024-03-22", "2024-04-02"]),
    ],
)
def test_a_season_includes_both_its_ends_and_may_pass_the_new_year(since, until, inside):
    days = np.array(EASTER, dtype="datetime64[D]")
    flags = in_season(days, since, until)
    assert [str(day) for day in days[flags]] == inside


@pytest.mark.parametrize(("period", "every"), [("weekly", 2), ("weekly", 5), ("monthly", 3)])
def test_the_phases_share_out_the_periods(period, every):
    # Week 2830 of 1970 on ends on Thursday 28 March 2024 (above), March 2024 is month 650 = 3 * 216
    # + 2 of the count that begins with January 1970 as 0.
    days = year_2024()
    parts = [ends(period, *days, every=every, phase=phase) for phase in range(every)]
    assert sorted(day for part in parts for day in part) == ends(period, *days)
    assert "2024-03-28" in parts[{"weekly": 2830, "monthly": 54 * 12 + 2}[period] % every]
