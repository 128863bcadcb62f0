import math
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, stats

from reports.statistics.sample import finite, varies
from reports.statistics.sharpe import (
    deflated_sharpe,
    effective_trials,
    expected_max_normal,
    minimum_backtest_years,
    minimum_track_record,
    probabilistic_sharpe,
    sharpe_sample,
)

ROOT = Path(__file__).parents[3]
CONVENTIONS = ["2012", "2025"]
NORMAL = {"skew": 0.0, "kurtosis": 3.0}
CRASHING = {"skew": -2.0, "kurtosis": 9.0}


def normal_cdf(value):
    return stats.norm.cdf(value)


# --- the package as a whole ---


def test_audits_bring_in_nothing_heavy_until_they_are_asked():
    heavy = {"scipy", "statsmodels", "arch", "matplotlib"}  # pandas comes with any run
    folders = (ROOT / "reports" / "audits", ROOT / "reports" / "statistics")
    files = (path for folder in folders for path in folder.rglob("[!_]*.py"))
    modules = sorted(".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files)
    assert "reports.statistics.sharpe" in modules
    program = (
        f"import sys, importlib\n"
        f"[importlib.import_module(name) for name in {modules!r}]\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_nan_and_infinities_are_refused_and_counted():
    with pytest.raises(ValueError, match="returns: 2 of 4 values were NaN or infinite"):
        finite("returns", [0.1, math.nan, 0.2, math.inf])
    assert finite("returns", [1, 2]).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ([], False),
        ([1.0], False),
        ([0.1, 0.1, 0.1], False),
        ([0.1 + 0.2, 0.3], False),  # apart by one rounding
        ([0.0, 0.0], False),
        ([0.0, 1e-9], True),
        ([1e6, 1e6 + 1], True),
    ],
)
def test_a_sample_varies_by_more_than_rounding_or_not_at_all(values, answer):
    assert varies(np.array(values)) is answer


# --- the sample ---


def test_moments_of_four_returns_by_hand():
    # Mean 0.01; gaps -.01, -.01, -.01, +.03: m2 = 12e-4/4, m3 = 24e-6/4, m4 = 84e-8/4.
    sample = sharpe_sample([0.0, 0.0, 0.0, 0.04])
    assert sample.n == 4
    assert sample.sharpe == pytest.approx(0.01 / math.sqrt(12e-4 / 3))
    assert sample.skew == pytest.approx(6e-6 / 3e-4**1.5)
    assert sample.kurtosis == pytest.approx(21e-8 / 3e-4**2)


def test_moments_agree_with_scipy():
    returns = np.random.default_rng(3).standard_t(4, 500) * 0.01 + 0.001
    sample = sharpe_sample(returns)
    assert sample.skew == pytest.approx(stats.skew(returns), rel=1e-12)
    assert sample.kurtosis == pytest.approx(stats.kurtosis(returns, fisher=False), rel=1e-12)


def test_a_ratio_times_the_root_of_n_is_students_t():
    returns = np.random.default_rng(4).standard_normal(80) + 0.2
    expected = stats.ttest_1samp(returns, 0.0).statistic
    assert sharpe_sample(returns).sharpe * math.sqrt(80) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("returns", [[], [0.01], [0.01] * 50])
def test_returns_that_never_vary_have_no_ratio(returns):
    assert sharpe_sample(returns) is None


def test_a_ratio_is_refused_where_a_return_is_missing():
    with pytest.raises(ValueError, match="1 of 3"):
        sharpe_sample([0.01, math.nan, 0.02])


# --- the probabilistic ratio ---


def test_the_2012_convention_puts_the_observed_ratio_into_the_variance():
    # g3 = 0, g4 = 3: variance factor 1 + .5 * .2**2; the gap is .1 over 101 - 1 periods.
    probability = probabilistic_sharpe(0.2, 0.1, n=101, convention="2012", **NORMAL)
    assert probability == pytest.approx(normal_cdf(0.1 * 10 / math.sqrt(1.02)), rel=1e-14)


def test_the_2025_convention_puts_the_nulls_ratio_into_the_variance():
    probability = probabilistic_sharpe(0.2, 0.1, n=100, convention="2025", **NORMAL)
    assert probability == pytest.approx(normal_cdf(0.1 * 10 / math.sqrt(1.005)), rel=1e-14)


def test_the_convention_is_that_of_2012_unless_another_is_named():
    arguments = {"n": 50, **CRASHING}
    default = probabilistic_sharpe(0.2, 0.1, **arguments)
    assert default == probabilistic_sharpe(0.2, 0.1, convention="2012", **arguments)
    assert default != probabilistic_sharpe(0.2, 0.1, convention="2025", **arguments)


