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
