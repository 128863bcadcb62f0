"""No rule, signal line or run may depend on what comes later: to the last bit.

Every function in ``strategies/rules`` is either swept here or listed as one of the present only.
"""

import importlib
import inspect
import math
import pkgutil
import types

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies.rules
from configs.schema import RunConfig
from engine.event import simulate
from feeds import calendar
from strategies import STRATEGIES
from strategies.rules import exits, rolling, schedule, signal, sizing
from tests.unit.hand_market import first_sessions, hand_leg, hand_market

PERIODS = ("daily", "weekly", "monthly", "quarterly", "never")
SIZES = {"window": (2, 3, 21), "min_periods": (2, 21), "zscore_window": (3, 40)}
NAN = math.nan


# --- what is swept ---


def returns_of(prices):
    return rolling.log_returns(prices)


def days_of(line):
    """Any numbers as days, so that a bumped number is another day."""
    return line.astype(np.int64).astype("datetime64[D]")


# A rule that reads the past: how to call it on price-like lines of shape (n,), for every size.
SWEPT = {
    rolling.log_returns: [lambda x, y: rolling.log_returns(x)],
    rolling.rolling_volatility: [
        lambda x, y, n=n: rolling.rolling_volatility(returns_of(x), n) for n in SIZES["window"]
    ],
    rolling.rolling_correlation: [
        lambda x, y, n=n: rolling.rolling_correlation(returns_of(x), returns_of(y), n)
        for n in SIZES["window"]
    ],
    rolling.expanding_zscore: [
        lambda x, y, m=m: rolling.expanding_zscore(returns_of(x), m) for m in SIZES["min_periods"]
    ],
    rolling.rolling_zscore: [
        lambda x, y, n=n, m=m: rolling.rolling_zscore(returns_of(x), n, m)
        for n in SIZES["zscore_window"]
        for m in (2, 3)
    ],
    schedule.period_ends: [
        lambda x, y, p=p: schedule.period_ends(days_of(x), days_of(x + y), p) for p in PERIODS
    ],
}

# Functions of one session's numbers: they are given no past to misread.
PRESENT_ONLY = {
    exits.exit_reason,
    exits.is_stopped_out,
    signal.is_correlation_entry,
    sizing.dollar_neutral_weight,
    sizing.inverse_vol_weight,
    sizing.target_shares,
}


def config_of(signal_section, **sections):
    return RunConfig.model_validate(
        {
            "name": "causal",
            "data": {"source": "sample", "start": "2023-01-03"},
            "pair": {"long": "LLL", "short": "SSS"},
            "signal": signal_section,
            **sections,
        }
    )


CORRELATION = {"kind": "correlation", "window": 8, "min_periods": 8, "enter_below": -0.8}
STRATEGY_CONFIGS = {
    "correlation": [
        config_of(CORRELATION, sizing={"kind": "inverse_vol", "window": 5}),
        config_of({**CORRELATION, "zscore": "rolling", "zscore_window": 12}),
    ],
    "always": [config_of({"kind": "always"}, sizing={"kind": "inverse_vol", "window": 5})],
}


def signal_lines_of(config):
    """The strategy's signal lines as one array of shape (n, lines)."""

    def lines(x, y):
        named = STRATEGIES[config.signal.kind].signal_lines(config, x, y)
        return np.column_stack([named[name] for name in sorted(named)])

    return lines


INDICATORS = [
    *(
        pytest.param(call, id=f"{rule.__name__}-{number}")
        for rule, calls in SWEPT.items()
        for number, call in enumerate(calls)
    ),
    *(
        pytest.param(signal_lines_of(config), id=f"{kind}-{number}")
        for kind, configs in STRATEGY_CONFIGS.items()
        for number, config in enumerate(configs)
    ),
]


# --- the sweep ---


def assert_causal(indicator, *lines):
    """Check that changing only the last bar leaves every earlier value bit-identical."""
    before = indicator(*lines)
    bumped = [np.append(line[:-1], line[-1] * 1.5) for line in lines]
    np.testing.assert_array_equal(indicator(*bumped)[:-1], before[:-1])


def assert_same_past(indicator, lines, cut, future):
    """Check that the first ``cut`` values neither need nor feel what follows them."""
    known = [line[:cut] for line in lines]
    past = indicator(*lines)[:cut]
    np.testing.assert_array_equal(indicator(*known), past)
    elsewhere = [np.append(line, other) for line, other in zip(known, future, strict=True)]
    np.testing.assert_array_equal(indicator(*elsewhere)[:cut], past)


