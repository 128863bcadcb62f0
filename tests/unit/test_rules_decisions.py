"""Entry, sizing and exits: each decision at its boundary."""

import math

import pytest

from strategies.rules.exits import exit_reason, is_stopped_out
from strategies.rules.signal import is_correlation_entry
from strategies.rules.sizing import dollar_neutral_weight, inverse_vol_weight, target_shares


@pytest.mark.parametrize(
    ("z", "enters"), [(-2.0001, True), (-2.0, False), (-1.9999, False), (math.nan, False)]
)
def test_an_entry_is_strictly_below_its_level(z, enters):
    assert is_correlation_entry(z, -2.0) is enters


# --- sizing ---


def test_the_calmer_leg_gets_the_larger_share():
    # 1/0.02 = 50 against 1/0.01 = 100.
    assert inverse_vol_weight(0.02, 0.01) == pytest.approx(50 / 150, rel=1e-15)
    assert inverse_vol_weight(0.01, 0.02) == pytest.approx(100 / 150, rel=1e-15)


def test_equal_volatilities_share_equally_and_the_unit_does_not_matter():
    assert inverse_vol_weight(0.013, 0.013) == 0.5
    annual = math.sqrt(252)
    assert inverse_vol_weight(0.02 * annual, 0.01 * annual) == pytest.approx(1 / 3, rel=1e-15)


def test_each_leg_carries_the_same_risk():
    weight = inverse_vol_weight(0.017, 0.011)
    assert weight * 0.017 == pytest.approx((1 - weight) * 0.011, rel=1e-14)


@pytest.mark.parametrize("vols", [(0.0, 0.01), (0.01, 0.0), (-0.01, 0.01), (math.nan, 0.01)])
def test_a_volatility_that_is_not_positive_is_refused(vols):
    with pytest.raises(ValueError, match=r"inverse_vol_weight: volatilities were .* both > 0"):
        inverse_vol_weight(*vols)


def test_dollar_neutral_is_half_and_half():
    assert dollar_neutral_weight() == 0.5


@pytest.mark.parametrize(
    ("weight", "gross", "equity", "close", "shares"),
    [
        (0.5, 1.0, 10_000.0, 50.0, 100.0),  # 5,000 / 50, exactly
        (0.5, 1.0, 10_000.0, 51.0, 98.0),  # 98.04
        (0.5, 1.0, 10_000.0, 50.51, 98.0),  # 98.99: toward zero, not to the nearest
        (0.25, 2.0, 10_000.0, 30.0, 166.0),  # 5,000 / 30 = 166.67
        (0.5, 1.0, 90.0, 50.0, 0.0),  # 0.9 of a share is none
    ],
)
def test_target_shares_are_whole_toward_zero(weight, gross, equity, close, shares):
    assert target_shares(weight, gross, equity, close, fractional=False) == shares


def test_negative_equity_truncates_toward_zero_too():
    assert target_shares(0.5, 1.0, -10_000.0, 51.0, fractional=False) == -98.0


def test_fractional_target_shares_are_not_truncated():
    assert target_shares(0.5, 1.0, 10_000.0, 51.0, fractional=True) == 5000 / 51


# --- exits ---

NONE_SET = {"holding_sessions": None, "z_above": None, "stop_loss": None}
CALM = {"sessions_held": 1, "z": 0.0, "pnl_usd": 0.0, "entry_notional_usd": 10_000.0}


def reason(**known):
    return exit_reason(**{**CALM, **NONE_SET, **known})


def test_without_a_rule_a_trade_never_ends():
    assert reason(sessions_held=10_000, z=99.0, pnl_usd=-1e9) is None


@pytest.mark.parametrize(
    ("held", "why"), [(125, None), (126, "holding_sessions"), (127, "holding_sessions")]
)
def test_time_is_up_at_the_close_of_the_nth_session_held(held, why):
    assert reason(sessions_held=held, holding_sessions=126) == why


@pytest.mark.parametrize(
    ("z", "why"), [(0.5, None), (0.5001, "z_above"), (math.nan, None), (-9.0, None)]
)
def test_a_recovery_is_strictly_above_its_level(z, why):
    assert reason(z=z, z_above=0.5) == why


def test_a_level_of_zero_is_a_level():
    assert reason(z=0.1, z_above=0.0) == "z_above"


@pytest.mark.parametrize(
    ("pnl", "why"), [(-999.99, None), (-1000.0, "stop_loss"), (-1000.01, "stop_loss")]
)
def test_a_stop_is_a_fraction_of_the_entry_notional_and_includes_its_boundary(pnl, why):
    # A tenth of 10,000 dollars.
    assert reason(pnl_usd=pnl, stop_loss=0.1) == why
    assert is_stopped_out(pnl, 10_000.0, 0.1) is (why is not None)


def test_the_worse_outcome_names_the_exit():
    rules = {"holding_sessions": 5, "z_above": 0.0, "stop_loss": 0.1}
    every = {"sessions_held": 5, "z": 1.0, "pnl_usd": -1000.0}
    assert reason(**rules, **every) == "stop_loss"
    assert reason(**rules, **{**every, "pnl_usd": 0.0}) == "z_above"
    assert reason(**rules, **{**every, "pnl_usd": 0.0, "z": -1.0}) == "holding_sessions"
    assert reason(**rules, **{**every, "pnl_usd": 0.0, "z": -1.0, "sessions_held": 4}) is None
