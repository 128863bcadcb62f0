"""Hedges, pair volatility, targets and regimes, worked by hand."""

import math
import statistics

import numpy as np
import pytest

from strategies.rules.regime import is_compressed, percentile_rank
from strategies.rules.rolling import rolling_covariance, rolling_volatility
from strategies.rules.sizing import beta, hedged_weight, pair_volatility, vol_target_gross

NAN = math.nan


def test_the_weight_of_a_hedge_is_what_its_ratio_leaves():
    assert hedged_weight(1.0) == 0.5
    assert hedged_weight(1.5) == pytest.approx(100 / 250, rel=1e-15)  # $100 long, $150 short
    assert hedged_weight(0.25) == 0.8


@pytest.mark.parametrize("ratio", [0.0, -0.5, NAN])
def test_a_hedge_of_nothing_or_less_is_refused(ratio):
    with pytest.raises(ValueError, match="expected > 0"):
        hedged_weight(ratio)


def test_beta_is_the_slope_of_a_least_squares_line():
    x, y = [0.01, -0.02, 0.03, 0.00], [0.03, -0.03, 0.05, 0.01]
    slope = statistics.linear_regression(x, y).slope  # y on x
    covariance, vol = statistics.covariance(x, y), statistics.stdev(x)
    assert beta(covariance, vol) == pytest.approx(slope, rel=1e-12)
    assert math.isnan(beta(covariance, 0.0))
    assert math.isnan(beta(NAN, 0.02))


def test_a_rolling_covariance_is_that_of_its_window():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 9))
    computed = rolling_covariance(x, y, 4)
    assert np.isnan(computed[:3]).all()
    for t in range(3, 9):
        expected = statistics.covariance(x[t - 3 : t + 1].tolist(), y[t - 3 : t + 1].tolist())
        assert computed[t] == pytest.approx(expected, rel=1e-12)
    variance = rolling_volatility(x, 4)[3:] ** 2
    assert rolling_covariance(x, x, 4)[3:] == pytest.approx(variance, rel=1e-12)
    assert np.isnan(rolling_covariance(x[:3], y[:3], 4)).all()
    assert np.isnan(rolling_covariance(np.append(NAN, x), np.append(0.0, y), 4)[:4]).all()


def test_a_pair_s_volatility_is_that_of_its_weighted_returns():
    x, y = [0.01, -0.02, 0.03, 0.00], [0.03, -0.03, 0.05, 0.02]
    weight = 0.3
    returns = [weight * a - (1 - weight) * b for a, b in zip(x, y, strict=True)]
    computed = pair_volatility(
        weight, statistics.stdev(x), statistics.stdev(y), statistics.covariance(x, y)
    )
    assert computed == pytest.approx(statistics.stdev(returns), rel=1e-12)


def test_a_perfect_hedge_has_no_volatility_and_an_unknown_one_is_unknown():
    assert pair_volatility(0.5, 0.02, 0.02, 0.02 * 0.02 * (1 + 1e-15)) == 0.0
    assert math.isnan(pair_volatility(0.5, 0.02, 0.02, NAN))
    assert math.isnan(pair_volatility(0.5, NAN, 0.02, 0.0001))


def test_leverage_rises_as_volatility_falls_up_to_its_limit():
    daily = 0.10 / math.sqrt(252)  # ten percent a year at a gross of 1
    assert vol_target_gross(0.10, daily, 252, 1.0, 2.0) == pytest.approx(1.0, rel=1e-15)
    assert vol_target_gross(0.10, daily / 1.6, 252, 1.0, 2.0) == pytest.approx(1.6, rel=1e-15)
    assert vol_target_gross(0.10, daily / 3.0, 252, 1.0, 2.0) == 2.0
    assert vol_target_gross(0.10, daily, 252, 1.5, 2.0) == pytest.approx(1.5, rel=1e-15)
    with pytest.raises(ValueError, match="expected > 0"):
        vol_target_gross(0.10, 0.0, 252, 1.0, 2.0)


def test_a_rank_is_the_share_of_the_window_at_or_below_today():
    closes = np.array([10.0, 20.0, 15.0, 15.0, 9.0])
    expected = [NAN, NAN, NAN, 75.0, 25.0]  # 15 of 10, 20, 15, 15; 9 of 20, 15, 15, 9
    np.testing.assert_array_equal(percentile_rank(closes, 4), expected)


def test_an_unknown_close_has_no_rank_and_is_passed_over_by_the_next():
    closes = np.array([NAN, 10.0, 20.0, NAN, 15.0, 12.0])
    expected = [NAN, NAN, NAN, NAN, 100 * 2 / 3, 100 * 1 / 3]  # the last: 12 of 20, 15, 12
    np.testing.assert_allclose(percentile_rank(closes, 3), expected, rtol=1e-15)
    assert np.isnan(percentile_rank(np.array([1.0, NAN]), 2)).all()


@pytest.mark.parametrize(
    ("rank", "compressed"), [(19.9, True), (20.0, False), (100.0, False), (NAN, False)]
)
def test_a_regime_is_compressed_strictly_below_its_percentile(rank, compressed):
    assert is_compressed(rank, 20.0) is compressed
