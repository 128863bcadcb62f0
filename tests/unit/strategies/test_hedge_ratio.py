"""Hedge ratios, with values worked by hand."""

import math

import numpy as np
import pytest

from strategies.rules import hedge_ratio

X = np.array([1.0, 2.0, 3.0, 5.0])
Y = np.array([3.0, 5.0, 7.0, 8.0])


def test_a_fixed_ratio_is_known_from_the_first_session():
    assert hedge_ratio.fixed_hedge(Y, 1.63).tolist() == [1.63] * 4


def test_the_last_three_sessions_make_the_rolling_slope():
    ratio, constant = hedge_ratio.rolling_ols(Y, X, 3, True)
    assert np.isnan(ratio[:2]).all()
    assert ratio[2] == pytest.approx(2.0)  # 3, 5, 7 on 1, 2, 3
    assert constant[2] == pytest.approx(1.0)
    # 2, 3, 5 have mean 10/3; 5, 7, 8 have mean 20/3: products 38/9 * ... worked as sums of 9ths.
    products = (-4 / 3) * (-5 / 3) + (-1 / 3) * (1 / 3) + (5 / 3) * (4 / 3)
    squares = (4 / 3) ** 2 + (1 / 3) ** 2 + (5 / 3) ** 2
    assert ratio[3] == pytest.approx(products / squares)
    assert constant[3] == pytest.approx(20 / 3 - products / squares * 10 / 3)


def test_through_the_origin_there_is_no_constant():
    ratio, constant = hedge_ratio.rolling_ols(Y, X, 2, False)
    assert ratio[1] == pytest.approx((1 * 3 + 2 * 5) / (1 + 4))
    assert constant[1:].tolist() == [0.0, 0.0, 0.0]


def test_all_sessions_so_far_make_the_expanding_slope():
    ratio, constant = hedge_ratio.expanding_ols(Y, X, 3, True)
    assert np.isnan(ratio[:2]).all()
    assert ratio[2] == pytest.approx(2.0)
    # Means 11/4 and 23/4: products 47.25 - ..., by the sums n * xy - x * y.
    assert ratio[3] == pytest.approx((4 * 74 - 11 * 23) / (4 * 39 - 11 * 11))
    assert constant[3] == pytest.approx(23 / 4 - ratio[3] * 11 / 4)
    through, _ = hedge_ratio.expanding_ols(Y, X, 2, False)
    assert through[3] == pytest.approx((3 + 10 + 21 + 40) / (1 + 4 + 9 + 25))


def test_a_formation_window_is_traded_after_it_and_never_in_it():
    ratio, constant = hedge_ratio.formation_ols(
        np.append(Y, [0.0, 0.0]), np.append(X, [1.0, 9.0]), 3, 2, True
    )
    assert np.isnan(ratio[:3]).all()
    assert ratio[3:5] == pytest.approx([2.0, 2.0])  # of sessions 1 to 3
    assert constant[3:5] == pytest.approx([1.0, 1.0])
    # Of sessions 3 to 5: x 3, 5, 1; y 7, 8, 0.
    assert ratio[5] == pytest.approx((3 * 61 - 9 * 15) / (3 * 35 - 81))


@pytest.mark.parametrize("intercept", [True, False])
def test_a_leg_that_does_not_move_has_no_ratio(intercept):
    still = np.full(6, 0.1 + 0.2) if intercept else np.zeros(6)
    moving = np.array([1.0, 2.0, 4.0, 3.0, 5.0, 1.0])
    for ratio, constant in (
        hedge_ratio.rolling_ols(moving, still, 3, intercept),
        hedge_ratio.expanding_ols(moving, still, 3, intercept),
        hedge_ratio.formation_ols(moving, still, 3, 2, intercept),
    ):
        assert np.isnan(ratio).all()
        assert np.isnan(constant).all()


def test_the_filter_begins_certain_of_nothing_held():
    delta, noise = 0.5, 0.25  # a drift of one a session
    state, forecast = hedge_ratio.kalman_hedge(
        np.array([3.0, 5.0]), np.array([1.0, 2.0]), delta, noise, True
    )
    assert forecast[0].tolist() == [3.0, 0.25]  # certain of zero: only the observation's noise
    assert state[0].tolist() == [0.0, 0.0]
    # Session 2: covariance I, x = (2, 1): 4 + 1 + 0.25; the gain is (2, 1) over it.
    assert forecast[1].tolist() == [5.0, 5.25]
    assert state[1] == pytest.approx([2 / 5.25 * 5, 1 / 5.25 * 5])


def test_the_filter_without_an_intercept_keeps_it_at_zero():
    state, forecast = hedge_ratio.kalman_hedge(Y, X, 0.5, 0.25, False)
    assert state[:, 1].tolist() == [0.0] * 4
    assert forecast[1].tolist() == [5.0, 4.25]
    assert state[1, 0] == pytest.approx(2 / 4.25 * 5)


def test_lines_shorter_than_a_window_have_no_ratio():
    for ratio, constant in (
        hedge_ratio.rolling_ols(Y, X, 5, True),
        hedge_ratio.formation_ols(Y, X, 4, 1, True),
        hedge_ratio.expanding_ols(Y, X, 5, True),
    ):
        assert np.isnan(ratio).all()
        assert np.isnan(constant).all()
    assert math.isnan(hedge_ratio.rolling_ols(Y[:0], X[:0], 2, True)[0].sum()) is False
