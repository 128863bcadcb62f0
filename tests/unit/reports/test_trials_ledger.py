"""The ledger of trials on disk: what a line tells, and what no line, folder or disk can break."""

import argparse
import json
import os
import re
from pathlib import Path

import pytest

from configs.sweep import MOST_CELLS
from engine.trials.tried import Record
from reports.publish import trials as ledger
from reports.publish.trials import LEDGER, append, ledger_of, read_ledger, recording
from tests.unit.hand_trials import SETTINGS, hand_trial

WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
KEYS = ["when", "command", "pair", "window", "synthetic", "data_sha256", "config_sha256", "score",
        "engine", "search", "grid", "settings"]  # fmt: skip
GRID = hand_trial(cells=2, axes={"signal.window": [21, 63]})


def recorded(shelf, *trials, no_ledger=False, out=None):
    options = argparse.Namespace(out=out, command="backtest", no_ledger=no_ledger)
    record = recording(options, shelf, trials)
    record()
    return record


def lines(shelf):
    return (shelf / LEDGER).read_text(encoding="ascii").splitlines()


# --- lines ---


def test_a_line_tells_when_what_on_which_prices_and_what_it_came_to(tmp_path):
    assert recorded(tmp_path, hand_trial()).warnings == []
    (line,) = lines(tmp_path)
    told = json.loads(line)
    assert list(told) == KEYS
    assert WHEN.fullmatch(told["when"])
    assert (told["command"], told["pair"], told["score"]) == ("backtest", "AAA/BBB", 1.25)
    assert told["window"] == ["2020-01-02", "2022-12-30"]
    assert told["settings"] == SETTINGS


def test_what_was_written_is_what_is_read(tmp_path):
    own = hand_trial({"name": "déjà vu \u2028"}, strategy_sha256="e" * 64, score=None)
    drawn = hand_trial(cells=40, axes=None)
    pairs = hand_trial(cells=6, universe=("AAA", "BBB", "CCC"))
    recorded(tmp_path, hand_trial(), GRID, own, drawn, pairs)
    found = read_ledger(tmp_path / LEDGER)
    assert found.trials == (hand_trial(), GRID, own, drawn, pairs)
    assert (found.skipped, found.unreadable) == ((), None)


def test_every_line_is_one_write(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(os, "write", lambda number, data: written.append(data) or len(data))
    recorded(tmp_path, hand_trial(), GRID)
    assert [data.count(b"\n") for data in written] == [1, 1]
    assert all(data.endswith(b"\n") for data in written)


def test_without_the_ledger_one_line_says_so_whatever_was_tried(tmp_path):
    record = recorded(tmp_path, hand_trial(), GRID, no_ledger=True)
    (line,) = lines(tmp_path)
    assert list(json.loads(line)) == ["when", "command", "not_recorded"]
    assert record.warnings[0].startswith("--no-ledger: ")
    found = read_ledger(tmp_path / LEDGER)
    assert [(each.command, each.trial) for each in found.records] == [("backtest", None)]
    assert (found.trials, found.skipped) == ((), ())


def test_the_ledger_stands_beside_the_folder_it_tells_of(tmp_path):
    assert ledger_of(None, tmp_path) == tmp_path / LEDGER
    assert ledger_of(tmp_path / "else" / "run", tmp_path) == tmp_path / "else" / LEDGER


# --- what is there already ---

GOOD = json.dumps({"when": "2026-01-05T10:00:00Z", "command": "x", "not_recorded": "--no-ledger"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{}", "line 1 is not ours (lacks 'when')"),
        ("[1, 2]", "line 1 is not ours (no mapping of keys)"),
        ("null", "line 1 is not ours (no mapping of keys)"),
        ('{"when": "yesterday", "command": "x"}', "line 1 is not ours (time data 'yesterday'"),
        ('{"when": "2026-01-05T10:00:00Z"}', "line 1 is not ours (lacks 'command')"),
        ('{"when": "2026-01-05T10:00:00Z", "command": "x"}', "line 1 is not ours (lacks 'window')"),
        ("torn", "line 1 is torn or is no JSON"),
        ("\x00\x00", "line 1 is torn or is no JSON"),
        ("[" * 100_000, "line 1 is torn or is no JSON"),
        (GOOD[:30], "line 1 is torn or is no JSON"),
    ],
    ids=lambda text: text[:20],
)
def test_a_line_that_is_none_of_ours_is_named_and_stays(tmp_path, text, told):
    (tmp_path / LEDGER).write_text(f"{text}\n{GOOD}\n", encoding="utf-8")
    before = (tmp_path / LEDGER).read_bytes()
    recorded(tmp_path, hand_trial())
    found = read_ledger(tmp_path / LEDGER)
    assert [each.trial for each in found.records] == [None, hand_trial()]
    (skipped,) = found.skipped
    assert skipped.startswith(told)
    assert (tmp_path / LEDGER).read_bytes().startswith(before)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pair", "AAA"), ("pair", "AAA/AAA"), ("pair", 3), ("window", ["2022-01-03", "2021-01-04"]),
        ("window", "2022"), ("window", ["2022-01-03"]), ("synthetic", "no"), ("score", "1.2"),
        ("score", True), ("score", 10**400), ("config_sha256", "abc"), ("engine", None),
        ("settings", [1]), ("grid", {"cells": 0, "axes": None}), ("grid", {"cells": 2}),
        ("grid", {"cells": 10**30, "axes": None}), ("grid", {"cells": 3, "axes": {"a": [1, 2]}}),
        ("grid", {"cells": 1, "axes": {"a": []}}),
        ("grid", {"cells": 1, "axes": {"a." * 200 + "a": [1]}}), ("grid", 5),
        ("strategy_sha256", 5), ("universe", "AAABBB"), ("universe", ["AAA"]),
        ("universe", ["AAA", "AAA"]), ("universe", ["AAA", 5]), ("universe", ["A"] * 501),
    ],
    ids=str,
)  # fmt: skip
def test_a_value_that_no_trial_has_is_none_of_ours(tmp_path, key, value):
    recorded(tmp_path, hand_trial())
    (line,) = lines(tmp_path)
    (tmp_path / LEDGER).write_text(json.dumps(json.loads(line) | {key: value}) + "\n")
    found = read_ledger(tmp_path / LEDGER)
    assert found.records == ()
    assert found.skipped[0].startswith("line 1 is not ours (")


