"""Laws of scale, of costs and of the mirror, over invented markets and configurations."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.event import simulate
from tests.property.law_cases import (
    COSTS,
    FREE,
    LAWS,
    MONEY,
    NEVER,
    NO_STOP,
    RELATIVE,
    SINGLE,
    SUM_USD,
    UNLEVERED,
    cases,
    changed,
    first_trade,
)
from tests.property.random_market import LONG, SHORT, scaled

# Scale


FREE_OR_BPS = ({"commission": {"kind": "zero"}}, {"commission": {"kind": "bps", "bps": 2.0}})
# No dollar amount of its own: no minimum, no free proceeds, no tick.
SCALES = {
    "commission": {"kind": "bps", "bps": 2.0},
    "spread": {"kind": "vol_scaled", "window": 5, "open_multiplier": 2.0},
    "impact": {"kind": "square_root", "participation_cap": 0.025},
    "interest": {"kind": "benchmark", "rate": 0.05, "rebate_free_usd": 0.0},
}
HEDGES = [{"kind": kind} for kind in ("daily", "weekly", "never", "band", "vol_ratio")]


@LAWS
@given(cases(costs=(*FREE_OR_BPS, SCALES), rebalance=HEDGES), st.sampled_from([2.0, 0.125]))
def test_prices_and_cash_times_a_power_of_two_scale_every_dollar_exactly(case, factor):
    config, market = case.config, case.market
    one = simulate(config, market)
    larger = changed(config, account={"cash": config.account.cash * factor})
    other = simulate(larger, scaled(market, factor))
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
@given(cases(costs=(*FREE_OR_BPS, SCALES), rebalance=HEDGES), st.floats(0.01, 80.0))
def test_prices_and_cash_times_any_factor_scale_profit(case, factor):
    config, market = case.config, case.market
    config = changed(config, account={"fractional": True})
    one = simulate(config, market)
    larger = changed(config, account={"cash": config.account.cash * factor})
    other = simulate(larger, scaled(market, factor))
    noise = {"rel": RELATIVE, "abs": RELATIVE * larger.account.cash}
    assert list(other.fills["date"]) == list(one.fills["date"])
    assert other.headline["net_pnl"] == pytest.approx(one.headline["net_pnl"] * factor, **noise)
    for name in (*COSTS, "dividends", "interest", "gross_pnl"):
        assert other.headline[name] == pytest.approx(one.headline[name] * factor, **noise), name


@LAWS
@given(cases(costs=FREE_OR_BPS, rebalance=HEDGES), st.sampled_from([2.0, 64.0, 0.25]))
def test_quoting_in_another_unit_changes_shares_and_no_dollar(case, factor):
    config, market = case.config, case.market
    config = changed(config, account={"fractional": True})
    one, other = simulate(config, market), simulate(config, scaled(market, factor))
    shares = ["long_shares", "short_shares"]
    expected = one.ledger.assign(**(one.ledger[shares] / factor))
    pd.testing.assert_frame_equal(other.ledger, expected, check_exact=True)


# Costs. Sizing follows equity, and equity follows costs, so two runs that differ in a cost trade
# the same shares only up to the end of the first trade, never rebalanced and without an exit that
# looks at the money: that far we compare, and check that the fills are indeed the same.

PAID = [*COSTS, "interest"]
LEVERED = [{**kind, "gross": gross} for kind in UNLEVERED for gross in (1.0, 1.9)]
UNLIMITED = [
    {"fill": fill, "fractional": part, "margin": {"kind": "none"}}
    for fill in ("next_open", "next_close")
    for part in (False, True)
]
PRICED = {"kind": "benchmark", "rate": 0.05, "credit_below": 0.05, "rebate_free_usd": 0.0}
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
    ("commission", FREE, {"commission": {"kind": "per_order", "usd": 4.95}}),
    ("fees", FREE, {"fees": {"kind": "us_sales"}}),
    ("impact", {"impact": {"kind": "square_root", "y": 0.5}}, {"impact": {"kind": "square_root"}}),
    ("spread", FREE, {"spread": {"default_bps": 0.0, "tick_usd": 0.01}}),
    (
        "spread",
        {"spread": {"default_bps": 2.0}},
        {"spread": {"kind": "regime", "default_bps": 2.0, "open_multiplier": 2.0}},
    ),
    # Idle cash earns nothing in both: what it earned before the entry would change the entry.
    (
        "interest",
        {"interest": {**PRICED, "rebate_below": 0.01, "debit_above": 0.01}},
        {"interest": {**PRICED, "rebate_below": 0.03, "debit_above": 0.04}},
    ),
)


@LAWS
@given(
    cases(rebalance=NEVER, exits=NO_STOP, entries=SINGLE, sizing=LEVERED, account=UNLIMITED),
    st.sampled_from(DEARER),
)
def test_higher_cost_on_the_same_fills_never_raises_net_profit(case, step):
    config, market = case.config, case.market
    name, before, after = step
    dear, cheap = (
        simulate(changed(config, costs={**FREE, **costs}), market) for costs in (after, before)
    )
    assume(dear.ended is None and cheap.ended is None)
    rows = {"dear": first_trade(dear), "cheap": first_trade(cheap)}
    until = rows["cheap"]["date"].iloc[-1]
    what = ["date", "symbol", "shares", "price", "reason", "decided"]
    same = [result.fills.loc[result.fills["date"] <= until, what] for result in (dear, cheap)]
    pd.testing.assert_frame_equal(*same, check_exact=True)

    net = {key: row["equity"].iloc[-1] - config.account.cash for key, row in rows.items()}
    # Interest is income: what a run earns less of, it pays.
    paid = {key: row.assign(interest=-row["interest"])[PAID].sum() for key, row in rows.items()}
    assert net["dear"] <= net["cheap"]
    # To the dollar it cost more, and only where it was dearer.
    extra = paid["dear"] - paid["cheap"]
    assert net["cheap"] - net["dear"] == pytest.approx(extra.sum(), rel=0, abs=SUM_USD)
    assert (extra.drop(name) == 0.0).all()
    # A minimum may be below the charge, a calm spread is no dearer, and nothing is owed overnight
    # for a trade of one day.
    may_be_equal = "min_usd" in str(before) or name in ("borrow", "interest", "spread")
    assert extra[name] > 0.0 or may_be_equal or same[0].empty


# The mirror


@LAWS
@given(
    cases(
        rebalance=NEVER,
        exits=NO_STOP,
        costs=(FREE,),
        entries=SINGLE,
        sizing=UNLEVERED,
        account=[each for each in UNLIMITED if each["fractional"]],
    )
)
def test_swapped_legs_mirror_a_free_and_never_rebalanced_trade(case):
    """Dividends included: what one long leg receives, the mirrored short leg pays.

    Only the first trade: the second is sized by an equity that gained where the other lost.
    """
    config, market = case.config, case.market
    mirrored = changed(config, pair={"long": SHORT, "short": LONG})
    turned = replace(market, long=market.short, short=market.long)
    runs = simulate(config, market), simulate(mirrored, turned)
    assume(all(run.ended is None for run in runs))  # a gain one way may be ruin the other
    one, other = (first_trade(run) for run in runs)
    assert list(one["date"]) == list(other["date"])
    # Equal dollars mirror to the last bit; w and 1 - w of inverse volatilities round apart.
    exact = config.sizing.kind == "dollar_neutral"
    noise = {"rtol": 0, "atol": 0.0 if exact else RELATIVE * config.account.cash}
    for ours, theirs in (("long_pnl", "short_pnl"), ("short_pnl", "long_pnl")):
        np.testing.assert_allclose(one[ours], -other[theirs], **noise)
    np.testing.assert_allclose(one["dividends"], -other["dividends"], **noise)
    made, lost = (rows["equity"].iloc[-1] - config.account.cash for rows in (one, other))
    assert made == pytest.approx(-lost, rel=0, abs=SUM_USD)
