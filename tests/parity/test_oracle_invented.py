"""The engine against the oracle, row by row, on thirty invented pairs read from files."""

from collections import Counter

import numpy as np
import pytest

from tests.parity.agreement import assert_agrees, both, kept_runs
from tests.parity.invented import SEEDS, invented, seeded
from tests.property.random_config import random_config
from tests.property.random_market import LONG, SHORT, random_pair, write_folder


def test_splits_inside_the_run_reach_the_commission_of_a_trade(tmp_path):
    """Guards the real case without the real prices: 400 adjusted shares were 10 before 40:1."""
    pair = random_pair(seeded(3), sessions=70)
    pair.long.split[:] = 0.0
    pair.long.split[30], pair.long.split[50] = 4.0, 10.0
    write_folder(tmp_path, pair)
    config = random_config(
        seeded(3),
        pair,
        signal={"kind": "always"},
        sizing={"kind": "dollar_neutral"},
        rebalance={"kind": "never"},
        costs={"commission": {"kind": "per_share", "per_share_usd": 0.05, "min_usd": 0.0}},
        account={"cash": 1e7},
    )
    result, oracle = both(tmp_path, config)
    assert_agrees(result, oracle)
    fill = result.fills[result.fills["symbol"] == LONG].iloc[0]
    assert fill["commission"] == pytest.approx(0.05 * fill["shares"] / 40, rel=1e-12)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The pair and the configuration of a seed, and both runs of it: made once."""
    return kept_runs(tmp_path_factory, invented)


@pytest.mark.parametrize("seed", SEEDS)
def test_engine_and_oracle_agree_on_invented_prices(run, seed):
    _, _, result, oracle = run(seed)
    assert_agrees(result, oracle)


def test_margin_call_that_leaves_no_share_of_one_leg_closes_the_trade(tmp_path):
    """One short share at 6,000 dollars against 62 at 100; it rises until the account is called.

    At 13,500 dollars equity is 12,500 - 7,500 = 5,000 and maintenance 0.25 * 6,200 + 0.30 * 13,500
    = 5,600: kept is 5,000 / (0.50 * 19,700) = 0.51, and half of one share is none.
    """
    pair = random_pair(seeded(1), sessions=45)
    prices = {LONG: np.full(len(pair.sessions), 100.0), SHORT: np.full(len(pair.sessions), 6000.0)}
    prices[SHORT][20:] = 13_500.0
    for leg in (pair.long, pair.short):
        for line in (leg.open, leg.high, leg.low, leg.close, leg.adj_close):
            line[:] = prices[leg.symbol]
        leg.dividend[:] = leg.split[:] = 0.0
    write_folder(tmp_path, pair)
    config = random_config(
        seeded(1),
        pair,
        data={
            "source": "csv",
            "path": "prices",
            "start": pair.start,
            "end": pair.end,
            "confirm": {SHORT: [pair.sessions[20]]},  # it looks like a split, nine for four
        },
        signal={"kind": "always"},
        sizing={"kind": "dollar_neutral"},
        rebalance={"kind": "never"},
        exits={},
        entries={"kind": "single"},
        costs={"commission": {"kind": "zero"}, "borrow": {"default_rate": 0.0}},
        account={"cash": 12_500.0},
    )
    result, oracle = both(tmp_path, config)
    assert_agrees(result, oracle)
    (trade,) = result.trades.to_dict("records")
    assert trade["exit_reason"] == "margin_call"
    called = result.fills[result.fills["reason"] == "margin_call"]
    assert list(called["shares"]) == [-62, 1]


def kinds_asked(pair, config):
    """Return the names of what one configuration asks for."""
    costs, account, flat = config.costs, config.account, config.exits.flat_over
    yield f"signal {config.signal.kind}"
    if config.signal.kind == "correlation":
        yield config.signal.zscore
    yield from (f"sizing {config.sizing.kind}", f"rebalance {config.rebalance.kind}")
    yield f"rebalance on {getattr(config.rebalance, 'on', None)}"
    yield f"rebalance every {getattr(config.rebalance, 'every', None)}"
    yield from (f"commission {costs.commission.kind}", f"fees {costs.fees.kind}")
    yield f"spread {costs.spread.kind}"
    yield f"spread measured by {getattr(costs.spread, 'measure', None)}"
    if costs.spread.open_multiplier > 1.0 and account.fill == "next_open":
        yield "dearer at the open"
    if getattr(costs.spread, "tick_usd", 0.0):
        yield "tick"
    yield f"impact {costs.impact.kind}"
    yield f"interest {costs.interest.kind}"
    if costs.borrow.series:
        yield "borrow series"
    if getattr(costs.interest, "series", None):
        yield "interest series"
    yield f"entries {config.entries.kind}"
    yield from (account.fill, f"fractional {account.fractional}", f"margin {account.margin.kind}")
    if flat is not None:
        yield "season" if flat.season else "announcements"
    for symbol, leg in ((LONG, pair.long), (SHORT, pair.short)):
        if leg.split.any():
            yield f"split in {symbol}"


def things_done(result, oracle):
    """Return the names of what happened in one run."""
    yield from set(result.fills["reason"])
    yield from (f"reduced by {finding.check}" for finding in result.findings)
    yield from (f"because of {why}" for why in set(result.rebalances["why"]))
    paid = ("commission", "fees", "spread", "impact", "borrow", "dividends", "interest")
    yield from (f"pays {name}" for name in paid if oracle["headline"][name])
    yield "open at the end" if result.open_trades else "flat at the end"
    if any(row["interest"] < 0 for row in oracle["ledger"]):
        yield "owes interest"
    if oracle["pending"]:
        yield "pending"
    if oracle["pending"] and oracle["pending"][0]["decided"] < oracle["ledger"][-1]["date"]:
        yield "worked at the end"
    if len(oracle["trades"]) > 1:
        yield "re-entered"
    trades = oracle["trades"] + oracle["open_trades"]
    if any(a["entry"] < b["entry"] < (a["exit"] or "9") for a in trades for b in trades):
        yield "tranches side by side"
    if result.ended:
        yield result.ended


WANTED = {
    "signal correlation", "signal always", "expanding", "rolling", "sizing inverse_vol",
    "sizing dollar_neutral", "rebalance daily", "rebalance weekly", "rebalance monthly",
    "rebalance quarterly", "rebalance never", "rebalance band", "rebalance vol_ratio",
    "rebalance any_of", "rebalance on first", "rebalance on wednesday", "rebalance every 2",
    "because of band", "because of vol_ratio", "because of daily", "because of weekly",
    "commission zero", "commission bps", "commission per_share", "commission per_order",
    "commission ibkr_fixed", "commission ibkr_tiered", "fees none", "fees us_sales",
    "spread quoted_bps", "spread cents", "spread vol_scaled", "spread measured by own",
    "spread measured by ^VIX", "dearer at the open", "tick", "impact none", "impact square_root",
    "borrow series", "interest none", "interest benchmark", "interest series", "entries single",
    "entries tranches", "tranches side by side", "next_open", "next_close", "fractional True",
    "fractional False", "margin none", "margin reg_t", "season", "announcements", "split in LLL",
    "split in SSS", "entry", "rebalance", "holding_sessions", "z_above", "stop_loss",
    "trailing_stop", "take_profit", "flat_over", "margin_call", "buy_in", "ruin",
    "reduced by order_worked", "reduced by order_cut", "reduced by margin_scaled",
    "reduced by margin_refused", "reduced by hard_to_borrow", "reduced by below_min_trade",
    "pays commission", "pays fees", "pays spread", "pays impact", "pays borrow", "pays dividends",
    "pays interest", "owes interest", "open at the end", "pending", "worked at the end",
    "re-entered",
}  # fmt: skip


def test_invented_cases_reach_every_rule(run):
    """Thirty cases in which nothing happens would all agree: count what they contain."""
    seen = Counter()
    for seed in SEEDS:
        pair, config, result, oracle = run(seed)
        if len(result.fills):
            seen.update({*kinds_asked(pair, config), *things_done(result, oracle)})
    assert {name: seen[name] for name in WANTED if seen[name] < 2} == {}
