"""Laws that hold whatever the prices and the configuration.

Markets and configurations are invented; a run whose account is ruined stops with an error by
contract, and is passed over here (``tests/parity`` holds it to the right session).
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from configs.schema import RunConfig
from engine.errors import EngineError
from engine.event import simulate
from engine.result import RunResult
from feeds.market import Market
from tests.property.random_market import (
    LONG,
    SHORT,
    first_sessions,
    market_of,
    random_config,
    random_pair,
    scaled,
)

settings.register_profile("laws", deadline=None, derandomize=True, max_examples=40)
LAWS = settings.get_profile("laws")

COSTS = ["commission", "fees", "spread", "impact", "borrow"]
INCOME = ["long_pnl", "short_pnl", "dividends", "interest"]
MONEY = [*COSTS, *INCOME, "cash", "long_value", "short_value", "equity", "gross", "net"]
FRAMES = ("ledger", "fills", "trades", "signals")

IDENTITY_USD = 1e-6  # DESIGN section 6
SUM_USD = 1e-5  # a run's worth of sums near 1e7 dollars: some hundred roundings of 2e-9 each
RELATIVE = 1e-9  # a factor that is no power of two rounds every price it touches


def run(config, market):
    try:
        return simulate(config, market)
    except EngineError as error:
        if "the account is ruined" not in str(error):
            raise
        return reject()


class Case:
    """One draw. A failure shows its choices, from which the market follows, not the arrays."""

    def __init__(self, choices: list, config: RunConfig, market: Market) -> None:
        self.choices, self.config, self.market = choices, config, market

    def __repr__(self):
        return f"Case({self.choices})"


@st.composite
def cases(draw, **fixed):
    """A configuration and its market; ``fixed`` gives some sections' options."""
    choices = []

    def choose(options):
        choices.append(draw(st.sampled_from(options)))
        return choices[-1]

    pair = random_pair(choose)
    sections = {name: choose(options) for name, options in fixed.items()}
    config = random_config(choose, pair, **sections)
    return Case(choices, config, market_of(pair))


def changed(config, **sections):
    """The configuration with some keys of some sections replaced."""
    data = config.model_dump()
    for section, values in sections.items():
        data[section] = {**data[section], **values}
    return type(config).model_validate(data)


def first_trade(result: RunResult) -> pd.DataFrame:
    """Ledger rows up to the session on which the first trade is over, or all of them."""
    ends = [day for day in result.trades["exit"][:1]]
    return result.ledger[result.ledger["date"] <= ends[0]] if ends else result.ledger


# The books


@LAWS
@given(cases())
def test_every_change_of_equity_is_explained(case):
    config, market = case.config, case.market
    result = run(config, market)
    ledger = result.ledger
    explained = ledger[INCOME].sum(axis=1) - ledger[COSTS].sum(axis=1)
    before = ledger["equity"].shift(fill_value=config.account.cash)
    assert (ledger["equity"] - before - explained).abs().max() <= IDENTITY_USD
    parts = ledger["cash"] + ledger["long_value"] + ledger["short_value"]
    assert (ledger["equity"] - parts).abs().max() <= IDENTITY_USD


@LAWS
@given(cases())
def test_shares_and_cash_follow_from_the_fills_alone(case):
    config, market = case.config, case.market
    result = run(config, market)
    ledger, fills = result.ledger.set_index("date"), result.fills
    paid = fills["shares"] * fills["price"] + fills[COSTS[:4]].sum(axis=1)
    spent = paid.groupby(fills["date"]).sum().reindex(ledger.index, fill_value=0.0)
    cash = config.account.cash + (ledger["dividends"] - ledger["borrow"] - spent).cumsum()
    assert (ledger["cash"] - cash).abs().max() <= SUM_USD
    for name, leg in (("long", market.long), ("short", market.short)):
        own = fills[fills["symbol"] == leg.symbol]
        moved = own["shares"].groupby(own["date"]).sum().reindex(ledger.index, fill_value=0.0)
        held = ledger[f"{name}_shares"]
        # Fractional shares are added in another order here: relative to the largest holding.
        assert (held - moved.cumsum()).abs().max() <= 1e-12 * max(1.0, held.abs().max()) * 100
        np.testing.assert_array_equal(ledger[f"{name}_value"], held * leg.close)


