"""The answer as a small table. Runs and their benchmark in, aligned lines for a terminal out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.records.headline import SESSIONS_PER_YEAR
from reports.headline import cell, shown
from reports.measures.benchmark import run_benchmark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.records.result import Result

HEADS = {
    "total_return": "net",
    "cagr": "CAGR",
    "sharpe": "Sharpe",
    "max_drawdown": "max drawdown",
}
VERDICT = "verdict"


def figures(results: Mapping[str, Result], verdict: str | None = None) -> list[str]:
    """Return a row for each run, and one for the benchmark of the first in the same window.

    Parameters
    ----------
    verdict
        Of an audit on the same run; None where there is none.
    """
    rows = [
        [name, *(cell(result.headline, key) for key in HEADS)] for name, result in results.items()
    ]
    first = next(iter(results.values()))
    rows += _benchmark_row(first)
    lines = _aligned([["", *HEADS.values()], *rows])
    return lines if verdict is None else [*lines, f"{VERDICT}: {verdict}"]


def _benchmark_row(result: Result) -> list[list[str]]:
    """Return the benchmark's row, of its own session returns, by the run's own formulas."""
    made = run_benchmark(result)
    if made is None or result.benchmark_returns is None:
        return []
    returns = result.benchmark_returns.to_numpy(dtype=float)
    deviation = float(returns.std(ddof=1)) if len(returns) > 1 else 0.0
    annual = math.sqrt(SESSIONS_PER_YEAR)
    growth = np.maximum.accumulate(made.growth)
    values = {
        "total_return": made.total_return,
        "cagr": made.cagr,
        "sharpe": float(returns.mean()) / deviation * annual if deviation > 0.0 else None,
        "max_drawdown": float((made.growth / growth).min()) - 1.0,
    }
    return [[made.symbol, *(shown(key, values[key], len(returns)) for key in HEADS)]]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines: names to the left, figures to the right, under their heads."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            text.ljust(width) if at == 0 else text.rjust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
