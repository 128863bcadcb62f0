import math

import numpy as np
import pytest
from arch.bootstrap import optimal_block_length
from scipy import stats
from statsmodels.stats.multitest import multipletests

from reports.statistics.block_length import block_sessions, politis_white
from reports.statistics.inference import (
    fewest_resamples,
    holm,
    mean_interval,
    resampling_p,
    t_test,
)
from reports.statistics.selection import superior_ability


def white_noise(n, *, seed=5, sd=0.01):
    """Normal noise rescaled to mean 0 and sample sd ``sd``, both exact."""
    noise = np.random.default_rng(seed).standard_normal(n)
    return sd * (noise - noise.mean()) / noise.std(ddof=1)


def autoregression(n, rho, *, seed=5):
    shocks = np.random.default_rng(seed).standard_normal(n)
    for i in range(1, n):
        shocks[i] += rho * shocks[i - 1]
    return 0.01 * shocks


# --- the t test ---


def test_t_of_four_entries_by_hand():
    # Mean 2.5, squared gaps 5, sd sqrt(5/3); the 97.5 % quantile on 3 degrees is 3.182446.
    test = t_test([1.0, 2.0, 3.0, 4.0])
    error = math.sqrt(5 / 3) / 2
    assert (test.n, test.mean, test.confidence) == (4, 2.5, 0.95)
    assert test.sd == pytest.approx(math.sqrt(5 / 3))
    assert test.effect_size == pytest.approx(2.5 / math.sqrt(5 / 3))
    assert test.t == pytest.approx(2.5 / error)
    # The quantile is given to 7 digits.
    assert test.low == pytest.approx(2.5 - 3.182446 * error, abs=1e-6)
    assert test.high == pytest.approx(2.5 + 3.182446 * error, abs=1e-6)
    assert test.p_two_sided == pytest.approx(2 * stats.t.sf(2.5 / error, 3), rel=1e-12)
    assert test.p_greater == pytest.approx(test.p_two_sided / 2, rel=1e-12)


def test_a_loss_is_no_edge_however_sure():
    test = t_test([-1.0, -2.0, -3.0, -4.0])
    assert test.p_greater == pytest.approx(1 - test.p_two_sided / 2)
    assert test.effect_size < 0
    assert test.high < 0


def test_the_interval_excludes_zero_just_when_p_says_so():
    base = white_noise(12, sd=1.0)
    for shift in np.linspace(0.3, 1.0, 15):
        test = t_test(base + shift, confidence=0.9)
        assert (test.low > 0.0) == (test.p_two_sided < 0.1)


@pytest.mark.parametrize("values", [[], [0.3], [0.1, 0.1, 0.1]])
def test_without_variation_nothing_is_tested(values):
    assert t_test(values) is None


def test_a_missing_outcome_is_refused():
    with pytest.raises(ValueError, match="values: 1 of 3 values were NaN"):
        t_test([1.0, math.nan, 2.0])


# --- blocks ---


def test_the_block_is_the_optimum_rounded_up_but_not_below_the_least():
    series = autoregression(2_000, 0.6)
    optimum = optimal_block_length(series)["stationary"].iloc[0]
    assert optimum > 10
    assert politis_white(series).stationary == optimum
    assert block_sessions(series, least=5) == math.ceil(optimum)
    assert block_sessions(series, least=100) == 100


def test_columns_share_the_block_of_the_one_that_remembers_longest():
    short, long = white_noise(1_000), autoregression(1_000, 0.7)
    alone = block_sessions(long, least=5)
    assert alone > block_sessions(short, least=5)
    assert block_sessions(np.column_stack([short, long]), least=5) == alone
    assert block_sessions(np.column_stack([long, short]), least=5) == alone


@pytest.mark.parametrize(
    ("series", "complaint"),
    [
        (white_noise(29), "was 29 values, varying: True"),
        (np.full(300, 0.1), "was 300 values, varying: False"),
        ([0.1, math.nan] * 50, "series: 50 of 100"),
    ],
)
def test_a_series_without_a_block_length_is_refused(series, complaint):
    with pytest.raises(ValueError, match=complaint):
        politis_white(series)


# --- the bootstrap interval ---


