import math
import warnings

import numpy as np
import pytest
from statsmodels.stats.power import TTestPower

from reports.statistics.power import (
    entries_for_power,
    measure_power,
    minimum_effect,
    t_power,
)

SIDES = ["larger", "two-sided"]


@pytest.mark.parametrize("alternative", SIDES)
@pytest.mark.parametrize("effect", [-0.4, 0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("n", [2, 8, 30, 60])
def test_power_is_that_of_statsmodels(effect, n, alternative):
    expected = TTestPower().power(effect, n, 0.05, alternative=alternative)
    # Two implementations of the noncentral t; both claim some ten digits.
    assert t_power(effect, n, alternative=alternative) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("alternative", SIDES)
@pytest.mark.parametrize("effect", [0.2, 0.3, 0.5, 0.8, 1.5])
def test_entries_are_those_of_statsmodels(effect, alternative):
    expected = TTestPower().solve_power(
        effect_size=effect, alpha=0.05, power=0.8, alternative=alternative
    )
    # Its root is good to some 1e-7.
    computed = entries_for_power(effect, alternative=alternative)
    assert computed == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("alternative", SIDES)
@pytest.mark.parametrize("n", [4, 8, 30, 1_000])
def test_minimum_effect_is_that_of_statsmodels(n, alternative):
    expected = TTestPower().solve_power(nobs=n, alpha=0.05, power=0.8, alternative=alternative)
    # It searches to some 2e-6, which is 3e-5 of the smallest effect here.
    assert minimum_effect(n, alternative=alternative) == pytest.approx(expected, rel=5e-5)


def test_statsmodels_loses_the_power_of_sure_things_and_we_do_not():
    # The reason for which the formula is ours. When this fails, statsmodels can have it back.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = TTestPower().power(0.36, 1_000, 0.05, alternative="two-sided")
    assert math.isnan(theirs)
    assert t_power(0.36, 1_000, alternative="two-sided") == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("alternative", SIDES)
def test_power_is_a_probability_for_every_effect_and_number(alternative):
    for effect in np.concatenate([[0.0], np.geomspace(1e-3, 20, 25)]):
        for n in (2, 3, 8, 30, 300, 10_000):
            assert -1e-12 <= t_power(effect, n, alternative=alternative) <= 1 + 1e-12


@pytest.mark.parametrize("alternative", SIDES)
def test_without_an_effect_the_power_is_the_level(alternative):
    assert t_power(0.0, 8, alternative=alternative, alpha=0.1) == pytest.approx(0.1, abs=1e-12)


def test_power_is_what_a_simulation_finds():
    outcomes = np.random.default_rng(6).standard_normal((20_000, 12)) + 0.5
    t = outcomes.mean(axis=1) / outcomes.std(axis=1, ddof=1) * math.sqrt(12)
    rejected = (t > 1.795885).mean()  # the 95 % quantile of Student's t on 11 degrees
    # Four standard errors: 4 * sqrt(.25 / 20000).
    assert t_power(0.5, 12) == pytest.approx(rejected, abs=0.0142)


def test_a_negative_effect_is_never_shown_to_be_an_edge():
    assert t_power(-0.5, 30) < 0.05
    assert entries_for_power(-0.5) is None
    assert measure_power(-0.5, 30).entries_needed is None
    assert entries_for_power(-0.5, alternative="two-sided") == pytest.approx(
        entries_for_power(0.5, alternative="two-sided"), rel=1e-9
    )


@pytest.mark.parametrize("effect", [0.0, 1e-17])
def test_no_number_of_entries_shows_no_effect(effect):
    assert entries_for_power(effect) is None
    assert entries_for_power(effect, alternative="two-sided") is None


def test_two_entries_are_enough_for_a_huge_effect():
    # On one degree of freedom the 95 % quantile is 6.31: 20 * sqrt(2) is far beyond it.
    assert entries_for_power(20.0) == 2.0
    assert measure_power(20.0, 2).entries_needed == 2


@pytest.mark.parametrize("alternative", SIDES)
def test_root_and_power_agree_where_the_bounds_of_statsmodels_end(alternative):
    entries = entries_for_power(5.0, alternative=alternative)
    assert t_power(5.0, entries, alternative=alternative) == pytest.approx(0.8, abs=1e-8)
    effect = minimum_effect(2, alternative=alternative)
    assert t_power(effect, 2, alternative=alternative) == pytest.approx(0.8, abs=1e-8)


def test_one_entry_and_senseless_levels_are_refused():
    with pytest.raises(ValueError, match="n was 1; expected at least 2"):
        t_power(0.5, 1)
    with pytest.raises(ValueError, match=r"alpha was 0\.9 and target 0\.8"):
        entries_for_power(0.5, alpha=0.9)
    with pytest.raises(ValueError, match="target 1"):
        minimum_effect(8, target=1.0)


def test_what_was_measured_is_told_with_its_assumptions():
    computed = measure_power(0.5, 8, alternative="two-sided", alpha=0.1, target=0.9)
    assert (computed.effect_size, computed.n, computed.alternative) == (0.5, 8, "two-sided")
    assert (computed.alpha, computed.target) == (0.1, 0.9)
    assert computed.power == t_power(0.5, 8, alternative="two-sided", alpha=0.1)
    options = {"alternative": "two-sided", "alpha": 0.1, "target": 0.9}
    assert computed.minimum_effect == minimum_effect(8, **options)
    assert computed.entries_needed == math.ceil(entries_for_power(0.5, **options))