@LAWS
@given(cases())
def test_every_dollar_belongs_to_a_trade(case):
    config, market = case.config, case.market
    result = run(config, market)
    still_open = result.open_trade["net_pnl"] if result.open_trade else 0.0
    made = result.ledger["equity"].iloc[-1] - config.account.cash
    assert result.trades["net_pnl"].sum() + still_open == pytest.approx(made, rel=0, abs=SUM_USD)
    every = ["gross_pnl", *COSTS, "net_pnl"]
    rows = result.trades[every].to_dict("records")
    rows += [{name: result.open_trade[name] for name in every}] if result.open_trade else []
    for row in rows:
        net = row["gross_pnl"] - sum(row[name] for name in COSTS)
        assert row["net_pnl"] == pytest.approx(net, rel=0, abs=SUM_USD)


@LAWS
@given(cases())
def test_costs_are_never_negative(case):
    result = run(case.config, case.market)
    for frame in (result.ledger[COSTS], result.fills[COSTS[:4]], result.trades[COSTS]):
        assert (frame >= 0.0).to_numpy().all()


@LAWS
@given(cases())
def test_flat_book_pays_no_borrow_and_no_dividends(case):
    ledger = run(case.config, case.market).ledger
    held_before = ledger[["long_shares", "short_shares"]].shift(fill_value=0.0)
    was_flat = (held_before == 0.0).all(axis=1)
    assert was_flat.iloc[0]
    assert (ledger.loc[was_flat, ["borrow", "dividends"]] == 0.0).to_numpy().all()
    stays_flat = was_flat & (ledger["gross"] == 0.0)
    assert (ledger.loc[stays_flat, [*INCOME, *COSTS, "equity_return"]] == 0.0).to_numpy().all()


# Time


@LAWS
@given(cases())
def test_fill_comes_on_the_session_after_its_decision_at_that_sessions_price(case):
    config, market = case.config, case.market
    result = run(config, market)
    following = dict(zip(market.sessions, market.next_sessions, strict=True))
    row_of = {day: row for row, day in enumerate(market.sessions)}
    for fill in result.fills.to_dict("records"):
        decided, filled = (np.datetime64(fill[name], "D") for name in ("decided", "date"))
        assert filled > decided
        assert filled == following[decided]
        leg = market.long if fill["symbol"] == LONG else market.short
        line = leg.open if config.account.fill == "next_open" else leg.close
        assert fill["price"] == line[row_of[filled]]


@LAWS
@given(cases())
def test_pending_orders_are_of_the_last_session_and_change_nothing(case):
    config, market = case.config, case.market
    result = run(config, market)
    last = str(market.sessions[-1])
    assert {order["decided"] for order in result.pending} <= {last}
    assert not (result.fills["decided"] == pd.Timestamp(last)).any()


@LAWS
@given(cases(), st.floats(0.0, 1.0))
def test_what_happened_does_not_depend_on_what_came_later(case, place):
    config, market = case.config, case.market
    whole = run(config, market)
    # 45 sessions are the fewest that warm every signal: 21 returns, 10 correlations, and a few.
    count = 35 + int(place * (len(market.sessions) - 35))
    known = run(config, first_sessions(market, count))
    pd.testing.assert_frame_equal(known.ledger, whole.ledger[:count], check_exact=True)
    pd.testing.assert_frame_equal(known.signals, whole.signals[:count], check_exact=True)
    until = whole.fills[whole.fills["date"] <= known.ledger["date"].iloc[-1]]
    assert known.fills.to_dict("records") == until.to_dict("records")
    if count < len(market.sessions):
        waiting = whole.fills[whole.fills["decided"] == known.ledger["date"].iloc[-1]]
        assert {order["symbol"]: order["shares"] for order in known.pending} == dict(
            zip(waiting["symbol"], waiting["shares"], strict=True)
        )