def own_means(values, block, count, rng):
    """Means of the stationary bootstrap from its definition, drawn in the order of `arch`."""
    n, means = len(values), []
    for _ in range(count):
        starts, chances = rng.integers(n, size=n), rng.random(n)
        places = [int(starts[0])]
        for i in range(1, n):
            anew = chances[i] <= 1.0 / block
            places.append(int(starts[i]) if anew else (places[-1] + 1) % n)
        means.append(values[places].mean())
    return np.array(means)


def interval(values, *, method="percentile", seed=3, resamples=199, least_block=5):
    return mean_interval(
        values,
        least_block=least_block,
        rng=np.random.default_rng(seed),
        resamples=resamples,
        method=method,
    )


def test_both_intervals_agree_with_a_bootstrap_written_from_its_definition():
    values = autoregression(150, 0.4) + 0.001
    interval_of_mean = interval(values)
    means = np.sort(
        own_means(values, interval_of_mean.block_sessions, 199, np.random.default_rng(3))
    )
    # The 2.5 % quantile of 199 values lies at place 0.025 * 198 = 4.95, the 97.5 % at 193.05.
    low = means[4] + 0.95 * (means[5] - means[4])
    high = means[193] + 0.05 * (means[194] - means[193])
    assert (interval_of_mean.low, interval_of_mean.high) == pytest.approx((low, high), rel=1e-12)
    mirrored = interval(values, method="basic")
    expected = (2 * values.mean() - high, 2 * values.mean() - low)
    assert (mirrored.low, mirrored.high) == pytest.approx(expected, rel=1e-12)
    assert (interval_of_mean.method, mirrored.method) == ("percentile", "basic")


def test_interval_of_white_noise_is_that_of_the_normal_mean():
    interval_of_mean = interval(white_noise(2_000) + 0.001, resamples=3_999)
    half_width = 1.959964 * 0.01 / math.sqrt(2_000)
    # 4,000 resamples know a 2.5 % quantile to some 4 %; chance correlation adds as much.
    assert interval_of_mean.high - 0.001 == pytest.approx(half_width, rel=0.1)
    assert 0.001 - interval_of_mean.low == pytest.approx(half_width, rel=0.1)
    assert interval_of_mean.mean == pytest.approx(0.001)


def test_a_hold_longer_than_the_estimate_is_the_block_and_blocks_are_counted():
    interval_of_mean = interval(white_noise(600), least_block=60)
    assert (interval_of_mean.block_sessions, interval_of_mean.blocks, interval_of_mean.n) == (
        60,
        10.0,
        600,
    )
    assert interval_of_mean.low is not None


def test_fewer_than_six_blocks_give_no_interval_but_say_so():
    values = white_noise(600)
    assert interval(values, least_block=100).low is not None
    interval_of_mean = interval(values, least_block=101)
    assert (interval_of_mean.low, interval_of_mean.high) == (None, None)
    assert interval_of_mean.blocks == pytest.approx(600 / 101)
    assert interval_of_mean.mean == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize(
    "values", [[], np.zeros(300), white_noise(29)], ids=["none", "idle", "few"]
)
def test_without_a_block_length_there_is_no_interval(values):
    interval_of_mean = interval(values)
    assert (
        interval_of_mean.low,
        interval_of_mean.high,
        interval_of_mean.block_sessions,
        interval_of_mean.blocks,
    ) == (None,) * 4
    assert interval_of_mean.n == len(values)


def test_an_interval_repeats_itself_for_the_same_seed_alone():
    values = autoregression(200, 0.2)
    assert interval(values, seed=1) == interval(values, seed=1)
    assert interval(values, seed=1).low != interval(values, seed=2).low


# --- p of resamples ---


def test_the_observation_counts_as_one_of_its_resamples():
    assert resampling_p(3.0, [1.0, 2.0, 3.0, 4.0]) == (1 + 2) / 5
    assert resampling_p(5.0, [1.0, 2.0, 3.0, 4.0]) == 1 / 5
    assert resampling_p(0.0, [1.0, 2.0, 3.0, 4.0]) == 1.0
    assert resampling_p(0.0, []) == 1.0


@pytest.mark.parametrize(("p", "fewest"), [(0.5, 1), (0.1, 9), (0.05, 19), (0.03, 33), (0.01, 99)])
def test_so_many_resamples_and_no_fewer_can_meet_a_bar(p, fewest):
    assert fewest_resamples(p) == fewest
    assert resampling_p(1.0, [0.0] * fewest) <= p < resampling_p(1.0, [0.0] * (fewest - 1))


