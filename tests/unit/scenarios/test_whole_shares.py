"""Whole shares are those of the day: split-adjusted ones are cut in lots of the later splits."""

import dataclasses

import numpy as np
import pytest

from engine.event import simulate
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market

DAYS = [f"2024-03-{day:02d}" for day in (4, 5, 6, 7, 8, 11)]
COUNT = len(DAYS) - 1
FLAT = [100.0] * COUNT
REVERSE = 0.0004  # five reverse splits to come: 208,250 adjusted dollars were 83.30 on the day


def run(short, long=None, **sections):
    long = hand_leg("LLL", FLAT, FLAT) if long is None else long
    config = hand_config(**{"account": {"cash": 1_000_000.0}, **sections})
    return simulate(config, hand_market(DAYS, long, short))


def shares(result, symbol):
    fills = result.fills[result.fills["symbol"] == symbol]
    return list(fills["shares"])


def short_of(closes, later_splits, volume=1e9):
    splits = np.broadcast_to(later_splits, COUNT)
    return hand_leg("SSS", closes, closes, later_splits=splits, volume=volume)


def test_reverse_splits_to_come_make_no_lumps():
    """500,000 / 83.30 = 6,002.4 shares of the day: 2.4008 of today's, not 2."""
    result = run(short_of([208_250.0] * COUNT, REVERSE))
    assert shares(result, "SSS") == [pytest.approx(-6_002 * REVERSE, rel=1e-15)]


def test_a_pair_that_today_s_price_would_forbid_is_traded():
    """At 208,250 today's dollars 10,000 buys no share; 60 of the day at 83.30."""
    result = run(short_of([208_250.0] * COUNT, REVERSE), account={"cash": 10_000.0})
    assert shares(result, "SSS") == [pytest.approx(-60 * REVERSE, rel=1e-15)]


def test_forward_splits_to_come_do_not_cut_finer_than_a_share():
    """4,990 dollars at 400 a share on the day are 12 shares: 120 of today's, not 124."""
    result = run(short_of([40.0] * COUNT, 10.0), account={"cash": 9_980.0})
    assert shares(result, "SSS") == [-120.0]


def test_less_than_a_share_of_the_day_is_none():
    result = run(short_of([600.0] * COUNT, 10.0), account={"cash": 10_000.0})  # 6,000 a share then
    assert result.fills.empty
    assert {finding.check for finding in result.findings} == {"not_sized"}


def test_fractions_know_no_split():
    account = {"cash": 1_000_000.0, "fractional": True}
    result = run(short_of([208_250.0] * COUNT, REVERSE), account=account)
    assert shares(result, "SSS") == [-500_000 / 208_250]


def test_a_daily_rebalance_of_a_flat_market_orders_no_crumbs():
    """Multiples of an odd ratio differ in their last bits: that is no trade, and no minimum."""
    result = run(
        short_of([1 / 0.7] * COUNT, 0.7 * 0.9),
        rebalance={"kind": "daily"},
        costs={**FREE, "commission": {"kind": "per_share"}},
    )
    traded = [*shares(result, "SSS")[1:], *shares(result, "LLL")[1:]]
    assert all(abs(count) >= 0.63 for count in traded)


def test_margin_scales_in_shares_of_the_day():
    """At 3 times 10,000: 15,000 / 83.30 = 180 and 150, that fit to 66.68 %: 120 and 100."""
    account = {"cash": 10_000.0, "margin": {"kind": "reg_t"}}
    sizing = {"kind": "dollar_neutral", "gross": 3.0}
    result = run(short_of([208_250.0] * COUNT, REVERSE), account=account, sizing=sizing)
    assert pytest.approx(0.66680, abs=1e-5) == 10_000 / (0.5 * (150 * 100 + 180 * 83.30))
    assert shares(result, "SSS") == [pytest.approx(-120 * REVERSE, rel=1e-15)]
    assert shares(result, "LLL") == [100.0]


def test_parts_of_a_capped_order_are_shares_of_the_day_and_leave_nothing():
    """2.5 % of 96,000 shares of the day are 2,400 a session: 6,002 = 2,400 + 2,400 + 1,202."""
    short = short_of([208_250.0] * COUNT, REVERSE, volume=96_000 * REVERSE)
    capped = {**FREE, "impact": {"kind": "square_root", "y": 0.0, "participation_cap": 0.025}}
    result = run(short, costs=capped)
    counts = [count / REVERSE for count in shares(result, "SSS")]
    assert counts == [pytest.approx(-part, rel=1e-12) for part in (2_400, 2_400, 1_202)]
    assert result.pending == ()


def test_a_split_in_the_run_changes_what_a_share_is():
    """Ten for one before the fourth session: 124 from then on where 120 were whole before.

    12 shares at 400 are 4,800 of 4,990 dollars; at 40 the same dollars are 124 shares.
    """
    short = short_of([40.0] * COUNT, [10.0, 10.0, 10.0, 1.0, 1.0])
    long = dataclasses.replace(hand_leg("LLL", [1.0] * COUNT, [1.0] * COUNT))
    account = {"cash": 9_980.0}
    result = run(short, long, account=account, rebalance={"kind": "daily"})
    assert shares(result, "SSS") == [-120.0, -4.0]
    assert list(result.fills["date"].dt.strftime("%m-%d")[result.fills["symbol"] == "SSS"]) == [
        "03-05", "03-08",
    ]  # fmt: skip
