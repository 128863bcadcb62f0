"""No check is switched off by a number it cannot compare: every one is told, wherever it stands."""

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.calendar import sessions as exchange_sessions
from feeds.prices.history import Request
from feeds.prices.quality import inspect, inspect_gauge, inspect_pair
from feeds.source import COLUMNS
from tests.unit.hand_bars import bars_of, frame_of

DAYS = exchange_sessions(dt.date(2024, 5, 2), dt.date(2024, 7, 31))
FIRST, LAST = 12, 50  # rows of the run, of 63
RUN = DAYS[FIRST : LAST + 1]
PRICES = COLUMNS[:5]
SICK = (math.nan, math.inf, -math.inf, 0.0, -1.0, 1e300, 1e-320, -1e300, -1e-320)
OTHER = bars_of(frame_of(DAYS, period=4), "IGV")


def _with(column, row, value):
    frame = frame_of(DAYS)
    frame.iloc[row, frame.columns.get_loc(column)] = value
    return frame


def _errors(frame, symbol="SMH"):
    findings = inspect(bars_of(frame, symbol), RUN, Request(other=OTHER))
    return [each for each in findings if each.severity == "error"]


@given(row=st.integers(FIRST, LAST), column=st.sampled_from(COLUMNS), value=st.sampled_from(SICK))
def test_a_sick_number_inside_the_run_is_an_error_with_its_date(row, column, value):
    if value == 0.0 and column not in PRICES:
        return  # no dividend, no split; no volume is a warning, below
    computed = _errors(_with(column, row, value))
    assert str(DAYS[row]) in {day for each in computed for day in each.dates}


@given(
    row=st.integers(0, len(DAYS) - 1),
    column=st.sampled_from(("dividend", "split")),
    value=st.sampled_from([value for value in SICK if value != 0.0]),
)
def test_a_sick_dividend_or_split_anywhere_is_an_error(row, column, value):
    computed = _errors(_with(column, row, value))
    assert str(DAYS[row]) in {day for each in computed for day in each.dates}


@given(
    row=st.integers(0, FIRST - 1) | st.integers(LAST + 1, len(DAYS) - 1),
    column=st.sampled_from((*PRICES, "volume")),
    value=st.sampled_from(SICK),
)
def test_a_sick_price_outside_the_run_hides_no_fault_inside_it(row, column, value):
    """The prices there are not read; each fault inside is still told beside them."""
    frame = _with(column, row, value)
    frame.loc[frame.index[30] :, ["open", "high", "low", "close", "adj_close"]] /= 1.5
    frame.loc[frame.index[20], "dividend"] = 0.75
    assert [each.check for each in _errors(frame)] == ["split look-alike", "adjusted close"]
    assert _errors(_with(column, row, value)) == []


@given(row=st.integers(FIRST, LAST))
def test_a_session_without_volume_is_told(row):
    findings = inspect(bars_of(_with("volume", row, 0.0)), RUN)
    assert ("volume 0", (str(DAYS[row]),)) in {(each.check, each.dates) for each in findings}


@given(row=st.integers(FIRST, LAST), value=st.sampled_from(SICK))
def test_a_sick_gauge_is_an_error(row, value):
    findings = inspect_gauge(bars_of(_with("close", row, value), "^VIX"), RUN)
    assert "error" in {each.severity for each in findings}


@given(
    row=st.integers(FIRST + 1, LAST), column=st.sampled_from(PRICES), value=st.sampled_from(SICK)
)
def test_the_pair_checks_survive_what_the_others_refuse(row, column, value):
    legs = bars_of(_with(column, row, value)), OTHER
    inspect_pair(*legs, RUN)  # no exception, no warning
    inspect_pair(*legs[::-1], RUN)


@given(
    prices=st.lists(
        st.sampled_from((*SICK, 99.0, 100.0, 101.0)), min_size=len(DAYS), max_size=len(DAYS)
    ),
    column=st.sampled_from(COLUMNS),
)
def test_whole_columns_of_anything_raise_nothing(prices, column):
    frame = frame_of(DAYS)
    frame[column] = np.array(prices)
    inspect(bars_of(frame), RUN, Request(other=bars_of(frame, "IGV")))
    inspect_gauge(bars_of(frame, "^VIX"), RUN)


@pytest.mark.parametrize("factor", [10.0, 0.1, 100.0])
@pytest.mark.parametrize("row", [FIRST + 1, 30, LAST])
def test_a_gauge_times_ten_for_a_day_is_told(factor, row):
    frame = _with("close", row, 100.0 * factor)
    frame.loc[frame.index[row], ["open", "high", "low", "adj_close"]] = 100.0 * factor
    findings = inspect_gauge(bars_of(frame, "^VIX"), RUN)
    lines = [each.dates for each in findings if each.check == "gauge jump"]
    assert lines == [(str(DAYS[row]),)]


@pytest.mark.parametrize("factor", [1.5, 0.5, 1.3])
def test_an_open_alone_is_told(factor):
    frame = frame_of(DAYS)
    frame.loc[frame.index[30], "open"] *= factor
    frame["high"] = frame[["high", "open"]].max(axis=1)
    frame["low"] = frame[["low", "open"]].min(axis=1)
    findings = inspect(bars_of(frame), RUN, Request(other=OTHER))
    assert [(each.check, each.dates) for each in findings] == [("open alone", (str(DAYS[30]),))]


@pytest.mark.parametrize(("count", "is_reported"), [(4, False), (5, True), (10, True)])
def test_a_close_that_stands_still_is_told(count, is_reported):
    frame = frame_of(DAYS)
    rows = frame.index[20 : 20 + count]
    frame.loc[rows, ["close", "adj_close"]] = 100.0
    frame.loc[rows, "high"] = 101.5
    frame.loc[rows, "low"] = 98.0
    findings = inspect(bars_of(frame), RUN, Request(other=OTHER))
    days = tuple(str(day) for day in DAYS[20 : 20 + count])
    assert [(each.check, each.dates) for each in findings] == [("stale close", days)] * is_reported