def test_p_of_exchangeable_draws_is_uniform():
    rng = np.random.default_rng(3)
    listed = [resampling_p(draws[0], draws[1:]) for draws in rng.standard_normal((2_000, 20))]
    assert min(listed) == 1 / 20
    assert max(listed) == 1.0
    # P(p <= 1/20 * k) = k/20 exactly; four standard errors of sqrt(.25 * .75 / 2000) = .0097.
    assert np.mean(np.array(listed) <= 5 / 20) == pytest.approx(0.25, abs=0.039)


@pytest.mark.parametrize(("observed", "resampled"), [(math.nan, [1.0]), (1.0, [1.0, math.nan])])
def test_a_statistic_that_is_missing_has_no_place(observed, resampled):
    with pytest.raises(ValueError, match="NaN or infinite"):
        resampling_p(observed, resampled)


# --- many p values ---


def test_adjustments_keep_the_order_of_what_they_were_given():
    given = np.array([0.04, 0.001, 0.03])
    np.testing.assert_allclose(holm(given), [0.06, 0.003, 0.06])  # 3 * .001, 2 * .03, and raised


def test_holm_is_never_below_its_p_nor_above_bonferroni():
    rng = np.random.default_rng(2)
    for count in (1, 2, 7, 40):
        given = rng.random(count) ** 3
        strict = holm(given)
        assert (strict >= given * (1 - 1e-12)).all()
        assert (strict <= 1.0).all()
        bonferroni = multipletests(given, method="bonferroni")[1]
        assert (strict <= bonferroni * (1 + 1e-12)).all()


def test_one_p_value_is_left_as_it_is_and_none_gives_none():
    assert holm([0.03]).tolist() == [0.03]
    assert holm([]).tolist() == []


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan])
def test_what_is_no_probability_is_not_adjusted(wrong):
    with pytest.raises(ValueError, match="p_values"):
        holm([0.5, wrong])


# --- superior predictive ability ---


def ability(returns, *, seed=1, resamples=499):
    return superior_ability(returns, block=5, resamples=resamples, rng=np.random.default_rng(seed))


def test_an_edge_among_wilder_trials_is_found():
    # The trap of arch 8.0.0: unless columns are standardised, the wild ones hide the calm edge.
    noise = np.random.default_rng(4).standard_normal((500, 6))
    returns = noise * [0.001, 0.02, 0.02, 0.02, 0.02, 0.02]
    returns[:, 0] += 0.0003 - returns[:, 0].mean()  # 0.3 of a deviation: t = 6.7
    superior = ability(returns)
    assert superior.consistent <= 2 / 500
    assert (superior.trials, superior.block_sessions) == (6, 5)
    from arch.bootstrap import SPA

    hidden = SPA(np.zeros(500), -returns, 5, 499, seed=np.random.default_rng(1))
    hidden.compute()
    assert hidden.pvalues["consistent"] > 0.05


def test_noise_is_no_ability():
    noise = np.random.default_rng(11).standard_normal((60, 300, 5))
    listed = [ability(table, resamples=199).consistent for table in noise]
    assert all(0.0 < p <= 1.0 for p in listed)
    # 5 % nominal: 3 of 60 expected, and 9 or more in 1 of 300 worlds.
    assert sum(p <= 0.05 for p in listed) <= 8


def test_bounds_enclose_the_consistent_p():
    returns = np.random.default_rng(6).standard_normal((300, 8))
    returns[:, 3:] -= 1.0  # five trials that are plainly poor
    superior = ability(returns)
    assert superior.lower <= superior.consistent <= superior.upper


def test_an_idle_trial_proves_nothing_and_idle_trials_alone_are_not_tested():
    losing = np.random.default_rng(6).standard_normal((300, 3)) - 0.5
    idle = np.zeros((300, 1))
    for returns in (losing, np.column_stack([losing, idle])):
        superior = ability(returns)
        assert (superior.lower, superior.consistent, superior.upper) == (1.0, 1.0, 1.0)
    winning = -losing[:, :1]
    assert ability(np.column_stack([winning, idle])).consistent == 1 / 500
    assert ability(np.zeros((300, 3))) is None
    assert ability(np.full((300, 2), 0.01)) is None


def test_ability_repeats_itself_for_the_same_seed():
    returns = np.random.default_rng(6).standard_normal((200, 4))
    assert ability(returns, seed=2) == ability(returns, seed=2)
