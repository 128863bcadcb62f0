"""Entry, sizing, drift and exits: each decision at its boundary."""

import math

import pytest

from strategies.exits import ExitRules, reason_to_leave
from strategies.records import NONE, LegHeld, Reason, Today, Tranche
from strategies.rules.drift import leg_drift, ratio_drift
from strategies.rules.entries import may_open_tranche
from strategies.rules.exits import has_taken_profit, is_stopped_out, is_trailed_out
from strategies.rules.signal import is_correlation_entry
from strategies.rules.sizing import dollar_neutral_weight, inverse_vol_weight, target_shares


@pytest.mark.parametrize(
    ("z", "enters"), [(-2.0001, True), (-2.0, False), (-1.9999, False), (math.nan, False)]
)
def test_an_entry_is_strictly_below_its_level(z, enters):
    assert is_correlation_entry(z, -2.0) is enters


# 2 January 2024 is day 738,887; 21 days later is Tuesday the 23rd.
JANUARY_2 = 738_887


@pytest.mark.parametrize(
    ("day", "last", "held", "opens"),
    [
        (JANUARY_2, NONE, 0, True),  # the first trigger of all
        (JANUARY_2 + 20, JANUARY_2, 1, False),
        (JANUARY_2 + 21, JANUARY_2, 1, True),
        (JANUARY_2 + 21, JANUARY_2, 5, True),
        (JANUARY_2 + 21, JANUARY_2, 6, False),  # six are held
        (JANUARY_2 + 300, JANUARY_2, 6, False),
        (JANUARY_2, NONE, 6, False),
        (JANUARY_2 + 20, JANUARY_2, 0, False),  # the gap holds although nothing is held any more
    ],
)
def test_a_tranche_opens_a_gap_after_the_last_one_while_there_is_room(day, last, held, opens):
    assert may_open_tranche(day, last, gap_days=21, held=held, max_open=6) is opens


# --- drift ---


