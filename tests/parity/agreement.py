"""The engine beside the oracle. Both runs in, an assertion error at the first difference out.

Dates, counts, reasons and whole shares must be equal. The tolerances, and why:

- ``MONEY_USD``: both add the same dollars in another order (the oracle exactly, with ``fsum``), so
  only float noise may differ: 1e-6 dollars is the ledger's own tolerance, a hundred-millionth of a
  cent on a million. The trades' and headline's sums are held to the same.
- ``FRACTION``: fractional shares are equity over price, and so carry equity's noise; ratios and
  signals are quotients of such sums. Relative, or absolute near zero.
- prices: none. Both read the same text, and neither computes with it before the fill.
"""

import math
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from configs.schema import RunConfig
from engine.event import simulate
from engine.records.columns import (
    FILL_COLUMNS,
    LEDGER_COLUMNS,
    REBALANCE_COLUMNS,
    TRADE_COLUMNS,
)
from engine.records.result import Result
from feeds.assemble import load_market, symbols
from feeds.market import Market
from feeds.prices.csv import CsvSource
from feeds.prices.inspection import leg_usd
from tests.oracle.pair_oracle import simulate as oracle_simulate
from tests.property.random_market import RandomPair, write_folder
from tests.unit.read_once import ReadOnce

Invent = Callable[[int, Path], tuple[RandomPair, RunConfig]]

MONEY_USD = 1e-6
FRACTION = 1e-9

SHARES = ("shares", "long_shares", "short_shares")
# In the order of the columns; a run draws those that its configuration asks for.
LINES = (
    "correlation", "hedge_ratio", "spread", "z", "half_life", "hedge_weight",
    "vol_long", "vol_short", "vol_ratio", "covariance", "beta", "capex_growth",
    "intensity", "intensity_reference", "size_multiple", "gross_margin_short", "margin_quarter",
    "revenue_growth_long", "regime_rank_0", "regime_rank_1", "regime_rank_2",
    "vol_index",
)  # fmt: skip
QUOTIENTS = {
    *LINES, "equity_return", "return", "total_return", "cagr", "volatility", "sharpe", "sortino",
    "max_drawdown", "calmar", "time_in_market", "turnover", "win_rate", "drift", "spread_multiple",
    "spread_bps", "borrow_multiple", "borrow_rate",
}  # fmt: skip


def both(folder: Path, config: RunConfig) -> tuple[Result, dict[str, Any]]:
    """Run the engine and the oracle on the same files."""
    is_real = str(folder) == os.environ.get("MARKET_DATA")
    market = real_market(config) if is_real else load_market(config, CsvSource(folder))
    return simulate(config, market), oracle_simulate(str(folder), config.model_dump())


def kept_runs(folders: pytest.TempPathFactory, invent: Invent) -> Callable[[int], Any]:
    """Return what gives a seed's pair, configuration and both runs of it, each made once."""

    @cache
    def made(seed: int) -> tuple[RandomPair, RunConfig, Result, dict[str, Any]]:
        folder = folders.mktemp(str(seed))
        pair, config = invent(seed, folder)
        write_folder(folder, pair)
        return pair, config, *both(folder, config)

    return made


_markets: dict[str, Market] = {}


def real_market(config: RunConfig) -> Market:
    """Load the market on real prices, once for all configurations that read and check the same."""
    source = ReadOnce(os.environ["MARKET_DATA"])
    if config.side_files:
        return load_market(config, source)
    needed = sorted((company, sorted(each)) for company, each in config.reports_needed.items())
    read = (config.data, config.pair, config.fundamentals, symbols(config), config.gauges)
    key = repr((*read, needed, config.spenders, leg_usd(config)))
    if key not in _markets:
        _markets[key] = load_market(config, source)
    return _markets[key]


def assert_agrees(result: Result, oracle: dict[str, Any]) -> None:
    """Compare everything the two runs say."""
    fractional = result.config.account.fractional
    assert_rows("ledger", result.ledger, oracle["ledger"], LEDGER_COLUMNS, fractional)
    assert_rows("fills", result.fills, oracle["fills"], FILL_COLUMNS, fractional)
    assert_rows("trades", result.trades, oracle["trades"], TRADE_COLUMNS, fractional)
    assert_same_open_trades(result, oracle["open_trades"])
    rebalances = oracle["rebalances"]
    assert_rows("rebalances", result.rebalances, rebalances, REBALANCE_COLUMNS, fractional)
    assert_same_signals(result, oracle["signals"])
    assert_same_pending(result, oracle["pending"])
    assert result.ended == oracle["ended"]
    for what in ("headline", "breakeven", "hedge_pnl"):
        assert_same_numbers(what, getattr(result, what), oracle[what])


