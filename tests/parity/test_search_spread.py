"""Every cell of a search over spreads is the run of its configuration, to the last bit."""

import math
from contextlib import suppress

import pytest
from pydantic import ValidationError

from configs.cells import cells_of
from engine.trials.executor import Threads
from engine.trials.proof import prove_cell
from engine.trials.search import search_of
from engine.trials.sweep import sweep
from tests.parity.invented import seeded
from tests.property.random_config import random_config, spread_sections
from tests.property.random_market import market_of, random_pair
from tests.unit.hand_sweep import hand_sweep

REGIME = {"symbols": ["^VIX"], "window": 5, "percentile_below": 70.0}


def drawn_of(seed, count=3):
    choose = seeded(seed)
    pair, drawn = random_pair(choose), []
    while len(drawn) < count:
        with suppress(ValidationError):
            drawn.append(random_config(choose, pair, **spread_sections(choose, pair)))
    return pair, drawn


@pytest.mark.parametrize("seed", range(6))
def test_every_cell_of_spreads_is_its_run(seed):
    pair, drawn = drawn_of(seed)
    grid = {}
    for section in ("signal", "sizing", "exits", "costs", "account"):
        values = [getattr(config, section).model_dump() for config in drawn]
        distinct = [each for at, each in enumerate(values) if each not in values[:at]]
        grid[section] = dict(zip("abc", distinct, strict=False))
    sample = {"kind": "random", "cells": min(30, math.prod(map(len, grid.values()))), "seed": 1}
    search = search_of(cells_of(hand_sweep(drawn[0], grid, sample=sample)), market_of(pair))
    swept = sweep(search, "sharpe", workers=Threads(1))
    for row in range(search.count):
        prove_cell(search, swept.headline, row)


def test_a_regime_bars_both_sides_in_a_search_too():
    pair, (config, *_) = drawn_of(2)
    asked = config.model_copy(update={"regime": None})
    made = hand_sweep(asked, {"regime": [None, REGIME], "exits.holding_sessions": [3, 9]})
    search = search_of(cells_of(made), market_of(pair))
    swept = sweep(search, "sharpe", workers=Threads(1))
    for row in range(search.count):
        prove_cell(search, swept.headline, row)
