"""Being stopped: what was registered is put away, whatever the main thread was doing."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BEGIN = """
import os, signal, sys, time
from pathlib import Path
from configs.stopping import held, settle, undone, watch
mark = Path(sys.argv[1])
watch()
def clear():
    mark.unlink(missing_ok=True)
"""
IN_PYTHON = f"""{BEGIN}
with undone(clear):
    mark.touch(); print('made', flush=True); signal.pause()
"""
# A library's own code goes on after a signal as if none had come: the main thread cannot answer.
IN_C = f"""{BEGIN}
import ctypes
sleep = ctypes.CDLL(None).sleep
signal.pthread_sigmask(signal.SIG_BLOCK, (1, 2, 15))  # so that it is not woken; another hears it
with undone(clear):
    mark.touch(); print('made', flush=True); sleep(60)
"""
HELD = f"""{BEGIN}
with undone(clear), held():
    mark.touch(); print('made', flush=True)
    sys.stdin.readline()  # the signal has come and waits
    (mark.parent / 'after').touch()
"""
SETTLED = f"""{BEGIN}
with undone(clear):
    mark.touch(); settle(); print('made', flush=True)
    sys.stdin.readline()
"""
FAILING = IN_PYTHON.replace("with undone(clear):", "with undone(clear), undone(lambda: 1 / 0):")
TOO_LATE = IN_PYTHON.replace("with undone(clear):", "with undone(clear), undone(lambda: True):")
SAID = "run.py: interrupted; no run was written\n"


def ended(tmp_path, text, *numbers, more=""):
    """Send signals once the mark is made; return exit code, stderr and what is left."""
    mark = tmp_path / "mark"
    process = subprocess.Popen(
        [sys.executable, "-c", text, str(mark)], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    process.stdout.readline()
    for number in numbers:
        process.send_signal(number)
    _, said = process.communicate(more, timeout=30)
    return process.returncode, said, sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize("text", [IN_PYTHON, IN_C, FAILING], ids=["Python", "C", "one undo fails"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_everything_is_put_away_with_one_line_and_one_code(tmp_path, text, number):
    assert ended(tmp_path, text, number) == (128 + number, SAID, [])


def test_a_second_signal_changes_nothing(tmp_path):
    code, said, left = ended(tmp_path, IN_PYTHON, signal.SIGTERM, signal.SIGTERM, signal.SIGTERM)
    assert (code, said, left) == (143, SAID, [])


def test_what_must_not_be_told_apart_is_finished_first(tmp_path):
    assert ended(tmp_path, HELD, signal.SIGTERM, more="go\n") == (143, SAID, ["after"])


def test_work_that_is_done_is_not_undone(tmp_path):
    assert ended(tmp_path, SETTLED, signal.SIGTERM, signal.SIGHUP, more="go\n") == (0, "", ["mark"])


def test_who_learns_that_the_work_was_done_all_the_same_says_nothing(tmp_path):
    assert ended(tmp_path, TOO_LATE, signal.SIGINT) == (0, "", [])


LEAVING = f"""{BEGIN}
import atexit
atexit.register(clear); atexit.register(print, "and said")
class Grave:
    def __del__(self):
        (mark.parent / 'freed').touch()
kept = Grave()
mark.touch(); print('made', flush=True)
from configs.stopping import leave
leave(3)
"""


def test_at_the_end_what_asked_for_it_is_called_and_nothing_is_taken_apart(tmp_path):
    assert ended(tmp_path, LEAVING) == (3, "", [])
    done = subprocess.run(
        [sys.executable, "-c", LEAVING, str(tmp_path / "mark")], cwd=ROOT, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (3, "made\nand said\n", "")


EARLY = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
signal.signal(signal.SIGHUP, signal.SIG_IGN)
from configs.early_signals import answer_at_once
answer_at_once()
os.kill(os.getpid(), signal.SIGHUP)  # ignored by the caller, so ignored by us
os.kill(os.getpid(), signal.Signals[sys.argv[2]])
print("still here")
"""


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_before_anything_was_imported_is_one_line(name, code):
    command = [sys.executable, "-c", EARLY, str(ROOT), name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    expected = ("", "run.py: interrupted; no run was written\n")
    assert (done.returncode, done.stdout, done.stderr) == (code, *expected)
