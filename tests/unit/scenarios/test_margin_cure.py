"""A margin call cures: once it has filled, equity at its prices meets both requirements."""

import dataclasses

import numpy as np
import pytest

from engine.event import simulate
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market

DAYS = [f"2024-03-{day:02d}" for day in (4, 5, 6, 7, 8, 11, 12)]
COUNT = len(DAYS) - 1
FLAT = [100.0] * COUNT
CASH = 10_000.0
FINRA = {"kind": "reg_t", "maintenance_short": 0.9}  # of a short of a fund levered three times


def run(short, *, opens=None, margin=FINRA, gross=1.9, fractional=False, long=FLAT, **sections):
    legs = (
        hand_leg("LLL", long, long),
        hand_leg("SSS", short if opens is None else opens, short, volume=1e9),
    )
    config = hand_config(
        account={"cash": CASH, "fractional": fractional, "margin": margin},
        sizing={"kind": "dollar_neutral", "gross": gross},
        **sections,
    )
    market = hand_market(DAYS, *legs)
    return market, simulate(config, market)


def required(result, long_value, short_value):
    rules = result.config.account.margin
    opening = rules.initial * (long_value + short_value)
    keeping = rules.maintenance_long * long_value + rules.maintenance_short * short_value
    return opening * rules.house_multiplier, keeping * rules.house_multiplier


def spare_after_calls(market, result):
    """Equity above the larger requirement after each session's margin call, at its opens."""
    ledger, listed = result.ledger, []
    called = result.fills[result.fills["reason"] == "margin_call"]["date"].unique()
    for number in np.flatnonzero(ledger["date"].isin(called)):
        row = ledger.iloc[number]
        long = row["long_shares"] * market.long.open[number]
        short = row["short_shares"] * market.short.open[number]
        listed.append(row["cash"] + long + short - max(required(result, long, -short)))
    return np.array(listed)


def uncured(result):
    """Sessions whose close is below maintenance and that no margin call follows."""
    ledger = result.ledger
    _, keeping = required(result, ledger["long_value"], -ledger["short_value"])
    below = np.flatnonzero(ledger["equity"] < keeping - 1e-6)
    called = ledger["date"].isin(result.fills[result.fills["reason"] == "margin_call"]["date"])
    return [day for day in below if day + 1 < len(ledger) and not called[day + 1]]


def test_a_book_that_may_be_opened_and_not_kept_is_cut_to_what_may_be_kept():
    """95 of each at 100: 25 % and 90 % are 10,925 of 10,000; 86 of each ask 9,890, 87 10,005."""
    market, result = run(FLAT)
    assert list(result.ledger["short_shares"]) == [0, -95, -86, -86, -86, -86]
    assert list(result.ledger["long_shares"]) == [0, 95, 86, 86, 86, 86]
    assert uncured(result) == []
    assert (spare_after_calls(market, result) >= 0).all()


def test_a_gap_is_judged_at_the_price_of_the_fill():
    """Ordered at 100 to 86; at an open of 110 equity is 9,050, and a pair needs 25 + 99: 72."""
    market, result = run(FLAT, opens=[100, 100, 110, 100, 100, 100])
    assert list(result.ledger["short_shares"])[:3] == [0, -95, -72]
    assert (10_000 - 95 * 10) // (25 + 99) == 72
    assert (spare_after_calls(market, result) >= 0).all()
    assert {finding.check for finding in result.findings} == {"margin_call", "margin_deepened"}


def test_a_gap_in_its_favour_fills_what_was_ordered():
    _, result = run(FLAT, opens=[100, 100, 80, 100, 100, 100])
    assert list(result.ledger["short_shares"])[:3] == [0, -95, -86]


def test_costs_of_the_cut_are_part_of_it():
    """A ticket of 300 a leg twice (entry, call): 9,400 - 600 = 8,800 carry 76 of each at 115.

    Entry: 10,000 - 600 = 9,400 below 10,925; ordered to 9,400 / 115 = 81.7; its fill takes 600.
    """
    ticket = {**FREE, "commission": {"kind": "per_order", "usd": 300.0}}
    market, result = run(FLAT, costs=ticket)
    assert list(result.ledger["short_shares"])[:3] == [0, -95, -76]
    order = result.orders[result.orders["reason"] == "margin_call"].iloc[0]
    assert (order["long_shares"], order["short_shares"]) == (-(95 - 81), 95 - 81)
    assert (spare_after_calls(market, result) >= 0).all()