def assert_rows(
    what: str,
    frame: pd.DataFrame,
    rows: list[dict[str, Any]],
    columns: tuple[str, ...],
    fractional: bool,
) -> None:
    """Compare a frame with the oracle's rows, every cell of every contract column."""
    assert tuple(frame.columns) == columns
    assert len(frame) == len(rows), f"{what}: {len(frame)} rows, the oracle has {len(rows)}"
    for name in columns:
        for number, (ours, theirs) in enumerate(zip(cells(frame[name]), rows, strict=True)):
            if ours != theirs[name]:  # what is equal is near
                where = (what, "row", number, theirs[columns[0]])
                assert_cell(where, name, ours, theirs[name], fractional)


def cells(column: pd.Series) -> list[Any]:
    """Return a column's values, days as in the files of a run."""
    is_day = pd.api.types.is_datetime64_any_dtype(column.dtype)
    return [day.date().isoformat() for day in column] if is_day else column.tolist()


def assert_cell(
    where: tuple[Any, ...], name: str, ours: Any, theirs: Any, fractional: bool
) -> None:
    """Compare one value by what it is: dollars, unless it is exact or in ``QUOTIENTS``."""
    if isinstance(ours, pd.Timestamp):
        ours = ours.date().isoformat()
    # A book is flat or it is not: zero shares are exactly zero, fractional or not.
    whole = name in SHARES and (theirs == 0 or not fractional)
    allowed = 0.0
    if isinstance(theirs, float) and not (whole or name == "price"):
        is_quotient = name in SHARES or name in QUOTIENTS
        allowed = FRACTION * max(abs(theirs), 1.0) if is_quotient else MONEY_USD
    is_near = ours == theirs or (
        allowed > 0.0 and isinstance(ours, float) and abs(ours - theirs) <= allowed
    )
    assert is_near, f"{where}, {name}: {ours!r}, the oracle has {theirs!r}"


def assert_same_open_trades(result: Result, trades: list[dict[str, Any]]) -> None:
    ours = result.open_trades
    assert len(ours) == len(trades), f"open trades: {ours}, the oracle has {trades}"
    for number, (mine, theirs) in enumerate(zip(ours, trades, strict=True)):
        assert tuple(mine) == TRADE_COLUMNS
        for name in TRADE_COLUMNS:
            where = ("open trade", number, theirs["entry"])
            assert_cell(where, name, mine[name], theirs[name], False)


def assert_same_signals(result: Result, rows: list[dict[str, Any]]) -> None:
    """Compare every line on every session; a line we do not draw must be one it never knew."""
    frame = result.signals
    drawn = [name for name in LINES if name in frame.columns]
    sides = [] if result.config.directions == (1,) else ["direction"]
    assert list(frame.columns) == ["date", *drawn, *sides, "entry", "acted"]
    hidden = [name for name in LINES if name not in drawn]
    assert not [n for n in hidden if any(row.get(n) is not None for row in rows)]
    assert len(frame) == len(rows)
    for name in frame.columns:
        for ours, theirs in zip(cells(frame[name]), rows, strict=True):
            expected = theirs["side" if name == "direction" else name]
            if ours != expected:  # what is equal is near
                unknown = name in LINES and math.isnan(ours)
                where = ("signals", theirs["date"])
                assert_cell(where, name, None if unknown else ours, expected, False)


def assert_same_pending(result: Result, orders: list[dict[str, Any]]) -> None:
    """Compare the orders still waiting; their order is not promised, so by symbol."""
    ours = sorted(result.pending, key=lambda order: order["symbol"])
    theirs = sorted(orders, key=lambda order: order["symbol"])
    assert len(ours) == len(theirs), f"pending: {ours}, the oracle has {theirs}"
    for mine, other in zip(ours, theirs, strict=True):
        assert set(mine) == {"symbol", "shares", "reason", "decided"}
        for name in mine:
            where = ("pending", other["symbol"])
            assert_cell(where, name, mine[name], other[name], result.config.account.fractional)


def assert_same_numbers(what: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert set(ours) == set(theirs)
    for name, expected in theirs.items():
        assert_cell((what,), name, ours[name], expected, False)