@pytest.mark.parametrize(
    ("long", "short", "weight", "drift"),
    [
        (500.0, 500.0, 0.5, 0.0),
        (600.0, 500.0, 0.5, 0.2),
        (400.0, 500.0, 0.5, 0.2),
        (750.0, 250.0, 0.75, 0.0),  # three to one, as it should be
        (660.0, 200.0, 0.75, 0.1),  # 3.3 to one
        (500.0, 500.0, 0.75, 2 / 3),  # one to one instead of three
    ],
)
def test_the_legs_drift_from_their_target_ratio(long, short, weight, drift):
    assert leg_drift(long, short, weight) == pytest.approx(drift, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("values", [(0.0, 500.0), (500.0, 0.0), (-1.0, 500.0)])
def test_a_leg_that_is_not_there_is_infinitely_far_off(values):
    assert leg_drift(*values, 0.5) == math.inf


@pytest.mark.parametrize(
    ("ratio", "at_sizing", "drift"),
    [(1.5, 1.5, 0.0), (1.8, 1.5, 0.2), (1.2, 1.5, 0.2), (3.0, 1.5, 1.0), (0.0, 1.5, 1.0),
     # A leg stood still when the book was sized: any ratio is infinitely far from none.
     (0.5, 0.0, math.inf), (0.0, 0.0, 0.0)],
)  # fmt: skip
def test_the_volatility_ratio_drifts_from_that_of_the_last_sizing(ratio, at_sizing, drift):
    assert ratio_drift(ratio, at_sizing) == pytest.approx(drift, rel=1e-12)


@pytest.mark.parametrize("readings", [(math.nan, 1.5), (1.5, math.nan), (math.nan, 0.0)])
def test_a_drift_that_is_not_known_is_above_no_threshold(readings):
    assert not ratio_drift(*readings) > 0.0


def test_a_drift_from_a_target_that_is_not_known_is_above_no_threshold():
    assert not leg_drift(500.0, 500.0, math.nan) > 0.0


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
    assert target_shares(weight, gross, equity, close, 1.0, fractional=False) == shares


def test_negative_equity_truncates_toward_zero_too():
    assert target_shares(0.5, 1.0, -10_000.0, 51.0, 1.0, fractional=False) == -98.0


def test_fractional_target_shares_are_not_truncated():
    assert target_shares(0.5, 1.0, 10_000.0, 51.0, 40.0, fractional=True) == 5000 / 51


# --- exits ---


def reason(*, sessions_held=1, z=0.0, pnl_usd=0.0, best_pnl_usd=0.0, must_be_flat=False, **levels):
    """Why a trade of 10,000 dollars leaves at a close of which so much is known; None: it stays."""
    held = Tranche(
        entry_notional_usd=10_000.0,
        long=LegHeld(pnl=pnl_usd),
        best_pnl_usd=best_pnl_usd,
        sessions_held=sessions_held,
    )
    today = Today(z=z, flat_due=int(must_be_flat))
    computed = Reason(reason_to_leave(ExitRules(**levels), today, held))
    return None if computed == Reason.NOTHING else computed.name.lower()


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


@pytest.mark.parametrize(
    ("pnl", "best", "why"),
    [
        (1_000.01, 2_000.0, None),
        (1_000.0, 2_000.0, "trailing_stop"),  # a tenth of 10,000 below the best close
        (-999.99, 0.0, None),
        (-1_000.0, 0.0, "trailing_stop"),  # never ahead: it trails from the entry
        (2_000.0, 2_000.0, None),
    ],
)
def test_a_trailing_stop_is_measured_from_the_best_close(pnl, best, why):
    assert reason(pnl_usd=pnl, best_pnl_usd=best, trailing_stop=0.1) == why
    assert is_trailed_out(pnl, best, 10_000.0, 0.1) is (why is not None)


@pytest.mark.parametrize(
    ("pnl", "why"), [(999.99, None), (1_000.0, "take_profit"), (1_000.01, "take_profit")]
)
def test_a_profit_is_taken_from_its_boundary_up(pnl, why):
    assert reason(pnl_usd=pnl, take_profit=0.1) == why
    assert has_taken_profit(pnl, 10_000.0, 0.1) is (why is not None)


@pytest.mark.parametrize(("flat", "why"), [(False, None), (True, "flat_over")])
def test_a_night_to_be_flat_over_ends_the_trade(flat, why):
    assert reason(must_be_flat=flat) == why


def test_of_all_exits_that_hold_the_worst_is_named():
    held = [
        ("stop_loss", {"stop_loss": 0.1}),
        ("trailing_stop", {"trailing_stop": 0.1}),
        ("flat_over", {"must_be_flat": True}),
        ("z_above", {"z_above": 0.0}),
        ("holding_sessions", {"holding_sessions": 5}),
        # A loss of half of the notional reaches a "profit" of less than that.
        ("take_profit", {"take_profit": -0.9}),
    ]
    known = {"sessions_held": 5, "z": 1.0, "pnl_usd": -5_000.0, "best_pnl_usd": 0.0}
    for first, (name, _) in enumerate(held):
        rules = {key: value for _, rule in held[first:] for key, value in rule.items()}
        assert reason(**rules, **known) == name


def test_the_worse_outcome_names_the_exit():
    rules = {"holding_sessions": 5, "z_above": 0.0, "stop_loss": 0.1}
    every = {"sessions_held": 5, "z": 1.0, "pnl_usd": -1000.0}
    assert reason(**rules, **every) == "stop_loss"
    assert reason(**rules, **{**every, "pnl_usd": 0.0}) == "z_above"
    assert reason(**rules, **{**every, "pnl_usd": 0.0, "z": -1.0}) == "holding_sessions"
    assert reason(**rules, **{**every, "pnl_usd": 0.0, "z": -1.0, "sessions_held": 4}) is None
