"""Days on which the short leg cannot be borrowed: no new short, or the old one bought back."""

import pytest

from engine.event import simulate
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market

DAYS = [f"2024-03-{day:02d}" for day in (4, 5, 6, 7, 8, 11, 12, 13)]
COUNT = len(DAYS) - 1


def run(action, since, until, symbol="SSS", **sections):
    spell = {"symbol": symbol, "since": since, "until": until, "action": action}
    borrow = {"default_rate": 0.0, "hard_to_borrow": [spell]}
    flat = [100.0] * COUNT
    market = hand_market(DAYS, hand_leg("LLL", flat, flat), hand_leg("SSS", flat, flat))
    return simulate(hand_config(costs={**FREE, "borrow": borrow}, **sections), market)


def held(result):
    return [(int(row.long_shares), int(row.short_shares)) for row in result.ledger.itertuples()]


def findings_of(result, check):
    return [finding for finding in result.findings if finding.check == check]


def test_entry_that_would_fill_on_such_a_day_is_cancelled_and_asked_for_again():
    """Decided on the 4th, 5th and 6th, refused on the 5th to the 7th; the 8th has borrow."""
    result = run("no_open", "2024-03-05", "2024-03-07")
    assert held(result) == [(0, 0)] * 4 + [(50, -50)] * 3
    assert set(result.fills["decided"].dt.strftime("%m-%d")) == {"03-07"}
    (finding,) = findings_of(result, "hard_to_borrow")
    assert finding.dates == ("2024-03-05", "2024-03-06", "2024-03-07")
    assert finding.severity == "warning"
    assert "entry cancelled: no borrow" in finding.text


def test_cancelled_entry_is_neither_a_fill_nor_a_trade():
    result = run("no_open", "2024-03-05", "2024-03-31")
    assert len(result.fills) == len(result.trades) == len(result.open_trades) == 0
    assert result.headline["entries"] == 0
    assert result.headline["net_pnl"] == 0.0


def test_short_opened_before_may_be_held():
    result = run("no_open", "2024-03-06", "2024-03-12")
    assert held(result) == [(0, 0)] + [(50, -50)] * 6
    assert findings_of(result, "hard_to_borrow") == []


def test_exit_on_such_a_day_buys_back_all_the_same():
    result = run("no_open", "2024-03-07", "2024-03-08", exits={"holding_sessions": 2})
    # Filled on the 5th, exit decided on the 6th, filled on the 7th. The next entry waits till 11th.
    assert held(result)[2:6] == [(50, -50), (0, 0), (0, 0), (50, -50)]


def test_buy_in_closes_both_legs_on_the_next_session():
    result = run("buy_in", "2024-03-07", "2024-03-08")
    bought = result.fills[result.fills["reason"] == "buy_in"]
    assert dict(zip(bought["symbol"], bought["shares"], strict=True)) == {"LLL": -50, "SSS": 50}
    assert set(bought["decided"].dt.strftime("%m-%d")) == {"03-07"}
    assert set(bought["date"].dt.strftime("%m-%d")) == {"03-08"}
    (trade,) = result.trades.to_dict("records")
    assert trade["exit_reason"] == "buy_in"
    assert trade["sessions"] == 3  # the closes of the 5th, 6th and 7th


def test_pair_is_entered_again_after_the_dates():
    """Flat at the close of the 8th and asked for, filled on the 11th, the first day after."""
    result = run("buy_in", "2024-03-07", "2024-03-08")
    assert held(result) == [(0, 0), *[(50, -50)] * 3, (0, 0), *[(50, -50)] * 2]


def test_no_short_is_opened_during_a_buy_in_spell():
    result = run("buy_in", "2024-03-07", "2024-03-12")
    assert held(result)[4:] == [(0, 0)] * 3
    (finding,) = findings_of(result, "hard_to_borrow")
    assert finding.dates == ("2024-03-11", "2024-03-12")


def test_rebalance_that_would_short_more_is_cancelled_and_one_that_covers_is_not():
    """The long doubles to 200: the targets are 75 dollars-of-100 a leg, more of the short."""
    borrow = {
        "default_rate": 0.0,
        "hard_to_borrow": [{"symbol": "SSS", "since": "2024-03-07", "until": "2024-03-31"}],
    }
    flat = [100.0] * COUNT
    for long, expected in (([200.0], (50, -50)), ([50.0], (75, -37))):
        closes = [100.0] * 2 + long * (COUNT - 2)
        market = hand_market(DAYS, hand_leg("LLL", closes, closes), hand_leg("SSS", flat, flat))
        config = hand_config(costs={**FREE, "borrow": borrow}, rebalance={"kind": "daily"})
        result = simulate(config, market)
        # Decided on the 6th with equity 15,000 or 7,500; would fill on the 7th.
        assert held(result)[3] == expected
        assert bool(findings_of(result, "hard_to_borrow")) == (long == [200.0])


@pytest.mark.parametrize("action", ["no_open", "buy_in"])
def test_long_leg_needs_no_borrow(action):
    result = run(action, "2024-03-04", "2024-03-13", symbol="LLL")
    assert held(result) == [(0, 0)] + [(50, -50)] * 6
