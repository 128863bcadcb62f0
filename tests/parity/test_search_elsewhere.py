"""Threads, processes and whoever else runs a search change no bit, whatever dies on the way."""

import os
import pickle
import signal
from functools import partial

import numpy as np
import pytest

from engine.errors import EngineError
from engine.trials.executor import Threads, packed
from engine.trials.processes import Processes
from engine.trials.search import search_of
from engine.trials.sweep import HEADLINE, sweep
from tests.parity.test_search_is_the_runs import invented_search


def in_blocks(search, monkeypatch, cells=4):
    """The same search in blocks of a few cells."""
    monkeypatch.setattr("engine.trials.search.SESSIONS_A_BLOCK", 1)
    monkeypatch.setattr("engine.trials.search.LEAST_CELLS", cells)
    return search_of(search.cells, search.pieces.market)


@pytest.fixture
def search(monkeypatch):
    made, _ = invented_search(2, cells=40)
    return in_blocks(made, monkeypatch)


def test_a_search_travels_as_its_cells_and_market_and_arrives_the_same(search):
    search.cells.grid.config(int(search.cells.numbers[0]))  # something made and kept
    other = pickle.loads(packed(search))
    assert [each.name for each in other.blocks] == [each.name for each in search.blocks]
    assert (
        other.terms.of(np.arange(search.count)).tobytes()
        == search.terms.of(np.arange(search.count)).tobytes()
    )


def counted(search, block):
    return len(block.rows)


def dies_once(folder, search, block):
    """As a process does that somebody kills: whoever first takes the second block."""
    if block.name == search.blocks[1].name and not (folder / "died").exists():
        (folder / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return len(block.rows)


def dies_on(row, search, block):
    if row in block.rows:
        os.kill(os.getpid(), signal.SIGKILL)
    return len(block.rows)


def refuses(search, block):
    raise EngineError(f"{search.named(int(block.rows[0]))}: cannot go on")


def test_a_process_that_is_killed_costs_nothing(search, tmp_path):
    done = list(Processes(2).each(partial(dies_once, tmp_path), search, search.blocks))
    assert (tmp_path / "died").exists()
    assert sorted(block.name for block, _ in done) == sorted(each.name for each in search.blocks)
    assert sum(count for _, count in done) == search.count


def test_a_cell_that_kills_every_process_is_named_after_the_others_are_done(search):
    block = max(search.blocks, key=lambda each: len(each.rows))
    row = int(block.rows[1])
    asked, done = [*search.blocks[:3], block], []

    def all_of_them():
        done.extend(
            block.name for block, _ in Processes(1).each(partial(dies_on, row), search, asked)
        )

    with pytest.raises(EngineError, match="ended its process twice, alone too") as caught:
        all_of_them()
    assert str(caught.value).startswith(f"cell {search.named(row)}: ")


def test_what_a_task_refuses_passes_as_it_is(search):
    with pytest.raises(EngineError, match="cannot go on"):
        list(Processes(1).each(refuses, search, search.blocks[:2]))


def test_processes_change_no_bit(search):
    here = sweep(search, "sharpe", workers=Threads(2))
    there = sweep(search, "sharpe", workers=Processes(2))
    for name in HEADLINE:
        np.testing.assert_array_equal(here.headline[name], there.headline[name], name)
