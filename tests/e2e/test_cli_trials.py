"""The ledger of trials as a user meets it: what each command leaves, who counts it, who breaks it.

The six writers are processes of their own that run the program whole; some are killed with -9.
"""

import json
import os
import signal
import time
from pathlib import Path

import pytest

import run
from reports.publish.trials import read_ledger
from tests.e2e.program import overrides

QUIET = ["configs/sample.yaml", *overrides("data.end=2023-10-10", "data.benchmark=null")]
OFTEN = [*QUIET[:1], *overrides(
    "data.start=2025-12-01", "data.benchmark=null", "signal={kind: correlation, window: 21, "
    "min_periods: 21, enter_below: -0.5}", "exits.holding_sessions=10", "audit.pairs=[]",
    "rebalance={kind: never}",
)]  # fmt: skip

pytestmark = pytest.mark.usefixtures("without_quantstats")


def told(capsys, *words):
    """Run a command; return the lines of its answer."""
    capsys.readouterr()
    assert run.main([str(word) for word in words]) == 0
    return capsys.readouterr().out.splitlines()


def test_runs_and_variants_leave_a_line_each_and_the_list_tells_them(desk, capsys, tmp_path):
    told(capsys, *QUIET)
    told(capsys, *QUIET)  # the same again
    comparison = tmp_path / "two.yaml"
    base = Path("configs/sample.yaml").resolve()
    comparison.write_text(f"name: two\nbase: {base}\nvariants:\n  weekly: {{}}\n"
                          "  never: {rebalance: {kind: never}}\n")  # fmt: skip
    told(capsys, "compare", comparison, *QUIET[1:])
    lines = told(capsys, "list", "--trials")
    assert [line.split("  ")[1] for line in lines[:4]] == ["backtest"] * 2 + ["compare"] * 2
    assert all("  SMH/IGV  2023-04-11..2023-10-10  " in line for line in lines[:4])
    assert "  of two " in lines[3]
    assert lines[4:] == ["IGV/SMH: 2 distinct configurations in 4 lines, on all windows  SYNTHETIC"]
    data = json.loads("\n".join(told(capsys, "list", "--trials", "--json")))
    assert data["pairs"] == [
        {"symbols": ["IGV", "SMH"], "synthetic": True, "lines": 4, "distinct": 2}
    ]
    manifests = {
        json.loads(path.read_text())["config_sha256"]
        for path in desk.glob("sample-*/manifest.json")
    }
    assert {each["config_sha256"] for each in data["trials"][:2]} == manifests
    assert sorted(path.name for path in desk.glob("*.jsonl")) == ["trials.jsonl"]


def test_an_audit_counts_what_the_ledger_knows(desk, capsys):
    audit = ["audit", "--quick", *OFTEN]
    alone = told(capsys, *audit)
    assert alone[1].startswith("1 trial: the ledger of trials knows no other configuration on SMH/")
    (page,) = desk.glob("*audit*/audit.html")
    before = {path.name: path.read_bytes() for path in page.parent.iterdir()}
    told(capsys, *audit)  # itself is in the ledger now, and still one configuration
    assert {path.name: path.read_bytes() for path in page.parent.iterdir()} == before
    for level in (-1.5, -1.25):
        told(capsys, *OFTEN, *overrides(f"signal.enter_below={level}"))
    told(capsys, *QUIET)  # long before
    with (desk / "trials.jsonl").open("a") as ledger:
        ledger.write("milk")
    lines = told(capsys, *audit)
    assert lines[1].startswith("3 trials: the distinct configurations that the ledger of trials")
    assert lines[1].endswith("; 1 line of it not read and not counted.")
    bad = "the ledger of trials: line 6 is torn or is no JSON: kept, not counted"
    assert f"warning: {bad}" in lines
    document = json.loads(page.with_name("audit.json").read_text())
    assert document["trials"]["trials"] == document["trials"]["ledger"] == 3
    e4 = next(each for each in document["evidence"] if each["key"] == "E4")
    assert (e4["numbers"]["trials"], e4["numbers"]["trials_by"]) == (3, "ledger")
    assert "what the best of 3 worthless trials" in e4["sentence"]
    assert all(text in page.read_text() for text in (lines[1], bad))


