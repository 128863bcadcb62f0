"""The ways a thesis breaks, each at its boundary; what is unknown breaks nothing."""

import math

import pytest

from strategies.exits import ExitRules, reason_to_leave
from strategies.records import LegHeld, Reason, Today, Tranche
from strategies.rules.thesis import (
    has_margin_held,
    has_rolled_over,
    has_supplier_stalled,
    is_vol_spike,
    margin_change_bps,
)
from strategies.thesis import ThesisRules, broken, thesis_reason

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


def trade(pnl=0.0, **known):
    """A trade of 100 dollars that has made so many."""
    return Tranche(entry_notional_usd=100.0, long=LegHeld(pnl=pnl), **known)


@pytest.mark.parametrize(
    ("pnl", "best", "reason"),
    [
        (-20.0, 0.0, Reason.PRICE_STOP),
        (-19.9, -19.0, Reason.NOTHING),  # no more than 0.9 below its best
        (5.0, 15.0, Reason.PRICE_TRAIL),
        (5.1, 15.0, Reason.NOTHING),
        (-20.0, 50.0, Reason.PRICE_STOP),  # both hold: the loss names it
    ],
)
def test_the_price_says_no_by_a_loss_or_a_fall_from_the_best(pnl, best, reason):
    asked = ThesisRules(stop_loss=0.20, trailing_stop=0.10)
    assert thesis_reason(asked, Today(), trade(pnl, best_pnl_usd=best)) == reason


def test_a_price_break_asks_only_what_is_set():
    lost = trade(-90.0)
    assert thesis_reason(ThesisRules(), Today(), lost) == Reason.NOTHING
    assert thesis_reason(ThesisRules(trailing_stop=0.5), Today(), lost) == Reason.PRICE_TRAIL


ROLLED = Today(capex_growth=0.0)
STALLED = Today(revenue_growth_long=0.0)
ASKED = ThesisRules(
    rollover_below=0.05, stalls_below=0.10, margin_quarters=4, margin_bps=50.0, stop_loss=0.20
)


@pytest.mark.parametrize(
    ("today", "reason"),
    [
        (Today(), Reason.NOTHING),  # nothing is known
        (Today(capex_growth=0.05, revenue_growth_long=0.1), Reason.NOTHING),
        (Today(vol_spike=1, capex_growth=0.0, revenue_growth_long=0.0), Reason.VOL_SPIKE),
        (Today(capex_growth=0.0, revenue_growth_long=0.0), Reason.CAPEX_ROLLOVER),
        (STALLED, Reason.SUPPLIER_STALLS),
    ],
)
def test_the_first_break_that_holds_whatever_is_held_bars_entries_and_ends_trades(today, reason):
    assert broken(ASKED, today) == reason
    assert thesis_reason(ASKED, today, trade()) == reason
    assert thesis_reason(ASKED, today, trade(-20.0)) == Reason.PRICE_STOP  # losses first


@pytest.mark.parametrize("today", [ROLLED, STALLED])
def test_a_break_that_is_not_asked_breaks_nothing(today):
    assert broken(ThesisRules(), today) == Reason.NOTHING


@pytest.mark.parametrize(("quarter", "margin", "is_held"), [
    (104.0, 0.6888, True), (103.0, 0.6888, False), (104.0, 0.6838, False), (NAN, 0.6888, False),
])  # fmt: skip
def test_a_margin_that_held_ends_the_trade_it_has_held_since(quarter, margin, is_held):
    # Four quarters after the entry, unless it fell by half a percent of revenue.
    held = trade(margin_at_entry=0.6888, quarter_at_entry=100.0)
    today = Today(margin_quarter=quarter, gross_margin_short=margin)
    computed = thesis_reason(ASKED, today, held)
    assert computed == (Reason.MARGIN_HOLDS if is_held else Reason.NOTHING)
    assert thesis_reason(ThesisRules(), today, held) == Reason.NOTHING
    assert broken(ASKED, today) == Reason.NOTHING  # it is of a trade, and bars none


def test_a_broken_thesis_names_the_exit_after_the_losses_and_before_the_rest():
    asked = {"thesis": ASKED, "take_profit": 0.01, "holding_sessions": 126, "z_above": 0.5}
    today = Today(capex_growth=0.0, z=1.0, flat_due=1)

    def reason(pnl, best=0.0, **levels):
        held = trade(pnl, best_pnl_usd=best, sessions_held=126)
        return reason_to_leave(ExitRules(**{**asked, **levels}), today, held)

    assert reason(5.0) == Reason.CAPEX_ROLLOVER
    assert reason(-10.0, stop_loss=0.1) == Reason.STOP_LOSS
    assert reason(5.0, best=30.0, trailing_stop=0.1) == Reason.TRAILING_STOP
    assert reason(5.0, thesis=ThesisRules()) == Reason.FLAT_OVER
