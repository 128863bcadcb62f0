"""Adding is cheap: one of each to a copy of the program, in no more files than the house promises.

What is generated (docs/configuration.md, the schemas) is made by ``make schema`` and not counted.
"""

import json
import math
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("configs", "feeds", "strategies", "engine", "reports")
ADDITIONS = Path(__file__).with_name("additions")
MOST_FILES = {"key": 2, "exit": 3, "sizing": 3, "signal": 3, "break": 4, "cost": 4}
PLAIN = {
    "name": "added",
    "data": {"source": "sample", "start": "2023-04-11", "end": "2024-06-28"},
    "pair": {"long": "SMH", "short": "IGV"},
    "signal": {"kind": "always"},
}


def changes(name):
    """Return the parts of an addition: its file, what stands there, what will.

    A part has the form of a diff without line numbers, which would age.
    """
    parts = re.split(r"^@@ (.+)\n", (ADDITIONS / f"{name}.diff").read_text(encoding="utf-8"),
                     flags=re.MULTILINE)[1:]  # fmt: skip
    for place, lines in zip(parts[::2], parts[1::2], strict=True):
        old, new = (
            "".join(line[1:] for line in lines.splitlines(keepends=True) if line[0] in marks)
            for marks in (" -", " +")
        )
        yield place, old, new


def apply(root, place, old, new):
    path = root / place
    if not path.exists():
        path.write_text(new, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    old, new = old.rstrip("\n"), new.rstrip("\n")  # a line may be given by its beginning
    assert text.count(old) == 1, f"{place} has {text.count(old)} times, expected once: {old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


# What a run asks for that uses each addition.
ASKED = {
    "key": {
        "signal": {"kind": "always", "first_sessions": 40}, "exits": {"holding_sessions": 5},
    },
    "exit": {"exits": {"underwater_sessions": 10}},
    "sizing": {"sizing": {"kind": "inverse_range"}, "account": {"fractional": True}},
    "signal": {"signal": {"kind": "lead"}, "exits": {"holding_sessions": 10}},
    "break": {
        "data": {"source": "sample", "start": "2019-01-02", "end": "2020-12-31"},
        "pair": {"long": "NVDA", "short": "MSFT"},
        "fundamentals": {"source": "sample"},
        "exits": {"thesis": {"short_grows": {"above": 0.14}}},
    },
    "cost": {"costs": {"stamp_bps": 10.0}},
}  # fmt: skip


@pytest.fixture(scope="module")
def added(tmp_path_factory):
    """Return what a run says that uses an addition, by name; one copy has them all."""
    copy = tmp_path_factory.mktemp("copy")
    for room in ROOMS:
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("out"))
    for name in ASKED:
        for place, old, new in changes(name):
            apply(copy, place, old, new)
    shutil.copy(ROOT / "tests" / "unit" / "added.py", copy / "added.py")
    done = subprocess.run(
        [sys.executable, "added.py", json.dumps([{**PLAIN, **each} for each in ASKED.values()])],
        cwd=copy, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "SCHISM_NO_JIT": "1"},  # the loops without the half minute of compiling
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    runs = dict(zip(ASKED, json.loads(done.stdout), strict=True))
    assert all(run["file"].startswith(str(copy)) for run in runs.values())
    return runs


@pytest.mark.parametrize("name", ASKED)
def test_an_addition_touches_no_more_files_than_promised(name):
    touched = {place for place, _, _ in changes(name)}
    assert len(touched) <= MOST_FILES[name], sorted(touched)


@pytest.mark.parametrize("name", ASKED)
def test_the_loops_know_an_addition_too(added, name):
    assert added[name]["loops_agree"]


def numbers(column):
    return [float(each) for each in column]


def first_triggered(run):
    return run["signals"]["entry"].index("True")


def test_a_key(added):
    run = added["key"]
    assert run["signals"]["entry"].count("True") == 19  # volatility is warm on the 22nd of 40
    assert run["signals"]["entry"][39:41] == ["True", "False"]
    assert "signal.first_sessions 40" in run["sentence"]
    assert "| `signal.first_sessions` | whole number: sessions, at least 1" in run["reference"]
    assert all("first_sessions" in each for each in run["editors"])