@LAWS
@given(cases())
def test_same_inputs_give_the_same_run(case):
    one, other = run(case.config, case.market), run(case.config, case.market)
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    assert one.headline == other.headline
    assert (one.open_trade, one.pending) == (other.open_trade, other.pending)


# The pair


@LAWS
@given(cases())
def test_book_is_never_one_legged_and_both_legs_turn_on_one_session(case):
    result = run(case.config, case.market)
    ledger = result.ledger.set_index("date")
    assert ((ledger["long_shares"] > 0) == (ledger["short_shares"] < 0)).all()
    assert (ledger["long_shares"] >= 0).all()
    assert (ledger["short_shares"] <= 0).all()
    turns = result.fills[result.fills["reason"] != "rebalance"]
    for (day, reason), legs in turns.groupby(["date", "reason"]):
        assert sorted(legs["symbol"]) == [LONG, SHORT]
        assert (ledger.loc[day, "gross"] > 0.0) == (reason == "entry")
    for _, legs in result.fills.groupby("date"):
        assert np.sign(legs["shares"]).is_monotonic_increasing  # sells first


@LAWS
@given(cases())
def test_whole_shares_are_whole(case):
    config, market = case.config, case.market
    fills = run(changed(config, account={"fractional": False}), market).fills
    assert (fills["shares"] % 1 == 0).all()


# Scale


FREE_OR_BPS = ({"commission": {"kind": "zero"}}, {"commission": {"kind": "bps", "bps": 2.0}})


@LAWS
@given(cases(costs=FREE_OR_BPS), st.sampled_from([2.0, 8.0, 0.125]))
def test_prices_and_cash_times_a_power_of_two_scale_every_dollar_exactly(case, factor):
    config, market = case.config, case.market
    one = run(config, market)
    larger = changed(config, account={"cash": config.account.cash * factor})
    other = run(larger, scaled(market, factor))
    pd.testing.assert_frame_equal(other.signals, one.signals, check_exact=True)
    pd.testing.assert_frame_equal(
        other.ledger, one.ledger.assign(**(one.ledger[MONEY] * factor)), check_exact=True
    )
    priced = ["price", *COSTS[:4]]
    pd.testing.assert_frame_equal(
        other.fills, one.fills.assign(**(one.fills[priced] * factor)), check_exact=True
    )
    assert other.headline["net_pnl"] == one.headline["net_pnl"] * factor
    assert other.headline["sharpe"] == one.headline["sharpe"]


@LAWS
@given(cases(costs=FREE_OR_BPS), st.floats(0.01, 100.0))
def test_prices_and_cash_times_any_factor_scale_profit(case, factor):
    config, market = case.config, case.market
    config = changed(config, account={"fractional": True})
    one = run(config, market)
    larger = changed(config, account={"cash": config.account.cash * factor})
    other = run(larger, scaled(market, factor))
    noise = {"rel": RELATIVE, "abs": RELATIVE * larger.account.cash}
    assert list(other.fills["date"]) == list(one.fills["date"])
    assert other.headline["net_pnl"] == pytest.approx(one.headline["net_pnl"] * factor, **noise)
    for name in (*COSTS, "dividends", "gross_pnl"):
        assert other.headline[name] == pytest.approx(one.headline[name] * factor, **noise), name


@LAWS
@given(cases(costs=FREE_OR_BPS), st.sampled_from([2.0, 64.0, 0.25]))
def test_quoting_in_another_unit_changes_shares_and_no_dollar(case, factor):
    config, market = case.config, case.market
    config = changed(config, account={"fractional": True})
    one, other = run(config, market), run(config, scaled(market, factor))
    shares = ["long_shares", "short_shares"]
    expected = one.ledger.assign(**(one.ledger[shares] / factor))
    pd.testing.assert_frame_equal(other.ledger, expected, check_exact=True)


# Costs. Sizing follows equity, and equity follows costs, so two runs that differ in a cost trade
# the same shares only up to the end of the first trade, never rebalanced and without an exit that
# looks at the money: that far we compare, and check that the fills are indeed the same.

