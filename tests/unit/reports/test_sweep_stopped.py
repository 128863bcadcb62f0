"""A search that Ctrl-C ends in any of its phases goes on where it was, to the same bytes."""

import itertools
import json
from types import SimpleNamespace

import pytest

import engine.trials.pace
from configs.cells import cells_of
from engine.run import run
from engine.trials.executor import Threads
from engine.trials.journal import Journal
from feeds.prices.cache import cache_folder
from reports.audits.search.document import document
from reports.audits.search.judge import judged
from reports.publish.sweep import publish_sweep
from tests.unit.control_pairs import control_subject
from tests.unit.hand_sweep import hand_sweep
from tests.unit.reports.test_publish import QuickTearsheets

GRID = """
exits.holding_sessions: [3, 5, 8, 10]
rebalance: {weekly: {kind: weekly}, never: {kind: never}}
"""
ASKED = {
    "null": {"resamples": 5, "seed": 1},
    "walk_forward": {"train_sessions": 100, "test_sessions": 50},
}
PHASES = {  # what is said in it, after something of it is finished
    "cells": " of 8 cells,",
    "proof": "proving",
    "null": " of 5 histories,",
    "walk-forward": " of 4 windows,",
    "page": "drawing the run page",
}


@pytest.fixture(scope="module")
def subject():
    return control_subject(1, sessions=300)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Names of what is kept, as it is: blocks of two cells, every step worth telling."""
    names, keep = [], Journal.keep

    def noted(journal, name, values):
        keep(journal, name, values)
        names.append(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCHISM_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setattr("engine.trials.search.SESSIONS_A_BLOCK", 1)
        patch.setattr("engine.trials.search.LEAST_CELLS", 2)
        patch.setattr("engine.trials.proof.DRAWN", 1)
        clock = SimpleNamespace(monotonic=itertools.count(0, 2).__next__)
        patch.setattr(engine.trials.pace, "time", clock)
        patch.setattr(Journal, "keep", noted)
        yield names


@pytest.fixture(scope="module")
def whole(subject, kept, tmp_path_factory):
    """What was made and what was kept for it, uninterrupted."""
    made = searched(subject, tmp_path_factory.mktemp("whole") / "out")
    return made, sorted(kept)


def searched(subject, out, say=lambda step: None):
    """Search, judge and publish, as the command does; return every byte that must not change."""
    cells = cells_of(hand_sweep(subject.config, GRID, **ASKED))
    with judged(cells, subject.market, workers=Threads(1), say=say) as made:
        written = document(made)
        best = run(made.search.cells.grid.config(written["best"]["cell"]), subject.market)
        sessions = subject.market.sessions
        publish_sweep(
            written, made.search.cells, made.swept, sessions, best, out, QuickTearsheets(), say
        )
    told = json.loads((out / "sweep.json").read_text(encoding="utf-8"))
    del told["seconds"], told["cells"]["resumed"]
    names = ("sweep.html", "cells.parquet", "best/result.json", "best/ledger.csv")
    return told, [(out / name).read_bytes() for name in names]


@pytest.mark.parametrize("phase", PHASES)
def test_ctrl_c_in_any_phase_loses_nothing_that_was_finished(subject, tmp_path, whole, kept, phase):
    def stops(step):
        if PHASES[phase] in step:
            raise KeyboardInterrupt

    made, every = whole
    kept.clear()
    with pytest.raises(KeyboardInterrupt):
        searched(subject, tmp_path / "out", stops)
    assert not list(tmp_path.iterdir())  # nothing half-made
    before = list(kept)
    assert before
    assert searched(subject, tmp_path / "out") == made
    assert sorted(kept) == every  # each part was made once, by the one or the other
    assert len(before) == len(every) or phase != "page"
    assert not list((cache_folder() / "searches").iterdir())  # published, and so forgotten
