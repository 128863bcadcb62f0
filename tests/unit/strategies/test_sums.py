"""Sums and logarithms that no version of Python and no processor changes."""

import ast
import math
from pathlib import Path

import numpy as np
import pytest

from strategies.rules.rolling import log_returns, logs
from strategies.sums import total

ROOT = Path(__file__).parents[3]


def test_a_sum_is_that_of_doubles_first_to_last():
    assert total([1e16, 1.0, -1e16]) == 0.0  # carried along, as since 3.12, it would be 1
    assert total(iter([0.1, 0.2, 0.3])) == 0.6000000000000001
    assert total([]) == 0.0


def test_logarithms_are_the_standard_library_s():
    values = np.random.default_rng(5).lognormal(size=500)
    assert logs(values).tolist() == [math.log(value) for value in values.tolist()]
    assert log_returns(np.array([2.0, 3.0])).tolist()[1] == math.log(1.5)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan])
def test_a_logarithm_of_no_price_is_unknown(value):
    assert math.isnan(logs(np.array([value]))[0])


COUNTS = {"bool", "count"}  # what a sum may add beside whole numbers told apart by a comparison


def is_count(call):
    """Whether a call of ``sum`` adds truths or counts, which no version adds otherwise."""
    (argument, *start) = call.args
    if start:  # of arrays, from one of zeros
        return True
    element = getattr(argument, "elt", None)
    if isinstance(element, ast.Compare | ast.BoolOp):
        return True
    name = getattr(element, "attr", getattr(element, "id", ""))
    called = getattr(getattr(element, "func", None), "id", "")
    return name.startswith("is_") or name in {"count", "fills"} or called in COUNTS


def test_nothing_computed_is_added_by_python_s_own_sum():
    """It is compensated since 3.12: ``total`` or ``math.fsum`` add the same everywhere."""
    found = []
    for room in ("engine", "strategies", "feeds", "reports"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                is_sum = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "sum"
                if is_sum and not is_count(node):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def test_no_number_of_a_run_comes_from_numpy_s_logarithm():
    found = [
        str(path.relative_to(ROOT))
        for room in ("engine", "strategies", "reports")
        for path in sorted((ROOT / room).rglob("*.py"))
        if "np.log(" in path.read_text(encoding="utf-8")
    ]
    assert found == []
