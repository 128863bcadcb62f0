"""The program as a user runs it. Words in, exit code and both streams out.

Every process gets an empty home, a cache of its own and a Yahoo that is not there.
"""

import contextlib
import csv
import io
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import platformdirs
import pytest

import run
from tests.e2e import warm
from tests.e2e.yahoo_server import environment

ROOT = Path(__file__).parents[2]
PLAIN_SHEETS = Path(__file__).with_name("plain_sheets")
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing answers
STEPS = ("reading ", "fetching ", "simulating ", "writing ", "drawing ", "waiting ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a process ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def page(self) -> Path:
        """The path on the last line of stdout."""
        return Path(self.out.splitlines()[-1])


def home(folder, *, draws=False):
    """Return the environment of a user who has just arrived, their home in ``folder``.

    Compiled code and Matplotlib's list of fonts are the machine's, made once for all of them; so is
    a QuantStats that draws nothing, unless ``draws``.
    """
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
    compiled = platformdirs.user_cache_path("schism", ensure_exists=True) / "kernel"
    compiled.mkdir(exist_ok=True)
    (folder / ".cache" / "schism").mkdir(parents=True)
    (folder / ".cache" / "schism" / "kernel").symlink_to(compiled)
    return {
        **kept,
        **({} if draws else {"PYTHONPATH": str(PLAIN_SHEETS)}),
        "MPLCONFIGDIR": str(platformdirs.user_cache_path("matplotlib")),
        **environment(NOWHERE),
        "HOME": str(folder),
        "SCHISM_CACHE_DIR": str(folder / "cache"),
        "PYTHONWARNINGS": "default",
        # The commit is an input of a run; one made while the tests run is not what they judge.
        "GIT_DIR": os.devnull,
    }


def start(words, env, cwd=ROOT, **streams):
    """Start ``python run.py WORDS``, spared the imports of other people's packages."""
    if not warm.serves(env):
        return start_cold(words, env, cwd, **streams)
    return warm.Forked(ROOT / "run.py", words, env, cwd, **streams)


def start_cold(words, env, cwd=ROOT, *, stdout=subprocess.PIPE, stderr=subprocess.PIPE):
    """Start a new interpreter; Ctrl-C reaches it even where our own shell ignores it."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), *map(str, words)],
        cwd=cwd, env=env, text=True, stdout=stdout, stderr=stderr,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def finish(process):
    """Wait for a started process."""
    out, err = process.communicate(timeout=300)  # a cold compilation on a busy machine
    return Done(code=process.returncode, out=out, err=err)


def new_process(words, env, cwd=ROOT):
    """Run ``python run.py WORDS`` to its end."""
    return finish(start(words, env, cwd))


def new_interpreter(words, env, cwd=ROOT):
    """Run the same with nothing imported before: where the test is about that."""
    return finish(start_cold(words, env, cwd))


def run_py(words, env, cwd=ROOT):
    """Run the same in this process, which has imported all that a process of its own would."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, env, clear=True),
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            code = run.main([str(word) for word in words])
        except SystemExit as ended:  # argparse's own way
            code = ended.code
    return Done(code=code, out=out.getvalue(), err=err.getvalue())


def in_time(words, env, cwd=ROOT):
    """Run somebody's own strategy in this process, as in the one that a time limit is kept on."""
    return run_py(words, {**env, "SCHISM_SUPERVISED": "1"}, cwd)


def on_terminal(words, env, *, columns, piped=True):
    """Run on a terminal of its own; return stdout (None unless piped) and what the terminal saw."""
    import pty

    ours, theirs = pty.openpty()
    process = start(
        words, {**env, "TERM": "xterm", "COLUMNS": str(columns)},
        stdout=subprocess.PIPE if piped else theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # how Linux says that the other side is closed
        while chunk := os.read(ours, 4096):
            seen += chunk
    os.close(ours)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return said, seen.decode()


def complaint(err):
    """Return the one line of an error, having seen that nothing but progress stands beside it."""
    lines = err.splitlines()
    assert lines, "nothing on stderr"
    assert lines[-1].startswith("run.py: ")
    assert [line for line in lines[:-1] if not line.startswith(STEPS)] == []
    return lines[-1].removeprefix("run.py: ")


def refusal(capsys, words, code):
    """Run in this process; return the complaint of a run that must end with ``code``."""
    assert run.main([str(word) for word in words]) == code
    streams = capsys.readouterr()
    assert streams.out == ""
    return complaint(streams.err)


def tree(folder):
    """Return every path below ``folder``, to see that none came or went."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def overrides(*pairs):
    """Return ``--set`` words."""
    return [word for pair in pairs for word in ("--set", pair)]


# The sample's last months, with an entry whenever there is anything to judge.
OFTEN = ("configs/sample.yaml", *overrides(
    "data.start=2025-12-01", "signal={kind: correlation, window: 21, min_periods: 21, "
    "enter_below: -0.5}", "exits.holding_sessions=10", "audit.pairs=[]",
))  # fmt: skip


def rows(path):
    """Return the rows of a CSV file as mappings of text."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def market_folder():
    """Return the folder of real prices, or skip."""
    folder = os.environ.get("MARKET_DATA")
    if not folder:
        pytest.skip("MARKET_DATA is not set: no real prices to read")
    return Path(folder).resolve()
