"""Cuts: at what decided, near what nearly did, drawn, and the first live session."""

import numpy as np
import pytest

from reports.audits.integrity.cuts import (
    BEFORE_WARM,
    FULL,
    QUICK,
    Counts,
    Cuts,
    cuts_of,
    first_decision,
    first_live,
    future_cuts,
    spread,
)
from tests.unit.audit_market import audit_market, leaking, own
from tests.unit.hand_market import first_sessions

NONE = Counts(decisions=0, near=0, random=0, future_cuts=0, futures=0)


def counts(**some):
    return Counts(**{**{name: getattr(NONE, name) for name in NONE.__slots__}, **some})


@pytest.fixture(scope="module")
def subject():
    return own()


@pytest.fixture(scope="module")
def base(subject):
    return subject.run()


def test_values_are_spread_evenly_and_each_once():
    assert spread(range(10), 4) == [0, 3, 6, 9]
    assert spread([5, 7], 4) == [5, 7]
    assert spread([5, 7, 9], 1) == [5]
    assert spread([5, 7], 0) == spread([], 3) == spread([5], -1) == []


def test_a_cut_keeps_the_session_that_decided_as_its_last(subject, base):
    cuts = cuts_of(subject, base, counts(decisions=1000))
    decided = {f"{day:%Y-%m-%d}" for day in base.orders["decided"]}
    kept = {f"{base.ledger['date'].iloc[cut - 1]:%Y-%m-%d}" for cut in cuts.decisions}
    assert kept == decided - {f"{base.ledger['date'].iloc[-1]:%Y-%m-%d}"}


def test_entries_and_exits_come_before_rebalances(subject, base):
    orders = base.orders
    urgent = set(orders.loc[orders["reason"] != "rebalance", "decided"])
    for most in (5, len(urgent), len(urgent) + 6):
        cuts = cuts_of(subject, base, counts(decisions=most)).decisions
        kept = {base.ledger["date"].iloc[cut - 1] for cut in cuts}
        assert len(cuts) == most
        assert len(kept & urgent) == min(most, len(urgent))


def test_near_cuts_are_the_sessions_whose_z_was_nearest_to_the_entry_level(subject, base):
    cuts = cuts_of(subject, base, counts(near=6)).near
    z = base.signals["z"].to_numpy()[:-1]  # the last session is the whole run
    distance = np.abs(z + 0.8)
    expected = set((np.argsort(np.where(np.isnan(distance), np.inf, distance))[:6] + 1).tolist())
    assert set(cuts) == expected


def test_without_a_z_they_are_those_beside_a_change_of_the_trigger():
    clean = leaking("clean")
    base = clean.run()
    entry = base.signals["entry"].to_numpy()
    cuts = cuts_of(clean, base, counts(near=8)).near
    assert len(cuts) == 8
    for cut in cuts:
        place = cut - 1
        assert entry[place] != entry[place - 1] or entry[place] != entry[place + 1]
    assert cuts[0] < 60 < 100 < cuts[-1]  # spread over all changes, not the first of them


def test_a_trigger_that_never_changes_has_no_near_cuts():
    always = own(signal={"kind": "always"}, sizing={"kind": "dollar_neutral"})
    assert cuts_of(always, always.run(), counts(near=8)).near == ()


def test_drawn_cuts_are_the_same_for_a_seed_and_others_for_another(subject, base):
    again = own(audit={"seed": 2})
    one, same = (cuts_of(subject, base, counts(random=10)).random for _ in range(2))
    assert one == same
    assert one != cuts_of(again, again.run(), counts(random=10)).random
    assert len(set(one)) == 10


def test_no_cut_is_shorter_than_the_first_live_session_or_as_long_as_the_run(subject, base):
    cuts = cuts_of(subject, base, counts(decisions=99, near=99, random=999))
    assert cuts.live == 16  # 8 returns, the first one lost, make a correlation; 8 of them a z
    assert min(cuts.all) == 16
    assert max(cuts.all) == len(base.ledger) - 1
    assert set(cuts.random) == set(range(16, 160))


def test_the_first_live_session_is_the_first_with_every_signal(subject, base):
    assert first_live(subject, base) == 16
    clean = leaking("clean")
    assert first_live(clean, clean.run()) == 16  # the engine's least for this signal kind
    always = own(signal={"kind": "always"}, sizing={"kind": "dollar_neutral", "window": 9})
    assert first_live(always, always.run()) == 9 + 1


def test_a_run_that_ends_as_it_becomes_live_has_no_cut():
    short = own(market=first_sessions(audit_market(), 16))
    cuts = cuts_of(short, short.run(), FULL)
    assert cuts == Cuts(decisions=(), near=(), random=(), live=None)


def test_the_first_decision_is_the_first_trigger_or_order(base):
    entry = np.flatnonzero(base.signals["entry"])
    assert first_decision(base) == entry[0] + 1
    never = own(signal={"kind": "correlation", "window": 8, "min_periods": 8, "enter_below": -99})
    assert first_decision(never.run()) == 160 + 1


def test_futures_begin_in_the_warm_up_at_the_first_live_session_and_at_cuts_of_every_sort():
    cuts = Cuts(decisions=(30, 60, 90), near=(61, 62), random=(17, 120), live=16)
    assert future_cuts(cuts, 160, 4) == (BEFORE_WARM, 16, 17, 120)
    assert future_cuts(cuts, 160, 99) == (BEFORE_WARM, 16, 17, 30, 60, 61, 62, 90, 120)
    assert future_cuts(Cuts(decisions=(), near=(), random=(), live=None), 2, 4) == ()


def test_a_quick_audit_asks_less_of_everything():
    for name in ("decisions", "near", "random", "future_cuts", "futures"):
        assert 0 < getattr(QUICK, name) < getattr(FULL, name)
    assert (FULL.decisions, FULL.near, FULL.random) == (20, 20, 10)
    assert QUICK.futures >= 2  # one with a jump and one without
