"""How often was it tried? Counts worked by hand: windows, pairs, grids, what two of them share."""

import itertools
from dataclasses import replace

import pytest

from configs.cells import cells_of
from configs.load import Document, replaced
from engine.run import run
from engine.trials.executor import Threads
from engine.trials.search import search_of
from engine.trials.sweep import sweep
from engine.trials.trial import run_trial, search_trial, written_out
from engine.trials.tried import Record, Tried, count_trials, distinct
from tests.unit.control_pairs import control_subject
from tests.unit.hand_sweep import hand_sweep
from tests.unit.hand_trials import hand_trial

LEVELS, WINDOWS = [-3.0, -2.5, -2.0, -1.5], [21, 63, 126]


def level(value, **other):
    return hand_trial({"signal.enter_below": value}, **other)


def grid(levels=LEVELS, windows=WINDOWS, *, refused=0, changes=(), **other):
    axes = {"signal.enter_below": list(levels), "signal.window": list(windows)}
    return hand_trial(changes, cells=len(levels) * len(windows) - refused, axes=axes, **other)


def tried(*trials, marks=0, **other):
    records = [Record(when="2026-01-05T10:00:00Z", command="backtest", trial=t) for t in trials]
    mark = Record(when="2026-01-05T10:00:00Z", command="backtest", trial=None)
    return Tried(records=(*records, *[mark] * marks), **other)


# --- runs ---


def test_the_same_configuration_twice_is_one_trial():
    assert distinct([level(-2.0), level(-2.0), level(-1.5)]) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "other"},
        {"data.path": "there"},
        {"data.source": "yahoo"},
        {"data.benchmark": "QQQ"},
    ],
    ids=str,
)
def test_what_makes_no_run_makes_no_trial(changes):
    assert distinct([hand_trial(), hand_trial(changes)]) == 1


def test_a_window_asked_for_and_an_edited_strategy_file_are_trials():
    assert distinct([hand_trial(), hand_trial({"data.start": "2021-01-04"})]) == 2
    own = [hand_trial(strategy_sha256=letter * 64) for letter in "aab"]
    assert distinct(own) == 2


# --- grids ---


def test_a_grid_counts_the_cells_that_ran():
    assert distinct([grid(refused=2)]) == 4 * 3 - 2
    assert distinct([grid(refused=2), grid(refused=2, changes={"name": "again"})]) == 4 * 3 - 2


def test_a_run_inside_a_grid_is_its_cell_and_one_outside_is_not():
    inside = hand_trial({"signal.enter_below": -2.5, "signal.window": 126})
    beside = hand_trial({"signal.enter_below": -2.25, "signal.window": 126})
    other = hand_trial({"signal.window": 21, "rebalance.kind": "monthly"})
    assert distinct([grid(), inside]) == 12
    assert distinct([inside, grid(refused=2), beside, other]) == 10 + 2


def test_what_two_grids_share_counts_once():
    one, other = grid(), grid([-2.0, -1.5, -1.0], [63, 126, 252])  # share 2 levels, 2 windows
    assert distinct([one, other]) == 12 + 9 - 2 * 2
    third = grid([-2.0], [63, 7])  # one new, the other in both
    assert distinct([one, other, third]) == 12 + 9 - 4 + 1


def test_grids_on_other_axes_meet_where_their_settings_do():
    kinds = [{"kind": "weekly", "every": 1}, {"kind": "monthly", "every": 1}]
    upkeep = hand_trial(
        cells=8, axes={"signal.enter_below": LEVELS, "rebalance": kinds}
    )  # weekly with a window of 63 is in both: four levels
    assert distinct([grid(), upkeep]) == 12 + 8 - 4


def test_an_axis_inside_a_section_meets_an_axis_of_the_section():
    kinds = [{"kind": "weekly", "every": 1}, {"kind": "monthly", "every": 1}]
    sections = hand_trial(cells=2, axes={"rebalance": kinds})
    inside = hand_trial(cells=3, axes={"rebalance.every": [1, 2, 3]})  # weekly, 1 is in both
    assert distinct([sections, inside]) == 2 + 3 - 1
    assert distinct([sections, inside, hand_trial({"rebalance.every": 3})]) == 4


def test_cells_that_are_not_named_count_whole_and_the_same_search_once():
    drawn = hand_trial(cells=50, axes=None)
    again = hand_trial({"name": "seed 2"}, cells=50, axes=None)
    assert distinct([drawn, drawn, level(-2.0)]) == 50 + 1
    assert distinct([drawn, again]) == 100


def test_refused_cells_are_the_same_on_one_window_and_may_not_be_on_two():
    one, other = grid(refused=3), grid(LEVELS[:2], refused=2)  # the second lies in the first
    assert distinct([one, other]) == 12 - 3
    later = grid(LEVELS[:2], refused=2, start="2021-01-04", changes={"data.start": "2020-01-02"})
    assert distinct([one, later]) == 12 - 2


def test_a_union_of_grids_is_what_its_cells_are_one_by_one():
    shapes = [([-3.0, -2.5], [21, 63]), ([-2.5, -2.0], [63, 126]), ([-3.0, -2.0], [21, 126, 7]),
              ([-2.5], [7, 21, 63, 126])]  # fmt: skip
    cells = {cell for levels, windows in shapes for cell in itertools.product(levels, windows)}
    assert distinct(grid(*shape) for shape in shapes) == len(cells)