def test_nothing_can_be_kept_where_the_cut_costs_what_is_left():
    """A ticket of 4,000 a leg: 2,000 are left after the entry, and the way out costs 8,000."""
    ticket = {**FREE, "commission": {"kind": "per_order", "usd": 4_000.0}}
    _, result = run(FLAT, costs=ticket)
    assert list(result.ledger["short_shares"])[:3] == [0, -95, 0]
    assert result.ended == "ruin"


def test_a_free_cut_of_fractions_is_not_called_again_for_rounding():
    market, result = run(FLAT, fractional=True)
    assert result.fills["date"].nunique() == 2  # the entry and one call
    assert result.ledger["short_value"].iloc[-1] == pytest.approx(-10_000 / 1.15, rel=1e-9)
    assert (spare_after_calls(market, result) > 0).all()


def test_a_capped_call_is_cured_with_its_last_part():
    """2.5 % of 160 are 4 shares a session: 95 to 86 takes three of them."""
    capped = {**FREE, "impact": {"kind": "square_root", "y": 0.0, "participation_cap": 0.025}}
    thin = np.array([1e9, 1e9, 160, 160, 160, 160])
    long, short = hand_leg("LLL", FLAT, FLAT), hand_leg("SSS", FLAT, FLAT)
    market = hand_market(
        DAYS, dataclasses.replace(long, volume=thin), dataclasses.replace(short, volume=thin)
    )
    account = {"cash": CASH, "margin": FINRA}
    sizing = {"kind": "dollar_neutral", "gross": 1.9}
    result = simulate(hand_config(account=account, sizing=sizing, costs=capped), market)
    assert list(result.ledger["short_shares"]) == [0, -95, -91, -87, -86, -86]
    assert spare_after_calls(market, result)[-1] >= 0


def test_whole_shares_of_the_day_are_kept():
    """2.4 adjusted shares of 208,250 are 6,000 at 83.30: the cut keeps lots of 0.0004."""
    lot = 0.0004
    short = hand_leg("SSS", [208_250.0] * COUNT, [208_250.0] * COUNT,
                     later_splits=[lot] * COUNT, volume=1e9)  # fmt: skip
    account = {"cash": CASH, "margin": FINRA}
    sizing = {"kind": "dollar_neutral", "gross": 1.9}
    market = hand_market(DAYS, hand_leg("LLL", FLAT, FLAT), short)
    result = simulate(hand_config(account=account, sizing=sizing), market)
    counts = -result.ledger["short_shares"].to_numpy()[1:3] / lot
    assert counts == pytest.approx(np.round(counts), abs=1e-9)
    assert list(np.round(counts)) == [114, 104]  # 9,500 / 83.30 = 114.05; of 10,000 / 1.0913
    assert (spare_after_calls(market, result) >= 0).all()


@pytest.mark.parametrize("fractional", [False, True])
@pytest.mark.parametrize("house", [1.0, 1.3])
@pytest.mark.parametrize(
    "rates",
    [
        {"initial": 0.5, "maintenance_long": 0.25, "maintenance_short": 0.3},
        {"initial": 0.5, "maintenance_long": 0.25, "maintenance_short": 0.9},
        {"initial": 0.3, "maintenance_long": 0.75, "maintenance_short": 0.4},
        {"initial": 1.0, "maintenance_long": 1.0, "maintenance_short": 1.0},
    ],
)
def test_every_call_cures_under_any_rates(rates, house, fractional):
    margin = {"kind": "reg_t", "house_multiplier": house, **rates}
    closes = [100.0, 100.0, 131.0, 118.0, 145.0, 155.0]
    opens = [100.0, 100.0, 108.0, 133.0, 121.0, 139.0]
    costs = {**FREE, "commission": {"kind": "ibkr_fixed"}, "spread": {"default_bps": 25.0}}
    market, result = run(closes, opens=opens, margin=margin, fractional=fractional, costs=costs)
    assert uncured(result) == []
    assert len(spare_after_calls(market, result)) > 0
    assert (spare_after_calls(market, result) >= -1e-9).all()
