"""No run may depend on what comes later: a shorter one is the beginning of a longer one.

To the last bit. Each way of resizing, entering, leaving and paying has a run of its own.
"""

import datetime as dt
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from configs.schema import RunConfig
from engine.event import simulate
from feeds import calendar
from strategies import STRATEGIES
from tests.unit.hand_market import first_sessions, hand_leg, hand_market
from tests.unit.hand_reports import hand_facts, hand_fundamentals, quarter_ends

SESSIONS = 150
CORRELATION = {"kind": "correlation", "window": 8, "min_periods": 8, "enter_below": -0.8}
COSTS = {"spread": {"default_bps": 4.0}, "borrow": {"default_rate": 0.02}}


def config_of(**sections):
    return RunConfig.model_validate(
        {
            "name": "causal",
            "data": {"source": "sample", "start": "2023-01-03"},
            "pair": {"long": "LLL", "short": "SSS"},
            "signal": CORRELATION,
            "sizing": {"kind": "inverse_vol", "window": 5},
            "costs": COSTS,
            **sections,
        }
    )


CAPEX = {
    "signal": {"kind": "capex", "spenders": ["AAA", "BBB"], "enter_above": 0.1},
    "fundamentals": {"source": "sample"},
    "sizing": {"kind": "capex_intensity", "reference_quarters": 2},
    "rebalance": {"kind": "any_of", "of": [{"kind": "on_filing"}, {"kind": "monthly"}]},
}
RUN = config_of(
    sizing={"kind": "inverse_vol", "window": 5, "gross": 1.5},
    exits={"holding_sessions": 9, "z_above": 1.0, "stop_loss": 0.05},
)
TRANCHES = {"kind": "tranches", "gap_days": 4, "max_open": 4, "gross_each": 0.4}
DESK = {
    "commission": {"kind": "ibkr_tiered"},
    "fees": {"kind": "us_sales"},
    "spread": {"kind": "vol_scaled", "window": 5, "tick_usd": 0.01, "open_multiplier": 2.0},
    "impact": {"kind": "square_root", "window": 5, "participation_cap": 0.05},
    "interest": {"kind": "benchmark", "rate": 0.05},
}
RUNS = {
    "single": RUN,
    "tranches": config_of(entries=TRANCHES, exits={"holding_sessions": 30}),
    "band": config_of(rebalance={"kind": "band", "above": 0.05}, exits={"holding_sessions": 15}),
    "vol_ratio": config_of(
        entries=TRANCHES,
        rebalance={"kind": "vol_ratio", "above": 0.1},
        exits={"holding_sessions": 15},
    ),
    "any_of": config_of(
        signal={"kind": "always"},
        rebalance={
            "kind": "any_of",
            "of": [
                {"kind": "weekly", "on": "wednesday", "every": 2},
                {"kind": "monthly", "on": "first"},
                {"kind": "band", "above": 0.08},
            ],
            "min_trade_usd": 500.0,
        },
        exits={"trailing_stop": 0.04, "take_profit": 0.03},
    ),
    "flat_over": config_of(
        signal={"kind": "always"},
        exits={"flat_over": {"season": {"since": "02-10", "until": "02-20"}}, "stop_loss": 0.04},
    ),
    "desk": config_of(costs=DESK, exits={"holding_sessions": 9}),
    "levered": config_of(
        sizing={"kind": "inverse_vol", "window": 5, "gross": 3.0},
        rebalance={"kind": "never"},
        exits={"holding_sessions": 20},
        costs={**COSTS, "spread": {"kind": "regime", "measure": "^VIX"}},
        account={"margin": {"kind": "reg_t", "maintenance_long": 0.45, "maintenance_short": 0.5}},
    ),
}
RUNS |= {
    "capex": config_of(
        **CAPEX,
        exits={
            "thesis": {
                "capex_rollover": {"exit_below": 0.0},
                "supplier_stalls": {"below": 0.0},
            },
        },
    ),
    "margin": config_of(
        **CAPEX | {"signal": {"kind": "always"}},
        exits={"holding_sessions": 40, "thesis": {"margin_holds": {"quarters": 1, "bps": 100.0}}},
    ),
    "capex hedge": config_of(
        **CAPEX
        | {"sizing": {**CAPEX["sizing"], "window": 5, "scales": "hedge", "vol_target": 0.2}},
        exits={"holding_sessions": 9, "thesis": {"price": {"vol_spike": {"jump": 0.1}}}},
    ),
    "beta": config_of(
        signal={"kind": "always"},
        sizing={"kind": "beta_neutral", "window": 5},
        exits={"holding_sessions": 9},
    ),
    "compressed": config_of(
        signal={"kind": "always"},
        sizing={"kind": "inverse_vol", "window": 5, "vol_target": 0.3},
        regime={"symbols": ["^VIX"], "window": 10, "percentile_below": 40.0},
        exits={"holding_sessions": 9, "thesis": {"price": {"stop_loss": 0.02}}},
    ),
}
CUTS = (16, 17, 23, 31, 40, 52, 60, 71, 88, 101, 117, 130, 149)
# A run that works orders over sessions, or cancels them, fills other shares than were pending.
WORKED = {"desk"}


