"""Every cell of a search is the run of its configuration, to the last bit."""

import math
from contextlib import suppress

import numpy as np
import pytest
from pydantic import ValidationError

from configs.cells import cells_of
from engine.errors import EngineError
from engine.event import simulate
from engine.trials.executor import Threads
from engine.trials.proof import prove_cell
from engine.trials.search import Window, run_block, search_of
from engine.trials.sweep import HEADLINE, sweep
from tests.parity.invented import seeded
from tests.property.random_config import random_config
from tests.property.random_market import market_of, random_pair
from tests.unit.hand_sweep import hand_sweep

SECTIONS = ("signal", "sizing", "rebalance", "exits", "costs", "entries", "account")


def invented_search(seed, cells=40):
    """Every section in three settings, each drawn on its own; some combinations are refused."""
    choose = seeded(seed)
    pair = random_pair(choose)
    drawn = [next(_valid(choose, pair)) for _ in range(3)]
    grid = {
        section: {
            name: value for name, value in zip("abc", _distinct(drawn, section), strict=False)
        }
        for section in SECTIONS
    }
    sample = {"kind": "random", "cells": min(cells, math.prod(map(len, grid.values()))), "seed": 1}
    made = hand_sweep(drawn[0], grid, sample=sample)
    return search_of(cells_of(made), market_of(pair)), drawn[0]


def _valid(choose, pair):
    """Draw until the schema takes it."""
    while True:
        with suppress(ValidationError):
            yield random_config(choose, pair)


def _distinct(drawn, section):
    values = [getattr(config, section).model_dump() for config in drawn]
    return [value for at, value in enumerate(values) if value not in values[:at]]


@pytest.mark.parametrize("seed", range(6))
def test_every_cell_is_its_run(seed):
    search, _ = invented_search(seed)
    swept = sweep(search, "sharpe", workers=Threads(1))
    assert tuple(swept.headline) == HEADLINE
    for row in range(search.count):
        prove_cell(search, swept.headline, row)


def test_a_search_of_one_cell_is_the_run():
    _, config = invented_search(1)
    choose = seeded(1)
    market = market_of(random_pair(choose))
    made = hand_sweep(config, {"exits.holding_sessions": [config.exits.holding_sessions]})
    search = search_of(cells_of(made), market)
    swept = sweep(search, "sharpe", workers=Threads(1))
    run = simulate(config, market)
    for name, line in swept.headline.items():
        expected = run.headline[name]
        assert line.tolist() == (
            [expected] if expected is not None else [pytest.approx(math.nan, nan_ok=True)]
        ), name


def test_threads_and_blocks_change_no_bit(monkeypatch):
    search, _ = invented_search(2, cells=200)
    one = sweep(search, "sharpe", workers=Threads(1))
    monkeypatch.setattr("engine.trials.search.SESSIONS_A_BLOCK", 1)
    monkeypatch.setattr("engine.trials.search.LEAST_CELLS", 1)
    smaller = search_of(search.cells, search.pieces.market)
    assert len(smaller.blocks) > len(search.blocks)
    for other in (
        sweep(search, "sharpe", workers=Threads(3)),
        sweep(smaller, "sharpe", workers=Threads(2)),
    ):
        for name in HEADLINE:
            np.testing.assert_array_equal(one.headline[name], other.headline[name], name)


def test_a_bit_that_differs_is_an_error_that_names_it():
    search, _ = invented_search(3)
    swept = sweep(search, "sharpe", workers=Threads(1))
    equity = swept.headline["final_equity"]
    row = int(np.argmax(equity))
    equity[row] = np.nextafter(equity[row], np.inf)
    with pytest.raises(
        EngineError, match=r"cell signal=.*: final_equity to \d{4}-.* in Backtrader"
    ):
        prove_cell(search, swept.headline, row)


def test_a_window_is_a_run_that_starts_flat_there_and_knows_what_was_known():
    search, _ = invented_search(4)
    whole = run_block(search, search.blocks[0].rows, keep_equity=True)
    count = whole.equity.shape[1]
    part = run_block(
        search, search.blocks[0].rows, window=Window(first=0, end=count // 2), keep_equity=True
    )
    np.testing.assert_array_equal(part.equity, whole.equity[:, : count // 2])
    rows = search.blocks[0].rows
    cash = np.full(len(rows), 5e6)
    later = run_block(search, rows, window=Window(first=5, end=count), cash=cash, keep_equity=True)
    assert later.equity.shape == (len(rows), count - 5)
    assert later.equity[:, 0] == pytest.approx(cash, rel=0.01)  # a night's interest at most
