"""Markets cut, moved, redrawn and delayed: what stays, what changes, and by how much."""

import datetime as dt

import numpy as np
import pytest

from engine.event import simulate
from reports.audits.altered_markets import (
    perturbed,
    redrawn,
    republished,
    started_later,
    total_return_prices,
    truncated,
)
from tests.unit.hand_market import first_sessions, hand_config, hand_leg, hand_market
from tests.unit.hand_reports import hand_facts, hand_fundamentals

DAYS = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08", "2024-03-11",
        "2024-03-12", "2024-03-13"]  # fmt: skip
COUNT = len(DAYS) - 1
FILED = [dt.date(2024, 3, 5), dt.date(2024, 3, 8)]


@pytest.fixture
def market():
    rng = np.random.default_rng(4)
    legs = []
    for symbol in ("LLL", "SSS", "QQQ"):
        closes = 100.0 * np.exp(np.cumsum(rng.normal(0.001, 0.02, COUNT)))
        opens = closes * np.exp(rng.normal(0, 0.01, COUNT))
        dividend = np.zeros(COUNT)
        dividend[3] = 2.0
        kept = np.where(np.arange(COUNT) < 3, 1 - 2.0 / closes[2], 1.0)
        legs.append(
            hand_leg(
                symbol, opens, closes, adj_close=closes * kept, dividend=dividend,
                volume=np.exp(rng.normal(10, 1, COUNT)),
                later_splits=[2.0] * 2 + [1.0] * (COUNT - 2),
            )
        )  # fmt: skip
    facts = hand_facts("SSS", "capex", [10, 20], FILED)
    return hand_market(
        DAYS, *legs, gauges={"^VIX": 20.0 + np.arange(COUNT)},
        fundamentals=hand_fundamentals(facts),
    )  # fmt: skip


LINES = ("open", "high", "low", "close", "adj_close", "volume", "dividend", "later_splits")


def assert_same_leg(one, other, rows=slice(None)):
    for name in LINES:
        np.testing.assert_array_equal(getattr(one, name)[rows], getattr(other, name)[rows], name)


def values_of(market):
    return [fact.value for fact in market.fundamentals.reports["SSS"].facts]


@pytest.mark.parametrize("count", [1, 5, COUNT])
def test_a_cut_market_is_what_was_known_at_its_last_close(market, count):
    part, expected = truncated(market, count), first_sessions(market, count)
    np.testing.assert_array_equal(part.sessions, expected.sessions)
    np.testing.assert_array_equal(part.next_sessions, expected.next_sessions)
    for side in ("long", "short", "benchmark"):
        assert_same_leg(getattr(part, side), getattr(expected, side))
    np.testing.assert_array_equal(part.gauges["^VIX"], expected.gauges["^VIX"])
    # Filed on the fifth and the eighth: usable from the sixth (the third session), the eleventh.
    assert values_of(part) == {1: [], 5: [10.0], COUNT: [10.0, 20.0]}[count]


def test_a_later_start_drops_sessions_and_keeps_what_had_been_filed(market):
    part = started_later(market, 3)
    assert part.sessions[0] == market.sessions[3]
    assert_same_leg(truncated(part, 1).long, started_later(truncated(market, 4), 3).long)
    assert values_of(part) == [10.0, 20.0]


@pytest.mark.parametrize("jump", [1.0, 10.0])
def test_another_future_shares_the_past_to_the_last_bit_and_nothing_after(market, jump):
    other = perturbed(market, 4, np.random.default_rng(1), jump)
    for side in ("long", "short", "benchmark"):
        ours, theirs = getattr(market, side), getattr(other, side)
        assert_same_leg(ours, theirs, slice(4))
        for name in ("open", "close", "adj_close", "volume"):
            assert not np.isclose(getattr(ours, name)[4:], getattr(theirs, name)[4:]).any()
        scale = theirs.close[4:] / ours.close[4:]
        for name in ("open", "high"):  # each bar has the shape of one of the later ones
            shapes, drawn = (getattr(leg, name)[4:] / leg.close[4:] for leg in (ours, theirs))
            np.testing.assert_allclose(np.sort(drawn), np.sort(shapes), rtol=1e-12)
        assert (theirs.high >= np.maximum(theirs.open, theirs.close) * (1 - 1e-12)).all()
        assert scale[0] == pytest.approx(jump, rel=0.2)  # a step of 3 %, some sds of it
    assert (other.gauges["^VIX"][:4] == market.gauges["^VIX"][:4]).all()
    assert not np.isclose(other.gauges["^VIX"][4:], market.gauges["^VIX"][4:]).any()
    # The second report was public on the fifth session: not known at the close of the fourth.
    before, after = values_of(other)
    assert before == 10.0
    assert after != 20.0


