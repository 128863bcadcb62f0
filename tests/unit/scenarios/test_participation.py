"""An order larger than 2.5 % of a session's volume is worked over several, both legs alike."""

import dataclasses

import numpy as np
import pytest

from engine.event import simulate
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market

DAYS = [f"2024-03-{day:02d}" for day in (4, 5, 6, 7, 8, 11, 12)]
COUNT = len(DAYS) - 1
CAPPED = {**FREE, "impact": {"kind": "square_root", "y": 0.0}}  # 2.5 % unless told otherwise
ACCOUNT = {"cash": 8_000.0}  # 40 shares at 100, 80 at 50


def run(long_volume, *, short_price=100.0, costs=CAPPED, until=COUNT, **sections):
    """A long leg of so much volume a session beside a short one of plenty."""
    flat, short_flat = [100.0] * until, [short_price] * until
    long = dataclasses.replace(
        hand_leg("LLL", flat, flat), volume=np.array(long_volume[:until], dtype=float)
    )
    market = hand_market(DAYS[: until + 1], long, hand_leg("SSS", short_flat, short_flat))
    return simulate(hand_config(**{"account": ACCOUNT, "costs": costs, **sections}), market)


def traded(result, symbol, reason="entry"):
    fills = result.fills[(result.fills["symbol"] == symbol) & (result.fills["reason"] == reason)]
    return dict(zip(fills["date"].dt.strftime("%m-%d"), fills["shares"], strict=True))


def finding_of(result, check):
    (finding,) = [finding for finding in result.findings if finding.check == check]
    return finding


def test_order_above_the_cap_takes_three_sessions():
    """2.5 % of 640 is 16 shares a session: 40 = 16 + 16 + 8."""
    result = run([640] * COUNT)
    assert traded(result, "LLL") == {"03-05": 16, "03-06": 16, "03-07": 8}
    assert set(result.fills["decided"].dt.strftime("%m-%d")) == {"03-04"}


def test_both_legs_are_worked_in_proportion():
    """80 shares of the short would fit at once; they follow the long's 16 of 40."""
    result = run([640] * COUNT, short_price=50.0)
    assert traded(result, "LLL") == {"03-05": 16, "03-06": 16, "03-07": 8}
    assert traded(result, "SSS") == {"03-05": -32, "03-06": -32, "03-07": -16}


def test_it_is_one_entry_and_one_trade():
    result = run([640] * COUNT)
    assert result.headline["entries"] == 1
    (trade,) = result.open_trades
    assert f"{trade['entry']:%m-%d}" == "03-05"
    assert trade["entry_gross_notional"] == 2 * 40 * 100


def test_order_at_the_cap_is_not_worked():
    result = run([1_600] * COUNT)
    assert traded(result, "LLL") == {"03-05": 40}
    assert result.findings == ()


def test_working_an_order_is_a_finding_with_its_sessions():
    finding = finding_of(run([640] * COUNT), "order_worked")
    assert finding.dates == ("2024-03-05", "2024-03-06")
    assert finding.severity == "info"


def test_commission_minimum_is_charged_once_a_leg_however_long_it_takes():
    fixed = {**CAPPED, "commission": {"kind": "per_share"}}
    result = run([640] * COUNT, costs=fixed)
    for symbol in ("LLL", "SSS"):
        charged = result.fills.loc[result.fills["symbol"] == symbol, "commission"]
        assert list(charged) == [1.0, 0.0, 0.0]  # 40 * 0.005 = 0.20 in all


def test_commission_above_the_minimum_is_that_of_the_whole_order():
    """At 5 cents: 16 shares 0.80, raised to 1.00; 32 shares 1.60; 40 shares 2.00."""
    dear = {**CAPPED, "commission": {"kind": "per_share", "per_share_usd": 0.05}}
    result = run([640] * COUNT, costs=dear)
    charged = result.fills.loc[result.fills["symbol"] == "LLL", "commission"]
    assert list(charged) == pytest.approx([1.00, 1.60 - 1.00, 2.00 - 1.60], abs=1e-12)


