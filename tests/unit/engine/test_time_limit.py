"""A process of its own for a limited time: its exit code, its end, and what it started."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.time_limit import CHILD, is_supervised, supervised


def program(tmp_path, text):
    path = tmp_path / "child.py"
    path.write_text(text)
    return path


def test_the_child_s_exit_code_is_ours_and_it_knows_that_it_is_watched(tmp_path):
    path = program(tmp_path, f"import os, sys; sys.exit(7 if os.environ.get('{CHILD}') else 1)")
    assert supervised(path, [], seconds=30, whose="x") == 7
    assert is_supervised() is False


def test_words_reach_the_child(tmp_path):
    path = program(tmp_path, "import sys; sys.exit(len(sys.argv[1:]))")
    assert supervised(path, ["audit", "a b", "--quick"], seconds=30, whose="x") == 3


def test_one_that_hangs_is_named_and_ended_with_all_it_started(tmp_path):
    mark = tmp_path / "grandchild"
    path = program(
        tmp_path,
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(mark)!r}, 'w').write(str(child.pid))\n"
        "while True: time.sleep(0.1)\n",
    )
    with pytest.raises(EngineError) as refused:
        supervised(path, [], seconds=3, whose="my_strategy.py")
    assert str(refused.value).startswith("my_strategy.py did not finish within 3 s and was stopped")
    assert "--time-limit" in str(refused.value)
    assert is_gone(int(mark.read_text()))


def test_one_that_will_not_listen_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.time_limit.GRACE_SECONDS", 0.3)
    path = program(
        tmp_path,
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "while True: time.sleep(0.1)\n",
    )
    with pytest.raises(EngineError, match="did not finish within 2 s"):
        supervised(path, [], seconds=2, whose="deaf.py")


def is_gone(pid):
    """Whether a process is no more; it may take a moment to be reaped."""
    for _ in range(100):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_the_child_ends_with_us(tmp_path):
    mark = tmp_path / "pid"
    path = program(
        tmp_path,
        f"import os, time\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)\n",
    )
    code = (
        "import signal, sys\nfrom pathlib import Path\n"
        "from engine.time_limit import supervised\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n"
        f"supervised(Path({str(path)!r}), [], seconds=600, whose='x')\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    while not mark.exists() or not mark.read_text():
        time.sleep(0.05)
    os.kill(parent.pid, signal.SIGTERM)
    assert parent.wait(timeout=30) == 143
    assert is_gone(int(mark.read_text()))
