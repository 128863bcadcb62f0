"""Trend, momentum and investment, by hand; none of them knows tomorrow."""

import numpy as np
import pytest

from reports.statistics.factor_returns import (
    investment_returns,
    momentum_returns,
    trend_returns,
)

NAN = np.nan


def test_following_a_trend_by_hand():
    # Over 2 sessions: known first at the close of 110 (above 100), earned on the next, 110 to 99.
    earned = trend_returns(np.array([100.0, 105.0, 110.0, 99.0, 99.0 * 1.02]), sessions=2)
    # Then 99 stands below the 105 of two sessions before: short what rises by 2 %.
    np.testing.assert_allclose(earned, [NAN, NAN, NAN, -0.1, -0.02], atol=1e-12)


def test_winners_less_losers_by_hand():
    # A year of 3 sessions, a month of 1: at the close of session 3 session 2 over session 0 counts.
    closes = np.array(
        [
            [100.0, 100.0, 100.0, 100.0],
            [100.0, 100.0, 100.0, 100.0],
            [110.0, 90.0, 105.0, 95.0],  # A rose most, B least
            [50.0, 200.0, 105.0, 95.0],  # the month that does not count yet
            [60.0, 190.0, 105.0, 95.0],  # earned: A +20 %, B -5 %
            [66.0, 209.0, 126.0, 95.0],  # by 50, 200, 105, 95 of session 3: B most (+10 %), A least
        ]
    )
    earned = momentum_returns(closes, year=3, month=1)
    np.testing.assert_allclose(earned[4:], [0.20 - -0.05, 0.10 - 0.10], atol=1e-12)
    assert np.isnan(earned[:4]).all()
    assert np.isnan(momentum_returns(closes[:4], year=3, month=1)).all()


def test_three_tenths_are_held_at_each_end():
    rose = np.array([1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6])  # of seven symbols two at each end
    then = np.array([0.01, 0.03, 0.50, 0.50, 0.50, 0.04, 0.08])
    closes = np.vstack([np.ones(7), rose, rose, rose * (1.0 + then)])
    earned = momentum_returns(closes, year=2, month=1)
    assert earned[3] == pytest.approx((0.04 + 0.08) / 2 - (0.01 + 0.03) / 2)


def test_conservative_less_aggressive_by_hand():
    growth = np.array([[NAN, 0.1, NAN], [0.5, 0.1, 0.3], [0.5, NAN, 0.3], [NAN, NAN, 0.3]])
    growth = np.vstack([growth, growth[-1:]])
    moved = np.array(
        [[0, 0, 0], [0.1, 0.1, 0.1], [0.04, 0.01, 0.9], [0.02, 0.9, 0.05], [0.1, 0.1, 0.1]]
    )
    closes = 100.0 * np.cumprod(1.0 + moved, axis=0)
    # One is known: nothing. Three: the second less the first, the third between them. Two: the
    # third less the first. One again: nothing is held.
    expected = [NAN, NAN, 0.01 - 0.04, 0.05 - 0.02, 0.0]
    np.testing.assert_allclose(investment_returns(growth, closes), expected, atol=1e-12)


def test_no_factor_knows_the_session_it_earns():
    rng = np.random.default_rng(5)
    closes = 100.0 * np.cumprod(1.0 + rng.normal(0.0, 0.01, (60, 5)), axis=0)
    growth = np.repeat(rng.normal(0.1, 0.2, (6, 5)), 10, axis=0)
    bumped, grown = closes.copy(), growth.copy()
    bumped[40:] *= rng.uniform(0.5, 2.0, 5)  # from 40 on, in steps of its own for each symbol
    grown[40:] = -growth[40:]

    def all_of(prices, told):
        return np.column_stack(
            [
                trend_returns(prices[:, 0], 10),
                momentum_returns(prices, 20, 5),
                investment_returns(told, prices),
            ]
        )

    before, after = all_of(closes, growth), all_of(bumped, grown)
    np.testing.assert_array_equal(after[:40], before[:40])
    assert (after[40] != before[40]).all()
    # The weights of session 40 are those of the close before: linear in what each symbol moved.
    moved, other = closes[40] / closes[39] - 1.0, bumped[40] / bumped[39] - 1.0
    held = np.argsort(closes[34] / closes[19])
    assert after[40, 1] == pytest.approx(other[held[-1]] - other[held[0]])
    assert before[40, 1] == pytest.approx(moved[held[-1]] - moved[held[0]])
    # And what is told at the close of 40 sorts session 41 first.
    late = investment_returns(grown, closes)
    assert late[40] == before[40, 2]
    assert late[41] != before[41, 2]
