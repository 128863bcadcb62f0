"""Laws that hold whatever the prices and the configuration: the books, time, the pair.

Markets and configurations are invented; a ruined account is a result like any other.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.event import simulate
from tests.property.law_cases import (
    COSTS,
    FRAMES,
    IDENTITY_USD,
    INCOME,
    LAWS,
    NEVER,
    NO_STOP,
    RELATIVE,
    SINGLE,
    SUM_USD,
    books,
    cases,
    changed,
    of_books,
    run_of,
)
from tests.property.random_market import LONG, SHORT, first_sessions

RECKLESS = [{"kind": "dollar_neutral", "gross": gross} for gross in (4.0, 12.0, 20.0)]
UNLIMITED = ({"margin": {"kind": "none"}}, {"cash": 1e5, "fill": "next_close"})
WORKED = {
    "commission": {"kind": "ibkr_fixed"},
    "impact": {"kind": "square_root", "participation_cap": 0.004},
}

# The books


@of_books
def test_every_change_of_equity_is_explained(case):
    ledger = run_of(case).ledger
    explained = ledger[INCOME].sum(axis=1) - ledger[COSTS].sum(axis=1)
    before = ledger["equity"].shift(fill_value=case.config.account.cash)
    assert (ledger["equity"] - before - explained).abs().max() <= IDENTITY_USD
    parts = ledger["cash"] + ledger["long_value"] + ledger["short_value"]
    assert (ledger["equity"] - parts).abs().max() <= IDENTITY_USD


@of_books
def test_shares_and_cash_follow_from_the_fills_alone(case):
    config, market = case.config, case.market
    result = run_of(case)
    ledger, fills = result.ledger.set_index("date"), result.fills
    paid = fills["shares"] * fills["price"] + fills[COSTS[:4]].sum(axis=1)
    spent = paid.groupby(fills["date"]).sum().reindex(ledger.index, fill_value=0.0)
    earned = ledger["dividends"] + ledger["interest"] - ledger["borrow"]
    cash = config.account.cash + earned.cumsum() - spent.cumsum()
    assert (ledger["cash"] - cash).abs().max() <= SUM_USD
    for name, leg in (("long", market.long), ("short", market.short)):
        own = fills[fills["symbol"] == leg.symbol]
        moved = own["shares"].groupby(own["date"]).sum().reindex(ledger.index, fill_value=0.0)
        held = ledger[f"{name}_shares"]
        # Fractional shares are added in another order here: relative to the largest holding.
        assert (held - moved.cumsum()).abs().max() <= 1e-12 * max(1.0, held.abs().max()) * 100
        np.testing.assert_array_equal(ledger[f"{name}_value"], held * leg.close[: len(held)])


@of_books
def test_every_dollar_belongs_to_a_trade_or_to_idle_cash(case):
    result = run_of(case)
    ledger = result.ledger
    was_flat = ledger["gross"].shift(fill_value=0.0) == 0.0
    idle = ledger["interest"].where(was_flat, 0.0).sum()
    trades = result.trades.to_dict("records") + list(result.open_trades)
    for name in (*INCOME, *COSTS):
        booked = sum(trade[name] for trade in trades) + (idle if name == "interest" else 0.0)
        assert booked == pytest.approx(ledger[name].sum(), rel=0, abs=SUM_USD), name
    made = ledger["equity"].iloc[-1] - case.config.account.cash
    net = sum(trade["net_pnl"] for trade in trades)
    assert net + idle == pytest.approx(made, rel=0, abs=SUM_USD)
    for trade in trades:
        gross = sum(trade[name] for name in INCOME)
        assert trade["gross_pnl"] == pytest.approx(gross, rel=0, abs=SUM_USD)
        paid = sum(trade[name] for name in COSTS)
        assert trade["net_pnl"] == pytest.approx(gross - paid, rel=0, abs=SUM_USD)
    hedge = sum(trade["hedge_pnl"] for trade in trades)
    assert hedge == pytest.approx(sum(result.hedge_pnl.values()), rel=0, abs=SUM_USD)


@LAWS
@given(cases(rebalance=NEVER))
def test_hedge_makes_nothing_where_nothing_is_rebalanced(case):
    result = simulate(case.config, case.market)
    # A margin call or a part of an exit takes from the entry's shares in proportion: float noise.
    assert (result.trades["hedge_pnl"].abs() <= SUM_USD).all()
    assert result.rebalances.empty


@LAWS
@given(cases(sizing=RECKLESS, account=UNLIMITED))
def test_no_return_is_below_minus_everything_and_ruin_is_the_end(case):
    result = simulate(case.config, case.market)
    ledger = result.ledger
    assert (ledger["equity_return"] >= -1.0).all()
    assert result.headline["max_drawdown"] >= -1.0
    assert result.headline["total_return"] >= -1.0
    assert (ledger["equity"].iloc[:-1] > 0.0).all()
    is_ruined = ledger["equity"].iloc[-1] <= 0.0
    assert is_ruined == (result.ended == "ruin")
    if is_ruined:
        assert result.open_trades == ()
        assert result.pending == ()
        assert ledger["equity_return"].iloc[-1] == -1.0
    else:
        assert len(ledger) == len(case.market.sessions)


@of_books
def test_costs_are_never_negative(case):
    result = run_of(case)
    for frame in (result.ledger[COSTS], result.fills[COSTS[:4]], result.trades[COSTS]):
        assert (frame >= 0.0).to_numpy().all()


@of_books
def test_flat_book_pays_no_borrow_and_no_dividends(case):
    ledger = run_of(case).ledger
    held_before = ledger[["long_shares", "short_shares"]].shift(fill_value=0.0)
    was_flat = (held_before == 0.0).all(axis=1)
    assert was_flat.iloc[0]
    assert (ledger.loc[was_flat, ["borrow", "dividends"]] == 0.0).to_numpy().all()
    stays_flat = was_flat & (ledger["gross"] == 0.0)
    still = [name for name in (*INCOME, *COSTS) if name != "interest"]
    assert (ledger.loc[stays_flat, still] == 0.0).to_numpy().all()
    if case.config.costs.interest.kind == "none":
        assert (ledger["interest"] == 0.0).all()
        assert (ledger.loc[stays_flat, "equity_return"] == 0.0).all()


# Time


@of_books
def test_fill_comes_after_its_decision_at_its_sessions_price(case):
    config, market = case.config, case.market
    result = run_of(case)
    following = dict(zip(market.sessions, market.next_sessions, strict=True))
    row_of = {day: row for row, day in enumerate(market.sessions)}
    for fill in result.fills.to_dict("records"):
        decided, filled = (np.datetime64(fill[name], "D") for name in ("decided", "date"))
        assert filled > decided
        if case.fills_at_once:
            assert filled == following[decided]
        leg = market.long if fill["symbol"] == LONG else market.short
        waits = config.account.fill == "next_close" and fill["reason"] != "margin_call"
        line = leg.close if waits else leg.open
        assert fill["price"] == line[row_of[filled]]


@of_books
def test_pending_orders_are_of_the_last_session_and_change_nothing(case):
    result = run_of(case)
    last = str(case.market.sessions[-1])
    assert not (result.fills["decided"] == pd.Timestamp(last)).any()
    if case.fills_at_once:
        assert {order["decided"] for order in result.pending} <= {last}
    assert len({(order["decided"], order["reason"]) for order in result.pending}) <= 1


@LAWS
@given(cases(), st.floats(0.0, 1.0))
def test_what_happened_does_not_depend_on_what_came_later(case, place):
    config, market = case.config, case.market
    whole = simulate(config, market)
    # 45 sessions are the fewest that warm every signal: 21 returns, 10 correlations, and a few.
    count = 35 + int(place * (len(market.sessions) - 35))
    known = simulate(config, first_sessions(market, count))
    count = min(count, len(whole.ledger))
    pd.testing.assert_frame_equal(known.ledger, whole.ledger[:count], check_exact=True)
    pd.testing.assert_frame_equal(known.signals, whole.signals[:count], check_exact=True)
    until = whole.fills[whole.fills["date"] <= known.ledger["date"].iloc[-1]]
    assert known.fills.to_dict("records") == until.to_dict("records")
    if count < len(whole.ledger) and case.fills_at_once:
        waiting = whole.fills[whole.fills["decided"] == known.ledger["date"].iloc[-1]]
        assert {order["symbol"]: order["shares"] for order in known.pending} == dict(
            zip(waiting["symbol"], waiting["shares"], strict=True)
        )


@of_books
def test_same_inputs_give_the_same_run(case):
    one, other = run_of(case), simulate(case.config, case.market)
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    assert one.headline == other.headline
    assert (one.open_trades, one.pending) == (other.open_trades, other.pending)


# The pair


@of_books
def test_book_is_never_one_legged_and_both_legs_turn_on_one_session(case):
    result = run_of(case)
    ledger = result.ledger.set_index("date")
    assert ((ledger["long_shares"] > 0) == (ledger["short_shares"] < 0)).all()
    assert (ledger["long_shares"] >= 0).all()
    assert (ledger["short_shares"] <= 0).all()
    turns = result.fills[result.fills["reason"] != "rebalance"]
    is_whole = case.fills_at_once and case.config.entries.kind == "single"
    for (day, reason), legs in turns.groupby(["date", "reason"]):
        assert sorted(legs["symbol"]) == [LONG, SHORT]
        if is_whole and reason != "margin_call":
            assert (ledger.loc[day, "gross"] > 0.0) == (reason == "entry")
    for _, legs in result.fills.groupby("date"):
        assert np.sign(legs["shares"]).is_monotonic_increasing  # sells first
        assert len(set(legs["decided"])) == 1


@LAWS
@given(cases(costs=(WORKED,), entries=SINGLE, exits=NO_STOP))
def test_order_worked_over_sessions_keeps_both_legs_in_proportion(case):
    """Fractions allowed, to the last digits; whole shares are truncated from the same parts."""
    config = changed(case.config, account={"fractional": True})
    fills = simulate(config, case.market).fills
    entries = fills[fills["reason"] == "entry"]
    for _, order in entries.groupby("decided"):
        long, short = (order[order["symbol"] == symbol] for symbol in (LONG, SHORT))
        assert list(long["date"]) == list(short["date"])
        ratios = long["shares"].to_numpy() / short["shares"].to_numpy()
        np.testing.assert_allclose(ratios, ratios[0], rtol=RELATIVE)


@LAWS
@given(books())
def test_whole_shares_are_whole(case):
    config, market = case.config, case.market
    fills = simulate(changed(config, account={"fractional": False}), market).fills
    for leg in (market.long, market.short):
        of_leg = fills[fills["symbol"] == leg.symbol]
        if np.ptp(leg.later_splits) > 0.0:  # a split leaves fractions of what was held or ordered
            of_leg = of_leg[(of_leg["reason"] == "entry") & case.fills_at_once]
        at = np.searchsorted(market.sessions, of_leg["decided"].to_numpy("datetime64[D]"))
        counts = of_leg["shares"].to_numpy() / leg.later_splits[at]  # shares of the deciding day
        np.testing.assert_allclose(counts, np.round(counts), rtol=1e-12)
