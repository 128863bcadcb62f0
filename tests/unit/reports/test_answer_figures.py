"""The small table that a terminal gets."""

import dataclasses
import math

import numpy as np
import pandas as pd

from reports.commands.figures import figures
from tests.unit.fake_result import fake_result

SESSIONS = 300


def with_benchmark(returns):
    result = fake_result(sessions=SESSIONS)
    return dataclasses.replace(result, benchmark_returns=pd.Series(returns))


def test_a_row_each_and_the_benchmark_by_the_run_s_own_formulas():
    returns = np.array([0.0, 0.5, -0.2, *[0.0] * (SESSIONS - 3)])
    result = with_benchmark(returns)
    mean, square = 0.3 / SESSIONS, (0.25 + 0.04) / SESSIONS
    deviation = math.sqrt((square - mean * mean) * SESSIONS / (SESSIONS - 1))
    sharpe = mean / deviation * math.sqrt(252)
    cagr = 1.2 ** (252 / SESSIONS) - 1
    head, own, other = figures({"mine": result})
    assert head.split() == ["net", "CAGR", "Sharpe", "max", "drawdown"]
    assert own.split()[0] == "mine"
    assert other.split() == ["QQQ", "20.00%", f"{cagr * 100:.2f}%", f"{sharpe:.2f}", "-20.00%"]
    assert len(head) == len(own) == len(other)  # figures stand under their heads


def test_without_benchmark_it_has_one_row_and_a_verdict_a_line_of_its_own():
    lines = figures({"mine": fake_result(benchmark=None)}, "NO EVIDENCE")
    assert len(lines) == 3
    assert lines[-1] == "verdict: NO EVIDENCE"


def test_a_benchmark_that_stood_still_has_no_sharpe():
    row = figures({"mine": with_benchmark([0.0] * SESSIONS)})[-1]
    assert row.split() == ["QQQ", "0.00%", "0.00%", "n/a", "0.00%"]
