"""The broker's own gates: whole pairs, one order at a time, exits before everything else."""

from types import SimpleNamespace

import pytest

from engine.broker import TwoLegBroker
from engine.errors import EngineError
from engine.prepare.prepared import prepare
from engine.records.notes import NOTES, Noted
from engine.records.recorded import recorded
from strategies import sizing
from strategies.decide import aim, enter, from_targets_to_changes
from strategies.orders import change, may_exit, open_tranche, order_exit, work
from strategies.records import Note, Outcome, Reason
from tests.unit.hand_market import hand_config, hand_leg, hand_market

DAYS = ("2024-06-03", "2024-06-04", "2024-06-05", "2024-06-06")


def broker():
    """A broker whose first of three sessions, all at 10 dollars, has closed."""
    legs = [hand_leg(symbol, [10.0] * 3, [10.0] * 3) for symbol in ("LLL", "SSS")]
    prepared = prepare(hand_config(), hand_market(DAYS, *legs))
    lines = SimpleNamespace(datetime=[0])
    one = TwoLegBroker(
        long_data=SimpleNamespace(_name="LLL", lines=lines),
        short_data=SimpleNamespace(_name="SSS", lines=lines),
        terms=prepared.terms,
        days=prepared.days,
        rates=prepared.dated_rates,
    )
    next_session(one)
    return one


def next_session(one):
    """Run the broker's next session, as Backtrader would."""
    one._clock[0] = one._days[len(one.outcomes)].day
    one.next()


def order_entry(one, long_shares, short_shares):
    """Order a new tranche of so many signed shares a leg."""
    open_tranche(one.tranches[one.book.held], one.facts, 1.0, 1)
    change(one.tranches[one.book.held], long_shares, short_shares)
    work(one.facts, one.book, one.tranches, one.outcomes[-1], Reason.ENTRY, 0)


def order_rebalance(one, long_target, short_target):
    """Order the held tranche to so many signed shares a leg; return whether there was any order."""
    change(one.held[0], long_target, short_target)
    if not from_targets_to_changes(one.terms.rules, one.facts, one.book, one.tranches):
        return False
    work(one.facts, one.book, one.tranches, one.outcomes[-1], Reason.REBALANCE, 0)
    return True


def order_leave(one, reason):
    """Order the held tranche to nothing."""
    one.held[0].leaving = reason
    order_exit(one.facts, one.book, one.tranches, one.outcomes[-1], 0)


def held_broker(long_shares=10.0, short_shares=-20.0):
    """A broker that holds one tranche."""
    one = broker()
    order_entry(one, long_shares, short_shares)
    next_session(one)
    return one


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_an_order_for_one_leg_is_refused(side):
    with pytest.raises(EngineError, match="expected a decision for both legs"):
        getattr(broker(), side)(None, None, 100)


def test_a_second_order_on_one_session_is_refused():
    one = broker()
    order_entry(one, 10.0, -10.0)
    assert one.book.reason == Reason.ENTRY
    with pytest.raises(AssertionError, match="another order was being worked"):
        order_entry(one, 10.0, -10.0)


def test_a_decision_while_an_order_is_worked_makes_no_second_one():
    one = broker()
    one.decide(True)
    assert (one.book.reason, one.outcomes[-1].acted) == (Reason.ENTRY, 1)
    ordered = one.tranches[0].long.to_trade
    one.decide(True)
    assert (one.tranches[0].long.to_trade, one.outcomes[-1].acted) == (ordered, 0)


def test_an_exit_under_way_gives_way_to_nothing():
    one = held_broker()
    order_leave(one, Reason.STOP_LOSS)
    assert may_exit(one.book) is False
    for order in (lambda: order_leave(one, Reason.Z_ABOVE), lambda: work(
        one.facts, one.book, one.tranches, one.outcomes[-1], Reason.ENTRY, 0
    )):  # fmt: skip
        with pytest.raises(AssertionError, match="another order was being worked"):
            order()
    assert one.book.reason == Reason.STOP_LOSS


def test_an_exit_cuts_short_what_was_being_opened_and_says_so():
    one = held_broker()
    assert order_rebalance(one, 11.0, -21.0) is True
    assert may_exit(one.book) is True
    order_leave(one, Reason.STOP_LOSS)
    assert one.outcomes[-1].notes == Note.ORDER_CUT
    run = recorded(one.outcomes, one.closed, one.tranches, one.book)
    check, text = NOTES[Note.ORDER_CUT]
    noted = Noted(run=run, config=hand_config(), signals={}, place=1)
    assert (check, text(noted)) == ("order_cut", "the rest of the rebalance was cancelled")
    assert run.pending == (-10.0, 20.0)  # the exit's alone: 10 and -20 are held
    next_session(one)
    assert (one.held, one.book.reason) == ([], Reason.NOTHING)


def test_a_target_already_held_is_no_order():
    one = held_broker()
    assert order_rebalance(one, 10.0, -20.0) is False
    assert one.book.reason == Reason.NOTHING


def targets_at(one, long_close, short_close):
    """Set the closes that the account's 10,000 dollars are shared out at."""
    one.facts.long.close, one.facts.short.close = long_close, short_close
    asked, outcome = one.terms.rules.sizing, Outcome()
    return sizing.targets(asked, one.facts, one.book, outcome, 1.0, 1, 1, 2, 4), outcome.notes


# Half of 10,000 dollars a leg: none of it buys a share of 5,001 dollars.
@pytest.mark.parametrize("closes", [(5_001.0, 10.0), (10.0, 5_001.0), (5_001.0, 5_001.0)])
def test_a_target_without_one_leg_is_no_order(closes):
    one, flat = held_broker(), broker()
    for each in (one, flat):
        assert targets_at(each, *closes) == ((0.0, 0.0), 1)
    assert aim(one.terms.rules, one.facts, one.book, one.tranches, one.outcomes[-1]) == 0.0
    assert one.outcomes[-1].notes == Note.REBALANCE_TOO_SMALL
    made = flat.outcomes[-1]
    assert not enter(flat.terms.rules, flat.facts, flat.book, flat.tranches, made, 1, False)
    assert flat.outcomes[-1].notes == Note.ENTRY_TOO_SMALL
    assert (one.book.reason, flat.book.reason) == (Reason.NOTHING, Reason.NOTHING)


def test_what_backtrader_asks_is_answered_from_the_books():
    one = held_broker()
    assert (one.getcash(), one.getvalue()) == (10_000.0 - 10 * 10 + 20 * 10, 10_000.0)
    held = [one.getposition(SimpleNamespace(_name=symbol)).size for symbol in ("LLL", "SSS")]
    assert held == [10.0, -20.0]
    assert one.get_notification() is None


def test_a_bar_of_another_session_is_refused():
    one = broker()
    one._clock[0] = one._days[2].day
    with pytest.raises(AssertionError, match="a bar of another session"):
        one.next()