def test_no_ledger_leaves_one_line_that_says_so(desk, capsys):
    lines = told(capsys, *QUIET, "--no-ledger")
    assert lines[1].startswith("warning: --no-ledger: no figure will count this")
    (line,) = (desk / "trials.jsonl").read_text().splitlines()
    assert json.loads(line)["not_recorded"] == "--no-ledger"
    (listed,) = told(capsys, "list", "--trials")
    assert listed.endswith("  backtest  not recorded: --no-ledger")


def test_strange_lines_are_named_and_stay(desk, capsys):
    desk.mkdir()
    strange = '{"shopping": "milk"}\n{"when":"2026-01-0'
    (desk / "trials.jsonl").write_text(strange)
    told(capsys, *QUIET)
    lines = told(capsys, "list", "--trials")
    assert lines[0].split("  ")[1] == "backtest"
    assert lines[-2:] == [
        "skipped line 1 is not ours (lacks 'when'); it stays as it is",
        "skipped line 2 is torn or is no JSON; it stays as it is",
    ]
    assert (desk / "trials.jsonl").read_text().startswith(f"{strange}\n")


def test_a_folder_in_its_place_stops_no_run_and_leaves_e4_open(desk, capsys):
    (desk / "trials.jsonl").mkdir(parents=True)
    lines = told(capsys, "audit", "--quick", *OFTEN)
    unwritten = f"warning: {desk / 'trials.jsonl'}: was not written ("
    assert any(line.startswith(unwritten) for line in lines)
    (page,) = desk.glob("*audit*/audit.json")
    document = json.loads(page.read_text())
    assert document["trials"]["ledger"] is None
    e4 = next(each for each in document["evidence"] if each["key"] == "E4")
    assert e4["rating"] == "not run"
    assert run.main(["list", "--trials"]) == 2
    assert "trials.jsonl: could not be read (" in capsys.readouterr().err


def test_a_shelf_without_a_ledger_says_what_to_do(tmp_path, capsys):
    (line,) = told(capsys, "list", "--trials", "--out", tmp_path)
    assert line.startswith(f"no trials yet in {tmp_path / 'trials.jsonl'}; make one with")
    assert list(tmp_path.iterdir()) == []


# --- six writers, some of them killed ---


def writer(desk, number, runs):
    """Run the program again and again in a process of its own; return its id."""
    child = os.fork()
    if child:
        return child
    os.setpgid(0, 0)
    log = os.open(desk.parent / f"{number}.log", os.O_WRONLY | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(log, stream)
    code = 0
    for turn in range(runs):
        level = -2.0 - 0.01 * number - 0.001 * turn
        words = overrides(f"signal.enter_below={level:.3f}", f"name=w{number}-{turn}")
        code = code or run.main([*QUIET, *words])
    os._exit(code)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_six_writers_and_a_kill_at_any_time_lose_and_tear_nothing(desk, capsys):
    told(capsys, *QUIET)  # everything is imported before they part
    killed = {writer(desk, number, runs=50) for number in range(3)}
    steady = {writer(desk, number, runs=2) for number in range(3, 6)}
    codes = [os.waitpid(child, 0)[1] for child in steady]
    said = [(desk.parent / f"{number}.log").read_text()[-500:] for number in range(3, 6)]
    assert codes == [0, 0, 0], said
    for child in killed:  # by now in the middle of something
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        time.sleep(0.03)
    found = read_ledger(desk / "trials.jsonl")
    assert found.unreadable is None
    recorded = [each.trial.config_sha256 for each in found.records]
    manifests = [json.loads(path.read_text()) for path in desk.glob("w*/manifest.json")]
    published = {each["config_sha256"] for each in manifests}
    assert len(published) >= 3 * 2 + 1
    assert published <= set(recorded)  # none stands there unrecorded
    assert len(recorded) == len(set(recorded))
    assert len(found.skipped) <= len(killed)
    assert all(len(line) > 500 for line in (desk / "trials.jsonl").read_text().splitlines())
