"""Statistics that look back, by hand and against pandas."""

import math

import numpy as np
import pandas as pd
import pytest

from reports.statistics.logs import logs as statistics_logs
from strategies.rules.rolling import (
    expanding_zscore,
    expanding_zscores,
    log_returns,
    logs,
    rolling_correlation,
    rolling_volatility,
    rolling_zscore,
)

NAN = math.nan
ROUNDING = {"rtol": 1e-14, "atol": 1e-15}  # a handful of additions and one square root


def floats(*values):
    return np.array(values, dtype=float)


def test_a_log_return_is_known_from_the_second_price_on():
    np.testing.assert_allclose(
        log_returns(floats(100, 110, 99)), [NAN, math.log(1.1), math.log(0.9)], **ROUNDING
    )


def test_one_price_has_no_return():
    np.testing.assert_array_equal(log_returns(floats(100)), [NAN])


def test_logs_are_the_c_librarys_to_the_last_bit():
    rng = np.random.default_rng(3)
    ratios, sizes = np.exp(rng.normal(0.0, 0.02, 50_000)), 10.0 ** rng.uniform(-300, 300, 50_000)
    for values in (ratios, sizes, rng.uniform(0.0, 1e6, 50_000)):
        expected = [math.log(value) for value in values.tolist()]
        assert logs(values).tolist() == expected
        assert statistics_logs(values).tolist() == expected


def test_logs_of_what_has_none():
    values = floats(1.0, 0.0, -0.0, -2.0, NAN, math.inf)
    np.testing.assert_array_equal(logs(values), [0.0, NAN, NAN, NAN, NAN, math.inf])
    np.testing.assert_array_equal(
        statistics_logs(values), [0.0, -math.inf, -math.inf, NAN, NAN, math.inf]
    )
    assert logs(floats()).tolist() == []
    assert statistics_logs([[1.0, 1.0], [1.0, 1.0]]).tolist() == [[0.0, 0.0], [0.0, 0.0]]


# --- volatility ---


def test_volatility_is_the_sample_sd_of_the_last_returns():
    # 1, 2, 6: mean 3, squared distances 4 + 1 + 9. 2, 6, 7: mean 5, 9 + 1 + 4.
    np.testing.assert_allclose(
        rolling_volatility(floats(1, 2, 6, 7), 3),
        [NAN, NAN, math.sqrt(14 / 2), math.sqrt(14 / 2)],
        **ROUNDING,
    )


def test_volatility_waits_for_a_window_without_a_nan():
    # The first return of a price series is NaN: it leaves the window of two at the third value.
    np.testing.assert_allclose(
        rolling_volatility(floats(NAN, 1, 3, NAN, 2, 6), 2),
        [NAN, NAN, math.sqrt(2), NAN, NAN, math.sqrt(8)],
        **ROUNDING,
    )


def test_a_leg_that_does_not_move_has_a_volatility_of_exactly_zero():
    np.testing.assert_array_equal(rolling_volatility(np.full(4, 0.1), 3), [NAN, NAN, 0, 0])


def test_fewer_values_than_the_window_have_no_statistic():
    two = floats(1, 2)
    np.testing.assert_array_equal(rolling_volatility(two, 3), [NAN, NAN])
    np.testing.assert_array_equal(rolling_correlation(two, two, 3), [NAN, NAN])


# --- correlation ---


def test_correlation_of_the_last_pairs():
    # x 1 2 6 (deviations -2 -1 3) with y 2 1 3 (0 -1 1): (0 + 1 + 3) / sqrt(14 * 2).
    # x 2 6 7 (-3 1 2) with y 1 3 8 (-3 -1 4): (9 - 1 + 8) / sqrt(14 * 26).
    np.testing.assert_allclose(
        rolling_correlation(floats(1, 2, 6, 7), floats(2, 1, 3, 8), 3),
        [NAN, NAN, 4 / math.sqrt(14 * 2), 16 / math.sqrt(14 * 26)],
        **ROUNDING,
    )


def test_correlation_never_leaves_minus_one_to_one():
    rng = np.random.default_rng(3)
    x = rng.normal(size=400)
    for y in (0.1 * x + 7, -3 * x):
        known = rolling_correlation(x, y, 5)[4:]
        assert np.all(np.abs(known) <= 1.0)
        np.testing.assert_allclose(np.abs(known), 1.0, rtol=1e-12)


@pytest.mark.parametrize("still", [0.0, 0.1])
def test_correlation_with_a_leg_that_does_not_move_is_undefined(still):
    np.testing.assert_array_equal(
        rolling_correlation(np.full(4, still), floats(1, 2, 4, 3), 3), [NAN] * 4
    )