def test_against_zero_the_2025_convention_forgets_how_the_returns_are_shaped():
    calm = probabilistic_sharpe(0.2, n=50, convention="2025", **NORMAL)
    assert calm == probabilistic_sharpe(0.2, n=50, convention="2025", **CRASHING)
    assert probabilistic_sharpe(0.2, n=50, **CRASHING) < probabilistic_sharpe(0.2, n=50, **NORMAL)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_probability_rises_with_the_ratio_and_the_periods_and_falls_with_the_null(convention):
    def chance(sharpe=0.2, null=0.05, n=60):
        return probabilistic_sharpe(sharpe, null, n=n, convention=convention, **CRASHING)

    for values in (
        [chance(sharpe=sharpe) for sharpe in np.linspace(-0.5, 0.5, 41)],
        [chance(n=n) for n in range(2, 200, 5)],
        [chance(null=null) for null in np.linspace(0.5, -0.5, 41)],
    ):
        assert all(one < other for one, other in pairwise(values))
    assert chance(sharpe=0.05) == 0.5


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_a_hopeless_ratio_keeps_a_probability_above_zero(convention):
    # Seen from above, 1 - 1 would be 0 long before: a lower tail must be computed as one.
    assert 0.0 < probabilistic_sharpe(-0.2, n=2_000, convention=convention, **NORMAL) < 1e-15


def test_two_point_returns_at_the_ratio_that_cannot_err_are_certain():
    # 1 - g3 SR + (g4 - 1)/4 SR**2 with g3 = 4 and g4 = 17 is (1 - 2 SR)**2: zero at one half.
    shape = {"n": 10, "skew": 4.0, "kurtosis": 17.0}
    assert probabilistic_sharpe(0.5, 0.4, **shape) == 1.0
    assert probabilistic_sharpe(0.5, 0.6, **shape) == 0.0
    assert probabilistic_sharpe(0.5, 0.5, **shape) == 0.5


def test_excess_kurtosis_is_refused():
    with pytest.raises(ValueError, match="not the excess"):
        probabilistic_sharpe(0.1, n=50, skew=0.0, kurtosis=0.0)
    with pytest.raises(ValueError, match="at least 2 periods"):
        probabilistic_sharpe(0.1, n=1, **NORMAL)


@pytest.mark.parametrize("count", [2, 3, 25])
def test_moments_of_two_point_samples_are_taken_in_spite_of_their_rounding(count):
    # Their kurtosis is exactly 1 + skew**2, and comes out a rounding to either side.
    sample = sharpe_sample([0.1] * count + [-0.3])
    assert sample.kurtosis == pytest.approx(1 + sample.skew**2, rel=1e-12)
    value = probabilistic_sharpe(
        sample.sharpe, n=sample.n, skew=sample.skew, kurtosis=sample.kurtosis
    )
    assert 0.0 <= value <= 1.0


def test_noise_is_called_sure_one_time_in_twenty():
    rng = np.random.default_rng(8)
    sure = 0
    for _ in range(2_000):
        sample = sharpe_sample(rng.standard_normal(100))
        chance = probabilistic_sharpe(
            sample.sharpe, n=sample.n, skew=sample.skew, kurtosis=sample.kurtosis
        )
        sure += chance > 0.95
    # 100 of 2,000 expected; four standard errors of sqrt(2000 * .05 * .95) = 9.7.
    assert 100 - 39 <= sure <= 100 + 39


# --- many trials ---


def test_the_approximation_is_above_the_exact_expected_maximum():
    def density(x):
        return 100 * x * stats.norm.pdf(x) * stats.norm.cdf(x) ** 99

    exact, error = integrate.quad(density, -10, 10)
    assert error < 1e-7
    assert exact == pytest.approx(2.507594, abs=5e-7)
    assert expected_max_normal(100) - exact == pytest.approx(0.0230, abs=5e-5)


def test_one_trial_has_nothing_to_deflate_and_more_have_more():
    assert expected_max_normal(1) == 0.0
    values = [expected_max_normal(trials) for trials in (1, 1.2, 1.29, 2, 2.5, 5, 50, 1e3, 1e6)]
    assert values[:2] == [0.0, 0.0]
    assert all(one < other for one, other in pairwise(values[1:]))
    with pytest.raises(ValueError, match="at least 1"):
        expected_max_normal(0.5)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_a_deflated_ratio_is_the_probabilistic_one_against_the_expected_best(convention):
    shape = {"n": 500, **CRASHING, "convention": convention}
    deflated = deflated_sharpe(0.12, trials=20, trials_variance=0.0009, **shape)
    assert deflated.null_sharpe == pytest.approx(0.03 * expected_max_normal(20), rel=1e-15)
    assert deflated.probability == probabilistic_sharpe(0.12, deflated.null_sharpe, **shape)
    assert (deflated.trials, deflated.convention) == (20, convention)


