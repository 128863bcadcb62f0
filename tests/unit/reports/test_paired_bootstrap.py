import dataclasses
import math

import numpy as np
import pytest
from arch.bootstrap import optimal_block_length

from reports.measures.paired_bootstrap import (
    UNTESTED,
    block_sessions,
    has_difference,
    paired_bootstrap,
)


def judged(differences, *, seed=1, resamples=999):
    return paired_bootstrap(differences, rng=np.random.default_rng(seed), resamples=resamples)


def white_noise(n, *, seed=5, sd=0.01):
    """Normal noise rescaled to mean 0 and sample sd ``sd``, both exact."""
    noise = np.random.default_rng(seed).standard_normal(n)
    return sd * (noise - noise.mean()) / noise.std(ddof=1)


def autoregression(n, rho, *, seed=5):
    shocks = np.random.default_rng(seed).standard_normal(n)
    for i in range(1, n):
        shocks[i] += rho * shocks[i - 1]
    return 0.01 * shocks


# --- the length of a block ---


def politis_white_series():
    """The series of the published check of Politis and White's rule."""
    shocks = np.random.RandomState(0).standard_normal(10_100)
    for i in range(1, len(shocks)):
        shocks[i] += 0.3 * shocks[i - 1]
    return shocks[100:]


def test_politis_and_white_find_the_published_block_length():
    lengths = optimal_block_length(politis_white_series())
    assert lengths["stationary"].iloc[0] == pytest.approx(13.635665, abs=5e-7)
    assert lengths["circular"].iloc[0] == pytest.approx(15.60894, abs=5e-6)


def test_a_block_is_the_optimum_rounded_up():
    assert block_sessions(politis_white_series()) == 14


def test_a_block_is_never_shorter_than_a_week():
    alternating = white_noise(400)
    assert optimal_block_length(alternating)["stationary"].iloc[0] < 5
    assert block_sessions(alternating) == 5
    assert judged(alternating).block_sessions == 5


# --- the resampling, against one written here ---


def own_resamples(values, block, count, rng):
    """The stationary bootstrap from its definition: go on to the next session, or start anew.

    Draws in the order in which `arch` draws: all starts of a resample, then all chances.
    """
    n, made = len(values), []
    for _ in range(count):
        starts, chances = rng.integers(n, size=n), rng.random(n)
        places = [int(starts[0])]
        for i in range(1, n):
            anew = chances[i] <= 1.0 / block
            places.append(int(starts[i]) if anew else (places[-1] + 1) % n)
        made.append(values[places])
    return np.array(made)


def test_every_number_agrees_with_a_stationary_bootstrap_written_from_its_definition():
    differences = autoregression(120, 0.5) + 0.001
    tested = judged(differences, seed=3, resamples=199)
    mean = differences.mean()
    paths = own_resamples(differences, tested.block_sessions, 199, np.random.default_rng(3))
    means = paths.mean(axis=1)
    ordered = np.sort(means)
    # The 2.5 % percentile of 199 values lies at place 0.025 * 198 = 4.95, the 97.5 % at 193.05.
    low = ordered[4] + 0.95 * (ordered[5] - ordered[4])
    high = ordered[193] + 0.05 * (ordered[194] - ordered[193])
    assert tested.low == pytest.approx(252 * low, rel=1e-9)
    assert tested.high == pytest.approx(252 * high, rel=1e-9)
    as_far = sum(abs(value - mean) >= abs(mean) for value in means)
    assert tested.p_value == (1 + as_far) / 200
    walks = np.sort(np.cumsum(paths - mean, axis=1), axis=0)
    # 5 % of 198 is place 9.9, 95 % is 188.1.
    np.testing.assert_allclose(tested.band_low, walks[9] + 0.9 * (walks[10] - walks[9]), atol=1e-12)
    np.testing.assert_allclose(
        tested.band_high, walks[188] + 0.1 * (walks[189] - walks[188]), atol=1e-12
    )


# --- the interval and p, against theory ---


def test_interval_of_white_noise_is_that_of_the_normal_mean():
    tested = judged(white_noise(2_000), resamples=3_999)
    half_width = 1.959964 * 0.01 / math.sqrt(2_000) * 252
    # 4,000 resamples know a 2.5 % quantile to some 4 %; one chance block of noise adds as much.
    assert tested.high == pytest.approx(half_width, rel=0.1)
    assert tested.low == pytest.approx(-half_width, rel=0.1)


