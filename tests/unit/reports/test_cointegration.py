"""Tests of cointegration: numbers worked by hand, and lines whose answer is known."""

import math

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS
from statsmodels.regression.rolling import RollingOLS
from statsmodels.tools import add_constant

from reports.statistics.cointegration import (
    engle_granger,
    half_life,
    johansen,
    linear_returns,
    variance_ratio,
)
from strategies.rules.hedge_ratio import rolling_ols


def lines(count=600, seed=5):
    """A random walk, one that follows it, and one that does not."""
    rng = np.random.default_rng(seed)
    walk = 100.0 + np.cumsum(rng.normal(0, 1, count))
    return walk, 20.0 + 0.5 * walk + rng.normal(0, 1, count), np.cumsum(rng.normal(0, 1, count))


def test_what_follows_is_found_and_what_does_not_is_not():
    walk, follows, other = lines()
    assert engle_granger(follows, walk).p < 0.01
    assert engle_granger(other, walk).p > 0.05
    together, apart = (johansen(np.column_stack([walk, each])) for each in (follows, other))
    assert together.traces[0] > 2 * together.points_95[0]
    assert apart.rank == 0
    assert together.relation[0] / together.relation[1] == pytest.approx(-0.5, abs=0.05)


def test_a_deviation_that_halves_each_session_has_a_half_life_of_ln_2_over_a_half():
    life = half_life(1000.0 * 0.5 ** np.arange(45))
    assert life.sessions == pytest.approx(math.log(2.0) / 0.5)
    assert life.low <= life.sessions <= life.high


def test_a_half_life_and_its_interval_are_those_of_statsmodels():
    rng = np.random.default_rng(8)
    line = np.zeros(400)
    for t in range(1, 400):
        line[t] = 0.9 * line[t - 1] + rng.normal()
    fitted = OLS(np.diff(line), add_constant(line[:-1])).fit()
    slope, error = fitted.params[1], fitted.bse[1]
    found = half_life(line)
    assert found.sessions == pytest.approx(-math.log(2) / slope)
    assert found.low == pytest.approx(-math.log(2) / (slope - 1.959963984540054 * error))
    assert found.high == pytest.approx(-math.log(2) / (slope + 1.959963984540054 * error))


@pytest.mark.parametrize("intercept", [True, False])
def test_a_rolling_ratio_is_that_of_statsmodels(intercept):
    walk, follows, _ = lines()
    regressor = add_constant(walk) if intercept else walk[:, None]
    expected = RollingOLS(follows, regressor, window=60).fit().params
    ratio, constant = rolling_ols(follows, walk, 60, intercept)
    assert ratio[59:] == pytest.approx(expected[59:, -1])
    assert constant[59:] == pytest.approx(expected[59:, 0] if intercept else 0.0)


def test_what_runs_away_never_comes_back():
    assert half_life(1.1 ** np.arange(60)).sessions == math.inf


def test_a_spread_that_comes_back_varies_less_over_more_sessions():
    rng = np.random.default_rng(3)
    assert variance_ratio(rng.normal(0, 1, 500), 10)[0] < 0.3  # of white noise: 1 / 10
    assert variance_ratio(np.cumsum(rng.normal(0, 1, 500)), 10)[0] == pytest.approx(1.0, abs=0.4)


def test_what_cannot_be_tested_is_unknown():
    still, moving = np.ones(100), np.arange(100.0)
    assert math.isnan(engle_granger(moving, still).t)
    assert math.isnan(engle_granger(moving[:20], moving[:20] ** 2).p)
    assert math.isnan(johansen(np.column_stack([moving, still])).traces[0])
    assert math.isnan(half_life(still).sessions)
    assert math.isnan(variance_ratio(moving[:50], 20)[0])


@pytest.mark.parametrize("make", [lambda x: x, lambda x: 2.0 * x, lambda x: x + 3.0])
def test_two_legs_that_are_one_cannot_be_tested(make):
    walk, *_ = lines()
    assert math.isnan(engle_granger(make(walk), walk).p)
    assert math.isnan(johansen(np.column_stack([make(walk), walk])).traces[0])
    three = johansen(np.column_stack([walk, walk[::-1], walk + 2.0 * walk[::-1]]))
    assert math.isnan(three.traces[2])


def test_a_relation_in_units_of_minus_z_by_hand():
    prices = np.array([[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]])
    # Worth 0, 1, 2. z over two sessions: 0.5 / sqrt(0.5) = 1 / sqrt(2), so -0.707 units: -1.414 of
    # the first leg and 0.707 of the second; the first rises by half: -0.707 over 2.121.
    returns = linear_returns(prices, np.array([1.0, -1.0]), 2)
    assert returns == pytest.approx([0.0, 0.0, -1.0 / 3.0])
    # Held a session later: the same units at 3, 1, and 4 after them, a third more, -0.707 of 2.828.
    four = np.vstack([prices, [[4.0, 1.0]]])
    late = linear_returns(four, np.array([1.0, -1.0]), 2, lag_sessions=1)
    assert late == pytest.approx([0.0, 0.0, 0.0, -1.0 / 4.0])
