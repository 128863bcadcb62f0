"""The ways a thesis breaks, each at its boundary; what is unknown breaks nothing."""

import math

import pytest

from strategies.rules.exits import exit_reason
from strategies.rules.thesis import (
    has_margin_held,
    has_rolled_over,
    has_supplier_stalled,
    is_vol_spike,
    margin_change_bps,
    price_reason,
)

NAN = math.nan


@pytest.mark.parametrize(
    ("growth", "broken"), [(0.0499, True), (0.05, False), (0.0501, False), (NAN, False)]
)
def test_capex_rolls_over_strictly_below_its_level(growth, broken):
    assert has_rolled_over(growth, 0.05) is broken
    assert has_supplier_stalled(growth, 0.05) is broken


def test_a_margin_moves_by_basis_points_of_revenue():
    assert margin_change_bps(0.6850, 0.6888) == pytest.approx(-38.0, abs=1e-9)


@pytest.mark.parametrize(
    ("quarters", "change", "held"),
    [
        (3, 0.0, False),  # it has a quarter left
        (4, 0.0, True),
        (4, 12.0, True),  # it rose
        (4, -49.9, True),
        (4, -50.0, False),  # it has fallen by what was asked
        (5, -38.0, True),  # it fell, and came back
        (NAN, -10.0, False),
        (4, NAN, False),
    ],
)
def test_a_margin_holds_when_it_had_its_quarters_and_did_not_fall(quarters, change, held):
    assert has_margin_held(quarters, change, 4, 50.0) is held


@pytest.mark.parametrize(
    ("close", "before", "level", "jump", "spikes"),
    [
        (40.0, 39.0, 40.0, None, True),
        (39.99, 12.0, 40.0, None, False),  # tripled, and nobody asked about jumps
        (26.0, 20.0, None, 0.30, True),  # 26 / 20 is exactly 0.3 up
        (25.9, 20.0, None, 0.30, False),
        (26.0, 20.0, 40.0, 0.30, True),
        (45.0, 44.0, 40.0, 0.30, True),
        (30.0, 29.0, 40.0, 0.30, False),
        (NAN, 20.0, 40.0, 0.30, False),
        (26.0, NAN, None, 0.30, False),
    ],
)
def test_volatility_spikes_at_a_level_or_by_a_jump(close, before, level, jump, spikes):
    assert is_vol_spike(close, before, level, jump) is spikes


@pytest.mark.parametrize(
    ("pnl", "best", "reason"),
    [
        (-20.0, 0.0, "price_stop"),
        (-19.9, -19.0, None),  # no more than 0.9 below its best
        (5.0, 15.0, "price_trail"),
        (5.1, 15.0, None),
        (-20.0, 50.0, "price_stop"),  # both hold: the loss names it
    ],
)
def test_the_price_says_no_by_a_loss_or_a_fall_from_the_best(pnl, best, reason):
    assert price_reason(pnl, best, 100.0, 0.20, 0.10) == reason


def test_a_price_break_asks_only_what_is_set():
    assert price_reason(-90.0, 0.0, 100.0, None, None) is None
    assert price_reason(-90.0, 0.0, 100.0, None, 0.5) == "price_trail"


def test_a_broken_thesis_names_the_exit_after_the_losses_and_before_the_rest():
    held = {"sessions_held": 126, "z": 1.0, "entry_notional_usd": 100.0, "holding_sessions": 126}
    thesis = {"thesis": "capex_rollover", "must_be_flat": True, "take_profit": 0.01}
    assert exit_reason(pnl_usd=5.0, **held, **thesis) == "capex_rollover"
    assert exit_reason(pnl_usd=-10.0, stop_loss=0.1, **held, **thesis) == "stop_loss"
    trailing = {"best_pnl_usd": 30.0, "trailing_stop": 0.1}
    assert exit_reason(pnl_usd=5.0, **trailing, **held, **thesis) == "trailing_stop"
    assert exit_reason(pnl_usd=5.0, **held, **thesis | {"thesis": None}) == "flat_over"