def sweep(indicator, seed, size, cut, other_size):
    """Run every check of causality on two random price lines."""
    rng = np.random.default_rng(seed)

    def prices(count):
        return [100.0 * np.exp(np.cumsum(rng.normal(0, 0.02, count))) for _ in "xy"]

    lines = prices(size)
    assert_causal(indicator, *lines)
    assert_same_past(indicator, lines, min(cut, size), prices(other_size))


@pytest.mark.parametrize("indicator", INDICATORS)
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(2, 120),
    cut=st.integers(1, 120),
    other_size=st.integers(1, 60),
)
def test_no_value_depends_on_a_later_bar(indicator, seed, size, cut, other_size):
    sweep(indicator, seed, size, cut, other_size)


def z_of(values):
    return (values - values.mean()) / values.std()


PLANTED_LEAKS = {
    "z-score of the full sample": lambda x, y: z_of(x),
    "centred window": lambda x, y: pd.Series(x).rolling(5, center=True).mean().to_numpy(),
    "shift into the future": lambda x, y: pd.Series(x).shift(-1).to_numpy(),
    "back-filled hole": lambda x, y: pd.Series(np.where(x > y, x, NAN)).bfill().to_numpy(),
    "last bar of the data ends the period": lambda x, y: np.arange(len(x)) == len(x) - 1,
    "one line leaks, the other does not": lambda x, y: np.column_stack([x, y / y.max()]),
}


@pytest.mark.parametrize("leak", PLANTED_LEAKS)
def test_the_sweep_catches_a_planted_leak(leak):
    with pytest.raises(AssertionError, match="Arrays are not equal"):
        sweep(PLANTED_LEAKS[leak], seed=5, size=60, cut=30, other_size=20)


# --- nothing escapes the sweep ---


def public_functions(package):
    """Every public function that a module of the package defines itself."""
    found = set()
    for entry in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(entry.name)
        for name, member in inspect.getmembers(module, callable):
            is_own = getattr(member, "__module__", None) == module.__name__
            if is_own and not name.startswith("_"):
                found.add(member)
    return found


def unswept(functions):
    return {function.__name__ for function in functions - set(SWEPT) - PRESENT_ONLY}


def test_every_rule_is_swept_or_of_the_present_only():
    functions = public_functions(strategies.rules)
    assert unswept(functions) == set()
    assert set(SWEPT) | PRESENT_ONLY == functions
    assert not set(SWEPT) & PRESENT_ONLY


def test_a_new_rule_would_be_noticed(tmp_path, monkeypatch):
    package = types.ModuleType("planted_rules")
    package.__path__ = [str(tmp_path)]
    monkeypatch.setitem(importlib.sys.modules, "planted_rules", package)
    (tmp_path / "momentum.py").write_text("def momentum(prices):\n    return prices\n")
    assert unswept(public_functions(package)) == {"momentum"}
    monkeypatch.delitem(importlib.sys.modules, "planted_rules.momentum")


@pytest.mark.parametrize("function", sorted(PRESENT_ONLY, key=lambda rule: rule.__name__))
def test_a_rule_of_the_present_takes_numbers_only(function):
    numbers = {float, int, bool, int | None, float | None}
    parameters = inspect.signature(function, eval_str=True).parameters.values()
    assert {parameter.annotation for parameter in parameters} <= numbers


def test_every_strategy_is_swept():
    assert set(STRATEGY_CONFIGS) == set(STRATEGIES)
    for kind, configs in STRATEGY_CONFIGS.items():
        assert configs
        assert {config.signal.kind for config in configs} == {kind}


@pytest.mark.parametrize("kind", sorted(STRATEGIES))
def test_a_strategy_reports_every_line_it_computes(kind):
    config, prices = STRATEGY_CONFIGS[kind][0], np.linspace(100.0, 120.0, 30)
    lines = STRATEGIES[kind].signal_lines(config, prices, prices**1.1)
    assert set(lines) == set(STRATEGIES[kind].SIGNALS)
    assert {line.shape for line in lines.values()} == {(30,)}


# --- the whole engine ---

SESSIONS = 150
RUN = config_of(
    CORRELATION,
    sizing={"kind": "inverse_vol", "window": 5, "gross": 1.5},
    exits={"holding_sessions": 9, "z_above": 1.0, "stop_loss": 0.05},
    costs={"spread": {"default_bps": 4.0}, "borrow": {"default_rate": 0.02}},
)
CUTS = (16, 17, 23, 31, 40, 52, 60, 71, 88, 101, 117, 130, 149)


