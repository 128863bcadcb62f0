"""A strategy that ends its own process: every command names it and exits 4, whatever it printed."""

import pytest

from tests.e2e.program import new_process

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
    # The time limit's process is one more, and the same for all of them.
    env = arrival if command == "backtest" else {**arrival, "SCHISM_SUPERVISED": "1"}
    done = new_process(words, env, cwd=tmp_path)
    assert (done.code, done.out) == (4, "")
    assert "ends.py: ended its own process (exit code 0) instead of deciding" in done.err
    assert "SUPPORTED" not in done.err
    assert not (tmp_path / "out").exists()
