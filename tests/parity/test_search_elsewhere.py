"""Threads, processes and whoever else runs a search change no bit, whatever dies on the way."""

import pickle
from functools import partial

import numpy as np
import pytest

from configs.cells import cells_of
from engine.errors import EngineError
from engine.trials.executor import Threads, packed
from engine.trials.processes import Processes
from engine.trials.search import search_of
from engine.trials.sweep import HEADLINE, sweep
from tests.parity.dying import dies_on, dies_once, refuses
from tests.parity.test_search_is_the_runs import invented_search
from tests.unit.hand_sweep import hand_sweep


@pytest.fixture
def search(monkeypatch):
    """One configuration with twelve amounts of cash, in blocks of four cells."""
    monkeypatch.setattr("engine.trials.search.SESSIONS_A_BLOCK", 1)
    monkeypatch.setattr("engine.trials.search.LEAST_CELLS", 4)
    other, config = invented_search(1, cells=1)
    cash = [1_000_000.0 + 50_000.0 * number for number in range(12)]
    made = search_of(cells_of(hand_sweep(config, {"account.cash": cash})), other.pieces.market)
    assert [len(block.rows) for block in made.blocks] == [4, 4, 4]
    return made


def test_a_search_travels_as_its_cells_and_market_and_arrives_the_same(search):
    search.cells.grid.config(int(search.cells.numbers[0]))  # something made and kept
    other = pickle.loads(packed(search))
    assert [each.name for each in other.blocks] == [each.name for each in search.blocks]
    assert (
        other.terms.of(np.arange(search.count)).tobytes()
        == search.terms.of(np.arange(search.count)).tobytes()
    )


def test_a_process_that_is_killed_costs_nothing(search, tmp_path):
    work = partial(dies_once, tmp_path, search.blocks[1].name)
    done = list(Processes(1).each(work, search, search.blocks))  # each start costs seconds
    assert (tmp_path / "died").exists()
    assert sorted(block.name for block, _ in done) == sorted(each.name for each in search.blocks)
    assert sum(count for _, count in done) == search.count


def test_a_cell_that_kills_every_process_is_named_after_the_others_are_done(search):
    row, done = int(search.blocks[1].rows[2]), []

    def all_of_them():
        done.extend(
            block.name
            for block, _ in Processes(1).each(partial(dies_on, row), search, search.blocks)
        )

    with pytest.raises(EngineError, match="ended its process twice, alone too") as caught:
        all_of_them()
    assert str(caught.value).startswith(f"cell {search.named(row)}: ")


def test_what_a_task_refuses_passes_as_it_is(search):
    with pytest.raises(EngineError, match="cannot go on"):
        list(Processes(1).each(refuses, search, search.blocks[:2]))


def test_processes_change_no_bit(search):
    here = sweep(search, "sharpe", workers=Threads(2))
    there = sweep(search, "sharpe", workers=Processes(1))
    for name in HEADLINE:
        np.testing.assert_array_equal(here.headline[name], there.headline[name], name)
