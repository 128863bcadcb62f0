"""A strategy that ends its own process: every command names it and exits 4, whatever it printed."""

import os
import signal

import pytest

from tests.e2e.program import ROOT, finish, new_process, start_cold, tree
from tests.e2e.signals import alive, can_look

BASE = """\
name: ends
data: {source: sample, start: 2023-04-11, end: 2023-12-29}
pair: {long: SMH, short: IGV}
signal: {kind: always}
"""
COMPARISON = "name: ends\nbase: base.yaml\nvariants:\n  one: {}\n  two: {account.cash: 50000}\n"
SWEEP = "name: ends\nbase: base.yaml\ngrid:\n  account.cash: [50000, 60000]\nwalk_forward: null\n"
ENDS = """\
import os

from strategies import AlwaysPair


class Strategy(AlwaysPair):
    def next(self):
        print("SUPPORTED OUT OF SAMPLE", flush=True)
        os.write(1, b"done\\n")
        if len(self) > 30:
            os._exit(0)
        super().next()
"""


@pytest.mark.parametrize("command", ["backtest", "compare", "sweep", "audit"])
def test_a_strategy_that_ends_its_process_is_exit_4_and_named(arrival, tmp_path, command):
    files = {"base": BASE, "compare": COMPARISON, "sweep": SWEEP}
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "ends.py").write_text(ENDS)
    asked = command if command in files else "base"
    words = [command, f"{asked}.yaml", "--strategy", "ends.py", "--out", "out"]
    words += ["--workers", "1"] if command == "sweep" else []  # each starts two processes
    # The time limit's process is one more, and the same for all of them.
    env = arrival if command == "backtest" else {**arrival, "SCHISM_SUPERVISED": "1"}
    done = new_process(words, env, cwd=tmp_path)
    assert (done.code, done.out) == (4, "")
    assert "ends.py: ended its own process (exit code 0) instead of deciding" in done.err
    assert "SUPPORTED" not in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not can_look(), reason="the system does not show its processes")
def test_what_runs_a_strategy_sees_that_its_parent_was_killed(arrival, tmp_path):
    """Killed, the command could not end it: it went on for as long as it liked, and published."""
    mark = f"SCHISM_TEST=killed-{os.getpid()}"
    words = ["backtest", ROOT / "configs/sample.yaml", "--out", tmp_path / "out"]
    words += ["--strategy", ROOT / "tests/leaks/hangs.py"]
    process = start_cold(words, {**arrival, **dict([mark.split("=")])})
    for line in process.stderr:
        if line.startswith("simulating"):
            break
    assert len(alive(mark)) > 1
    process.send_signal(signal.SIGKILL)
    assert finish(process).code == -signal.SIGKILL  # its pipes too: nobody holds them any more
    assert alive(mark) == []
    assert tree(tmp_path) == []