def test_an_exit(added):
    run = added["exit"]
    left = run["trades"]["exit_reason"]
    assert set(left) == {"underwater"}
    assert min(numbers(run["trades"]["sessions"])) >= 10
    assert "<td>held long enough at a loss</td>" in run["page"]
    assert "exits.underwater_sessions 10" in run["sentence"]
    assert "`exits.underwater_sessions`" in run["reference"]


def test_a_sizing(added):
    run = added["sizing"]
    place = first_triggered(run)
    assert place == 21  # the first return is unknown, then 21 of them
    wide = [float(run["signals"][f"range_{side}"][place]) for side in ("long", "short")]
    shares = dict(zip(run["fills"]["symbol"], numbers(run["fills"]["shares"]), strict=False))
    assert {"SMH", "IGV"} == set(shares)
    ordered = {
        symbol: float(count)
        for symbol, count in zip(run["fills"]["symbol"][:2], run["fills"]["shares"][:2],
                                 strict=True)
    }  # fmt: skip
    assert ordered["SMH"] > 0.0 > ordered["IGV"]
    closes = [abs(float(run["ledger"][f"{side}_value"][place + 1])) for side in ("long", "short")]
    assert math.isclose(closes[0] / closes[1], wide[1] / wide[0], rel_tol=0.05)  # a session later
    assert "by kind inverse_range (window 21, " in run["sentence"]
    assert "`sizing.kind`: `inverse_range`" in run["reference"]


def test_a_signal(added):
    run = added["signal"]
    lead, entry = numbers(run["signals"]["lead"]), run["signals"]["entry"]
    assert math.isnan(lead[20])
    assert [each == "True" for each in entry[21:]] == [each > 0.05 for each in lead[21:]]
    assert run["headline"]["entries"] > 0
    assert "at the signal of kind lead (window 21, above 0.05)" in run["sentence"]
    assert "`signal.kind`: `lead`" in run["reference"]


def test_a_break_of_the_thesis(added):
    run = added["break"]
    growth = numbers(run["signals"]["revenue_growth_short"])
    assert "short_grows" in run["trades"]["exit_reason"]
    assert not any(
        each == "True" and grown > 0.14
        for each, grown in zip(run["signals"]["acted"], growth, strict=True)
    )
    assert run["states"] == [["short_grows", growth[-1], 0.14]]
    assert "short growth" in run["used"]
    assert "the short company grew" in run["page"]
    assert "breaks above 0.14" in run["page"]
    assert "exits.thesis.short_grows" in run["sentence"]
    assert "`exits.thesis.short_grows.above`" in run["reference"]


def test_a_column_of_cost(added):
    run = added["cost"]
    bought = [
        max(shares, 0.0) * price
        for shares, price in zip(
            numbers(run["fills"]["shares"]), numbers(run["fills"]["price"]), strict=True
        )
    ]
    duties = numbers(run["fills"]["stamp"])
    assert sum(bought) > 1e6
    assert all(math.isclose(a, b * 0.001) for a, b in zip(duties, bought, strict=True))
    assert math.isclose(sum(numbers(run["ledger"]["stamp"])), sum(duties))
    assert math.isclose(run["headline"]["stamp"], sum(duties))
    ledger = {name: numbers(column) for name, column in run["ledger"].items() if name != "date"}
    costs = ("commission", "fees", "spread", "impact", "stamp", "borrow")
    for row, (before, after) in enumerate(pairwise(ledger["equity"]), start=1):
        made = sum(ledger[each][row] for each in ("long_pnl", "short_pnl", "dividends", "interest"))
        assert math.isclose(
            after - before, made - sum(ledger[each][row] for each in costs), abs_tol=1e-6
        )
    assert ">stamp</th>" in run["page"]
    assert "costs.stamp_bps 10.0" in run["sentence"]
    assert "`costs.stamp_bps`" in run["reference"]


@pytest.mark.parametrize("name", MOST_FILES)
def test_contributing_says_in_which_files(name):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    places = {place for place, _, _ in changes(name)}
    known = {place for place in places if (ROOT / place).exists()}
    assert [place for place in sorted(known) if f"`{place}`" not in text] == []
