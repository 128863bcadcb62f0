"""Each pricing function compiled by numba gives what plain Python gives, on a grid with edges.

A compiled caller will use the same bodies: a function that numba cannot read, or reads differently,
must be noticed when it is written. Whole runs: ``tests/parity/test_kernel``.
"""

import importlib
import inspect
import itertools
import math
from functools import cache
from pathlib import Path

import numba
import numpy as np
import pytest
from numba.extending import register_jitable

from engine.costs import borrow, commission, dividend, fees, impact, interest, spread
from engine.kernel import BODIES
from strategies.rules import (
    drift,
    entries,
    exits,
    fundamentals,
    margin,
    regime,
    signal,
    sizing,
    thesis,
)

PRICING = (borrow, commission, dividend, fees, impact, interest, spread)
DECIDING = (drift, entries, exits, margin, sizing, thesis)

ENDS = (300_000.0, 3_000_000.0, math.inf)
RATES = (0.0035, 0.0020, 0.0005)
SIZES = (0.0, 1.0, 99.0, 12_345.0, 299_999.0, 300_000.0, 5e6)
SHARES = (-12_345.0, -0.5, 0.0, 0.5, 1.0, 12_345.0)
USD = (0.0, 0.01, 99.0, 1e6, 123_456_789.0)
SIGNED_USD = (-1e6, -0.01, *USD)
RATE = (0.0, 1e-4, 0.0125, 0.05, 3.0)
DAYS = (0, 1, 3, 4)
LEAST, MOST = (0.0, 0.35, 1.0), (0.2, 1.0, 1e9, math.inf)
PRICE = (0.01, 0.5, 52.1, 4_000.0)
READING = (math.nan, 0.0, 1e-9, 0.01, 0.02, 40.0, math.inf)
LEVEL = (-2.0, 0.0, 0.1)
FRACTION = (0.001, 0.1, 1.0)
FLAG = (False, True)
SPLITS = (1.0, 40.0, 1.5, 0.0004)

# For every function the values each of its arguments takes; all combinations are tried.
GRIDS = {
    borrow.borrow_fee: (SHARES, PRICE, RATE, DAYS),
    commission.bounded: (USD, LEAST, MOST),
    commission.bps: (USD, RATE, LEAST, MOST),
    commission.per_share: (SIZES, RATE, LEAST, MOST),
    commission.per_order: (SIZES, USD),
    commission.tiered: (SIZES, SIZES, (ENDS,), (RATES,), LEAST, MOST),
    commission.tier_total: (SIZES, (ENDS,), (RATES,)),
    dividend.dividend_cash: (SHARES, PRICE),
    fees.sec_section_31: (USD, (0.0, 8.0, 27.8)),
    fees.finra_taf: (SIZES, (0.0, 0.000166), (0.0, 8.3)),
    impact.square_root: (USD, (0.0, 0.5, 1.0), (0.0, 0.02), SIZES, (1.0, 1e7)),
    impact.fillable: (SIZES, (0.0, 1.0, 1e7, math.nan), (0.025, 1.0, math.inf)),
    interest.rebate: (USD, RATE, RATE, (0.0, 100_000.0), DAYS),
    interest.on_balance: (SIGNED_USD, RATE, RATE, RATE, DAYS),
    margin.initial_scale: (SIGNED_USD, USD, USD, (0.5, 1.0), (1.0, 1.5)),
    margin.maintenance: (USD, USD, (0.25,), (0.3,), (1.0, 1.5)),
    margin.to_cure: (USD, USD, (0.5,), (0.25, 0.9), (0.3, 0.9), (1.0, 1.5)),
    margin.kept_share: (SIGNED_USD, USD),
    spread.half_spread: (USD, (0.0, 2.0, 3.5)),
    spread.floored_bps: ((0.0, 2.0), (0.0, 0.01), PRICE),
    spread.cents_in_bps: ((0.0, 1.0, 2.5), PRICE),
    spread.vol_scale: (READING, READING, (0.5, 1.0), (1.0, 3.0)),
    spread.regime_scale: (READING, READING, (1.0, 3.0)),
    drift.leg_drift: (USD, USD, (0.01, 0.5, 0.99)),
    drift.ratio_drift: (READING, READING),
    entries.may_open_tranche: ((20, 21, 22), (-1, 0), (21,), (0, 5, 6), (6,)),
    exits.is_stopped_out: (SIGNED_USD, USD, FRACTION),
    exits.is_trailed_out: (SIGNED_USD, USD, USD, FRACTION),
    exits.has_taken_profit: (SIGNED_USD, USD, FRACTION),
    sizing.beta: ((-0.001, 0.0, 0.001, math.nan), READING),
    sizing.hedged_weight: ((1e-6, 0.5, 1.0, 40.0),),
    sizing.pair_volatility: ((0.0, 0.25, 0.5), READING, READING, (-4e-4, 0.0, 4e-4, math.nan)),
    sizing.vol_target_gross: (FRACTION, (1e-6, 0.01), (252,), (0.5, 1.0), (1.0, 2.0)),
    sizing.dollar_neutral_weight: (),
    sizing.inverse_vol_weight: ((1e-6, 0.01, 3.0), (1e-6, 0.02)),
    thesis.has_rolled_over: ((*READING, -0.1), (0.05, 0.1)),
    thesis.has_supplier_stalled: ((*READING, -0.1), (0.05, 0.1)),
    thesis.margin_change_bps: (READING, READING),
    thesis.has_margin_held: ((math.nan, 3.0, 4.0, 5.0), (math.nan, -50.0, -49.9), (4,), (50.0,)),
    thesis.is_vol_spike: (READING, READING, (None, 40.0), (None, 0.3)),
    sizing.target_shares: ((0.1, 0.5), (0.25, 1.0), SIGNED_USD, PRICE, SPLITS, FLAG),
    sizing.cut_shares: (SHARES, SPLITS, FLAG),
    sizing.shares_to_trade: (SHARES, SHARES, SPLITS, FLAG),
    sizing.part_taken: (SHARES, (0.0, 0.3, 1.0), SPLITS, FLAG),
}  # fmt: skip

