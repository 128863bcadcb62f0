"""The broker's own gates: whole pairs, one order at a time, exits before everything else."""

from types import SimpleNamespace

import pytest

from engine.broker import TwoLegBroker
from engine.costs.price_list import interest_rates, leg_costs, margin_rules
from engine.errors import EngineError
from tests.unit.hand_market import hand_config, hand_leg, hand_market


def broker():
    config = hand_config()
    legs = [hand_leg(symbol, [10.0] * 2, [10.0] * 2) for symbol in ("LLL", "SSS")]
    market = hand_market(("2024-06-03", "2024-06-04", "2024-06-05"), *legs)
    feeds = [
        SimpleNamespace(_name=symbol, lines=SimpleNamespace(
            open=[10.0], close=[10.0], volume=[1e6], dividend=[0.0], later_splits=[1.0],
            datetime=[738_000.0],
        ))
        for symbol in ("LLL", "SSS")
    ]  # fmt: skip
    return TwoLegBroker(
        long_data=feeds[0],
        short_data=feeds[1],
        long_costs=leg_costs(config, market, market.long),
        short_costs=leg_costs(config, market, market.short),
        interest=interest_rates(config.costs, market.sessions),
        margin=margin_rules(config),
        cash=10_000.0,
        fill="next_open",
        fractional=False,
    )


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_an_order_for_one_leg_is_refused(side):
    with pytest.raises(EngineError, match="expected order_entry for both legs"):
        getattr(broker(), side)(None, None, 100)


def test_a_second_order_on_one_session_is_refused():
    one = broker()
    assert one.order_entry(10.0, -10.0) is True
    assert one.is_idle is False
    with pytest.raises(EngineError, match="entry: entry was being worked, expected no order"):
        one.order_entry(10.0, -10.0)


def held_broker(long_shares=10.0, short_shares=-20.0):
    """A broker that holds one tranche."""
    one = broker()
    one.order_entry(long_shares, short_shares)
    one.next()
    return one


def test_an_exit_under_way_gives_way_to_nothing():
    one = held_broker()
    one.order_exit([(one.held[0], "stop_loss")])
    assert one.may_exit is False
    for order in (
        lambda: one.order_exit([(one.held[0], "z_above")]),
        lambda: one.order_entry(1.0, -1.0),
    ):
        with pytest.raises(EngineError, match="stop_loss was being worked, expected no order"):
            order()


def test_an_exit_cuts_short_what_was_being_opened_and_says_so():
    one = held_broker()
    assert one.order_targets([(one.held[0], 11.0, -21.0)]) is True
    assert one.may_exit is True
    one.order_exit([(one.held[0], "stop_loss")])
    assert [(check, text) for _, check, text in one.desk.notes] == [
        ("order_cut", "the rest of the rebalance was cancelled")
    ]
    one.next()
    assert (one.held, one.is_idle) == ([], True)


def test_a_target_already_held_is_no_order():
    one = held_broker()
    assert one.order_targets([(one.held[0], 10.0, -20.0)]) is False
    assert one.is_idle is True


@pytest.mark.parametrize("target", [(0.0, -20.0), (10.0, 0.0), (0.0, 0.0)])
def test_a_target_without_one_leg_is_no_order(target):
    one = held_broker()
    assert one.order_targets([(one.held[0], *target)]) is False
    assert broker().order_entry(*target) is False
    assert one.is_idle is True


def test_what_backtrader_asks_is_answered_from_the_books():
    one = held_broker()
    assert (one.getcash(), one.getvalue()) == (10_000.0 - 10 * 10 + 20 * 10, 10_000.0)
    held = [one.getposition(SimpleNamespace(_name=symbol)).size for symbol in ("LLL", "SSS")]
    assert held == [10.0, -20.0]
    assert one.get_notification() is None