def test_one_trial_or_trials_all_alike_deflate_nothing():
    shape = {"n": 500, **NORMAL}
    plain = probabilistic_sharpe(0.1, **shape)
    assert deflated_sharpe(0.1, trials=1, trials_variance=0.01, **shape).probability == plain
    assert deflated_sharpe(0.1, trials=99, trials_variance=0.0, **shape).probability == plain
    with pytest.raises(ValueError, match=r"trials_variance was -0\.1"):
        deflated_sharpe(0.1, trials=9, trials_variance=-0.1, **shape)


def test_the_best_of_useless_trials_is_seldom_sure():
    rng = np.random.default_rng(12)
    sure = 0
    for _ in range(400):
        returns = rng.standard_normal((250, 20))
        sharpes = returns.mean(axis=0) / returns.std(axis=0, ddof=1)
        best = sharpe_sample(returns[:, sharpes.argmax()])
        deflated = deflated_sharpe(
            best.sharpe,
            n=250,
            skew=best.skew,
            kurtosis=best.kurtosis,
            trials=20,
            trials_variance=sharpes.var(ddof=1),
        )
        sure += deflated.probability > 0.95
    # Undeflated it would be 1 - .95**20 = 64 %. Nominal 5 % is 20 of 400; the maximum's own spread
    # is not in the formula, which makes it stricter.
    assert sure <= 20


def test_trials_that_repeat_each_other_are_one():
    column = np.random.default_rng(2).standard_normal(300)
    twins = np.column_stack([column, 2 * column, column + 1])
    assert effective_trials(twins) == pytest.approx(1.0, abs=1e-12)


def test_half_related_trials_count_half_way():
    # Orthogonal and equally long: x, and (x + sqrt(3) y) / 2, are correlated by a half.
    x = np.tile([1.0, -1.0, 1.0, -1.0], 10)
    y = np.tile([1.0, 1.0, -1.0, -1.0], 10)
    related = np.column_stack([x, (x + math.sqrt(3) * y) / 2])
    assert effective_trials(related) == pytest.approx(0.5 + 0.5 * 2)


def test_unrelated_opposite_and_idle_trials_all_count():
    x = np.tile([1.0, -1.0, 1.0, -1.0], 10)
    y = np.tile([1.0, 1.0, -1.0, -1.0], 10)
    assert effective_trials(np.column_stack([x, y])) == pytest.approx(2.0)
    assert effective_trials(np.column_stack([x, -x])) == 2.0
    assert effective_trials(np.column_stack([x, np.zeros(40)])) == 2.0
    assert effective_trials(x[:, None]) == 1.0


def test_mean_correlation_agrees_with_numpy():
    noise = np.random.default_rng(5).standard_normal((400, 6))
    noise += noise[:, :1]
    correlations = np.corrcoef(noise, rowvar=False)
    mean = (correlations.sum() - 6) / 30
    assert effective_trials(noise) == pytest.approx(mean + (1 - mean) * 6, rel=1e-12)


# --- lengths ---


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_at_the_minimum_track_record_the_probability_is_the_confidence(convention):
    shape = {**CRASHING, "convention": convention}
    periods = minimum_track_record(0.2, 0.05, confidence=0.9, **shape)
    short, enough = (
        probabilistic_sharpe(0.2, 0.05, n=n, **shape)
        for n in (math.floor(periods), math.ceil(periods))
    )
    assert short < 0.9 <= enough


def test_a_ratio_that_is_not_above_the_null_never_has_record_enough():
    assert minimum_track_record(0.1, 0.1, **NORMAL) == math.inf
    assert minimum_track_record(-0.1, **NORMAL) == math.inf


def test_minimum_backtest_lies_below_its_bound_and_falls_with_the_ratio():
    for trials in (2, 10, 45, 1_000):
        assert minimum_backtest_years(trials) < 2 * math.log(trials)
    assert minimum_backtest_years(45, 2.0) == pytest.approx(minimum_backtest_years(45) / 4)
    assert minimum_backtest_years(1) == 0.0
    with pytest.raises(ValueError, match="sharpe_annual was 0"):
        minimum_backtest_years(45, 0.0)