# Whole lines are made of them before a kernel runs: of each the line and a level.
OF_LINES = {
    regime.is_compressed: ((*READING, 20.0), (20.0, 100.0)),
    signal.is_correlation_entry: ((*READING, -2.0, -2.5), LEVEL),
    fundamentals.is_capex_entry: ((*READING, -0.1), (0.2, 0.0)),
}


def own_functions(modules):
    """The public functions that the modules define themselves."""
    return {
        function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }


@cache
def compiled(function):
    """The function and all it may call, as a kernel would compile them."""
    for each in own_functions((*PRICING, *DECIDING)):
        register_jitable(each)
    return numba.njit(function)


@pytest.mark.parametrize("function", GRIDS, ids=lambda each: each.__name__)
def test_compiled_and_plain_agree_to_the_last_bit(function):
    fast = compiled(function)
    for arguments in itertools.product(*GRIDS[function]):
        plain = function(*arguments)
        np.testing.assert_array_equal(
            np.array([fast(*arguments)]), np.array([plain]), err_msg=f"{arguments}"
        )


def test_compiled_code_refuses_what_plain_python_refuses():
    with pytest.raises(ValueError, match="expected both > 0"):
        compiled(sizing.inverse_vol_weight)(0.0, 0.01)


def uncompiled(functions):
    return {function.__name__ for function in functions - set(GRIDS)}


def test_every_cost_and_every_decision_is_compiled():
    functions = own_functions((*PRICING, *DECIDING))
    assert uncompiled(functions) == set()
    assert set(GRIDS) == functions


def test_a_new_cost_would_be_noticed(tmp_path, monkeypatch):
    (tmp_path / "stamp_duty.py").write_text("def stamp_duty(usd):\n    return usd * 0.005\n")
    monkeypatch.syspath_prepend(tmp_path)
    planted = importlib.import_module("stamp_duty")
    assert uncompiled(own_functions((*PRICING, planted))) == {"stamp_duty"}


def test_a_kernel_reads_the_functions_compiled_here_and_no_other_rule_or_cost():
    listed = {module.__name__ for module in (*PRICING, *DECIDING)}
    rooms = ("engine.costs.", "strategies.rules.")
    assert {name for name in BODIES if name.startswith(rooms)} == listed


@pytest.mark.parametrize("function", OF_LINES, ids=lambda each: each.__name__)
def test_a_line_says_on_each_session_what_its_reading_alone_would(function):
    readings, levels = OF_LINES[function]
    for level in levels:
        line = function(np.array(readings), level)
        assert line.dtype == bool
        assert line.tolist() == [function(each, level) for each in readings]


def test_every_module_of_costs_is_listed_or_prices_nothing():
    package = importlib.import_module("engine.costs")
    stems = {path.stem for folder in package.__path__ for path in Path(folder).glob("*.py")}
    listed = {module.__name__.rpartition(".")[2] for module in PRICING}
    assert stems - listed == {"__init__", "price_list", "sale_fees", "tariffs"}  # they read


@pytest.mark.parametrize("function", GRIDS, ids=lambda each: each.__name__)
def test_scalars_go_in_and_a_scalar_comes_out(function):
    scalars = {float, int, bool, int | None, float | None, tuple[float, ...]}
    signature = inspect.signature(function, eval_str=True)
    assert {each.annotation for each in signature.parameters.values()} <= scalars
    assert signature.return_annotation in {float, bool}
    assert len(signature.parameters) == len(GRIDS[function])