def random_market(seed, count=SESSIONS):
    """A market of two legs with dividends, on real sessions from 3 January 2023."""
    rng = np.random.default_rng(seed)
    start, end = np.datetime64("2023-01-03").item(), np.datetime64("2024-12-31").item()
    days = calendar.sessions(start, end)[: count + 1]
    legs = []
    for symbol in ("LLL", "SSS"):
        closes = 100.0 * np.exp(np.cumsum(rng.normal(0, 0.02, count)))
        opens = closes * np.exp(rng.normal(0, 0.005, count))
        dividend = np.where(rng.random(count) < 0.05, 0.4, 0.0)
        adj_close = closes * np.exp(np.cumsum(dividend / closes))
        legs.append(hand_leg(symbol, opens, closes, adj_close=adj_close, dividend=dividend))
    return hand_market(days, *legs)


@pytest.fixture(scope="module")
def market():
    return random_market(seed=11)


@pytest.fixture(scope="module")
def whole(market):
    return simulate(RUN, market)


def same_frame(one, other):
    """Check that two frames hold the same bits; only an empty one has no types to compare."""
    pd.testing.assert_frame_equal(
        one.reset_index(drop=True),
        other.reset_index(drop=True),
        check_exact=True,
        check_dtype=len(other) > 0,
    )


def test_the_random_market_gives_the_engine_something_to_decide(whole):
    assert len(whole.trades) >= 5
    assert {"holding_sessions", "z_above", "stop_loss"} & set(whole.trades["exit_reason"])
    assert "rebalance" in set(whole.fills["reason"])
    assert (whole.ledger["dividends"] != 0.0).any()


def assert_prefix(part, whole, count):
    """Check that a run over the first ``count`` sessions is the beginning of the whole one."""
    last = whole.ledger["date"].iloc[count - 1]
    same_frame(part.ledger, whole.ledger[:count])
    same_frame(part.signals, whole.signals[:count])
    same_frame(part.fills, whole.fills[whole.fills["date"] <= last])
    same_frame(part.trades, whole.trades[whole.trades["exit"] <= last])
    waiting = whole.fills[(whole.fills["decided"] <= last) & (whole.fills["date"] > last)]
    expected = {(row.symbol, row.shares, row.reason) for row in waiting.itertuples()}
    assert {(o["symbol"], o["shares"], o["reason"]) for o in part.pending} == expected
    assert all(order["decided"] == f"{last:%Y-%m-%d}" for order in part.pending)


@pytest.mark.parametrize("count", CUTS)
def test_a_run_that_stops_earlier_is_the_beginning_of_the_longer_one(market, whole, count):
    assert_prefix(simulate(RUN, first_sessions(market, count)), whole, count)


def test_a_signal_that_leaks_into_a_run_is_caught(market, monkeypatch):
    strategy = STRATEGIES["correlation"]
    honest = strategy.signal_lines

    def leaking(config, x, y):
        lines = honest(config, x, y)
        return {**lines, "z": lines["z"] - np.nanmean(lines["z"])}

    monkeypatch.setattr(strategy, "signal_lines", staticmethod(leaking))
    part, leaky = simulate(RUN, first_sessions(market, 60)), simulate(RUN, market)
    with pytest.raises(AssertionError, match="are different"):
        assert_prefix(part, leaky, 60)


def test_the_cuts_fall_on_decisions_as_well_as_between_them(market, whole):
    decided = set(whole.fills["decided"])
    on_decision = [whole.ledger["date"].iloc[count - 1] in decided for count in CUTS]
    assert any(on_decision)
    assert not all(on_decision)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_future_leaves_the_past_of_a_run_alone(market, whole, seed):
    count, stranger = 75, random_market(seed)
    legs = {}
    for side in ("long", "short"):
        own, other = getattr(market, side), getattr(stranger, side)
        columns = {
            name: np.append(getattr(own, name)[:count], getattr(other, name)[count:])
            for name in ("dividend", "adj_close")
        }
        opens = np.append(own.open[:count], other.open[count:])
        closes = np.append(own.close[:count], other.close[count:])
        legs[side] = hand_leg(own.symbol, opens, closes, **columns)
    days = np.append(market.sessions, market.next_sessions[-1:])
    elsewhere = simulate(RUN, hand_market(days, **legs))
    same_frame(elsewhere.ledger[:count], whole.ledger[:count])
    same_frame(elsewhere.signals[:count], whole.signals[:count])
    assert not elsewhere.ledger[count:].equals(whole.ledger[count:])


def test_bars_fed_one_by_one_give_the_same_run(market, whole):
    streamed = simulate(RUN, market, streaming=True)
    for name in ("ledger", "signals", "fills", "trades"):
        same_frame(getattr(streamed, name), getattr(whole, name))


def test_a_fill_never_happens_on_the_session_that_decided_it(whole):
    row_of = {date: row for row, date in enumerate(whole.ledger["date"])}
    gaps = {row_of[fill.date] - row_of[fill.decided] for fill in whole.fills.itertuples()}
    assert gaps == {1}
