"""No rule and no signal line may depend on what comes later: to the last bit.

Every function in ``strategies/rules`` is either swept here or listed as one of the present only.
Price lists: ``test_causality_of_costs``; whole runs: ``test_causality_of_runs``.
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
from strategies import STRATEGIES
from strategies.rules import (
    distance,
    drift,
    entries,
    exits,
    fundamentals,
    margin,
    regime,
    rolling,
    schedule,
    signal,
    sizing,
    thesis,
)
from tests.property import spread_sweep

PERIODS = ("daily", "weekly", "monthly", "quarterly")
SIZES = {"window": (2, 3, 21), "min_periods": (2, 21), "zscore_window": (3, 40)}
NAN = math.nan


# --- what is swept ---


def returns_of(prices):
    return rolling.log_returns(prices)


def days_of(line):
    """Any numbers as days, so that a bumped number is another day."""
    return line.astype(np.int64).astype("datetime64[D]")


def holed(x, y):
    """The first line without the values that happen to end in 3: unknown, and unknown they stay."""
    return np.where(np.round(y * 1e6) % 10 == 3, NAN, x)


# A rule that reads the past: how to call it on price-like lines of shape (n,), for every size.
def correlation_in_parts(x, y, window, *, squares=False):
    """A correlation as two lines bring it together, or what one of them brings."""
    if len(x) < window:
        return np.full(len(x), NAN)
    parts = [rolling.centred(returns_of(line), window) for line in (x, y)]
    if squares:
        return np.append(np.full(window - 1, NAN), parts[0].squares)
    return rolling.correlation_of(*parts)


def one_more(x, y):
    """How far two lines are apart, and a session after the last."""
    return np.append(distance.differences(x, y), 0.0)


SWEPT = {
    rolling.log_returns: [lambda x, y: rolling.log_returns(x)],
    rolling.logs: [lambda x, y: rolling.logs(x)],
    rolling.rolling_volatility: [
        lambda x, y, n=n: rolling.rolling_volatility(returns_of(x), n) for n in SIZES["window"]
    ],
    rolling.rolling_correlation: [
        lambda x, y, n=n: rolling.rolling_correlation(returns_of(x), returns_of(y), n)
        for n in SIZES["window"]
    ],
    rolling.rolling_covariance: [
        lambda x, y, n=n: rolling.rolling_covariance(returns_of(x), returns_of(y), n)
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
    rolling.expanding_zscores: [
        lambda x, y, m=m: rolling.expanding_zscores(returns_of(x)[None, :], m)[0]
        for m in SIZES["min_periods"]
    ],
    rolling.centred: [
        lambda x, y, n=n: correlation_in_parts(x, y, n, squares=True) for n in SIZES["window"]
    ],
    rolling.correlation_of: [
        lambda x, y, n=n: correlation_in_parts(x, y, n) for n in SIZES["window"]
    ],
    **spread_sweep.SWEPT,
    distance.differences: [lambda x, y: distance.differences(x, y)],
    # A period of trading ends on a day known in advance: one session more stands for it.
    distance.positions: [lambda x, y: distance.positions(one_more(x, y), 0.05, 2.0)[:-1]],
    distance.a_day_later: [
        lambda x, y: distance.a_day_later(distance.positions(one_more(x, y), 0.05, 2.0))[:-1]
    ],
    regime.percentile_rank: [
        lambda x, y, n=n: regime.percentile_rank(holed(x, y), n) for n in SIZES["window"]
    ],
    # Of a line as a whole, each session by itself.
    regime.is_compressed: [lambda x, y: regime.is_compressed(holed(x, y), 100.0)],
    signal.is_correlation_entry: [lambda x, y: signal.is_correlation_entry(holed(x, y), 100.0)],
    fundamentals.is_capex_entry: [lambda x, y: fundamentals.is_capex_entry(holed(x, y), 100.0)],
    # A line of theirs is one quarter after the other, as known on one day.
    fundamentals.trailing_ratio: [lambda x, y: fundamentals.trailing_ratio(holed(x, y), y)],
    fundamentals.yearly_growth: [lambda x, y: fundamentals.yearly_growth(holed(x, y))],
    schedule.period_sessions: [
        *(
            lambda x, y, p=p, on=on, n=n: schedule.period_sessions(
                days_of(x), days_of(x + y), p, on, n
            )
            for p in PERIODS
            for on in ("first", "last")
            for n in (1, 3)
        ),
        *(
            lambda x, y, on=on: schedule.period_sessions(days_of(x), days_of(x + y), "weekly", on)
            for on in schedule.WEEKDAYS
        ),
    ],
    schedule.in_season: [
        lambda x, y, ends=ends: schedule.in_season(days_of(x), *ends)
        for ends in (("01-10", "03-20"), ("12-20", "02-05"))
    ],
}

# Of the calendar alone, known in advance: an order fills on the session after its decision, so it
# asks about the night after that one. See the test of it below.
LOOKS_AHEAD = {schedule.flat_due}

# Functions of one session's numbers: they are given no past to misread.
PRESENT_ONLY = {
    drift.leg_drift,
    drift.ratio_drift,
    entries.may_open_tranche,
    exits.has_taken_profit,
    exits.is_stopped_out,
    exits.is_trailed_out,
    fundamentals.size_multiple,
    margin.initial_scale,
    margin.kept_share,
    margin.maintenance,
    margin.to_cure,
    sizing.beta,
    sizing.cut_shares,
    sizing.dollar_neutral_weight,
    sizing.hedged_weight,
    sizing.inverse_vol_weight,
    sizing.pair_volatility,
    sizing.part_taken,
    sizing.shares_to_trade,
    sizing.target_shares,
    sizing.vol_target_gross,
    thesis.has_margin_held,
    thesis.has_rolled_over,
    thesis.has_supplier_stalled,
    thesis.is_vol_spike,
    thesis.margin_change_bps,
}

# Records; functions of a formation period that is over, or of the quarters known on one day: the
# line they are given ends there. That it does is swept over whole runs in
# ``test_causality_of_runs`` and in the tests of distance pairs.
OF_WHAT_IS_KNOWN = {
    rolling.Centred,
    distance.Formed,
    distance.closest_pairs,
    fundamentals.latest,
    fundamentals.latest_common,
    fundamentals.reference_ratio,
    fundamentals.summed_growth,
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
    "spread": [config_of(signal, **sections) for signal, sections in spread_sweep.SIGNALS],
    "correlation": [
        config_of(CORRELATION, sizing={"kind": "inverse_vol", "window": 5}),
        config_of({**CORRELATION, "zscore": "rolling", "zscore_window": 12}),
    ],
    "always": [
        config_of({"kind": "always"}, sizing={"kind": "inverse_vol", "window": 5}),
        config_of({"kind": "always"}, sizing={"kind": "beta_neutral", "window": 5}),
        config_of(
            {"kind": "always"}, sizing={"kind": "dollar_neutral", "window": 5, "vol_target": 0.1}
        ),
    ],
    "capex": [
        config_of(
            {"kind": "capex"},
            sizing={"kind": "inverse_vol", "window": 5},
            fundamentals={"source": "sample"},
        )
    ],
}


def signal_lines_of(config):
    """The strategy's signal and entry lines as one array of shape (n, lines)."""
    strategy = STRATEGIES[config.signal.kind]

    def lines(x, y):
        named = strategy.signal_lines(config, x, y)
        # What the reports of companies say stands for itself: any line does for it here.
        entry = strategy.entry_line(config, {"capex_growth": x / 100.0 - 1.0, **named})
        return np.column_stack([*(named[name] for name in sorted(named)), entry])

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
    collected = set()
    for entry in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(entry.name)
        for name, member in inspect.getmembers(module, callable):
            is_own = getattr(member, "__module__", None) == module.__name__
            if is_own and not name.startswith("_"):
                collected.add(member)
    return collected


