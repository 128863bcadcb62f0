"""Streams that somebody closed, filled or speaks another alphabet on, and folders closed to us."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import run
from configs import streams
from tests.e2e.program import PLAIN_SHEETS, ROOT, new_interpreter, overrides, run_py

QUIET = ["configs/sample.yaml", *overrides("data.end=2023-10-10")]
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")


def shell(env, words, how):
    """Run in a shell that closes or bends streams; return the exit code and both streams."""
    text = " ".join(["exec", '"$0"', "run.py", '"$@"', how])
    done = subprocess.run(
        ["sh", "-c", text, sys.executable, *map(str, words)],
        cwd=ROOT, env=env, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "how", ["2>&-", ">&-", "<&- >&- 2>&-", pytest.param("2>/dev/full", marks=needs_full)]
)
def test_a_closed_stream_stops_no_run_and_gets_into_no_file(
    arrival, without_quantstats, tmp_path, how
):
    words = [*QUIET, "--out", tmp_path / "run"]
    code, out, err = shell(arrival, words, how)
    assert code == 0
    assert "Traceback" not in out + err
    if ">&-" not in how.replace("2>&-", ""):
        assert out.splitlines()[-1] == str(tmp_path / "run" / "index.html")
    assert run.main([*QUIET, "--out", str(tmp_path / "run")]) == 0  # whole, or it were refused


def test_an_error_has_its_exit_code_with_nobody_to_tell(arrival):
    assert shell(arrival, ["nowhere.yaml"], "2>&-") == (2, "", "")


@needs_full
def test_an_answer_that_cannot_be_written_is_said_on_stderr(arrival, tmp_path):
    code, _, err = shell(arrival, [*QUIET, "--out", tmp_path / "run"], ">/dev/full")
    assert code == 2
    assert err.splitlines()[-1] == (
        "run.py: stdout was not writable (No space left on device); expected a place for the "
        f"answer, which ends: {tmp_path / 'run' / 'index.html'}"
    )


@pytest.mark.parametrize(
    "tongue",
    [
        {"LANG": "C"},
        {"LC_ALL": "POSIX"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1:strict"},
    ],
    ids=["C", "POSIX", "C without UTF-8", "ascii", "latin-1"],
)
def test_a_name_in_any_alphabet_is_taken_and_told_in_any_locale(arrival, tmp_path, tongue):
    env = {key: value for key, value in arrival.items() if key != "LANG"} | tongue
    words = [*QUIET, *overrides("name=Über 日本"), "--out", tmp_path / "run"]
    assert shell(env, words, "")[0] == 0
    assert '"name": "Über 日本"' in (tmp_path / "run" / "result.json").read_text(encoding="utf-8")
    code, out, err = shell(env, ["list", "--out", tmp_path], "")
    assert (code, err) == (0, "")
    assert out.count("index.html") == 1


ESCAPES = "\x1b[2J\x1b]0;mine\x07\u202e"


def test_nothing_that_steers_a_terminal_comes_out_of_a_word(arrival, tmp_path):
    for words in (
        [*QUIET, f"--bad{ESCAPES}"],
        [ESCAPES],
        [f"{ESCAPES}.yaml"],
        ["list", "--out", f"{tmp_path}/{ESCAPES}"],
        [*QUIET, "--out", f"{tmp_path}/{ESCAPES}"],
    ):
        done = run_py(words, arrival)
        assert {letter for letter in done.out + done.err if not letter.isprintable()} <= {"\n"}


def test_other_packages_warnings_stay_off_the_terminal(arrival, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, threading\n"
        "class Loud:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'reports.publish.records':\n"
        "            import warnings\n"
        "            warnings.warn('overflow encountered', RuntimeWarning)\n"
        "sys.meta_path.insert(0, Loud())\n"
    )
    env = {**arrival, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(PLAIN_SHEETS)])}
    done = new_interpreter([*QUIET, "--out", tmp_path / "run"], env)
    assert (done.code, "overflow" in done.err) == (0, False)
    shown = new_interpreter([*QUIET, "--debug", "--out", tmp_path / "run"], env)
    assert (shown.code, "RuntimeWarning: overflow encountered" in shown.err) == (0, True)


# --- folders closed to us ---

CLOSED = shutil.which("setpriv")
RIGHTS = "-dac_override,-dac_read_search"


# All of them in one process that is refused what root may do.
PROGRAM = """
import contextlib, io, json, sys
import run
ended = []
for words in json.loads(sys.argv[1]):
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = run.main(words)
    ended.append((code, said.getvalue().splitlines()))
json.dump(ended, sys.stdout)
"""
ASKED = [
    (["CLOSED/a.yaml"], 2),
    (["compare", "CLOSED/a.yaml"], 2),
    ([*QUIET, "--out", "CLOSED"], 2),
    ([*QUIET, "--out", "CLOSED/run"], 2),
    (["list", "--out", "CLOSED"], 2),
    (["list", "--out", "CLOSED/runs"], 2),
    ([*QUIET, *overrides("data.source=csv", "data.path=CLOSED")], 3),
    ([*QUIET, *overrides("data.source=csv", "data.path=CLOSED/prices")], 3),
]


def closed_to_us(folder, program, env):
    """Run Python with CLOSED in its words standing for a folder that it may not look into."""
    closed = folder / "closed"
    closed.mkdir()
    less = [CLOSED, f"--inh-caps={RIGHTS}", f"--bounding-set={RIGHTS}"] if os.geteuid() == 0 else []
    closed.chmod(0)
    try:
        return subprocess.run(
            [*less, sys.executable, *(word.replace("CLOSED", str(closed)) for word in program)],
            cwd=ROOT, env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        closed.chmod(0o700)


@pytest.mark.skipif(os.geteuid() == 0 and CLOSED is None, reason="root may read everything")
def test_a_folder_without_permission_is_one_line(arrival, tmp_path):
    asked = json.dumps([words for words, _ in ASKED])
    done = closed_to_us(tmp_path, ["-c", PROGRAM, asked], arrival)
    assert done.returncode == 0, done.stderr
    for (words, code), (ended, said) in zip(ASKED, json.loads(done.stdout), strict=True):
        told = [line for line in said if not line.startswith("reading ")]
        assert (ended, len(told)) == (code, 1), words
        assert "ermission denied" in told[0], words


@pytest.mark.skipif(os.geteuid() == 0 and CLOSED is None, reason="root may read everything")
def test_a_strategy_without_permission_is_one_line(arrival, tmp_path):
    """It runs in a process of its own, whose words are its own."""
    words = ["audit", "configs/sample.yaml", "--strategy", "CLOSED/mine.py"]
    done = closed_to_us(tmp_path, ["run.py", *words], arrival)
    assert done.returncode == 2
    (said,) = done.stderr.splitlines()
    assert "ermission denied" in said


def test_a_word_too_long_for_a_file_is_no_traceback(desk, capsys):
    with pytest.raises(SystemExit) as ended:  # argparse's own way
        run.main(["x" * 300 + ".yaml"])
    assert ended.value.code == 2
    assert "expected names of at most 255 bytes" in capsys.readouterr().err


def test_a_stream_that_breaks_is_hushed_once_and_for_all(monkeypatch):
    broken, hushed = Broken(), []
    monkeypatch.setattr(sys, "stderr", broken)
    monkeypatch.setattr(streams, "hush", hushed.append)
    streams.tell("a word")
    assert hushed == [2]


class Broken:
    """A stream whose reader is gone."""

    def write(self, text):
        raise BrokenPipeError