def test_correlation_is_undefined_while_either_side_holds_a_nan():
    x, y = floats(NAN, 1, 2, 3, 5), floats(3, 1, 2, NAN, 4)
    known = ~np.isnan(rolling_correlation(x, y, 2))
    np.testing.assert_array_equal(known, [False, False, True, False, False])


# --- z-scores ---


def test_expanding_z_judges_a_value_among_all_values_so_far_and_itself():
    # 2, 4: mean 3, sd sqrt 2. 2, 4, 9: mean 5, squared distances 9 + 1 + 16, sd sqrt 13.
    np.testing.assert_allclose(
        expanding_zscore(floats(2, 4, 9), 2),
        [NAN, 1 / math.sqrt(2), 4 / math.sqrt(13)],
        **ROUNDING,
    )


def test_expanding_z_begins_when_enough_values_exist_not_enough_sessions():
    scores = expanding_zscore(floats(NAN, NAN, 2, 4, 9), 3)
    np.testing.assert_allclose(scores, [NAN, NAN, NAN, NAN, 4 / math.sqrt(13)], **ROUNDING)


def test_rolling_z_forgets_what_left_its_window():
    # 2, 4 as above (fewer values than the window, enough for the minimum); then 4, 9 without the 2.
    np.testing.assert_allclose(
        rolling_zscore(floats(2, 4, 9), 2, 2),
        [NAN, 1 / math.sqrt(2), 2.5 / math.sqrt(12.5)],
        **ROUNDING,
    )


def test_rolling_z_uses_fewer_values_until_its_window_is_full():
    # Three of four values: as the expanding z of 2, 4, 9.
    np.testing.assert_allclose(
        rolling_zscore(floats(2, 4, 9), 4, 3), [NAN, NAN, 4 / math.sqrt(13)], **ROUNDING
    )


@pytest.mark.parametrize("score", [expanding_zscore, lambda v, n: rolling_zscore(v, 3, n)])
def test_no_z_among_equal_values_or_for_a_missing_one(score):
    np.testing.assert_array_equal(score(np.full(5, 0.1), 2), [NAN] * 5)
    np.testing.assert_array_equal(np.isnan(score(floats(1, 2, NAN, 4), 2)), [1, 0, 1, 0])


@pytest.mark.parametrize("score", [expanding_zscore, lambda v, n: rolling_zscore(v, 9, n)])
def test_one_value_has_no_z_whatever_the_minimum(score):
    np.testing.assert_array_equal(score(floats(3), 1), [NAN])


@pytest.mark.parametrize("seed", range(5))
def test_statistics_agree_with_pandas(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(0.0005, 0.015, 300), rng.normal(0, 0.01, 300)
    x[0] = y[0] = NAN
    a, b = pd.Series(x), pd.Series(y)
    # pandas' running sums drift by some 1e-13 over 300 sessions; ours start afresh each window.
    near = {"rtol": 1e-9, "atol": 1e-12}
    np.testing.assert_allclose(rolling_volatility(x, 21), a.rolling(21).std(), **near)
    correlation = rolling_correlation(x, y, 30)
    np.testing.assert_allclose(correlation, a.rolling(30).corr(b), **near)
    c = pd.Series(correlation)
    np.testing.assert_allclose(
        expanding_zscore(correlation, 40),
        (c - c.expanding(40).mean()) / c.expanding(40).std(),
        **near,
    )
    np.testing.assert_allclose(
        rolling_zscore(correlation, 60, 40),
        (c - c.rolling(60, 40).mean()) / c.rolling(60, 40).std(),
        **near,
    )


@pytest.mark.parametrize(
    "statistic",
    [
        lambda x: log_returns(x),
        lambda x: rolling_volatility(x, 3),
        lambda x: rolling_correlation(x, x[::-1], 3),
        lambda x: expanding_zscore(x, 2),
        lambda x: rolling_zscore(x, 3, 2),
    ],
)
def test_a_statistic_leaves_its_input_alone(statistic):
    given = floats(3, 1, 4, 1, 5)
    given.setflags(write=False)
    statistic(given)


def test_z_scores_of_many_lines_are_those_of_each_whatever_is_unknown_where():
    lines = np.random.default_rng(5).standard_normal((4, 40))
    lines[:, :6] = np.nan  # the warm-up of all
    lines[1, 20:23] = np.nan
    lines[2, :12] = 0.25  # does not vary at first
    lines[3] = np.nan
    together = expanding_zscores(lines, 5)
    for line, scores in zip(lines, together, strict=True):
        np.testing.assert_array_equal(scores, expanding_zscore(line, 5))
    assert np.isfinite(together[:3, 30:]).all()
