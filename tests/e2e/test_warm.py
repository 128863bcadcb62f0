"""A fork with everything imported is told apart from a new interpreter by nothing but that."""

import json
import signal
import subprocess
import sys

import pytest

from tests.e2e import warm

TELLS = """
import json, os, signal, sys, threading, warnings
print(json.dumps({
    "words": sys.argv, "folder": os.getcwd(), "paths": sys.path, "environment": dict(os.environ),
    "main": [__name__, __file__, sys.modules["__main__"] is not None],
    "signals": [str(signal.getsignal(number)) for number in range(1, 32)],
    "streams": [(each.encoding, each.errors, each.line_buffering, each.fileno())
                for each in (sys.stdin, sys.stdout, sys.stderr)],
    "options": [sys.warnoptions, str(sys.flags), sys.executable],
    "numbers": sorted(map(int, os.listdir("/proc/self/fd")))[:3],
    "threads": threading.active_count(), "group": os.getpgrp(), "session": os.getsid(0),
    "ours": sorted({name.split(".")[0] for name in sys.modules} & {
        "configs", "engine", "feeds", "reports", "run", "schism", "strategies", "tests"}),
}))
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks one")


def forked(folder, env, program, *words):
    """Run a program in a fork; return its exit code and both streams."""
    script = folder / "program.py"
    script.write_text(program)
    child = warm.Forked(script, words, env, folder)
    out, err = child.communicate(timeout=60)
    return child.returncode, out, err


def test_it_is_born_as_a_new_interpreter_is(arrival, tmp_path):
    assert warm.serves(arrival)
    code, out, err = forked(tmp_path, arrival, TELLS, "a word", "日本")
    asked = [sys.executable, str(tmp_path / "program.py"), "a word", "日本"]
    new = subprocess.run(
        asked, cwd=tmp_path, env=arrival, capture_output=True, text=True, check=True,
        stdin=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert json.loads(out) == json.loads(new.stdout)
    assert json.loads(out)["ours"] == []


@pytest.mark.parametrize(
    ("program", "code", "last"),
    [
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('in words')", 1, "in words"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero"),
        ("import os; os._exit(7)", 7, ""),
        ("import os; os.kill(os.getpid(), 9)", -9, ""),
        ("import atexit, sys; atexit.register(lambda: sys.stderr.write('left'))", 0, "left"),
        ("import threading, time, sys; threading.Thread(target=lambda: (time.sleep(0.1), "
         "sys.stderr.write('waited for'))).start()", 0, "waited for"),
    ],
)  # fmt: skip
def test_it_ends_as_a_new_interpreter_does(arrival, tmp_path, program, code, last):
    ended, out, err = forked(tmp_path, arrival, program)
    assert (ended, out, err.rpartition("\n")[2] or err.strip().rpartition("\n")[2]) == (
        code, "", last
    )  # fmt: skip


def test_a_signal_reaches_it_and_its_code_says_so(arrival, tmp_path):
    script = tmp_path / "program.py"
    script.write_text("import time; print('here', flush=True); time.sleep(60)")
    child = warm.Forked(script, [], arrival, tmp_path)
    assert child.stdout.readline() == "here\n"
    assert child.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(timeout=0.01)
    child.send_signal(signal.SIGTERM)
    assert child.communicate(timeout=60) == ("", "")
    assert child.poll() == child.wait() == -signal.SIGTERM
    child.send_signal(signal.SIGTERM)  # to nobody


@pytest.mark.parametrize(
    "words", [{"PYTHONHASHSEED": "0"}, {"LC_ALL": "C"}, {"PYTHONWARNINGS": "error"}]
)
def test_what_an_interpreter_reads_as_it_starts_is_not_served(arrival, words):
    assert not warm.serves({**arrival, **words})
