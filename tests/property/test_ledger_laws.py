"""Laws of the ledger of trials: whatever bytes it holds, no line of ours is lost, none changes."""

import itertools
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.trials.tried import Record, count_trials, distinct
from reports.publish.trials import LEDGER, append, read_ledger
from tests.unit.hand_trials import hand_trial

LINES = 6
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
BEGUN = [b'{"when":"', b'{"when": "2026']
PARTS = st.sampled_from([*BEGUN, b"{", b'"', b"\\", b"[", b"}", b"\n", b"\r"])
JUNK = st.lists(PARTS | st.binary(max_size=8), max_size=6).map(b"".join)


def good_lines(folder):
    """Return lines as the writer makes them, and what each says."""
    path = folder / "good"
    if not path.exists():
        for number in range(LINES):
            trial = hand_trial({"signal.window": number, "name": f'{{"when":"{number}'})
            append(path, line_of(trial, number))
    return path.read_bytes().splitlines(keepends=True), read_ledger(path).records


def line_of(trial, number):
    return {
        "when": f"2026-01-05T10:00:{number:02}Z", "command": "backtest", "pair": trial.pair,
        "window": [trial.start, trial.end], "synthetic": trial.synthetic,
        "data_sha256": trial.data_sha256, "config_sha256": trial.config_sha256,
        "score": trial.score, "engine": trial.engine, "search": trial.search, "grid": None,
        "settings": trial.settings,
    }  # fmt: skip


@settings(deadline=None)
@given(junk=st.lists(JUNK, min_size=LINES + 1, max_size=LINES + 1))
def test_no_bytes_between_lines_lose_one(tmp_path_factory, junk):
    folder = tmp_path_factory.getbasetemp()
    lines, records = good_lines(folder)
    assert len(records) == LINES
    mixed = b"".join(itertools.chain(*zip(junk, lines, strict=False))) + junk[-1]
    (folder / LEDGER).write_bytes(mixed)
    found = read_ledger(folder / LEDGER)
    assert [each for each in found.records if each in records] == list(records)
    strange = any(part.strip() for part in b"".join(junk).splitlines())
    assert bool(found.skipped) == strange
    before = (folder / LEDGER).read_bytes()
    append(folder / LEDGER, json.loads(lines[0]))
    assert (folder / LEDGER).read_bytes().startswith(before)
    assert read_ledger(folder / LEDGER).records[-1] == records[0]


@settings(deadline=None)
@given(
    changes=st.dictionaries(
        st.sampled_from(["when", "command", "pair", "window", "score", "grid", "settings"]),
        ANY_JSON | st.fixed_dictionaries({"cells": ANY_JSON, "axes": ANY_JSON}),
    )
)
def test_any_values_are_a_trial_that_can_be_counted_or_are_skipped(tmp_path_factory, changes):
    path = tmp_path_factory.getbasetemp() / "values"
    path.write_text(json.dumps(line_of(hand_trial(), 0) | changes) + "\n")
    found = read_ledger(path)
    assert len(found.records) + len(found.skipped) == 1
    assert all(isinstance(each, Record) for each in found.records)
    assert count_trials(found, hand_trial(), 1).trials >= 1


AXES = {"signal.enter_below": [-3.0, -2.0, -1.0], "signal.window": [21, 63, 126]}
SUBSETS = st.fixed_dictionaries({
    key: st.lists(st.sampled_from(values), min_size=1, unique=True) for key, values in AXES.items()
})  # fmt: skip


@given(
    grids=st.lists(SUBSETS, max_size=5),
    points=st.lists(st.tuples(*map(st.sampled_from, AXES.values())), max_size=4),
)
def test_grids_and_runs_count_each_cell_once(grids, points):
    cells = set(points)
    trials = [hand_trial(dict(zip(AXES, point, strict=True))) for point in points]
    for axes in grids:
        product = list(itertools.product(*(axes[key] for key in AXES)))
        cells |= set(product)
        trials.append(hand_trial(cells=len(product), axes=axes))
    assert distinct(trials) == len(cells)
