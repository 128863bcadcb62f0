"""Splits that show in the prices: recorded ones of any ratio, jumps that nothing records."""

import datetime as dt
import os
from pathlib import Path

import numpy as np
import pytest

from feeds.calendar import sessions as exchange_sessions
from feeds.prices.history import Request
from feeds.prices.quality import inspect
from tests.unit.hand_bars import SESSIONS, bars_of, frame_of, scale_prices
from tests.unit.read_once import ReadOnce

# 126 sessions that step by 0.2 %: a quiet share, in which a twentieth shows.
LONG = exchange_sessions(dt.date(2024, 1, 2), dt.date(2024, 7, 1))
DAY = "2024-04-10"
OTHER = bars_of(frame_of(LONG, period=4), "IGV")
RATIOS = [21 / 20, 11 / 10, 6 / 5, 5 / 4, 1.281, 4 / 3, 3 / 2, 2, 7, 200, 1 / 3, 4 / 5, 1 / 200]


def _quiet(seed=0):
    """Steps of 0.3 %, nights of half that."""
    frame = frame_of(LONG)
    rng = np.random.default_rng(seed)
    night, day = rng.normal(0.0, 0.0015, (2, len(LONG)))
    frame["close"] = frame["adj_close"] = 100 * np.exp(np.cumsum(night + day))
    frame["open"] = frame["close"] * np.exp(-day)
    frame["high"] = frame[["open", "close"]].max(axis=1) * 1.001
    frame["low"] = frame[["open", "close"]].min(axis=1) * 0.999
    return frame


def _raw(ratio, frame=None):
    """Prices from DAY on divided by the ratio, and shares multiplied: nobody adjusted the past."""
    frame = _quiet() if frame is None else frame
    scale_prices(frame, slice(DAY, None), 1 / ratio)
    frame.loc[DAY:, "volume"] *= ratio
    return frame


def _seen(frame, other=OTHER, confirmed=(), sessions=LONG):
    request = Request(other=other, confirmed=np.array(confirmed, dtype="datetime64[D]"))
    findings = inspect(bars_of(frame), sessions, request)
    return [(each.check, each.severity, each.dates) for each in findings]


@pytest.mark.parametrize("ratio", RATIOS)
def test_a_recorded_split_of_any_ratio_that_shows_is_an_error(ratio):
    frame = _raw(ratio)
    frame.loc[DAY, "split"] = ratio
    frame.loc[DAY:, "volume"] *= 100  # whatever trades
    assert _seen(frame) == [("split look-alike", "error", (DAY,))]


@pytest.mark.parametrize("ratio", RATIOS)
def test_a_recorded_split_with_adjusted_prices_is_no_finding(ratio):
    frame = _quiet()
    frame.loc[DAY, "split"] = ratio
    assert _seen(frame) == []


def test_a_split_too_small_to_see_is_told():
    # 1.003 is 0.3 %: one usual day.
    frame = _quiet()
    frame.loc[DAY, "split"] = 1.003
    assert _seen(frame) == [("split undecided", "warning", (DAY,))]


@pytest.mark.parametrize("ratio", [ratio for ratio in RATIOS if abs(np.log(ratio)) > 0.09])
def test_an_unrecorded_split_of_any_ratio_is_an_error(ratio):
    assert _seen(_raw(ratio)) == [("split look-alike", "error", (DAY,))]


def test_a_crash_on_a_multiple_of_the_usual_volume_is_news():
    frame = _raw(5 / 4)
    frame.loc[DAY, "volume"] *= 3
    assert _seen(frame) == []


@pytest.mark.parametrize("ratio", [8 / 7, 7 / 8])
def test_a_move_that_the_other_leg_made_too_is_the_market_s(ratio):
    # A fund that rises where the other falls moved with it as well.
    other = _raw(8 / 7, _quiet(seed=1))
    assert _seen(_raw(ratio), other=bars_of(other, "IGV")) == []


def test_both_legs_may_lack_the_same_split():
    other = _raw(5.0, _quiet(seed=1))
    assert _seen(_raw(3.0), other=bars_of(other, "IGV")) == [("split look-alike", "error", (DAY,))]


def test_a_fall_during_the_day_is_no_split():
    frame = _raw(5 / 4)
    frame.loc[DAY, ["open", "high"]] = frame["close"].shift().loc[DAY]
    assert _seen(frame) == []