def test_order_is_sized_once_and_not_again_while_it_is_worked():
    """Costs of the first part have lowered equity; the rest is still 40 shares' worth."""
    dear = {**CAPPED, "commission": {"kind": "per_order", "usd": 500.0}}
    assert sum(traded(run([640] * COUNT, costs=dear), "LLL").values()) == 40


def test_exit_cuts_an_entry_short():
    """Held one session with 16 of 40 shares, the exit sells 16; the other 24 are never bought."""
    result = run([640] * COUNT, exits={"holding_sessions": 1}, until=3)
    assert traded(result, "LLL") == {"03-05": 16}
    assert traded(result, "LLL", "holding_sessions") == {"03-06": -16}
    assert traded(result, "SSS", "holding_sessions") == {"03-06": 16}
    finding = finding_of(result, "order_cut")
    assert finding.dates == ("2024-03-05",)
    assert "the rest of the entry was cancelled" in finding.text
    (trade,) = result.trades.to_dict("records")
    assert trade["entry_gross_notional"] == 2 * 16 * 100


def test_exit_is_worked_too_and_closes_the_trade_only_with_its_last_part():
    """Volume of 320, 320 and 400 takes 8, 8 and 10 of the 40: 14 are left when the data end."""
    thin = [1e6, 1e6, 1e6, 320, 320, 400]
    result = run(thin, exits={"holding_sessions": 2})
    sold = traded(result, "LLL", "holding_sessions")
    assert sold == {"03-07": -8, "03-08": -8, "03-11": -10}
    assert traded(result, "SSS", "holding_sessions") == {"03-07": 8, "03-08": 8, "03-11": 10}
    assert len(result.trades) == 0
    left = {order["symbol"]: order["shares"] for order in result.pending}
    assert left == {"LLL": -14, "SSS": 14}
    (trade,) = result.open_trades  # not left before the last share is
    assert trade["exit"] is None
    assert trade["exit_reason"] is None


def test_rest_at_the_end_is_pending_and_no_trade():
    result = run([640] * COUNT, short_price=50.0, until=2)
    assert traded(result, "LLL") == {"03-05": 16}
    assert list(result.pending) == [
        {"symbol": "LLL", "shares": 24, "reason": "entry", "decided": "2024-03-04"},
        {"symbol": "SSS", "shares": -48, "reason": "entry", "decided": "2024-03-04"},
    ]


def test_impact_is_the_square_root_law_on_each_part():
    """Sigma is unknown on five sessions: 5 % a day. 16 of 640 shares: 0.05 * sqrt(0.025)."""
    result = run([640] * COUNT, costs={**FREE, "impact": {"kind": "square_root"}})
    longs = result.fills[result.fills["symbol"] == "LLL"]
    expected = [
        1_600 * 0.05 * (16 / 640) ** 0.5,
        1_600 * 0.05 * (16 / 640) ** 0.5,
        800 * 0.05 * (8 / 640) ** 0.5,
    ]
    assert list(longs["impact"]) == pytest.approx(expected, rel=1e-12)


def test_cap_of_less_than_a_share_of_one_leg_fills_neither():
    result = run([20, 20, 20, 1e6, 1e6, 1e6])
    assert traded(result, "LLL") == {"03-07": 40}
    assert traded(result, "SSS") == {"03-07": -40}


def test_exit_of_a_single_share_beside_many_is_not_stuck_for_ever():
    """One share of the long beside 100 of the short, of which 50 fit a session.

    Half a share cannot trade, yet the short must come back: 50, then 50 with the long.
    """
    thin = [1e6, 1e6, 1e6, 2_000, 2_000, 2_000]
    flat = [5_000.0] * COUNT
    short = dataclasses.replace(
        hand_leg("SSS", [50.0] * COUNT, [50.0] * COUNT), volume=np.array(thin)
    )
    market = hand_market(DAYS, hand_leg("LLL", flat, flat), short)
    config = hand_config(account={"cash": 10_000.0}, costs=CAPPED, exits={"holding_sessions": 2})
    result = simulate(config, market)
    assert traded(result, "SSS", "holding_sessions") == {"03-07": 50, "03-08": 50}
    assert traded(result, "LLL", "holding_sessions") == {"03-08": -1}
    assert list(result.trades["exit_reason"]) == ["holding_sessions"]
