"""Portfolios of distance pairs: months, round trips, costs, and what they may know."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from configs.errors import ConfigError
from engine.trials.distance import trade_pairs, weighted
from feeds.calendar import sessions
from tests.unit.hand_market import hand_leg
from tests.unit.hand_panel import panel_of, request, walks

DAYS = sessions(date(2022, 1, 3), date(2022, 3, 31))
FORMED, TRADED = (int((DAYS.astype("M8[M]") == np.datetime64(f"2022-0{m}")).sum()) for m in (1, 2))


def two_legs(first_moves, second_moves):
    """A January that sets the sd at about 0.01, then a February of the given prices."""
    wiggle = np.where(np.arange(FORMED) % 2 == 0, 1.0, 1.01414)
    wiggle[-1] = 1.0
    prices = {}
    for name, start, moves in (("AAA", 100.0, first_moves), ("BBB", 50.0, second_moves)):
        january = start * (wiggle if name == "AAA" else np.ones(FORMED))
        february = np.append(moves, np.full(TRADED - len(moves), moves[-1])) * start
        prices[name] = np.concatenate([january, february])
    return panel_of(prices, DAYS[: FORMED + TRADED])


ONE_MONTH = {"pairs": 1, "formation": 1, "trading": 1}
# A dollar of each from 1.00: apart by 0.05 at the second close, crossed at the fifth.
FIRST, SECOND = [1.00, 1.05, 1.08, 1.04, 1.00, 1.00], [1.00, 1.00, 1.00, 1.01, 1.01, 1.01]


def test_a_round_trip_earns_what_a_dollar_against_a_dollar_does():
    (portfolio,) = trade_pairs(request(**ONE_MONTH), two_legs(FIRST, SECOND))
    traded = portfolio.traded["same_close"]
    ((trade,),) = traded.trades
    assert (trade.long, trade.short, trade.why) == ("BBB", "AAA", "crossed")
    assert (trade.opened, trade.closed) == (FORMED + 1, FORMED + 4)
    # Long BBB from 1.00 to 1.01, short AAA from 1.05 to 1.00.
    assert trade.gross == pytest.approx((1.01 / 1.00 - 1) - (1.00 / 1.05 - 1))
    assert traded.gross[0, 2] == pytest.approx(0.0 - (1.08 / 1.05 - 1))
    assert traded.gross[0, 3] == pytest.approx(0.01 / 1.00 - (1.04 - 1.08) / 1.05)
    assert traded.gross[0, [0, 1]].tolist() == [0.0, 0.0]
    assert not traded.gross[0, 5:].any()
    assert trade.costs == 0.0


def test_who_waits_a_day_fills_at_the_next_close():
    (portfolio,) = trade_pairs(request(**ONE_MONTH), two_legs(FIRST, SECOND))
    ((trade,),) = portfolio.traded["next_close"].trades
    assert (trade.opened, trade.closed) == (FORMED + 2, FORMED + 5)
    # From 1.08 and 1.00 to 1.00 and 1.01.
    assert trade.gross == pytest.approx((1.01 / 1.00 - 1) - (1.00 / 1.08 - 1))


def test_a_pair_that_never_crosses_is_closed_at_the_end_of_the_period():
    (portfolio,) = trade_pairs(request(**ONE_MONTH), two_legs([1.0, 1.05, 1.10], [1.0, 1.0, 1.0]))
    for fill, entry in (("same_close", 1.05), ("next_close", 1.10)):
        ((trade,),) = portfolio.traded[fill].trades
        assert (trade.closed, trade.why) == (FORMED + TRADED - 1, "end")
        assert trade.gross == pytest.approx(1.0 - 1.10 / entry)


def test_a_leg_whose_prices_end_closes_the_pair_at_its_last_close():
    panel = two_legs([1.0, 1.05, 1.04], [1.0, 1.0, 1.0])
    ended = panel.legs["AAA"].adj_close.copy()
    ended[FORMED + 6 :] = np.nan
    legs = {**panel.legs, "AAA": hand_leg("AAA", ended, ended)}
    (portfolio,) = trade_pairs(request(**ONE_MONTH), replace(panel, legs=legs))
    for fill in ("same_close", "next_close"):
        ((trade,),) = portfolio.traded[fill].trades
        assert (trade.closed, trade.why) == (FORMED + 5, "no price")
        assert np.isfinite(portfolio.traded[fill].net).all()


def test_costs_are_the_programs_own_on_each_leg_and_night():
    costs = {
        "commission": {"kind": "bps", "bps": 1.0},
        "spread": {"default_bps": 4.0, "BBB": 10.0},
        "borrow": {"default_rate": 0.0365, "BBB": 0.0},
    }
    asked = request(**ONE_MONTH, costs=costs, account={"cash": 100_000.0})
    panel = two_legs(FIRST, SECOND)
    (portfolio,) = trade_pairs(asked, panel)
    ((trade,),) = portfolio.traded["same_close"].trades
    # $100,000 a leg. AAA sold at 105, bought back at 100; BBB bought at 50 and sold at 50.50.
    aaa, bbb = 1.0 + 1.00 / 1.05, 1.0 + 1.01
    fills = aaa * (1.0 + 4.0 / 2) / 10_000 + bbb * (1.0 + 10.0 / 2) / 10_000
    days = DAYS.astype(np.int64)
    marks = [1.05, 1.08, 1.04]  # of AAA, at the close before each night
    nights = sum(
        mark / 1.05 * 0.0365 / 360 * (days[trade.opened + k + 1] - days[trade.opened + k])
        for k, mark in enumerate(marks)
    )
    assert trade.costs == pytest.approx(fills + nights, rel=1e-12)
    traded = portfolio.traded["same_close"]
    assert (traded.gross - traded.net).sum() == pytest.approx(trade.costs, rel=1e-12)


def test_committed_capital_counts_pairs_that_never_opened_and_invested_does_not():
    prices = walks(4, 250)
    flat = {"YYY": np.full(250, 10.0), "ZZZ": np.full(250, 20.0)}  # the closest, and never apart
    asked = request(pairs=2, open_at=1.0)
    for portfolio in trade_pairs(asked, panel_of(prices | flat)):
        assert portfolio.pairs[0][:3] == ("YYY", "ZZZ", 0.0)
        traded = portfolio.traded["same_close"]
        assert traded.trades[0] == ()
        if traded.trades[1]:
            assert traded.invested(net=False).tolist() == weighted(traded.gross[1:]).tolist()
        # The first day's weights are equal: half of what the pair that may open makes.
        assert traded.committed(net=False)[0] == traded.gross[1, 0] / 2


def test_a_portfolio_leaves_each_dollar_where_it_was_put():
    daily = np.array([[0.10, 0.10], [0.00, -0.10]])
    # 1.1 and 1.0 are at work on the second day.
    assert weighted(daily) == pytest.approx([0.05, (1.1 * 0.10 - 1.0 * 0.10) / 2.1])


def test_a_symbol_without_a_price_or_a_trade_in_the_formation_period_forms_no_pair():
    prices = walks(4, 250)
    prices["S03"][:30] = np.nan
    panel = panel_of(prices)
    still = panel.legs["S02"].volume.copy()
    still[150] = 0.0
    legs = {**panel.legs, "S02": replace(panel.legs["S02"], volume=still)}
    for portfolio in trade_pairs(request(), replace(panel, legs=legs)):
        begin = portfolio.first - np.argmax(
            panel.sessions[: portfolio.first][::-1].astype("M8[M]") < portfolio.month - 3
        )
        formed = {name for pair in portfolio.pairs for name in pair[:2]}
        if 150 in range(begin, portfolio.first):
            assert "S02" not in formed
        if begin < 30 and portfolio.month < np.datetime64("2022-05"):
            assert "S03" not in formed


def test_portfolios_start_every_month_or_follow_each_other():
    panel = panel_of(walks(4, 250))
    months = [str(each.month) for each in trade_pairs(request(), panel)]
    assert months == [f"2022-{month:02d}" for month in range(4, 13)]
    follow = trade_pairs(request(portfolios="consecutive"), panel)
    assert [str(each.month) for each in follow] == [f"2022-{m:02d}" for m in (4, 6, 8, 10, 12)]
    assert [(a.end, b.first) for a, b in pairwise(follow)] == [
        (each.first, each.first) for each in follow[1:]
    ]


def test_a_month_that_the_data_begin_inside_forms_nothing():
    panel = panel_of(walks(4, 240), sessions(date(2022, 1, 14), date(2024, 12, 31))[:240])
    assert str(trade_pairs(request(), panel)[0].month) == "2022-05"


def test_too_few_months_are_refused():
    with pytest.raises(ConfigError, match="was 2 calendar months; expected at least 4: 3 to form"):
        trade_pairs(request(), panel_of(walks(3, 30)))


@pytest.mark.parametrize("at", [1, 40, 100])
def test_what_comes_later_changes_nothing_before_it(at):
    prices = walks(5, 250)
    asked = request(pairs=3, open_at=1.0)
    before = trade_pairs(asked, panel_of(prices))
    moved = {name: line.copy() for name, line in prices.items()}
    for place, line in enumerate(moved.values()):
        line[-at:] *= 1.3 + 0.2 * place
    after = trade_pairs(asked, panel_of(moved))
    last = 250 - at  # the first session that differs
    assert len(before) == len(after)
    compared = 0
    for one, other in zip(before, after, strict=True):
        if one.first <= last:
            assert one.pairs == other.pairs
        for fill in ("same_close", "next_close"):
            known = max(min(last, one.end) - one.first, 0)
            if one.pairs == other.pairs:
                compared += known
                np.testing.assert_array_equal(
                    one.traded[fill].gross[:, :known], other.traded[fill].gross[:, :known]
                )
    assert compared > 100
