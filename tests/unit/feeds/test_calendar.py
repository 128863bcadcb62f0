"""Sessions are facts of the exchange: each expected date below is from the NYSE's own notices."""

import datetime as dt
import subprocess
import sys

import numpy as np
import pytest

from feeds.calendar import FIRST_DAY, LAST_DAY, last_closed_session, next_session, sessions
from feeds.source import DataError


def _days(*labels):
    return np.array(labels, dtype="datetime64[D]")


def test_the_week_of_independence_day_2024_has_four_sessions():
    week = sessions(dt.date(2024, 7, 1), dt.date(2024, 7, 7))
    assert week.dtype == np.dtype("datetime64[D]")
    np.testing.assert_array_equal(
        week, _days("2024-07-01", "2024-07-02", "2024-07-03", "2024-07-05")
    )


def test_both_ends_are_included():
    day = dt.date(2026, 6, 30)
    np.testing.assert_array_equal(sessions(day, day), _days("2026-06-30"))


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        (dt.date(2001, 9, 11), dt.date(2001, 9, 14), "the September 2001 closure"),
        (dt.date(2012, 10, 29), dt.date(2012, 10, 30), "hurricane Sandy"),
        (dt.date(2025, 1, 9), dt.date(2025, 1, 9), "mourning for President Carter"),
        (dt.date(2026, 4, 3), dt.date(2026, 4, 5), "Good Friday and its weekend"),
        (dt.date(2026, 6, 19), dt.date(2026, 6, 21), "Juneteenth on a Friday"),
        (dt.date(2024, 7, 5), dt.date(2024, 7, 1), "an end before the start"),
    ],
)
def test_there_is_no_session_in(start, end, why):
    assert len(sessions(start, end)) == 0, why


def test_juneteenth_was_a_session_before_it_was_a_holiday():
    np.testing.assert_array_equal(
        sessions(dt.date(2020, 6, 19), dt.date(2020, 6, 19)), _days("2020-06-19")
    )


def test_2024_had_252_sessions_and_2023_had_250():
    # 262 weekdays less 10 holidays; 260 weekdays less 10.
    assert len(sessions(dt.date(2024, 1, 1), dt.date(2024, 12, 31))) == 262 - 10
    assert len(sessions(dt.date(2023, 1, 1), dt.date(2023, 12, 31))) == 260 - 10


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (dt.date(2026, 6, 30), "2026-07-01"),
        (dt.date(2026, 7, 2), "2026-07-06"),  # Friday the 3rd observes Independence Day
        (dt.date(2026, 7, 4), "2026-07-06"),
        (dt.date(2025, 1, 8), "2025-01-10"),
        (np.datetime64("2025-12-31"), "2026-01-02"),
    ],
)
def test_the_next_session_is_strictly_later(day, following):
    assert next_session(day) == np.datetime64(following, "D")


def test_the_calendar_starts_and_ends_with_a_session():
    assert sessions(FIRST_DAY, FIRST_DAY)[0] == np.datetime64("1962-01-02")
    assert next_session(dt.date(2049, 12, 30)) == np.datetime64("2049-12-31")


@pytest.mark.parametrize(
    ("now", "session"),
    [
        # Regular close, 16:00 in New York: 20:00 UTC in summer, 21:00 in winter.
        ("2026-06-30T19:59:59+00:00", dt.date(2026, 6, 29)),
        ("2026-06-30T20:00:00+00:00", dt.date(2026, 6, 30)),
        ("2026-01-20T20:59:00+00:00", dt.date(2026, 1, 16)),  # Monday the 19th: M. L. King
        ("2026-01-20T21:00:00+00:00", dt.date(2026, 1, 20)),
        # Early closes at 13:00: 3 July 2024 and the day after Thanksgiving 2025.
        ("2024-07-03T16:59:00+00:00", dt.date(2024, 7, 2)),
        ("2024-07-03T17:00:00+00:00", dt.date(2024, 7, 3)),
        ("2025-11-28T18:00:00+00:00", dt.date(2025, 11, 28)),
        # Another zone is converted: 05:30 on the 1st in Tokyo is 20:30 on the 30th in UTC.
        ("2026-07-01T05:30:00+09:00", dt.date(2026, 6, 30)),
        ("2024-07-07T12:00:00+00:00", dt.date(2024, 7, 5)),
    ],
)
def test_a_session_counts_once_it_has_closed(now, session):
    assert last_closed_session(dt.datetime.fromisoformat(now)) == session


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(DataError, match="without a time zone"):
        last_closed_session(dt.datetime(2026, 6, 30, 20, 0))  # noqa: DTZ001 - the fault tested


@pytest.mark.parametrize("day", [dt.date(1961, 12, 29), dt.date(2050, 1, 3)])
def test_a_day_outside_the_calendar_is_refused_with_its_span(day):
    with pytest.raises(DataError, match="1962-01-02 to 2049-12-31"):
        sessions(day, day)
    with pytest.raises(DataError, match="1962-01-02 to 2049-12-31"):
        next_session(day)


def test_nothing_follows_the_last_session_of_the_calendar():
    with pytest.raises(DataError, match="expected a day before 2049-12-31"):
        next_session(LAST_DAY)


def test_nothing_had_closed_before_the_first_close():
    with pytest.raises(DataError, match="after the close of 1962-01-02"):
        last_closed_session(dt.datetime(1962, 1, 2, 15, 0, tzinfo=dt.UTC))


def test_the_shared_sessions_cannot_be_edited():
    days = sessions(dt.date(2024, 7, 1), dt.date(2024, 7, 7))
    with pytest.raises(ValueError, match="read-only"):
        days[0] = np.datetime64("2000-01-01")


def test_building_the_calendar_raises_no_warning():
    code = "import datetime, feeds.calendar as c; c.next_session(datetime.date(2026, 6, 30))"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
