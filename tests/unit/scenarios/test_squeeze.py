"""A short squeeze: leveraged, the short leg triples, in ten sessions or in one night."""

import math
from itertools import pairwise

import numpy as np
import pytest

from engine.event import simulate
from tests.unit.hand_market import hand_config, hand_leg, hand_market

DAYS = [f"2024-03-{day:02d}" for day in (1, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 18, 19)]
COUNT = len(DAYS) - 1
STEP = 3 ** (1 / 10)  # x3 in ten sessions
# Decided on the 1st at 100, filled on the 4th at 100, then ten sessions of the squeeze.
CLOSES = [100.0, *(100.0 * STEP**k for k in range(11))]
OPENS = [100.0, *(math.sqrt(a * b) for a, b in pairwise(CLOSES))]
LEVERED = {"kind": "dollar_neutral", "gross": 2.0}  # 100 shares a leg on $10,000: all Reg T allows
INCOME = ["long_pnl", "short_pnl", "dividends", "interest"]
COSTS = ["commission", "fees", "spread", "impact", "borrow"]


def run(short_opens, short_closes, **sections):
    flat = [100.0] * COUNT
    market = hand_market(
        DAYS, hand_leg("LLL", flat, flat), hand_leg("SSS", short_opens, short_closes)
    )
    return simulate(hand_config(**{"sizing": LEVERED, **sections}), market)


def fills_of(result, reason):
    fills = result.fills[result.fills["reason"] == reason]
    return fills.assign(date=fills["date"].dt.strftime("%Y-%m-%d"))


def assert_identity_on_every_row(result):
    ledger = result.ledger
    made = ledger[INCOME].sum(axis=1) - ledger[COSTS].sum(axis=1)
    np.testing.assert_allclose(ledger["equity"].diff()[1:], made[1:], rtol=0, atol=1e-6)


def test_squeeze_is_called_when_equity_falls_below_maintenance():
    """20,000 - 100 S falls below 0.25 * 10,000 + 0.30 * 100 S where S passes 134.6: at 139.04."""
    result = run(OPENS, CLOSES)
    calls = fills_of(result, "margin_call")
    assert 100 * STEP**2 < (20_000 - 2_500) / 130 < 100 * STEP**3
    first = calls[calls["date"] == calls["date"].min()]
    assert set(first["decided"].dt.strftime("%Y-%m-%d")) == {"2024-03-07"}
    # Ordered at what the close could open, equity / (0.5 * gross) of each leg, in whole shares;
    # filled at a worse open, of whose equity fewer are left.
    orders = result.orders[result.orders["reason"] == "margin_call"]
    assert (orders["long_shares"].iloc[0], orders["short_shares"].iloc[0]) == (-49, 49)
    kept = []
    for price in (100 * STEP**3, 100 * STEP**3.5):
        kept.append(math.trunc(100 * (20_000 - 100 * price) / (0.5 * (10_000 + 100 * price))))
    assert kept == [51, 43]
    assert dict(zip(first["symbol"], first["shares"], strict=True)) == {"LLL": -57, "SSS": 57}


def test_margin_call_fills_at_the_next_open_sells_first():
    calls = fills_of(run(OPENS, CLOSES), "margin_call")
    first = calls[calls["date"] == "2024-03-08"]
    assert list(first["symbol"]) == ["LLL", "SSS"]
    open_of_the_8th = 100 * STEP**3.5
    assert list(first["price"]) == pytest.approx([100.0, open_of_the_8th], rel=1e-12)


def test_margin_call_does_not_wait_for_the_close_that_other_orders_fill_at():
    result = run(OPENS, CLOSES, account={"cash": 10_000.0, "fill": "next_close"})
    calls = fills_of(result, "margin_call")
    short = calls[(calls["symbol"] == "SSS") & (calls["date"] == "2024-03-08")]
    assert list(short["price"]) == pytest.approx([100 * STEP**3.5], rel=1e-12)


def test_every_call_cuts_both_legs_alike():
    calls = fills_of(run(OPENS, CLOSES), "margin_call")
    assert calls["date"].nunique() >= 2
    for _, pair in calls.groupby("date"):
        assert sorted(pair["symbol"]) == ["LLL", "SSS"]
        assert pair["shares"].sum() == 0  # both began with 100 shares


def test_squeeze_costs_most_of_the_account_but_never_more_than_all_of_it():
    result = run(OPENS, CLOSES)
    assert result.ended is None
    assert (result.ledger["equity"] > 0).all()
    assert (result.ledger["equity_return"] > -1).all()
    # Uncalled, 100 shares short from 100 to 300 would have lost twice the account.
    assert -1 < result.headline["total_return"] < -0.5
    assert_identity_on_every_row(result)


def test_squeeze_is_told_in_the_findings():
    (finding,) = [f for f in run(OPENS, CLOSES).findings if f.check == "margin_call"]
    assert finding.severity == "warning"
    assert finding.dates[0] == "2024-03-07"
    assert "cut to 0.5101 of itself" in finding.text


def test_without_margin_rules_the_same_squeeze_ends_in_ruin():
    """Nobody cuts: equity is 20,000 - 100 S, gone at the first close above 200."""
    result = run(OPENS, CLOSES, account={"cash": 10_000.0, "margin": {"kind": "none"}})
    assert 100 * STEP**6 < 200 < 100 * STEP**7
    assert result.ended == "ruin"
    assert f"{result.ledger['date'].iloc[-1]:%Y-%m-%d}" == DAYS[1 + 7]


@pytest.fixture(scope="module")
def ruined():
    closes = [100.0] * 3 + [350.0] * (COUNT - 3)
    return run(closes, closes)


class TestGapOverEverything:
    """On the 6th the short leg opens at 350: 100 shares owe 35,000 against 20,000."""

    def test_run_ends_on_that_session(self, ruined):
        assert ruined.ended == "ruin"
        assert f"{ruined.ledger['date'].iloc[-1]:%Y-%m-%d}" == "2024-03-06"
        assert len(ruined.ledger) == len(ruined.signals) == 4
        assert ruined.headline["end"] == "2024-03-06"

    def test_loss_is_all_and_not_more_than_all(self, ruined):
        assert ruined.ledger["equity_return"].iloc[-1] == -1.0
        assert ruined.headline["total_return"] == -1.0
        assert ruined.headline["max_drawdown"] == -1.0
        assert ruined.headline["cagr"] == -1.0

    def test_what_is_owed_beyond_it_stays_in_the_ledger(self, ruined):
        assert ruined.ledger["equity"].iloc[-1] == 10_000 - 100 * (350 - 100)
        assert ruined.headline["net_pnl"] == -100 * (350 - 100)
        assert_identity_on_every_row(ruined)

    def test_trade_is_closed_as_ruin(self, ruined):
        (trade,) = ruined.trades.to_dict("records")
        assert trade["exit_reason"] == "ruin"
        assert f"{trade['exit']:%Y-%m-%d}" == f"{trade['exit_decided']:%Y-%m-%d}" == "2024-03-06"
        assert trade["net_pnl"] == -25_000
        assert ruined.open_trades == ()
        assert ruined.pending == ()

    def test_findings_say_so(self, ruined):
        (finding,) = [f for f in ruined.findings if f.check == "ruin"]
        assert finding.dates == ("2024-03-06",)
        assert "-15,000.00" in finding.text
        assert "the run ends here" in finding.text