@pytest.mark.parametrize("written", ['"score":1.25', '"window":63'])
@pytest.mark.parametrize("word", ["NaN", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_none_of_ours(tmp_path, written, word):
    recorded(tmp_path, hand_trial())
    key = written.split(":")[0]
    text = lines(tmp_path)[0].replace(written, f"{key}:{word}")
    (tmp_path / LEDGER).write_text(text + "\n")
    found = read_ledger(tmp_path / LEDGER)
    assert (found.records, len(found.skipped)) == ((), 1)


def test_a_torn_line_does_not_take_the_next_one_with_it(tmp_path):
    recorded(tmp_path, hand_trial())
    whole = (tmp_path / LEDGER).read_bytes()
    (tmp_path / LEDGER).write_bytes(whole + whole[:300])  # a writer that was killed
    recorded(tmp_path, GRID)
    assert len(lines(tmp_path)) == 3  # the next one closed it
    assert read_ledger(tmp_path / LEDGER).trials == (hand_trial(), GRID)
    (tmp_path / LEDGER).write_bytes(whole[:300] + whole)  # or did not
    found = read_ledger(tmp_path / LEDGER)
    assert found.trials == (hand_trial(),)
    assert found.skipped == ("line 1 is torn or is no JSON",)


def test_blank_lines_and_spaces_are_nobody_s(tmp_path):
    recorded(tmp_path, hand_trial())
    spaced = json.dumps(json.loads(lines(tmp_path)[0]))
    (tmp_path / LEDGER).write_text(f"\n  {spaced}  \r\n\n", encoding="utf-8")
    found = read_ledger(tmp_path / LEDGER)
    assert (found.trials, found.skipped) == ((hand_trial(),), ())


# --- what cannot be written or read ---


def test_a_search_may_have_as_many_cells_here_as_there():
    assert ledger.MOST_CELLS == MOST_CELLS


def test_no_ledger_yet_is_nothing_tried(tmp_path):
    found = read_ledger(tmp_path / LEDGER)
    assert (found.records, found.unreadable) == ((), None)


def a_folder(path):
    path.mkdir()


@pytest.mark.parametrize("put", [a_folder, os.mkfifo, lambda path: path.symlink_to(path)])
def test_what_is_no_file_stops_nothing_and_is_said(tmp_path, put):
    put(tmp_path / LEDGER)
    record = recorded(tmp_path, hand_trial(), GRID)
    (warning,) = record.warnings
    assert warning.startswith(f"{tmp_path / LEDGER}: was not written (")
    assert "what this tried is not recorded" in warning
    assert f"{tmp_path / LEDGER}: could not be read (" in read_ledger(tmp_path / LEDGER).unreadable


def test_a_full_disk_is_said_and_what_it_took_is_named(tmp_path, monkeypatch):
    recorded(tmp_path, GRID)
    write = os.write
    monkeypatch.setattr(os, "write", lambda number, data: write(number, data[:100]))
    (warning,) = recorded(tmp_path, hand_trial()).warnings
    assert "was not written (only 100 of " in warning
    monkeypatch.undo()
    found = read_ledger(tmp_path / LEDGER)
    assert (found.trials, found.skipped) == ((GRID,), ("line 2 is torn or is no JSON",))


def test_a_ledger_too_large_to_read_is_not_read(tmp_path, monkeypatch):
    recorded(tmp_path, GRID)
    monkeypatch.setattr(ledger, "MOST_BYTES", 100)
    assert "and at most 100 are read" in read_ledger(tmp_path / LEDGER).unreadable


def test_a_writer_that_was_stopped_holds_nobody_up(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    recorded(tmp_path, GRID)
    monkeypatch.setattr(ledger, "PATIENCE_SECONDS", 0.0)
    with (tmp_path / LEDGER).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert recorded(tmp_path, hand_trial()).warnings == []
    assert read_ledger(tmp_path / LEDGER).trials == (GRID, hand_trial())


def test_a_record_is_a_line(tmp_path):
    append(tmp_path / LEDGER, json.loads(GOOD))
    assert read_ledger(tmp_path / LEDGER).records == (
        Record(when="2026-01-05T10:00:00Z", command="x", trial=None),
    )
    assert Path(tmp_path / LEDGER).read_text() == GOOD.replace(", ", ",").replace(": ", ":") + "\n"
