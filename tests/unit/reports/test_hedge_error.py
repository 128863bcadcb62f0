import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from engine.event import simulate
from reports.measures.hedge_error import hedge_error, measured_share
from tests.unit.hand_market import hand_config, hand_leg, hand_market

DAYS = ["2024-03-21", "2024-03-22", "2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28"]


def hand_run(sizing="dollar_neutral", **sections):
    """Five sessions; decided at the first close, filled at the second open, never resized."""
    long = hand_leg("LLL", [50.0, 50.0, 50.0, 60.0, 60.0], [50.0, 50.0, 60.0, 60.0, 75.0])
    short = hand_leg("SSS", [25.0, 25.0, 25.0, 20.0, 20.0], [25.0, 25.0, 20.0, 20.0, 25.0])
    config = hand_config(sizing={"kind": sizing, "window": 2}, **sections)
    return simulate(config, hand_market(DAYS, long, short))


def with_books(run, *, long, short, vol_long=1.0, vol_short=1.0, kind="inverse_vol"):
    """The run with other dollars and volatilities, one value per session or one for all."""
    count = len(run.ledger)
    long, short = np.broadcast_to(long, count), np.broadcast_to(short, count)
    ledger = run.ledger.assign(
        long_value=long, short_value=-short, gross=np.abs(long) + np.abs(short)
    )
    signals = run.signals.assign(vol_long=vol_long, vol_short=vol_short)
    config = hand_config(sizing={"kind": kind, "window": 2})
    return dataclasses.replace(run, ledger=ledger, signals=signals, config=config)


def test_dollars_drift_as_the_legs_move():
    # $5,000 a leg: 100 LLL at 50, 200 SSS at 25. Then 6,000 against 4,000, and 7,500 against 5,000.
    computed = hedge_error(hand_run())
    assert computed.share == "dollar"
    expected = [math.nan, 0.0, 6 / 10 - 0.5, 6 / 10 - 0.5, 7.5 / 12.5 - 0.5]
    np.testing.assert_allclose(computed.error, expected, rtol=1e-12)
    np.testing.assert_allclose(computed.leg_drift, [math.nan, 0.0, 0.5, 0.5, 0.5], rtol=1e-12)


def test_median_and_percentile_are_over_the_sessions_held():
    # Errors in order: 0, .1, .1, .1. The 95th percentile lies at place .95 * 3 = 2.85.
    error = hedge_error(hand_run())
    assert error.sessions == 4
    assert (error.median, error.percentile_95) == pytest.approx((0.1, 0.1))
    assert (error.leg_drift_median, error.leg_drift_percentile_95) == pytest.approx((0.5, 0.5))


def test_equal_dollars_are_off_target_when_one_leg_is_twice_as_wild():
    # 100 * 2 of 100 * 2 + 100 * 1: two thirds of the risk, and twice the leg it should be.
    books = with_books(hand_run(), long=100.0, short=100.0, vol_long=0.02, vol_short=0.01)
    error = hedge_error(books)
    assert error.share == "risk"
    assert error.median == pytest.approx(2 / 3 - 1 / 2)
    assert error.leg_drift_median == pytest.approx(1.0)


def test_inverse_volatility_dollars_are_on_target():
    books = with_books(hand_run(), long=100.0, short=200.0, vol_long=0.02, vol_short=0.01)
    error = hedge_error(books)
    assert error.median == pytest.approx(0.0, abs=1e-15)
    assert error.leg_drift_percentile_95 == pytest.approx(0.0, abs=1e-15)


def test_too_little_of_the_long_leg_is_as_wrong_as_too_much():
    books = [
        with_books(hand_run(), long=long, short=short) for long, short in ((1.0, 3.0), (3.0, 1.0))
    ]
    assert [hedge_error(book).median for book in books] == [0.25, 0.25]
    # The ratio is not symmetric: a third of the target is 2/3 off, three times it is 2 off.
    assert [hedge_error(book).leg_drift_median for book in books] == pytest.approx([2 / 3, 2.0])


