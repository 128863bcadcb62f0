"""The hedge's rebalancing: which trigger is due, why, and from which sizing drift is measured."""

import math

import pytest

from configs.trading import (
    AnyOfRebalance,
    BandRebalance,
    NeverRebalance,
    PeriodicRebalance,
    VolRatioRebalance,
)
from strategies.decide import Rules, decide
from strategies.rebalance import dated_triggers, due_trigger, rebalance_rules, triggers
from strategies.records import NONE, Book, LegHeld, Outcome, Reason, Today, Tranche
from strategies.sizing import SizeBy, SizingRules

NEVER = NeverRebalance(kind="never")
WEEKLY = PeriodicRebalance(kind="weekly", min_trade_usd=100.0)
MONTHLY = PeriodicRebalance(kind="monthly", on="first")
BAND = BandRebalance(kind="band", above=0.1)
VOL = VolRatioRebalance(kind="vol_ratio", above=0.2)


def due(rebalance, long, short, weight, *, vol_ratio=1.0, at_sizing=math.nan, places=()):
    """The kind and drift of the trigger that holds, of legs worth so many dollars; or None.

    ``places`` are those of the dated triggers that are due.
    """
    today = Today(vol_ratio=vol_ratio, due=sum(1 << place for place in places))
    book, outcome = Book(ratio_at_sizing=at_sizing), Outcome()
    place = due_trigger(rebalance_rules(rebalance), today, book, outcome, long, short, weight)
    return None if place == NONE else (triggers(rebalance)[place].kind, outcome.drift)


def any_of(*each, least=0.0):
    return AnyOfRebalance(kind="any_of", of=each, min_trade_usd=least)


def test_never_asks_nothing_and_is_due_on_no_session():
    assert triggers(NEVER) == ()
    assert dated_triggers(NEVER) == {}
    assert rebalance_rules(NEVER).triggers == 0
    assert due(NEVER, 900.0, 100.0, 0.5) is None


def test_the_calendar_s_triggers_have_a_line_each_by_their_place_in_the_list():
    assert dated_triggers(WEEKLY) == {0: WEEKLY}
    assert dated_triggers(BAND) == {}
    assert dated_triggers(any_of(WEEKLY, BAND, MONTHLY)) == {0: WEEKLY, 2: MONTHLY}


def test_a_trigger_is_read_from_its_own_place():
    both = any_of(BAND, WEEKLY)
    assert due(both, 500.0, 500.0, 0.5, places=[0]) is None  # a band has no days
    assert due(both, 500.0, 500.0, 0.5, places=[1]) == ("weekly", 0.0)


@pytest.mark.parametrize("is_due", [False, True])
def test_a_period_is_due_when_its_line_says_so_whatever_the_drift(is_due):
    reason = due(WEEKLY, 500.0, 500.0, 0.5, places=[0] if is_due else [])
    assert reason == (("weekly", 0.0) if is_due else None)
    assert rebalance_rules(WEEKLY).min_trade_usd[0] == 100.0


@pytest.mark.parametrize(("long", "is_due"), [(500.0, False), (549.0, False), (551.0, True)])
def test_a_band_is_left_above_its_width(long, is_due):
    reason = due(BAND, long, 500.0, 0.5)
    assert (reason is not None) is is_due
    if is_due:
        assert reason == ("band", pytest.approx(0.102, rel=1e-12))  # 551 / 500 - 1


def vol_drift(vol_ratio, at_sizing):
    return due(VOL, 500.0, 500.0, 0.5, vol_ratio=vol_ratio, at_sizing=at_sizing)


def test_the_volatility_ratio_is_compared_with_the_last_sizing():
    assert vol_drift(2.0, math.nan) is None  # nothing was sized yet
    assert vol_drift(2.39, 2.0) is None
    assert vol_drift(2.5, 2.0) == ("vol_ratio", 0.25)
    assert vol_drift(2.5, 2.5) is None  # from here on 2.5 counts
    assert vol_drift(1.9, 2.5) == ("vol_ratio", pytest.approx(0.24, rel=1e-12))  # 24 % below


def test_an_entry_and_a_resize_each_set_the_ratio_that_counts():
    rules = Rules(
        sizing=SizingRules(size_by=SizeBy.DOLLAR_NEUTRAL, fractional=1),
        rebalance=rebalance_rules(VOL),
    )
    book = Book(cash=1e4, equity=1e4, long_mark=10.0, short_mark=10.0)
    tranches = [Tranche()]

    def close_at(vol_ratio, triggered):
        today, outcome = Today(vol_ratio=vol_ratio), Outcome()
        today.long.close = today.short.close = 10.0
        decide(rules, today, book, tranches, outcome, triggered)
        return outcome

    assert close_at(2.0, True).order_reason == Reason.ENTRY
    assert book.ratio_at_sizing == 2.0
    book.reason, book.held, book.opening = Reason.NOTHING, 1, 0
    tranches[0].long, tranches[0].short = LegHeld(shares=400.0), LegHeld(shares=-500.0)
    assert close_at(2.39, False).order_reason == Reason.NOTHING
    assert book.ratio_at_sizing == 2.0
    outcome = close_at(2.5, False)
    assert (outcome.order_reason, outcome.resized_by, outcome.drift) == (Reason.REBALANCE, 0, 0.25)
    assert (outcome.order_long, outcome.order_short) == (100.0, 0.0)
    assert book.ratio_at_sizing == 2.5


def test_a_sizing_while_a_leg_stood_still_is_no_division_by_zero():
    assert vol_drift(0.0, 0.0) is None
    assert vol_drift(0.3, 0.0) == ("vol_ratio", math.inf)


@pytest.mark.parametrize(("places", "long", "why"), [
    ([1], 600.0, "band"), ([1], 500.0, "weekly"), ([], 500.0, None),
])  # fmt: skip
def test_of_several_triggers_the_first_that_holds_names_the_resize(places, long, why):
    reason = due(any_of(BAND, WEEKLY, VOL), long, 500.0, 0.5, at_sizing=1.0, places=places)
    assert (None if reason is None else reason[0]) == why


def test_the_larger_of_the_two_least_trades_counts():
    for least, expected in ((50.0, 100.0), (250.0, 250.0)):
        assert rebalance_rules(any_of(WEEKLY, least=least)).min_trade_usd[0] == expected


def test_legs_whose_target_is_not_known_do_not_leave_a_band():
    assert due(BAND, 900.0, 100.0, math.nan) is None