def test_another_seed_is_another_future_and_the_same_seed_the_same(market):
    one, same, other = (
        perturbed(market, 4, np.random.default_rng(seed)).long.close for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert not np.isclose(one[4:], other[4:]).any()


def test_total_return_prices_move_as_the_adjusted_close_does_and_pay_nothing(market):
    other = total_return_prices(market)
    np.testing.assert_array_equal(other.long.close, market.long.adj_close)
    np.testing.assert_array_equal(other.long.dividend, np.zeros(COUNT))
    np.testing.assert_allclose(
        other.long.open / other.long.close, market.long.open / market.long.close, rtol=1e-12
    )


def test_reports_become_public_so_many_sessions_and_days_later(market):
    def filed(other):
        return [fact.filed for fact in other.fundamentals.reports["SSS"].facts]

    # The eighth was a Friday: one session later is Monday.
    assert filed(republished(market, sessions=1)) == [dt.date(2024, 3, 6), dt.date(2024, 3, 11)]
    later = [day + dt.timedelta(days=91) for day in FILED]
    assert filed(republished(market, days=91)) == later
    assert filed(market) == FILED


def test_a_redrawn_market_has_the_returns_asked_for_less_each_leg_s_mean(market):
    order = np.array([3, 3, 0, 5, 1, 2])
    other = redrawn(market, order)
    for side in ("long", "short"):
        ours, theirs = getattr(market, side), getattr(other, side)
        returns = ours.adj_close[1:] / ours.adj_close[:-1] - 1
        expected = returns[order] - returns.mean()
        computed = theirs.adj_close[1:] / theirs.adj_close[:-1] - 1
        np.testing.assert_allclose(computed, expected, atol=1e-14)
        np.testing.assert_array_equal(theirs.close, theirs.adj_close)
        bars = np.append(0, order + 1)
        for name in ("open", "high", "low"):
            from_close = (getattr(ours, name) / ours.close)[bars]
            np.testing.assert_allclose(getattr(theirs, name) / theirs.close, from_close, rtol=1e-12)
        np.testing.assert_array_equal(theirs.volume, ours.volume[bars])
        assert not theirs.dividend.any()
        assert (theirs.later_splits == 1.0).all()
    np.testing.assert_array_equal(
        other.gauges["^VIX"], market.gauges["^VIX"][[0, 4, 4, 1, 6, 2, 3]]
    )
    close = redrawn(market, np.arange(COUNT - 1)).long.close
    assert (close[1:] / close[:-1] - 1).sum() == pytest.approx(0.0, abs=1e-14)  # no drift is left


# --- orders that wait ---


@pytest.mark.parametrize("lag", [0, 1, 2, 5])
def test_an_order_that_waits_fills_so_many_sessions_after_the_next_one(market, lag):
    result = simulate(hand_config(), market, lag_sessions=lag)
    place = {date: number for number, date in enumerate(result.ledger["date"])}
    gaps = {place[fill.date] - place[fill.decided] for fill in result.fills.itertuples()}
    assert gaps == {1 + lag}
    assert result.orders["reason"].tolist() == ["entry"]


def test_an_exit_cuts_an_entry_that_still_waits_for_nobody():
    flat = [100.0] * COUNT
    market = hand_market(DAYS, hand_leg("LLL", flat, flat), hand_leg("SSS", flat, flat))
    result = simulate(hand_config(exits={"holding_sessions": 1}), market, lag_sessions=1)
    made = list(
        zip(result.orders["decided"].dt.strftime("%d"), result.orders["reason"], strict=True)
    )
    # Decided on the 4th, filled on the 6th, left after that close, out on the 8th, in again.
    assert made == [("04", "entry"), ("06", "holding_sessions"), ("08", "entry"),
                    ("12", "holding_sessions")]  # fmt: skip


def test_the_lender_of_the_shares_does_not_wait():
    flat = [100.0] * COUNT
    hard = {"symbol": "SSS", "since": "2024-03-08", "until": "2024-03-08", "action": "buy_in"}
    market = hand_market(DAYS, hand_leg("LLL", flat, flat), hand_leg("SSS", flat, flat))
    costs = {"borrow": {"hard_to_borrow": [hard]}, "commission": {"kind": "zero"}}
    result = simulate(hand_config(costs=costs), market, lag_sessions=2)
    bought = result.fills[result.fills["reason"] == "buy_in"]
    assert set(bought["date"].dt.strftime("%d")) == {"11"}
