"""Fractions of a share, sold in parts, leave nothing behind."""

import dataclasses

import numpy as np

from engine.event import simulate
from tests.unit.hand_market import hand_config, hand_leg, hand_market

DAYS = [f"2024-03-{day:02d}" for day in (4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 18)]
SESSIONS = len(DAYS) - 1
CAPPED = {
    "commission": {"kind": "zero"},
    "spread": {"default_bps": 0.0},
    "borrow": {"default_rate": 0.0},
    "impact": {"kind": "square_root", "y": 0.0, "participation_cap": 0.1},
}


def test_a_fractional_exit_worked_over_sessions_closes_the_trade_with_no_share_left():
    thin = np.array([1e9, 1e9, 1e9, 137.7, 137.7, 137.7, 137.7, 137.7, 1e9, 1e9])
    prices = np.linspace(97.3, 101.9, SESSIONS)
    legs = [dataclasses.replace(hand_leg(symbol, prices, prices), volume=thin) for symbol in "LS"]
    legs = [dataclasses.replace(leg, symbol=s) for leg, s in zip(legs, ("LLL", "SSS"), strict=True)]
    config = hand_config(
        costs=CAPPED,
        exits={"holding_sessions": 2},
        account={"cash": 10_000.0, "fractional": True},
    )
    run = simulate(config, hand_market(DAYS, *legs))
    first = run.trades.iloc[0]
    parts = run.fills[(run.fills["date"] <= first["exit"]) & (run.fills["reason"] != "entry")]
    # 10,000 / 2 / 97.3 = 51.4 shares a leg: three days of 13.77 shares, then the 10.1 left.
    assert parts["date"].nunique() == 4
    assert first["exit_reason"] == "holding_sessions"
    after = run.ledger[run.ledger["date"] == first["exit"]].iloc[0]
    assert (after["long_shares"], after["short_shares"]) == (0.0, 0.0)
    assert {finding.check for finding in run.findings} == {"order_worked"}


def test_a_number_of_shares_that_does_not_change_is_no_rebalance():
    """A unit of 777 y against 777 x: dollars over closes differ from it in their last bits."""
    x = np.array([40.1, 40.7, 39.9, 41.3, 40.3, 40.9, 39.7, 41.1, 40.2, 40.6])
    y = x + np.array([0.0, -3.0, -3.1, -3.2, -2.9, -3.3, -2.8, -3.4, -2.7, -3.0])
    config = hand_config(
        signal={
            "kind": "spread",
            "hedge": {"kind": "fixed", "ratio": 1.0},
            "zscore": {"kind": "fixed", "mean": 0.0, "sd": 1.0},
            "half_life_window": 3,
        },
        sizing={"kind": "hedge_ratio", "shares": 777.0},
        rebalance={"kind": "daily"},
        account={"cash": 100_000.0, "fractional": True},
        costs={"commission": {"kind": "per_order", "usd": 4.95}},
    )
    run = simulate(config, hand_market(DAYS, hand_leg("LLL", y, y), hand_leg("SSS", x, x)))
    held = run.ledger.loc[run.ledger["gross"] > 0.0, ["long_shares", "short_shares"]]
    assert len(held) == 8
    assert np.allclose(held, [777.0, -777.0], rtol=1e-12)
    assert run.fills["reason"].tolist() == ["entry", "entry"]
    assert run.headline["commission"] == 2 * 4.95
