"""The cells of a search are what their configurations say, however few of them are looked at.

Two random configurations of one pair; wherever they differ is an axis, of one key or of a section.
"""

from contextlib import suppress

import numpy as np
import pytest
from pydantic import ValidationError

from configs.cells import accepted, cells_of
from configs.errors import ConfigError
from configs.load import replaced
from configs.schema import RunConfig
from engine.body.terms import Terms
from engine.prepare.fundamental_lines import needed_readings
from engine.prepare.pieces import Pieces
from engine.prepare.preflight import check_sessions
from engine.prepare.terms import terms_of
from engine.trials.search import ENTRIES, FACTS, WARM, search_of
from strategies import STRATEGIES
from strategies.records import as_array, columns_of
from tests.parity.invented import seeded
from tests.property.random_config import random_config, spread_sections
from tests.property.random_market import random_pair
from tests.property.wide_config import wide_config, wide_market
from tests.unit.hand_sweep import hand_sweep

CELLS = 40
SECTIONS = ("signal", "regime", "sizing", "rebalance", "exits", "costs", "entries", "account")


def drawn(choose, pair, is_spread):
    """Draw until the schema takes it."""
    while True:
        with suppress(ValidationError):
            if not is_spread:
                return wide_config(choose, pair)
            return random_config(choose, pair, **spread_sections(choose, pair))


def axes_between(one, other, choose):
    """Where two configurations differ, as a grid: now and then a whole section is one axis."""
    grid = {}

    def add(path, here, there):
        if here == there:
            return
        inner = [each for each in (here, there) if isinstance(each, dict)]
        of_a_kind = len(inner) == 2 and here.get("kind") == there.get("kind") and here and there
        if of_a_kind and set(here) == set(there) and choose((True, True, False)):
            for name in here:
                add((*path, name), here[name], there[name])
        else:
            grid[".".join(path)] = [here, there]

    for section in SECTIONS:
        add((section,), *(each.model_dump()[section] for each in (one, other)))
    return grid


@pytest.fixture(scope="module", params=range(6))
def searched(request):
    choose = seeded(1_000 + request.param)
    pair = random_pair(choose)
    base, other = (drawn(choose, pair, request.param % 2) for _ in range(2))
    grid = axes_between(base, other, choose)
    assert len(grid) >= 5
    sample = {"kind": "random", "cells": min(CELLS, 2 ** len(grid)), "seed": 1}
    return hand_sweep(base, grid, sample=sample), wide_market(choose, pair, base)


def whole(cells, number):
    """A cell's configuration, checked as one document of its own."""
    document, sweep = cells.grid.sweep.base, cells.grid.sweep
    for axis, place in zip(sweep.axes, cells.grid.places(np.array([number]))[:, 0], strict=True):
        document = replaced(document, axis.path, axis.values[place], {}, "")
    return RunConfig.model_validate(document.values)


def test_a_cell_is_its_document_and_what_is_refused_is_refused_as_one(searched):
    sweep, _ = searched
    with suppress(ConfigError):  # none can run
        cells = cells_of(sweep)
        made = list(cells.configs(np.arange(len(cells.numbers))))
        for number, config in zip(cells.numbers.tolist(), made, strict=True):
            there = whole(cells, number)
            assert config == there
            assert config.model_fields_set == set(RunConfig.model_fields)
            assert config.digest() == there.digest()
        assert sum(cells.refused.values()) == cells.asked - len(made)


def test_few_settings_tell_what_all_cells_tell(searched):
    sweep, market = searched
    try:
        cells = cells_of(sweep)
    except ConfigError:
        pytest.skip("no cell of this grid can run")
    pieces, rows = Pieces(market), np.arange(len(cells.numbers))
    search = search_of(cells, market)
    by_row = list(cells.configs(rows))
    alone = [
        terms_of(
            config, pieces.tariffs(config), STRATEGIES[config.signal.kind].warmup_sessions(config)
        )
        for config in by_row
    ]
    made, asked = (
        columns_of(each, Terms) for each in (search.terms.of(rows), as_array(alone, Terms))
    )
    for name, line in asked.items():
        np.testing.assert_array_equal(made[name], line, name)
    for row, config in enumerate(by_row):
        entry = search.pieces.entry(by_row[search.asks[search.entry_of[row]]])
        np.testing.assert_array_equal(entry, Pieces(market).entry(config))
    for block in search.blocks:
        today = search.pieces.today(by_row[block.rows[0]])
        for row in block.rows.tolist():
            assert Pieces(market).today(by_row[row]).tobytes() == today.tobytes()
    for keys, key_of in ((FACTS, pieces.today_key), (ENTRIES, pieces.entry_key)):
        first, which = cells.settings(keys)
        for row, config in enumerate(by_row):
            assert key_of(config) == key_of(by_row[first[which[row]]])


def test_what_cannot_run_is_refused_cell_by_cell_or_once_for_many(searched):
    sweep, _ = searched

    def accept(config):
        check_sessions(config, 30)
        if "capex_growth" in needed_readings(config):
            raise ConfigError("unknown")

    def kept(keys):
        with suppress(ConfigError):
            some = accepted(cells_of(sweep), keys, accept)
            return some.numbers.tolist(), some.refused
        return None

    assert kept(WARM) == kept(SECTIONS)