def unswept(functions):
    known = set(SWEPT) | PRESENT_ONLY | LOOKS_AHEAD | OF_WHAT_IS_KNOWN
    return {function.__name__ for function in functions - known}


def test_every_rule_is_swept_or_of_the_present_only():
    functions = public_functions(strategies.rules)
    assert unswept(functions) == set()
    lists = (set(SWEPT), PRESENT_ONLY, LOOKS_AHEAD, OF_WHAT_IS_KNOWN)
    assert set().union(*lists) == functions
    assert sum(map(len, lists)) == len(functions)  # each once


def test_a_new_rule_would_be_noticed(tmp_path, monkeypatch):
    package = types.ModuleType("planted_rules")
    package.__path__ = [str(tmp_path)]
    monkeypatch.setitem(importlib.sys.modules, "planted_rules", package)
    (tmp_path / "momentum.py").write_text("def momentum(prices):\n    return prices\n")
    assert unswept(public_functions(package)) == {"momentum"}
    monkeypatch.delitem(importlib.sys.modules, "planted_rules.momentum")


@given(nights=st.lists(st.booleans(), min_size=1, max_size=40), last=st.booleans())
@settings(max_examples=50, deadline=None, derandomize=True, database=None)
def test_being_flat_asks_about_the_night_after_the_next_session_and_no_other(nights, last):
    due = schedule.flat_due(np.array(nights), last)
    assert due.tolist() == [*nights[1:], last]


def test_what_looks_ahead_is_given_the_calendar_and_nothing_else():
    for function in LOOKS_AHEAD:
        parameters = inspect.signature(function, eval_str=True).parameters.values()
        assert {each.annotation for each in parameters} <= {schedule.Flags, bool}


@pytest.mark.parametrize("function", sorted(PRESENT_ONLY, key=lambda rule: rule.__name__))
def test_a_rule_of_the_present_takes_numbers_only(function):
    numbers = {float, int, bool, float | None}
    parameters = inspect.signature(function, eval_str=True).parameters.values()
    assert {parameter.annotation for parameter in parameters} <= numbers


def test_every_strategy_is_swept():
    assert set(STRATEGY_CONFIGS) == set(STRATEGIES)
    for kind, configs in STRATEGY_CONFIGS.items():
        assert configs
        assert {config.signal.kind for config in configs} == {kind}


@pytest.mark.parametrize("kind", sorted(STRATEGIES))
def test_a_strategy_s_lines_have_one_value_a_session(kind):
    prices = np.linspace(100.0, 120.0, 30)
    for config in STRATEGY_CONFIGS[kind]:
        lines = STRATEGIES[kind].signal_lines(config, prices, prices**1.1)
        assert {"vol_long", "vol_short", "vol_ratio"} <= set(lines)
        assert {line.shape for line in lines.values()} == {(30,)}
        entry = STRATEGIES[kind].entry_line(config, {"capex_growth": prices, **lines})
        assert (entry.shape, entry.dtype) in (((30,), bool), ((30,), np.int8))
