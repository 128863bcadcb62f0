"""Each fault is planted by hand in clean bars; the check must name its day, and only its day."""

import datetime as dt
import os

import numpy as np
import pandas as pd
import pytest

from feeds.calendar import sessions as exchange_sessions
from feeds.prices.quality import inspect
from tests.unit.hand_bars import DAY, SESSIONS, bars_of, frame_of, scale_prices
from tests.unit.read_once import ReadOnce


def _seen(frame, symbol="SMH", sessions=SESSIONS):
    """Check, severity and dates of every finding, on a frame that must come back untouched."""
    before = frame.copy(deep=True)
    findings = inspect(bars_of(frame, symbol), sessions)
    pd.testing.assert_frame_equal(frame, before)
    assert all(finding.symbol == symbol for finding in findings)
    return [(finding.check, finding.severity, finding.dates) for finding in findings]


def test_clean_bars_have_no_finding():
    assert len(SESSIONS) == 21 - 1 + 1 + 3
    assert _seen(frame_of()) == []


def test_a_missing_session_is_an_error_with_its_date():
    frame = frame_of().drop(pd.Timestamp(DAY))
    assert _seen(frame) == [("missing session", "error", (DAY,))]


def test_all_dates_are_listed_and_the_text_names_the_first_three():
    days = ("2024-05-07", "2024-05-08", "2024-05-14", "2024-05-20", "2024-05-21")
    (finding,) = inspect(bars_of(frame_of().drop([pd.Timestamp(day) for day in days])), SESSIONS)
    assert finding.dates == days
    assert finding.text.startswith(
        "SMH has no bar on 2024-05-07, 2024-05-08, 2024-05-14 and 2 more; fetch it again"
    )


def test_a_bar_on_a_holiday_is_an_error():
    frame = frame_of()
    holiday = frame.loc[[DAY]].set_axis([pd.Timestamp("2024-05-27")])
    assert _seen(pd.concat([frame, holiday * 1.001]).sort_index()) == [
        ("extra date", "error", ("2024-05-27",))
    ]


def test_a_date_given_twice_is_an_error():
    frame = frame_of()
    assert _seen(pd.concat([frame, frame.loc[[DAY]]]).sort_index()) == [
        ("duplicate date", "error", (DAY,))
    ]


def test_dates_out_of_order_are_an_error():
    frame = frame_of()
    order = [*range(10), 11, 10, *range(12, len(frame))]
    assert _seen(frame.iloc[order]) == [("date order", "error", (str(SESSIONS[10]),))]


