"""The multiple-testing haircut of Harvey and Liu, worked from normal tables and their example."""

import math
from statistics import NormalDist

import pytest

from reports.statistics.haircut import haircut_sharpe

NORMAL = NormalDist()
MONTHLY = math.sqrt(12)


def test_their_example_of_two_hundred_tests():
    # An annual ratio of 0.75 over 240 months, 200 independent tests: t = 0.75 / sqrt(12) x
    # sqrt(240) = 3.354; p = 0.0008; 1 - (1 - 0.0008)**200 = 0.15; what is left is 0.32 a year.
    found = haircut_sharpe(0.75 / MONTHLY, n=240, trials=200, method="independent")
    assert round(found.p_single, 4) == 0.0008
    assert round(found.p_multiple, 2) == 0.15
    assert round(found.sharpe * MONTHLY, 2) == 0.32
    assert round(found.share, 2) == round((0.75 - 0.324) / 0.75, 2)


def test_bonferroni_multiplies_p_by_the_number_of_tests():
    # t = 0.25 x sqrt(100) = 2.5; p = 2 (1 - Phi(2.5)) = 0.0124193; x 5 = 0.0620967.
    found = haircut_sharpe(0.25, n=100, trials=5, method="bonferroni")
    p = 2.0 * (1.0 - NORMAL.cdf(2.5))
    assert found.p_single == pytest.approx(p, rel=1e-12)
    assert found.p_multiple == pytest.approx(5 * 0.0124193, abs=1e-6)
    left = NORMAL.inv_cdf(1.0 - 5 * p / 2.0) / 10.0
    assert found.sharpe == pytest.approx(left, rel=1e-12)
    assert found.share == pytest.approx(1.0 - left / 0.25, rel=1e-12)


def test_one_test_cuts_nothing():
    for method in ("bonferroni", "independent"):
        found = haircut_sharpe(0.1, n=500, trials=1, method=method)
        assert found.sharpe == pytest.approx(0.1, rel=1e-12)
        assert found.p_multiple == pytest.approx(found.p_single, rel=1e-12)


def test_enough_tests_leave_nothing_and_bonferroni_cuts_most():
    found = haircut_sharpe(0.05, n=250, trials=3, method="bonferroni")  # t = 0.79, p = 0.43
    assert (found.sharpe, found.share, found.p_multiple) == (0.0, 1.0, 1.0)
    independent = haircut_sharpe(0.05, n=250, trials=3, method="independent")
    assert 0.0 < independent.sharpe < 0.05


def test_a_high_ratio_is_cut_by_less_of_itself():
    shares = [
        haircut_sharpe(annual / math.sqrt(252), n=1260, trials=100, method="bonferroni").share
        for annual in (1.2, 1.6, 2.0, 3.0)
    ]
    assert shares == sorted(shares, reverse=True)


def test_a_loss_and_a_ratio_beyond_all_numbers_are_left_as_they_are():
    assert haircut_sharpe(-0.1, n=100, trials=50, method="bonferroni").sharpe == -0.1
    assert haircut_sharpe(0.0, n=100, trials=50, method="bonferroni").p_single == 1.0
    sure = haircut_sharpe(10.0, n=1000, trials=50, method="independent")
    assert (sure.sharpe, sure.share) == (10.0, 0.0)


@pytest.mark.parametrize(
    "wrong", [{"n": 1}, {"trials": 0.5}, {"trials": math.nan}, {"sharpe": math.nan}], ids=str
)
def test_what_is_no_sample_is_refused(wrong):
    asked = {"sharpe": 0.1, "n": 100, "trials": 2, "method": "bonferroni"} | wrong
    with pytest.raises(ValueError, match=f"^{next(iter(wrong))} was "):
        haircut_sharpe(asked.pop("sharpe"), **asked)