@pytest.mark.parametrize(("errors", "two_sided"), [(1.0, 0.3173), (2.0, 0.0455)])
def test_p_is_that_of_the_normal_mean(errors, two_sided):
    moved = white_noise(2_000) + errors * 0.01 / math.sqrt(2_000)
    assert judged(moved, resamples=3_999).p_value == pytest.approx(two_sided, abs=0.03)


def test_blocks_widen_the_interval_of_a_series_that_follows_itself():
    series = autoregression(3_000, 0.6)
    tested = judged(series)
    naive = 2 * 1.959964 * series.std(ddof=1) / math.sqrt(3_000) * 252
    # The mean of an AR(1) has sqrt((1 + rho) / (1 - rho)) = 2 times the standard error.
    assert 1.6 < (tested.high - tested.low) / naive < 2.3


def test_band_of_white_noise_widens_with_the_root_of_time():
    tested = judged(white_noise(2_000), resamples=3_999)
    for session in (99, 399, 1_599):
        expected = 1.644854 * 0.01 * math.sqrt(session + 1)
        assert tested.band_high[session] == pytest.approx(expected, rel=0.12)
        assert tested.band_low[session] == pytest.approx(-expected, rel=0.12)


def test_noise_alone_is_called_a_difference_about_one_time_in_twenty():
    rng = np.random.default_rng(11)
    called = [
        judged(rng.standard_normal(150), resamples=199).is_distinguishable for _ in range(200)
    ]
    # 5 % nominal; short blocks of 150 sessions take it to 6-8 %, and 200 tries know it to +-4.
    assert 4 <= sum(called) <= 26


# --- what may be claimed ---


def test_a_clear_difference_is_told_from_nothing_at_the_least_p_there_is():
    tested = judged(white_noise(500) + 0.005)
    assert tested.p_value == 1 / 1_000
    assert 0 < tested.low < 0.005 * 252 < tested.high
    assert tested.is_distinguishable


def test_the_other_way_round_everything_is_mirrored():
    differences = autoregression(200, 0.3) + 0.0004
    one, other = judged(differences), judged(-differences)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), rel=1e-9)
    assert one.p_value == other.p_value
    np.testing.assert_allclose(one.band_low, -other.band_high, atol=1e-12)


@pytest.mark.parametrize(
    "nothing",
    [
        np.zeros(300),
        np.array([]),
        np.full(300, 1e-13),
        np.full(300, 2e-4),
        1e-13 * np.random.default_rng(1).standard_normal(300),
    ],
    ids=["equal", "none", "rounding", "always alike", "rounding noise"],
)
def test_without_noise_to_compare_with_nothing_is_tested(nothing):
    assert judged(nothing) is UNTESTED
    assert not judged(nothing).is_distinguishable


def test_a_sample_of_less_than_six_weeks_is_not_tested():
    assert judged(white_noise(29)) is UNTESTED
    assert judged(white_noise(30)).p_value is not None


@pytest.mark.parametrize(
    ("low", "high", "p_value", "is_reported"),
    [
        (0.01, 0.02, 0.05, True),
        (-0.02, -0.01, 0.05, True),
        (0.01, 0.02, 0.051, False),
        (-0.01, 0.02, 0.01, False),
        (0.0, 0.02, 0.01, False),
    ],
)
def test_interval_and_p_must_agree_before_a_difference_is_claimed(low, high, p_value, is_reported):
    computed = dataclasses.replace(UNTESTED, low=low, high=high, p_value=p_value)
    assert computed.is_distinguishable is is_reported


def test_one_session_that_differs_is_no_evidence():
    differences = np.zeros(400)
    differences[200] = 0.03
    tested = judged(differences)
    assert has_difference(differences)
    assert tested.p_value > 0.05
    assert not tested.is_distinguishable


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others():
    differences = white_noise(300) + 0.0005
    assert judged(differences, seed=8).low == judged(differences, seed=8).low
    assert judged(differences, seed=8).low != judged(differences, seed=9).low