@pytest.mark.parametrize("column", ["open", "high", "low", "close", "adj_close", "volume", "split"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_no_number_is_an_error_that_names_its_column(column, value):
    frame = frame_of()
    frame.loc[DAY, column] = value
    findings = [finding for finding in inspect(bars_of(frame), SESSIONS) if finding.check == "NaN"]
    assert [(finding.severity, finding.dates) for finding in findings] == [("error", (DAY,))]
    assert f"has no number for {column} on {DAY}" in findings[0].text


def test_a_lone_nan_raises_no_other_alarm():
    frame = frame_of()
    frame.loc[DAY, "close"] = np.nan
    assert _seen(frame) == [("NaN", "error", (DAY,))]


@pytest.mark.parametrize(
    ("column", "value"),
    [("close", 0.0), ("low", -1.0), ("adj_close", 0.0), ("volume", -5.0), ("dividend", -0.1)],
)
def test_a_zero_or_negative_value_is_an_error(column, value):
    frame = frame_of()
    frame.loc[DAY, column] = value
    assert ("zero or negative", "error", (DAY,)) in _seen(frame)


def test_a_high_below_the_low_is_an_error():
    frame = frame_of()
    frame.loc[DAY, ["high", "low"]] = frame.loc[DAY, ["low", "high"]].to_numpy()
    assert ("high below low", "error", (DAY,)) in _seen(frame)


@pytest.mark.parametrize(
    ("beyond_frac", "severity"),
    # Half of 1e-5 is the rounding of six digits; 0.4 % an odd auction; 0.6 % past believing.
    [(0.000005, None), (0.004, "warning"), (0.006, "error")],
)
@pytest.mark.parametrize("side", ["high", "low"])
def test_a_close_outside_the_range_matters_by_how_far(side, beyond_frac, severity):
    frame = frame_of()
    close = frame.loc[DAY, "close"]
    frame.loc[DAY, ["open", "high", "low"]] = [close, close + 2, close - 2]
    frame.loc[DAY, side] = close * (1 - beyond_frac if side == "high" else 1 + beyond_frac)
    expected = [] if severity is None else [("outside range", severity, (DAY,))]
    assert _seen(frame) == expected


@pytest.mark.parametrize("ratio", [2, 3, 4, 5, 10, 20, 1 / 2, 1 / 10])
def test_an_unadjusted_split_is_an_error(ratio):
    # Prices are divided and share volume multiplied from the day on: the dollars stay as usual.
    frame = frame_of()
    scale_prices(frame, slice("2024-05-10", None), 1 / ratio)
    frame.loc["2024-05-10":, "volume"] *= ratio
    assert _seen(frame) == [("split look-alike", "error", ("2024-05-10",))]


def test_a_recorded_split_that_still_shows_in_the_price_is_an_error_whatever_the_volume():
    frame = frame_of()
    scale_prices(frame, slice(DAY, None), 1 / 10)
    frame.loc[DAY:, "volume"] *= 100
    frame.loc[DAY, "split"] = 10.0
    assert _seen(frame) == [("split look-alike", "error", (DAY,))]


def test_a_recorded_split_with_adjusted_prices_is_no_finding():
    frame = frame_of()
    frame.loc[DAY, "split"] = 10.0
    assert _seen(frame) == []


def test_a_close_that_splits_while_adj_close_does_not_is_an_error_whatever_the_volume():
    frame = frame_of()
    scale_prices(frame, slice(DAY, None), 1 / 2, ("open", "high", "low", "close"))
    frame.loc[DAY:, "volume"] *= 100
    assert _seen(frame) == [
        ("adjusted close", "error", (DAY,)),
    ]


def test_news_that_halves_the_price_is_no_split():
    # Half the price on eight times the shares: four times the dollars.
    frame = frame_of()
    scale_prices(frame, slice(DAY, None), 1 / 2)
    frame.loc[DAY, "volume"] *= 8
    assert _seen(frame) == []


def test_a_fall_by_a_third_on_usual_volume_is_no_split():
    # NVDA fell to 0.648 of its price on 2004-08-06: that near to three for two.
    frame = frame_of()
    scale_prices(frame, slice(DAY, None), 0.648)
    assert _seen(frame) == []


def test_an_index_that_doubles_has_not_split_and_has_no_volume():
    # ^VIX made 2.16 times its close on 2018-02-05.
    frame = frame_of()
    frame["volume"] = 0.0
    scale_prices(frame, slice(DAY, None), 2.0)
    assert _seen(frame, symbol="^VIX") == []


def test_a_special_dividend_of_half_the_price_is_no_split():
    frame = frame_of()
    before = frame["close"].to_numpy()[14]
    frame.loc[:"2024-05-22", "adj_close"] *= 0.5
    frame.loc[DAY, "dividend"] = before / 2
    scale_prices(frame, slice(DAY, None), 0.5)
    assert _seen(frame) == []


def test_a_dividend_explains_its_step_in_adj_close():
    # CRSP: every earlier adjusted close is multiplied by 1 - D / (close before the ex-date).
    frame = frame_of()
    before = frame["close"].to_numpy()[14]
    frame.loc[:"2024-05-22", "adj_close"] *= 1 - 0.75 / before
    frame.loc[DAY, "dividend"] = 0.75
    assert _seen(frame) == []


def test_a_session_without_volume_is_a_warning():
    frame = frame_of()
    frame.loc[DAY, "volume"] = 0.0
    assert _seen(frame) == [("volume 0", "warning", (DAY,))]


@pytest.mark.parametrize(("count", "is_stale"), [(2, False), (3, True), (5, True)])
def test_a_bar_repeated_three_times_is_stale(count, is_stale):
    frame = frame_of()
    row = frame.index.get_loc(DAY)
    days = tuple(str(day) for day in SESSIONS[row : row + count])
    frame.iloc[row : row + count] = frame.iloc[row].to_numpy()
    assert _seen(frame) == ([("stale run", "warning", days)] if is_stale else [])


def test_an_index_may_repeat_itself():
    frame = frame_of()
    row = frame.index.get_loc(DAY)
    frame.iloc[row : row + 3] = frame.iloc[row].to_numpy()
    assert [severity for _, severity, _ in _seen(frame, symbol="^MOVE")] == ["info"]


def test_a_last_bar_with_a_tenth_of_its_volume_looks_partial():
    frame = frame_of()
    frame.iloc[-1, frame.columns.get_loc("volume")] = 100_000.0
    assert _seen(frame) == [("partial last bar", "warning", ("2024-06-05",))]


def test_a_last_bar_at_one_price_looks_partial():
    frame = frame_of()
    frame.loc["2024-06-05", ["open", "high", "low"]] = frame["close"].iloc[-1]
    assert _seen(frame) == [("partial last bar", "warning", ("2024-06-05",))]


def test_a_thin_day_in_the_middle_is_not_partial():
    frame = frame_of()
    frame.loc[DAY, "volume"] = 100_000.0
    assert _seen(frame) == []


def test_a_window_before_the_first_bar_names_the_date_to_start_from():
    frame = frame_of().iloc[3:]
    (finding,) = inspect(bars_of(frame, "MAGS"), SESSIONS)
    assert (finding.check, finding.severity) == ("coverage", "error")
    assert finding.dates == ("2024-05-02", "2024-05-03", "2024-05-06")
    assert finding.text == "MAGS has prices from 2024-05-07; set data.start to that or later"


def test_a_window_after_the_last_bar_names_the_date_to_end_with():
    (finding,) = inspect(bars_of(frame_of().iloc[:-2]), SESSIONS)
    assert finding.dates == ("2024-06-04", "2024-06-05")
    assert finding.text == "SMH has prices to 2024-06-03; set data.end to that or earlier"


def test_a_window_without_a_single_bar_is_one_error():
    frame = frame_of(exchange_sessions(dt.date(2020, 1, 2), dt.date(2020, 1, 31)))
    assert _seen(frame) == [("coverage", "error", tuple(str(day) for day in SESSIONS))]


def test_an_empty_frame_is_one_error():
    assert _seen(frame_of().iloc[:0]) == [
        ("coverage", "error", tuple(str(day) for day in SESSIONS))
    ]


def test_faults_outside_the_window_are_none_of_its_business():
    frame = frame_of()
    frame.loc["2024-05-03", "close"] = np.nan
    frame.loc["2024-06-04", "low"] = -1.0
    window = exchange_sessions(dt.date(2024, 5, 6), dt.date(2024, 6, 3))
    assert _seen(frame, sessions=window) == []


def test_a_window_of_one_session_can_be_judged():
    assert _seen(frame_of(), sessions=SESSIONS[15:16]) == []


def test_no_session_at_all_is_refused():
    with pytest.raises(ValueError, match="sessions was empty"):
        inspect(bars_of(frame_of()), SESSIONS[:0])


REAL = ("SMH", "IGV", "QQQ", "MAGS", "NVDA", "MSFT", "SPY", "AMZN", "META", "GOOG", "SOXX", "^VIX")


@pytest.mark.market
@pytest.mark.skipif("MARKET_DATA" not in os.environ, reason="MARKET_DATA names no folder of prices")
@pytest.mark.parametrize("symbol", REAL)
def test_real_prices_raise_no_false_alarm(symbol):
    bars = ReadOnce(os.environ["MARKET_DATA"]).bars(symbol)
    first = bars.frame.index[0].date()
    if symbol == "AMZN":
        first = dt.date(2010, 1, 4)  # before, its open, high and low are coarse
    findings = inspect(bars, exchange_sessions(first, bars.frame.index[-1].date()))
    assert findings == ()


@pytest.mark.market
@pytest.mark.skipif("MARKET_DATA" not in os.environ, reason="MARKET_DATA names no folder of prices")
def test_the_holes_of_the_real_move_index_are_found():
    bars = ReadOnce(os.environ["MARKET_DATA"]).bars("^MOVE")
    days = exchange_sessions(bars.frame.index[0].date(), bars.frame.index[-1].date())
    errors = [finding for finding in inspect(bars, days) if finding.severity == "error"]
    assert [(finding.check, len(finding.dates)) for finding in errors] == [("missing session", 102)]


@pytest.mark.market
@pytest.mark.skipif("MARKET_DATA" not in os.environ, reason="MARKET_DATA names no folder of prices")
@pytest.mark.parametrize(
    ("ratio", "day"),
    [(2, "2020-08-31"), (4, "2008-10-15"), (10, "2020-03-16"), (1 / 4, "2013-05-01")],
)
def test_a_split_planted_in_real_prices_is_found_even_on_a_wild_day(ratio, day):
    bars = ReadOnce(os.environ["MARKET_DATA"]).bars("MSFT")
    frame = bars.frame.copy()
    scale_prices(frame, slice(day, None), 1 / ratio)
    frame.loc[day:, "volume"] *= ratio
    frame.loc[day:, "dividend"] /= ratio
    days = exchange_sessions(frame.index[0].date(), frame.index[-1].date())
    findings = inspect(bars_of(frame, "MSFT"), days)
    assert [(finding.check, finding.dates) for finding in findings] == [
        ("split look-alike", (day,))
    ]
