"""A run that is stopped on its way, a shelf of runs, and a reader who leaves early."""

import signal
import sys

import pytest

import run
from tests.e2e.program import finish, on_terminal, overrides, start, tree

# Trades from the first month on, so that there is a tear sheet to draw.
BUSY = ["configs/sample.yaml", *overrides("signal={kind: always}", "data.end=2023-10-10")]
QUIET = ["configs/sample.yaml", *overrides("data.end=2023-10-10")]


def stopped_while_drawing(env, parent, number):
    """Send a signal once the run page is written and the tear sheet is not; return how it ended."""
    process = start([*BUSY, "--out", parent / "run"], env)
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith("waiting for the tear sheet"):
            break
    (box,) = parent.iterdir()  # half-made, and hidden
    assert box.name.startswith(".schism-")
    assert (box / "whole" / "index.html").exists()
    process.send_signal(number)
    done = finish(process)
    return done.code, done.out, done.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_asked_to_stop_leaves_nothing(endless_arrival, tmp_path, number, code):
    ended = stopped_while_drawing(endless_arrival, tmp_path, number)
    assert ended == (code, "", "run.py: interrupted; no run was written\n")
    assert tree(tmp_path) == []


def test_a_run_that_is_killed_leaves_a_hidden_folder_and_no_trouble(
    endless_arrival, tmp_path, desk, without_quantstats, capsys
):
    parent = tmp_path / "runs"
    parent.mkdir()
    code, out, _ = stopped_while_drawing(endless_arrival, parent, signal.SIGKILL)
    assert (code, out) == (-signal.SIGKILL, "")
    (box,) = parent.iterdir()
    assert box.name.startswith(".schism-")
    assert run.main(["list", "--out", str(parent)]) == 0
    assert capsys.readouterr().out.startswith("no runs yet in ")
    assert run.main([*BUSY, "--out", str(parent / "run")]) == 0
    capsys.readouterr()
    assert {path.name for path in parent.iterdir()} == {box.name, "run", "trials.jsonl"}
    assert run.main(["list", "--out", str(parent)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("sample  SMH/IGV  2023-04-11..2023-10-10  ")
    assert "SYNTHETIC" in line
    assert line.endswith(str(parent / "run" / "index.html"))


def test_an_earlier_run_survives_one_that_is_stopped(
    endless_arrival, tmp_path, desk, without_quantstats
):
    assert run.main([*QUIET, "--out", str(tmp_path / "runs" / "run")]) == 0
    before = (tmp_path / "runs" / "run" / "result.json").read_bytes()
    process = start([*BUSY, "--out", tmp_path / "runs" / "run"], endless_arrival)
    for line in process.stderr:
        if line.startswith("waiting for the tear sheet"):
            break
    process.send_signal(signal.SIGTERM)
    assert finish(process).code == 143
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"run", "trials.jsonl"}
    assert len((tmp_path / "runs" / "trials.jsonl").read_bytes().splitlines()) == 1  # the first's
    assert (tmp_path / "runs" / "run" / "result.json").read_bytes() == before


def test_list_tells_a_new_user_what_to_do(desk, capsys):
    assert run.main(["list"]) == 0
    assert capsys.readouterr().out == (
        f"no runs yet in {desk}; make one with: python run.py configs/sample.yaml\n"
    )


def test_list_shows_every_run_of_the_default_folder(desk, without_quantstats, capsys):
    for name in ("second", "first"):
        assert run.main([*QUIET, *overrides(f"name={name}")]) == 0
    capsys.readouterr()
    assert run.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["first", "second"]
    assert all("total_return 0.00%  sharpe n/a" in line for line in lines)


def test_a_reader_who_leaves_early_is_no_error(arrival, tmp_path):
    # More lines than a pipe holds, so that the writer is still writing when the reader is gone.
    for number in range(1500):
        (tmp_path / f"{number:04}-not-a-run-with-a-name-as-long-as-they-come").mkdir()
    process = start(["list", "--out", tmp_path], arrival)
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), said) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals on Windows")
@pytest.mark.parametrize("piped", [True, False], ids=["stdout to a pipe", "all on the terminal"])
def test_on_a_terminal_the_page_s_path_is_whole_and_on_stdout(arrival, tmp_path, piped):
    out = tmp_path / ("a-folder-whose-name-is-longer-than-a-terminal-is-wide-" * 2) / "run"
    words = [*QUIET, "--out", out]
    said, terminal = on_terminal(words, arrival, columns=80, piped=piped)
    assert "loading the program" in terminal  # the live line was there
    last = (said if piped else terminal).splitlines()[-1]
    assert last.endswith(str(out / "index.html"))
    assert ("index.html" in terminal) == (not piped)
