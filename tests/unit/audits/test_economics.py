"""C1 and C2: at what cost and at what borrow fee nothing is left."""

from dataclasses import replace

import pytest

from reports.audits.evidence.economics import borrow_evidence, cost_evidence
from tests.unit.fake_result import fake_result


def costed(*, gross, borrow=10.0, commission=20.0, spread=30.0, impact=0.0, audit=None):
    """A run that traded $1,000 of one leg and $3,000 of the other, with these sums."""
    result = fake_result(holds=((20, 50),), audit=audit or {})
    fills = result.fills.iloc[:2].assign(shares=[10.0, -30.0], price=100.0)
    sums = {"borrow": borrow, "commission": commission, "spread": spread, "impact": impact}
    ledger = result.ledger.copy()
    for name, value in sums.items():
        ledger[name] = 0.0
        ledger.loc[7, name] = value
    trades = result.trades.assign(gross_pnl=gross + 7.0)
    held = ({"gross_pnl": -7.0},)  # an open trade's part
    return replace(result, fills=fills, ledger=ledger, trades=trades, open_trades=held)


def test_the_break_even_cost_is_the_formula_of_the_audit():
    block = cost_evidence(costed(gross=150.0, impact=2.0))
    # (150 - 10 - 20) / 4000 = 3 %, beside (30 + 2) / 4000 = .8 % charged.
    assert block.numbers["breakeven_bps"] == pytest.approx((150 - 10 - 20) / 4_000 * 1e4)
    assert block.numbers["charged_bps"] == pytest.approx((30 + 2) / 4_000 * 1e4)
    assert block.numbers["multiple"] == pytest.approx(120 / 32)
    assert "($150 gross - $10 borrow - $20 commission) over $4,000 traded" in block.sentence


@pytest.mark.parametrize(
    ("gross", "rating"),
    [
        (30.0 + 3 * 30.0, "supports"),  # 3 times the 30 charged
        (30.0 + 3 * 30.0 - 0.01, "marginal"),
        (30.0 + 1.5 * 30.0, "marginal"),
        (30.0 + 1.5 * 30.0 - 0.01, "against"),
        (-100.0, "against"),
    ],
)
def test_the_multiple_of_the_cost_charged_decides(gross, rating):
    assert cost_evidence(costed(gross=gross)).rating == rating


def test_a_multiple_of_one_is_a_net_of_zero():
    result = costed(gross=10.0 + 20.0 + 30.0)
    assert cost_evidence(result).numbers["multiple"] == pytest.approx(1.0)


def test_a_run_that_is_charged_nothing_has_no_multiple():
    block = cost_evidence(costed(gross=430.0, spread=0.0))
    assert block.rating == "not run"
    assert "nothing is left at 1000.0 bps" in block.sentence  # (430 - 10 - 20) of 4,000
    assert block.numbers["multiple"] is None


def test_a_run_that_traded_nothing_has_no_break_even():
    result = fake_result(holds=())
    assert cost_evidence(result).rating == "not run"
    assert borrow_evidence(result).rating == "not run"


def borrowed(rate, **audit):
    result = fake_result(audit=audit)
    return replace(result, breakeven=result.breakeven | {"borrow_rate": rate})


@pytest.mark.parametrize(
    ("rate", "rating"),
    [
        (0.05, "supports"),
        (0.0499, "marginal"),
        (0.01, "marginal"),
        (0.0099, "against"),
        (-0.2, "against"),
        (None, "not run"),
    ],
)
def test_the_borrow_fee_at_which_nothing_is_left_decides(rate, rating):
    assert borrow_evidence(borrowed(rate)).rating == rating


def test_a_run_that_lost_without_a_borrow_fee_says_so():
    assert "No borrow fee is low enough" in borrow_evidence(borrowed(-0.2)).sentence
    assert "a borrow fee of 7.00% a year" in borrow_evidence(borrowed(0.07)).sentence


def test_the_levels_are_the_configured_ones():
    audit = {"thresholds": {"cost_multiple": [9.0, 4.0], "borrow_rate": [0.2, 0.1]}}
    assert cost_evidence(costed(gross=30.0 + 4 * 30.0, audit=audit)).rating == "marginal"
    assert borrow_evidence(borrowed(0.1, **audit)).rating == "marginal"
