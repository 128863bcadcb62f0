"""The appraisal ratio: what constant holdings of the legs do not explain."""

import numpy as np
import pytest
import statsmodels.api as sm

from reports.statistics.appraisal import appraisal_ratio

RNG = np.random.default_rng(3)
LEGS = RNG.normal(0.001, 0.01, (200, 2))


def test_constant_holdings_have_none_however_much_they_earn():
    assert appraisal_ratio(0.5 * LEGS[:, 0] - 0.5 * LEGS[:, 1], LEGS) == 0.0


def test_it_is_alpha_over_the_residual_deviation_of_statsmodels():
    held = RNG.random(200) < 0.3
    returns = np.where(held, 0.5 * LEGS[:, 0] - 0.5 * LEGS[:, 1], 0.0)
    fit = sm.OLS(returns, sm.add_constant(LEGS)).fit()
    expected = fit.params[0] / np.sqrt(fit.mse_resid)
    assert appraisal_ratio(returns, LEGS) == pytest.approx(expected, rel=1e-9)


def test_by_hand_on_one_leg():
    # L = -1, 0, 0, 1; R = 1, 1, 1, 1 + 2 L's places moved: R = 2, 1, 3, 2: slope 0, alpha 2,
    # residuals 0, -1, 1, 0 with 4 - 2 = 2 degrees: s = 1.
    assert appraisal_ratio([2, 1, 3, 2], [[-1], [0], [0], [1]]) == pytest.approx(2 / 1)


def test_a_rising_leg_changes_nothing_and_a_cost_each_session_lowers_it():
    held = RNG.random(200) < 0.3
    drift = np.array([0.004, 0.0])

    def ratio(legs, cost=0.0):
        return appraisal_ratio(np.where(held, legs @ [0.5, -0.5], 0.0) - cost, legs)

    assert ratio(LEGS, cost=1e-4) < ratio(LEGS)
    # The drift is held for 30 % of the time and paid for by the slope's share of it.
    assert abs(ratio(LEGS + drift) - ratio(LEGS)) < 0.1


def test_a_run_that_never_moved_or_is_too_short_has_none():
    assert appraisal_ratio(np.zeros(200), LEGS) == 0.0
    assert appraisal_ratio([0.1, 0.2, 0.3], LEGS[:3]) == 0.0


def test_a_leg_that_never_moves_is_passed_over():
    legs = np.column_stack([LEGS[:, 0], np.zeros(200)])
    returns = np.where(np.arange(200) % 3, legs[:, 0], 0.0)
    assert appraisal_ratio(returns, legs) == appraisal_ratio(returns, legs[:, :1])


@pytest.mark.parametrize("sick", [np.nan, np.inf])
def test_a_hole_is_refused(sick):
    with pytest.raises(ValueError, match="1 of 200 values"):
        appraisal_ratio(np.append(np.zeros(199), sick), LEGS)
    legs = LEGS.copy()
    legs[3, 1] = sick
    with pytest.raises(ValueError, match="legs: 1 of 400"):
        appraisal_ratio(np.arange(200.0), legs)