@cache
def random_market(seed, count=SESSIONS):
    """A market of two legs with dividends and a ^VIX, on real sessions from 3 January 2023."""
    rng = np.random.default_rng(seed)
    start, end = np.datetime64("2023-01-03").item(), np.datetime64("2024-12-31").item()
    days = calendar.sessions(start, end)[: count + 1]
    legs = []
    for symbol in ("LLL", "SSS"):
        closes = 100.0 * np.exp(np.cumsum(rng.normal(0, 0.02, count)))
        opens = closes * np.exp(rng.normal(0, 0.005, count))
        dividend = np.where(rng.random(count) < 0.05, 0.4, 0.0)
        adj_close = closes * np.exp(np.cumsum(dividend / closes))
        volume = np.round(np.exp(rng.normal(np.log(60_000.0), 0.5, count)))
        legs.append(
            hand_leg(symbol, opens, closes, adj_close=adj_close, dividend=dividend, volume=volume)
        )
    vix = 20.0 * np.exp(np.cumsum(rng.normal(0, 0.05, count)))
    vix[rng.random(count) < 0.05] = np.nan  # a session without a close
    return hand_market(days, *legs, gauges={"^VIX": vix}, fundamentals=random_reports(seed))


def random_reports(seed):
    """Reports of both legs and two spenders, and many corrections of them during the run."""
    rng, made = np.random.default_rng(seed), []
    ends = quarter_ends(14)  # to the middle of 2023
    for company in ("AAA", "BBB", "LLL", "SSS"):
        for concept, scale in (("capex", 10.0), ("revenue", 100.0), ("gross_profit", 60.0)):
            for corrections in range(10):
                values = scale * np.exp(rng.normal(0, 0.1, len(ends)))
                days = rng.integers(0, 220, len(ends)) if corrections else np.full(len(ends), 5)
                first = [max(end, dt.date(2022, 12, 31)) for end in ends]
                filed = [
                    day + dt.timedelta(days=max(int(lag), 10) + 1)  # no report is out sooner
                    for day, lag in zip(first, days, strict=True)
                ]
                made.append(hand_facts(company, concept, values, filed))
    return hand_fundamentals(*made)


@pytest.fixture(scope="module")
def market():
    return random_market(seed=11)


def read_by(name, market):
    """The market as a run has it: without the reports that it does not ask for."""
    return market if RUNS[name].fundamentals else replace(market, fundamentals=None)


@pytest.fixture(scope="module")
def wholes(market):
    return {name: simulate(config, read_by(name, market)) for name, config in RUNS.items()}


@pytest.fixture(scope="module")
def whole(wholes):
    return wholes["single"]


def same_frame(one, other):
    """Check that two frames hold the same bits; only an empty one has no types to compare."""
    pd.testing.assert_frame_equal(
        one.reset_index(drop=True),
        other.reset_index(drop=True),
        check_exact=True,
        check_dtype=len(other) > 0,
    )


def test_the_random_market_gives_each_run_something_to_decide(wholes):
    for name, run in wholes.items():
        assert len(run.trades) >= 3, name
        assert (run.ledger["dividends"] != 0.0).any(), name
        assert run.ended is None, name
    assert len(wholes["single"].trades) >= 5
    reasons = {name: set(run.trades["exit_reason"]) for name, run in wholes.items()}
    assert {"holding_sessions", "z_above", "stop_loss"} & reasons["single"]
    assert {"trailing_stop", "take_profit"} <= reasons["any_of"]
    assert {"flat_over", "stop_loss"} <= reasons["flat_over"]
    why = {name: set(run.rebalances["why"]) for name, run in wholes.items()}
    assert why["single"] == why["tranches"] == why["desk"] == {"weekly"}
    assert (why["band"], why["vol_ratio"]) == ({"band"}, {"vol_ratio"})
    assert why["any_of"] == {"weekly", "monthly", "band"}
    assert most_open(wholes["tranches"]) >= 3
    assert {"capex_rollover", "supplier_stalls"} <= reasons["capex"]
    assert {"margin_holds", "holding_sessions"} <= reasons["margin"]
    assert {"vol_spike", "holding_sessions"} <= reasons["capex hedge"]
    assert {"price_stop", "holding_sessions"} <= reasons["compressed"]
    assert why["capex"] == {"on_filing"}
    checks = {name: {each.check for each in run.findings} for name, run in wholes.items()}
    assert "order_worked" in checks["desk"]
    assert {"margin_scaled", "margin_call"} <= checks["levered"]
    assert "gross_capped" in checks["compressed"]


def most_open(run):
    """The most trades held at one close."""
    return max(
        int(((run.trades["entry"] <= day) & (run.trades["exit"] > day)).sum())
        for day in run.ledger["date"]
    )


