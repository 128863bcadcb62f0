"""The table of published values that the audit's statistics must reproduce.

Each value is written as its source prints it; `printed` allows half a unit of the last digit, plus
the rounding of a double near 1 for those printed to 16 digits and more.
"""

import math

import numpy as np
import pytest

from reports.statistics.block_length import politis_white
from reports.statistics.inference import holm
from reports.statistics.overfitting import cross_validation
from reports.statistics.power import entries_for_power, measure_power, minimum_effect
from reports.statistics.sharpe import (
    deflated_sharpe,
    expected_max_normal,
    minimum_backtest_years,
    minimum_track_record,
    probabilistic_sharpe,
)

NORMAL = {"skew": 0.0, "kurtosis": 3.0}
HEDGE_FUND = {"skew": -2.448, "kurtosis": 10.164}


def printed(text):
    decimals = len(text.partition(".")[2])
    return pytest.approx(float(text), rel=0.0, abs=0.5 * 10.0**-decimals + 2.0**-51)


def test_printed_allows_half_of_the_last_digit_and_no_more():
    assert printed("0.25") == 0.2549
    assert printed("0.25") == 0.2451
    assert printed("0.25") != 0.2551
    assert printed("0.25") != 0.2449


# --- Sharpe ratios ---


def test_expected_maximum_of_100_normals_is_that_of_the_approximation():
    assert expected_max_normal(100) == printed("2.5306028932016846")


def test_expected_maximum_of_10_normals_is_the_one_of_the_charlatanism_paper():
    assert expected_max_normal(10) == pytest.approx(1.57, abs=0.01)  # printed cut, not rounded


@pytest.mark.parametrize(
    ("trials", "probability", "null_sharpe"),
    [(100, "0.90039683444939034", "0.113172"), (46, "0.9505017", None)],
)
def test_deflated_sharpe_is_that_of_the_2014_example(trials, probability, null_sharpe):
    # 2.5 a year over five years of 250 days; the trials' annual ratios have a variance of 0.5.
    deflated = deflated_sharpe(
        2.5 / math.sqrt(250),
        n=1250,
        skew=-3.0,
        kurtosis=10.0,
        trials=trials,
        trials_variance=0.5 / 250,
    )
    assert deflated.probability == printed(probability)
    if null_sharpe is not None:
        assert deflated.null_sharpe == printed(null_sharpe)
    assert deflated.convention == "2012"


def test_probabilistic_sharpe_is_that_of_the_2012_example():
    monthly = 1.585 / math.sqrt(12)
    skewed = probabilistic_sharpe(monthly, n=24, convention="2012", **HEDGE_FUND)
    assert skewed == printed("0.91323430688486018")
    assert probabilistic_sharpe(monthly, n=24, convention="2012", **NORMAL) == printed("0.98159")


@pytest.mark.parametrize(("null_sharpe", "expected"), [(0.0, "0.987"), (0.1, "0.939")])
def test_probabilistic_sharpe_is_that_of_the_2025_example(null_sharpe, expected):
    # Mean 3.6 % and deviation 7.9 % a month; as the authors' own program rounds it.
    probability = probabilistic_sharpe(
        0.036 / 0.079, null_sharpe, n=24, convention="2025", **HEDGE_FUND
    )
    assert probability == printed(expected)


@pytest.mark.parametrize(
    ("annual", "null_annual", "periods", "moments", "years"),
    [
        (2.0, 1.0, 250, NORMAL, "2.7311878"),
        (2.0, 1.0, 52, NORMAL, "2.8288336"),
        (3.0, 2.5, 12, {"skew": -0.72, "kurtosis": 5.78}, "27.3529202"),
    ],
    ids=["daily", "weekly", "monthly"],
)
def test_minimum_track_record_is_that_of_the_2012_examples(
    annual, null_annual, periods, moments, years
):
    root = math.sqrt(periods)
    computed = minimum_track_record(annual / root, null_annual / root, confidence=0.95, **moments)
    assert computed / periods == printed(years)


def test_minimum_track_record_is_that_of_the_2025_example():
    computed = minimum_track_record(0.036 / 0.079, convention="2025", **HEDGE_FUND)
    assert computed == printed("13.029")


def test_minimum_backtest_of_45_trials_is_five_years():
    assert minimum_backtest_years(45, 1.0) == printed("4.9980870")


# --- series ---


def test_politis_and_white_find_the_published_block_lengths():
    series = np.random.RandomState(0).standard_normal(10_100)
    for i in range(1, len(series)):
        series[i] += 0.3 * series[i - 1]
    lengths = politis_white(series[100:])
    assert lengths.stationary == printed("13.635665")
    assert lengths.circular == printed("15.60894")


# --- overfitting ---


def test_cross_validation_of_two_trials_on_eight_rows_is_two_thirds():
    returns = [[1, 0], [2, 1], [1, 3], [0, 2], [3, 1], [2, 2], [1, 0], [4, 3]]
    assert cross_validation(returns, blocks=4).pbo == pytest.approx(2 / 3, rel=1e-15)


def test_cross_validation_of_seeded_noise_is_nine_tenths():
    noise = np.random.default_rng(42).standard_normal((1000, 10))
    validation = cross_validation(noise, blocks=8)
    assert validation.pbo == printed("0.9")
    assert validation.pbo * 70 == pytest.approx(63, rel=1e-15)  # 63 of the 70 splits


# --- tests and their power ---


@pytest.mark.parametrize(("alternative", "entries"), [("two-sided", "33.37"), ("larger", "26.14")])
def test_entries_for_a_middling_effect(alternative, entries):
    assert entries_for_power(0.5, alternative=alternative, alpha=0.05, target=0.8) == printed(
        entries
    )


@pytest.mark.parametrize(("effect", "entries"), [(0.2, 156), (0.3, 71), (0.5, 27), (0.8, 12)])
def test_entries_needed_are_whole_and_one_sided(effect, entries):
    assert measure_power(effect, 8).entries_needed == entries


def test_eight_entries_show_an_effect_of_nearly_one():
    assert minimum_effect(8) == printed("0.98")


P_VALUES = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205]


def test_holm_adjusts_as_printed():
    # 8 * .001, 7 * .008, 6 * .039; then 5 * .041 and all later ones are smaller, and are raised.
    assert holm(P_VALUES).tolist() == [printed("0.008"), printed("0.056")] + [printed("0.234")] * 6