NEVER = ({"kind": "never"},)
NO_STOP = ({"holding_sessions": 20}, {"holding_sessions": 7}, {})
FREE = {"commission": {"kind": "zero"}, "spread": {"default_bps": 0.0}}
FREE |= {"borrow": {"default_rate": 0.0}}
DEARER = (
    ("spread", {"spread": {"default_bps": 1.0}}, {"spread": {"default_bps": 4.0}}),
    ("spread", FREE, {"spread": {"default_bps": 50.0}}),
    ("borrow", {"borrow": {"default_rate": 0.01}}, {"borrow": {"default_rate": 0.02}}),
    ("borrow", FREE, {"borrow": {"default_rate": 0.5, LONG: 9.0}}),
    ("commission", FREE, {"commission": {"kind": "bps", "bps": 1.0}}),
    (
        "commission",
        {"commission": {"kind": "bps", "bps": 1.0}},
        {"commission": {"kind": "bps", "bps": 3.0}},
    ),
    ("commission", FREE, {"commission": {"kind": "ibkr_fixed"}}),
    (
        "commission",
        {"commission": {"kind": "per_share", "per_share_usd": 0.005, "min_usd": 1.0}},
        {"commission": {"kind": "per_share", "per_share_usd": 0.005, "min_usd": 7.0}},
    ),
)


@LAWS
@given(cases(rebalance=NEVER, exits=NO_STOP), st.sampled_from(DEARER))
def test_higher_cost_on_the_same_fills_never_raises_net_profit(case, step):
    config, market = case.config, case.market
    name, before, after = step
    dear, cheap = (
        run(changed(config, costs={**FREE, **costs}), market) for costs in (after, before)
    )
    rows = {"dear": first_trade(dear), "cheap": first_trade(cheap)}
    until = rows["cheap"]["date"].iloc[-1]
    what = ["date", "symbol", "shares", "price", "reason", "decided"]
    same = [result.fills.loc[result.fills["date"] <= until, what] for result in (dear, cheap)]
    pd.testing.assert_frame_equal(*same, check_exact=True)

    net = {key: row["equity"].iloc[-1] - config.account.cash for key, row in rows.items()}
    paid = {key: row[COSTS].sum() for key, row in rows.items()}
    assert net["dear"] <= net["cheap"]
    # To the dollar it cost more, and only where it was dearer.
    extra = paid["dear"] - paid["cheap"]
    assert net["cheap"] - net["dear"] == pytest.approx(extra.sum(), rel=0, abs=SUM_USD)
    assert (extra.drop(name) == 0.0).all()
    # An order of 1,400 shares pays more than either minimum, and no borrow is due on the entry day.
    may_be_equal = "min_usd" in str(before) or name == "borrow"
    assert extra[name] > 0.0 or may_be_equal or same[0].empty


# The mirror


@LAWS
@given(
    cases(
        rebalance=NEVER,
        exits=NO_STOP,
        costs=(FREE,),
        account=[
            {"fill": fill, "fractional": True, "cash": 1e6} for fill in ("next_open", "next_close")
        ],
    )
)
def test_swapped_legs_mirror_a_free_and_never_rebalanced_trade(case):
    """Dividends included: what one long leg receives, the mirrored short leg pays.

    Only the first trade: the second is sized by an equity that gained where the other lost.
    """
    config, market = case.config, case.market
    mirrored = changed(config, pair={"long": SHORT, "short": LONG})
    turned = replace(market, long=market.short, short=market.long)
    one, other = first_trade(run(config, market)), first_trade(run(mirrored, turned))
    assert list(one["date"]) == list(other["date"])
    # Equal dollars mirror to the last bit; w and 1 - w of inverse volatilities round apart.
    exact = config.sizing.kind == "dollar_neutral"
    noise = {"rtol": 0, "atol": 0.0 if exact else RELATIVE * config.account.cash}
    for ours, theirs in (("long_pnl", "short_pnl"), ("short_pnl", "long_pnl")):
        np.testing.assert_allclose(one[ours], -other[theirs], **noise)
    np.testing.assert_allclose(one["dividends"], -other["dividends"], **noise)
    made, lost = (rows["equity"].iloc[-1] - config.account.cash for rows in (one, other))
    assert made == pytest.approx(-lost, rel=0, abs=SUM_USD)
