"""The legs against each other: what one of them does alone, and one series under two names."""

import numpy as np
import pytest

from feeds.prices.quality import inspect_pair
from tests.unit.hand_bars import DAY, SESSIONS, bars_of, frame_of, scale_prices

DAYS = {"SMH": np.array([DAY], dtype="datetime64[D]")}


def _leg(symbol, factor=1.0, period=5):
    frame = frame_of(period=period)
    scale_prices(frame, slice(DAY, None), factor)
    return bars_of(frame, symbol)


def _other(factor=1.0):
    """Steps of another rhythm: three of four returns differ from the first leg's."""
    return _leg("IGV", factor, period=4)


def _rows(computed):
    return [(each.check, each.symbol, each.severity, each.dates) for each in computed]


def test_a_jump_of_one_leg_alone_is_a_warning():
    # The legs step by about 2.4 %; a jump of 60 % is past eight times that scale.
    findings = inspect_pair(_leg("SMH", 1.6), _other(), SESSIONS)
    assert _rows(findings) == [("jump", "SMH", "warning", (DAY,))]


def test_a_jump_that_is_confirmed_is_known():
    assert inspect_pair(_leg("SMH", 1.6), _other(), SESSIONS, DAYS) == ()


def test_a_jump_of_both_legs_is_no_finding():
    assert inspect_pair(_leg("SMH", 1.6), _other(1.6), SESSIONS) == ()


def test_jumps_in_opposite_directions_are_found_in_both_legs():
    findings = inspect_pair(_leg("SMH", 1.6), _other(1 / 1.6), SESSIONS)
    assert [each.symbol for each in findings] == ["SMH", "IGV"]
    assert {each.dates for each in findings} == {(DAY,)}


def test_legs_without_a_common_session_are_left_to_the_other_checks():
    frame = frame_of()
    assert inspect_pair(bars_of(frame.iloc[:5]), bars_of(frame.iloc[5:], "IGV"), SESSIONS) == ()


@pytest.mark.parametrize("multiple", [1.0, 3.0, 0.1, 1 / 7])
def test_a_leg_that_is_a_multiple_of_the_other_is_an_error(multiple):
    frame = frame_of()
    scale_prices(frame, slice(None), multiple)
    (finding,) = inspect_pair(_leg("SMH"), bars_of(frame, "COPY"), SESSIONS)
    assert (finding.check, finding.symbol, finding.severity) == ("same series", "SMH/COPY", "error")
    # Each of the 23 returns of 24 sessions is the same.
    assert "23 of 23 moves of its close are equal, 2024-05-03 to 2024-06-05" in finding.text


def test_a_multiple_rounded_to_the_cent_is_still_the_same_series():
    # A tenth of 100 in cents: a return is wrong by up to 4 * 0.005 / 10, ten times less than 2 %.
    frame = (frame_of() * 0.1).round(2)
    assert [each.check for each in inspect_pair(_leg("SMH"), bars_of(frame, "COPY"), SESSIONS)] == [
        "same series"
    ]


def test_a_copy_with_one_edited_day_is_still_the_same_series():
    frame = frame_of()
    scale_prices(frame, DAY, 1.001)  # one day of 24: two of 23 returns, 8.7 %
    assert inspect_pair(_leg("SMH"), bars_of(frame, "COPY"), SESSIONS) == ()
    scale_prices(frame, DAY, 1 / 1.001)
    scale_prices(frame, str(SESSIONS[-1]), 1.001)  # the last: one of 23, 4.3 %
    assert [each.check for each in inspect_pair(_leg("SMH"), bars_of(frame, "COPY"), SESSIONS)] == [
        "same series"
    ]


def test_two_funds_on_one_index_are_two_series():
    # They close a basis point or two apart, by turns.
    frame = frame_of()
    apart = np.where(np.arange(len(frame)) % 2 == 0, 1.0, -1.0) * 1e-4
    frame[["close", "adj_close"]] *= (1 + apart)[:, None]
    assert inspect_pair(_leg("SMH"), bars_of(frame, "IVV"), SESSIONS) == ()