def assert_prefix(part, whole, count, fills_what_is_pending=True):
    """Check that a run over the first ``count`` sessions is the beginning of the whole one."""
    last = whole.ledger["date"].iloc[count - 1]
    same_frame(part.ledger, whole.ledger[:count])
    same_frame(part.signals, whole.signals[:count])
    same_frame(part.fills, whole.fills[whole.fills["date"] <= last])
    same_frame(part.trades, whole.trades[whole.trades["exit"] <= last])
    resized = ["decided", "why", "drift"]  # what it cost is known once it is filled
    same_frame(
        part.rebalances[resized], whole.rebalances.loc[whole.rebalances["decided"] <= last, resized]
    )
    assert all(order["decided"] <= f"{last:%Y-%m-%d}" for order in part.pending)
    if fills_what_is_pending:
        waiting = whole.fills[(whole.fills["decided"] <= last) & (whole.fills["date"] > last)]
        expected = {(row.symbol, row.shares, row.reason) for row in waiting.itertuples()}
        assert {(o["symbol"], o["shares"], o["reason"]) for o in part.pending} == expected
        assert all(order["decided"] == f"{last:%Y-%m-%d}" for order in part.pending)


@pytest.mark.parametrize("count", CUTS)
@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_stops_earlier_is_the_beginning_of_the_longer_one(market, wholes, name, count):
    part = simulate(RUNS[name], first_sessions(read_by(name, market), count))
    assert_prefix(part, wholes[name], count, fills_what_is_pending=name not in WORKED)


def test_a_signal_that_leaks_into_a_run_is_caught(market, monkeypatch):
    strategy = STRATEGIES["correlation"]
    honest = strategy.signal_lines

    def leaking(config, x, y):
        lines = honest(config, x, y)
        return {**lines, "z": lines["z"] - np.nanmean(lines["z"])}

    monkeypatch.setattr(strategy, "signal_lines", staticmethod(leaking))
    own = read_by("single", market)
    part, leaky = simulate(RUN, first_sessions(own, 60)), simulate(RUN, own)
    with pytest.raises(AssertionError, match="are different"):
        assert_prefix(part, leaky, 60)


def test_the_cuts_fall_on_decisions_as_well_as_between_them(market, whole):
    decided = set(whole.fills["decided"])
    on_decision = [whole.ledger["date"].iloc[count - 1] in decided for count in CUTS]
    assert any(on_decision)
    assert not all(on_decision)


@cache
def with_another_future(seed, count):
    """The market to a session, and from there on another one."""
    market, stranger = random_market(11), random_market(seed)
    legs = {}
    for side in ("long", "short"):
        own, other = getattr(market, side), getattr(stranger, side)
        columns = {
            column: np.append(getattr(own, column)[:count], getattr(other, column)[count:])
            for column in ("dividend", "adj_close", "volume")
        }
        opens = np.append(own.open[:count], other.open[count:])
        closes = np.append(own.close[:count], other.close[count:])
        legs[side] = hand_leg(own.symbol, opens, closes, **columns)
    days = np.append(market.sessions, market.next_sessions[-1:])
    vix = np.append(market.gauges["^VIX"][:count], stranger.gauges["^VIX"][count:])
    known = market.fundamentals.public_before(market.sessions[count].item())
    later = {
        company: [fact for fact in own.facts if fact.filed >= market.sessions[count].item()]
        for company, own in stranger.fundamentals.reports.items()
    }
    reports = hand_fundamentals(*later.values(), *(own.facts for own in known.reports.values()))
    return hand_market(days, **legs, gauges={"^VIX": vix}, fundamentals=reports)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", RUNS)
def test_another_future_leaves_the_past_of_a_run_alone(wholes, name, seed):
    count, whole = 75, wholes[name]
    elsewhere = simulate(RUNS[name], read_by(name, with_another_future(seed, count)))
    same_frame(elsewhere.ledger[:count], whole.ledger[:count])
    same_frame(elsewhere.signals[:count], whole.signals[:count])
    assert not elsewhere.ledger[count:].equals(whole.ledger[count:])


@pytest.mark.parametrize("name", RUNS)
def test_bars_fed_one_by_one_give_the_same_run(market, wholes, name):
    streamed = simulate(RUNS[name], read_by(name, market), streaming=True)
    for frame in ("ledger", "signals", "fills", "trades", "rebalances"):
        same_frame(getattr(streamed, frame), getattr(wholes[name], frame))


def gaps_of(run):
    """Sessions from each fill's decision to the fill."""
    row_of = {date: row for row, date in enumerate(run.ledger["date"])}
    return {row_of[fill.date] - row_of[fill.decided] for fill in run.fills.itertuples()}


@pytest.mark.parametrize("name", RUNS)
def test_a_fill_never_happens_on_the_session_that_decided_it(wholes, name):
    gaps = gaps_of(wholes[name])
    assert min(gaps) == 1
    assert (max(gaps) > 1) is (name in WORKED)