def test_percentile_95_is_interpolated_between_sessions():
    # Shares .5, .6, .7, .8, .9: errors 0, .1, .2, .3, .4; place .95 * 4 = 3.8 is .3 + .8 * .1.
    books = with_books(
        hand_run(),
        long=np.array([5.0, 6.0, 7.0, 8.0, 9.0]),
        short=np.array([5.0, 4.0, 3.0, 2.0, 1.0]),
    )
    error = hedge_error(books)
    assert error.median == pytest.approx(0.2)
    assert error.percentile_95 == pytest.approx(0.38)


def test_sessions_without_a_volatility_are_left_out_and_counted_so():
    books = with_books(
        hand_run(), long=100.0, short=100.0, vol_long=[math.nan, math.nan, 0.01, 0.01, 0.03]
    )
    computed = hedge_error(dataclasses.replace(books, signals=books.signals.assign(vol_short=0.01)))
    assert computed.sessions == 3
    assert np.isnan(computed.error).tolist() == [True, True, False, False, False]
    assert computed.error[2:] == pytest.approx([0.0, 0.0, 0.25])


def test_legs_without_any_risk_have_no_share_of_it():
    assert hedge_error(with_books(hand_run(), long=1.0, short=1.0, vol_long=0.0, vol_short=0.0)) \
        .sessions == 0  # fmt: skip


def test_a_single_leg_is_all_of_the_book_and_infinitely_far_from_its_ratio():
    computed = hedge_error(
        with_books(hand_run(), long=100.0, short=np.array([100.0, 0, 0, 0, 100.0]))
    )
    assert computed.error.tolist() == [0.0, 0.5, 0.5, 0.5, 0.0]
    assert computed.leg_drift.tolist() == [0.0, math.inf, math.inf, math.inf, 0.0]
    assert computed.leg_drift_median == math.inf


def test_between_a_ratio_and_an_infinite_one_the_infinite_one_is_taken():
    # Ratios off by 0, 0, infinity, infinity: the median lies between the second and the third.
    books = with_books(
        hand_run(),
        long=np.array([0.0, 100.0, 100.0, 100.0, 100.0]),
        short=np.array([0.0, 100.0, 100.0, 0.0, 0.0]),
    )
    assert hedge_error(books).leg_drift_median == math.inf


def test_a_run_that_never_held_has_no_hedge():
    computed = hedge_error(with_books(hand_run(), long=0.0, short=0.0))
    assert (computed.median, computed.percentile_95, computed.sessions) == (None, None, 0)
    assert (computed.leg_drift_median, computed.leg_drift_percentile_95) == (None, None)
    assert np.isnan(computed.error).all()


def test_risk_is_measured_for_inverse_volatility_and_dollars_for_equal_dollars():
    kinds = {kind: hand_config(sizing={"kind": kind}) for kind in ("inverse_vol", "dollar_neutral")}
    assert {kind: measured_share(config) for kind, config in kinds.items()} == {
        "inverse_vol": "risk",
        "dollar_neutral": "dollar",
    }


def test_a_daily_rebalance_of_fractions_at_the_close_it_saw_leaves_the_last_move_only():
    # Sized at each close and filled at the next: what is left is what that session moved.
    run = hand_run(rebalance={"kind": "daily"}, account={"cash": 10_000.0, "fractional": True})
    computed = hedge_error(run)
    held = pd.Series(computed.error).dropna()
    # Session 3: the shares of session 2's close (1:1) now stand at 60/50 and 20/25.
    assert held.iloc[1] == pytest.approx(1.2 / (1.2 + 0.8) - 0.5)
    # Session 4 opens where 3 closed and does not move: the resize puts the legs level.
    assert held.iloc[2] == pytest.approx(0.0, abs=1e-12)
