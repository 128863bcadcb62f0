"""The hedge's upkeep: which trigger is due, why, and from which sizing drift is measured."""

import math
from types import SimpleNamespace

import pytest
from strategies.hedge import Hedge, dated_triggers, triggers

from configs.trading import (
    AnyOfRebalance,
    BandRebalance,
    NeverRebalance,
    PeriodicRebalance,
    VolRatioRebalance,
)

NEVER = NeverRebalance(kind="never")
WEEKLY = PeriodicRebalance(kind="weekly", min_trade_usd=100.0)
MONTHLY = PeriodicRebalance(kind="monthly", on="first")
BAND = BandRebalance(kind="band", above=0.1)
VOL = VolRatioRebalance(kind="vol_ratio", above=0.2)


def hedge(rebalance, *, vol_ratio=1.0, **due):
    lines = SimpleNamespace(vol_ratio=[vol_ratio], **{name: [flag] for name, flag in due.items()})
    return Hedge(rebalance, lines), lines


def any_of(*each, least=0.0):
    return AnyOfRebalance(kind="any_of", of=each, min_trade_usd=least)


def test_never_asks_nothing_and_is_due_on_no_session():
    upkeep, _ = hedge(NEVER)
    assert triggers(NEVER) == ()
    assert dated_triggers(NEVER) == {}
    assert upkeep.is_maintained is False
    assert upkeep.due(900.0, 100.0, 0.5) is None


def test_the_calendar_s_triggers_have_a_line_each_by_their_place_in_the_list():
    assert dated_triggers(WEEKLY) == {"due_0": WEEKLY}
    assert dated_triggers(BAND) == {}
    assert dated_triggers(any_of(WEEKLY, BAND, MONTHLY)) == {"due_0": WEEKLY, "due_2": MONTHLY}


@pytest.mark.parametrize("due", [0.0, 1.0])
def test_a_period_is_due_when_its_line_says_so_whatever_the_drift(due):
    upkeep, _ = hedge(WEEKLY, due_0=due)
    resize = upkeep.due(500.0, 500.0, 0.5)
    assert (resize is not None) is bool(due)
    if resize is not None:
        assert (resize.why, resize.drift, resize.min_trade_usd) == ("weekly", 0.0, 100.0)


@pytest.mark.parametrize(("long", "is_due"), [(500.0, False), (549.0, False), (551.0, True)])
def test_a_band_is_left_above_its_width(long, is_due):
    upkeep, _ = hedge(BAND)
    resize = upkeep.due(long, 500.0, 0.5)
    assert (resize is not None) is is_due
    if is_due:
        assert resize.why == "band"
        assert resize.drift == pytest.approx(0.102, rel=1e-12)  # 551 / 500 - 1


def test_the_volatility_ratio_is_compared_with_the_last_sizing():
    upkeep, lines = hedge(VOL, vol_ratio=2.0)
    assert upkeep.due(500.0, 500.0, 0.5) is None  # nothing was sized yet
    upkeep.sized()
    lines.vol_ratio[0] = 2.39
    assert upkeep.due(500.0, 500.0, 0.5) is None
    lines.vol_ratio[0] = 2.5
    resize = upkeep.due(500.0, 500.0, 0.5)
    assert (resize.why, resize.drift) == ("vol_ratio", 0.25)
    upkeep.sized()  # from here on 2.5 counts
    assert upkeep.due(500.0, 500.0, 0.5) is None
    lines.vol_ratio[0] = 1.9  # 24 % below
    assert upkeep.due(500.0, 500.0, 0.5).drift == pytest.approx(0.24, rel=1e-12)


def test_a_sizing_while_a_leg_stood_still_is_no_division_by_zero():
    upkeep, lines = hedge(VOL, vol_ratio=0.0)
    upkeep.sized()
    assert upkeep.due(500.0, 500.0, 0.5) is None
    lines.vol_ratio[0] = 0.3
    assert upkeep.due(500.0, 500.0, 0.5).drift == math.inf


def test_of_several_triggers_the_first_that_holds_names_the_resize():
    rebalance = any_of(BAND, WEEKLY, VOL)
    for due_1, long, why in ((1.0, 600.0, "band"), (1.0, 500.0, "weekly"), (0.0, 500.0, None)):
        upkeep, _ = hedge(rebalance, due_1=due_1)
        resize = upkeep.due(long, 500.0, 0.5)
        assert (None if resize is None else resize.why) == why


def test_the_larger_of_the_two_least_trades_counts():
    for least, expected in ((50.0, 100.0), (250.0, 250.0)):
        upkeep, _ = hedge(any_of(WEEKLY, least=least), due_0=1.0)
        assert upkeep.due(500.0, 500.0, 0.5).min_trade_usd == expected


def test_legs_whose_target_is_not_known_do_not_leave_a_band():
    upkeep, _ = hedge(BAND)
    assert upkeep.due(900.0, 100.0, math.nan) is None
