"""What a search keeps while it runs, and how fast it says it goes."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import engine.trials.pace
from configs.errors import ConfigError
from engine.trials.journal import ROOMS, Journal
from engine.trials.pace import Pace


@pytest.fixture
def journal(tmp_path, monkeypatch):
    monkeypatch.setenv("SCHISM_CACHE_DIR", str(tmp_path))
    return Journal("a search", "its data")


def test_what_was_kept_is_read_again_and_what_is_torn_is_not(journal):
    journal.keep("one", np.arange(5.0))
    np.testing.assert_array_equal(journal.read("one"), np.arange(5.0))
    whole = (journal.folder / "one.npy").read_bytes()
    (journal.folder / "one.npy").write_bytes(whole[:-3])
    assert journal.read("one") is None
    assert journal.read("two") is None


def test_what_is_no_array_of_numbers_was_never_kept(journal):
    """A file of somebody else's, or of a disk that lost its middle: the block runs again."""
    journal.keep("one", np.arange(5.0))
    for strange in (np.array(["x"]), np.array([1j]), np.arange(5)):
        np.save(journal.folder / "one.npy", strange)
        assert journal.read("one") is None
    np.savez(journal.folder / "two.npz", np.arange(5.0))
    (journal.folder / "two.npz").rename(journal.folder / "one.npy")
    assert journal.read("one") is None


def test_a_full_disk_is_one_line_and_loses_nothing(journal, monkeypatch):
    journal.keep("one", np.arange(5.0))

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(ConfigError, match=r"No space left on device.*the same command goes on"):
        journal.keep("two", np.arange(9.0))
    monkeypatch.undo()
    np.testing.assert_array_equal(journal.read("one"), np.arange(5.0))
    assert [path.name for path in journal.folder.iterdir()] == ["one.npy"]  # nothing half-written


LOADED = """
import sys
import reports.audits.search.document
print(*(getattr(each, "__file__", None) or "" for each in list(sys.modules.values())), sep="\\n")
"""


def test_the_mark_of_what_is_kept_knows_every_source_that_a_search_runs():
    root = Path(engine.__file__).parents[1]
    made = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=root, capture_output=True, text=True, check=True
    )
    ours = [Path(line) for line in made.stdout.splitlines() if line.startswith(f"{root}{os.sep}")]
    places = {each.relative_to(root).as_posix() for each in ours if ".venv" not in each.parts}
    assert len(places) > 100
    unknown = {place for place in places if not place.startswith(tuple(f"{r}/" for r in ROOMS))}
    assert unknown == {"reports/__init__.py"}  # a docstring


def test_the_same_search_beside_us_may_drop_the_folder_while_we_write(journal, monkeypatch):
    save, drops = np.save, [journal.drop]

    def dropped(file, values):
        save(file, values)
        if drops:  # the other one is published now
            drops.pop()()

    monkeypatch.setattr(np, "save", dropped)
    journal.keep("one", np.arange(5.0))
    assert not drops
    np.testing.assert_array_equal(journal.read("one"), np.arange(5.0))


def test_the_speed_leaves_out_compiling_and_what_was_done_before(monkeypatch):
    lines, clock = [], iter([100.0, 101.5, 102.0, 104.0])
    monkeypatch.setattr(engine.trials.pace.time, "monotonic", lambda: next(clock))
    pace = Pace(lines.append, "cells", 1_000)
    for finished in (500, 530, 540, 580):  # 500 were there when the clock began
        pace(finished)
    assert lines == [
        f"530 of 1,000 cells, {30 / 1.5:.0f} a second, {470 / 20:.0f} s left",
        f"580 of 1,000 cells, {80 / 4:.0f} a second, {420 / 20:.0f} s left",
    ]