# --- which trials, and whose count ---


def test_only_the_same_symbols_on_a_window_that_shares_a_day_count():
    own = level(-2.0, start="2020-01-02", end="2020-12-31")
    near = [
        level(-1.5, start="2020-12-31", end="2021-12-31"),  # one day
        hand_trial({"pair": {"long": "BBB", "short": "AAA"}}, start="2019-01-02", end="2020-01-02"),
    ]
    far = [
        level(-1.0, start="2021-01-04", end="2021-12-31"),
        hand_trial({"pair": {"long": "AAA", "short": "CCC"}}),
        level(-0.5, synthetic=True),
    ]
    found = count_trials(tried(*near, *far), own, 1)
    assert (found.trials, found.ledger, found.by) == (3, 3, "ledger")
    assert found.sentence.startswith(
        "3 trials: the distinct configurations that the ledger of trials"
    )


def test_a_search_over_a_universe_counts_whole_on_each_of_its_pairs():
    search = hand_trial(cells=18, universe=("AAA", "BBB", "CCC"))
    chosen = hand_trial({"pair": {"long": "CCC", "short": "AAA"}})
    assert count_trials(tried(search), chosen, 1).trials == 18 + 1
    assert count_trials(tried(chosen), search, 1).trials == 18 + 1
    other = hand_trial({"pair": {"long": "CCC", "short": "DDD"}})  # one of them alone is no pair
    assert count_trials(tried(search), other, 1).trials == 1
    assert count_trials(tried(search), hand_trial(universe=("AAA", "DDD")), 1).trials == 1


def test_the_trial_itself_counts_once_whether_recorded_or_not():
    assert count_trials(tried(), level(-2.0), 1).trials == 1
    assert count_trials(tried(level(-2.0)), level(-2.0), 1).trials == 1


@pytest.mark.parametrize(
    ("declared", "trials", "by"), [(1, 2, "ledger"), (2, 2, "ledger"), (3, 3, "audit.trials")]
)
def test_the_larger_of_ledger_and_declaration_counts_and_is_named(declared, trials, by):
    found = count_trials(tried(level(-1.5)), level(-2.0), declared)
    assert (found.trials, found.by, found.ledger, found.declared) == (trials, by, 2, declared)
    assert ("as audit.trials says: more than the 2" in found.sentence) == (by == "audit.trials")


def test_what_was_left_out_or_cannot_be_read_is_said():
    found = count_trials(tried(marks=2, skipped=("line 3 is torn",)), level(-2.0), 1)
    assert "2 commands with --no-ledger not counted; 1 line of it not read" in found.sentence
    assert found.doubts == ("the ledger of trials: line 3 is torn: kept, not counted",)
    assert found.unrecorded == 2
    many = count_trials(tried(skipped=tuple(f"line {n}" for n in range(9))), level(-2.0), 1)
    assert len(many.doubts) == 6
    assert many.doubts[-1] == "the ledger of trials: 4 more such lines"


def test_a_ledger_that_cannot_be_read_leaves_the_number_unknown():
    found = count_trials(Tried(unreadable="x: is a directory"), level(-2.0), 7)
    assert (found.ledger, found.by) == (None, "audit.trials")
    assert found.doubts == ("the ledger of trials, x: is a directory",)


# --- what runs and searches write ---

GRID = {
    "signal.enter_below": [-2, -1.5, -1.0],
    "rebalance": {"weekly": {"kind": "weekly"}, "never": {"kind": "never"}},
}


@pytest.fixture(scope="module")
def subject():
    return control_subject(3, sessions=200)


def test_a_cell_run_alone_is_a_cell_of_its_search(subject):
    search = search_of(cells_of(hand_sweep(subject.config, GRID)), subject.market)
    swept = sweep(search, "sharpe", workers=Threads(1))
    trial = search_trial(search, swept)
    assert (trial.cells, len(trial.axes["rebalance"])) == (6, 2)
    assert trial.axes["signal.enter_below"] == [-2.0, -1.5, -1.0]
    best = float(swept.headline["sharpe"][swept.ranked[0]])
    assert trial.score == best
    cells = [run_trial(run(search.cells.grid.config(n), subject.market)) for n in range(6)]
    assert max(each.score for each in cells) == best
    assert distinct([trial, *cells]) == 6
    other = replaced(
        hand_sweep(subject.config, GRID).base, ("signal", "enter_below"), -1.75, {}, ""
    )
    outside = subject.config.model_validate(other.values)
    assert distinct([trial, run_trial(run(outside, subject.market))]) == 7


def test_drawn_cells_are_not_named(subject):
    sample = {"kind": "random", "cells": 4, "seed": 1}
    search = search_of(cells_of(hand_sweep(subject.config, GRID, sample=sample)), subject.market)
    trial = search_trial(search, sweep(search, "sharpe", workers=Threads(1)))
    assert (trial.cells, trial.axes) == (4, None)


def test_an_axis_that_changes_a_default_elsewhere_is_not_named_as_a_product(subject):
    asked = hand_sweep(subject.config, {"sizing.kind": ["inverse_vol", "beta_neutral"]})
    values = asked.base.values | {"sizing": {"kind": "inverse_vol"}}  # windows of 21 and of 63
    cells = cells_of(replace(asked, base=Document(values=values, places={})))
    assert {cells.grid.config(number).sizing.window for number in range(2)} == {21, 63}
    assert written_out(cells) is None
