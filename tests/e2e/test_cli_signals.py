"""Signals at random seeded moments: one line, one exit code, nothing left, or a whole run."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.program import OFTEN, ROOT, finish, overrides, start, tree
from tests.e2e.signals import (
    PATHS,
    RUN,
    SAMPLE,
    WORDS,
    alive,
    can_look,
    moments,
    wait_for_handlers,
    wrong,
)

pytestmark = pytest.mark.skipif(not can_look(), reason="no /proc to see processes and handlers in")
SEED = 20260630
COUNT = 24  # tests/bench/stop_signals.py sends 200, to every command
IMPORTS = 0.8  # seconds of a new interpreter
FORKED = 0.3  # what a fork that has them takes, of a new interpreter's time


@pytest.mark.parametrize("moment", list(moments(SEED, [RUN], COUNT)), ids=range(COUNT))
def test_a_run_stopped_at_any_moment_says_one_line_and_leaves_nothing(arrival, tmp_path, moment):
    if moment.after > IMPORTS:
        moment = replace(moment, after=(moment.after - IMPORTS) * FORKED)
        assert wrong(moment, arrival, tmp_path, start) is None
    else:
        assert wrong(moment, arrival, tmp_path) is None


def stopped_at(words, line, number, env, folder):
    """Send a signal when a step begins; return how it ended and what is left of it."""
    env = {**env, "TMPDIR": str(folder), "SCHISM_TEST": folder.name}
    process = start([*words, "--out", folder / "new" / "out"], env)
    for said in process.stderr:
        if said.startswith(line):
            break
    process.send_signal(number)
    done = finish(process)
    lines = [line for line in done.err.splitlines() if line.startswith("run.py") or "Error" in line]
    return done.code, done.out, lines, tree(folder), alive(folder.name)


FEW = overrides("data.end=2023-10-31", "rebalance={kind: never}")  # sessions and versions
POOL = ["audit", SAMPLE, *PATHS, *FEW]
OWN = ["audit", *OFTEN, "--quick", "--strategy", ROOT / "tests/leaks/clean.py"]


@pytest.mark.parametrize(
    ("words", "line", "number", "code"),
    [
        (POOL, "running resampled path", signal.SIGINT, 130),
        (OWN, "A2", signal.SIGHUP, 129),
        ([SAMPLE], "waiting for the tear sheet", signal.SIGINT, 130),
        ([SAMPLE], "waiting for the tear sheet", signal.SIGHUP, 129),
    ],
    ids=["pool of paths", "somebody's strategy", "tear sheet", "tear sheet, hung up"],
)
def test_processes_of_a_command_end_with_it(endless_arrival, tmp_path, words, line, number, code):
    assert stopped_at(words, line, number, endless_arrival, tmp_path) == (code, "", [WORDS], [], [])


def test_a_signal_that_the_caller_ignores_is_ignored(arrival, tmp_path):
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), SAMPLE, "--out", str(tmp_path / "out")],
        cwd=ROOT, env=arrival, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),  # as nohup does
    )  # fmt: skip
    wait_for_handlers(process)
    process.send_signal(signal.SIGHUP)
    done = finish(process)
    assert (done.code, Path(done.out.splitlines()[-1])) == (0, tmp_path / "out" / "index.html")