def test_unknown_volume_excuses_nothing():
    frame = _raw(3 / 2)
    frame["volume"] = 0.0
    assert ("split look-alike", "error", (DAY,)) in _seen(frame)


def test_a_confirmed_day_is_taken_at_its_word_and_told():
    frame = _raw(6.0)
    assert _seen(frame, confirmed=[DAY]) == [("confirmed", "warning", (DAY,))]
    assert _seen(frame, confirmed=["2024-04-11"])[0] == ("split look-alike", "error", (DAY,))


@pytest.mark.parametrize(
    "day",
    [
        "2024-04-13",  # a Saturday
        "1999-04-12",  # years before the run
        str(LONG[0]),  # its move is from a day before the run
    ],
)
def test_a_confirmed_day_that_confirms_nothing_is_told(day):
    assert _seen(_quiet(), confirmed=[day]) == [("confirmed", "warning", (day,))]


def test_the_remedy_names_the_key_that_confirms():
    (finding,) = inspect(bars_of(_raw(6.0), "SVXY"), LONG, Request(other=OTHER))
    assert "set data.confirm: {SVXY: [2024-04-10]}" in finding.text


def test_a_recorded_split_after_the_run_that_shows_is_an_error():
    # The shares that traded inside the run are counted by it.
    frame = _raw(3 / 2)
    frame.loc[DAY, "split"] = 1.5
    days = LONG[np.datetime64("2024-04-01") > LONG]
    assert _seen(frame, sessions=days) == [("split look-alike", "error", (DAY,))]
    after = LONG[np.datetime64("2024-05-01") < LONG]
    assert _seen(frame, sessions=after) == []


def test_a_split_after_the_run_without_the_bar_before_it_is_told():
    frame = _quiet()
    frame.loc[DAY, "split"] = 0.1
    frame = frame.drop(frame.loc["2024-03-20":"2024-04-09"].index)
    days = LONG[np.datetime64("2024-03-01") > LONG]
    assert _seen(frame, sessions=days) == [("split undecided", "info", (DAY,))]


def test_without_another_leg_only_what_no_share_has_done_is_a_split():
    # NVDA fell to 0.648 of its price on 2004-08-06: that near to three for two.
    frame = frame_of()
    scale_prices(frame, slice("2024-05-23", None), 0.648)
    assert inspect(bars_of(frame), SESSIONS) == ()


@pytest.mark.market
@pytest.mark.skipif("MARKET_DATA" not in os.environ, reason="MARKET_DATA names no folder of prices")
@pytest.mark.parametrize("ratio", [3 / 2, 5 / 4, 1.281, 2 / 3])
@pytest.mark.parametrize("day", ["2007-09-11", "2012-06-12", "2019-03-06"])
def test_a_split_planted_in_real_prices_is_found_against_the_other_leg(ratio, day):
    source = ReadOnce(Path(os.environ["MARKET_DATA"]))
    frame = source.bars("NVDA").frame.copy()
    scale_prices(frame, slice(day, None), 1 / ratio)
    frame.loc[day:, "volume"] *= ratio
    frame.loc[day:, "dividend"] /= ratio
    days = exchange_sessions(frame.index[0].date(), frame.index[-1].date())
    findings = inspect(bars_of(frame, "NVDA"), days, Request(other=source.bars("MSFT")))
    assert [(each.check, each.dates) for each in findings] == [("split look-alike", (day,))]


LEGS = ("SMH", "IGV", "QQQ", "MAGS", "NVDA", "MSFT", "SPY", "AMZN", "META", "GOOG", "SOXX")


@pytest.mark.market
@pytest.mark.skipif("MARKET_DATA" not in os.environ, reason="MARKET_DATA names no folder of prices")
@pytest.mark.parametrize("symbol", LEGS)
def test_no_real_leg_raises_an_alarm_beside_any_other(symbol):
    source = ReadOnce(Path(os.environ["MARKET_DATA"]))
    bars = source.bars(symbol)
    for other in (source.bars(name) for name in LEGS if name != symbol):
        first = max(bars.frame.index[0], other.frame.index[0]).date()
        days = exchange_sessions(first, bars.frame.index[-1].date())
        findings = inspect(bars, days, Request(other=other))
        # AMZN has five sessions without volume before 2003.
        assert {each.check for each in findings} <= ({"volume 0"} if symbol == "AMZN" else set())
