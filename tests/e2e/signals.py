"""Signals at any moment. A command and a moment in, what is wrong with how it ended out."""

import os
import random
import re
import signal
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.program import ROOT, finish, overrides, start_cold

SAMPLE = "configs/sample.yaml"
COMPARISON = f"""\
name: two
base: {(ROOT / SAMPLE).as_posix()}
variants: {{weekly: {{}}, never: {{rebalance: {{kind: never}}}}}}
"""
# Commands and the seconds that each takes about: with a tear sheet, with several, with a pool of
# processes, and with somebody's strategy in a process of its own.
PATHS = overrides("audit.resamples=40", "audit.pairs=[]")
RUN = ((SAMPLE,), 3.0)
COMPARE = (("compare", "COMPARISON", "--tearsheets"), 7.0)
AUDIT = (("audit", SAMPLE, *PATHS), 25.0)
STRATEGY = (("audit", SAMPLE, "--quick", "--strategy", ROOT / "tests/leaks/clean.py"), 12.0)
NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STEP = re.compile(r"(A\d+:|reading|simulating|writing|drawing|waiting|running|weighing) ")
WORDS = "run.py: interrupted; no run was written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When which signal is sent, and which again how long after it (seconds; None: not again)."""

    words: tuple[object, ...]
    number: signal.Signals
    after: float
    again: tuple[signal.Signals, float] | None


def moments(seed, commands, count):
    """Return so many moments, the commands in turn; some are within the imports."""
    chance = random.Random(seed)
    for turn in range(count):
        words, lasts = commands[turn % len(commands)]
        after = chance.uniform(0.0, 0.8 if chance.random() < 0.4 else lasts)
        second = (chance.choice(NUMBERS), chance.choice((0.0, chance.uniform(0.0, 0.1))))
        yield Moment(
            words=words,
            number=chance.choice(NUMBERS),
            after=after,
            again=second if chance.random() < 0.5 else None,
        )


def wrong(moment, env, folder, start=start_cold):
    """Stop a command at a moment, in an empty ``folder``; return what is wrong, or None."""
    places = {name: folder / name for name in ("runs", "temporary", "home")}
    for place in places.values():
        place.mkdir(parents=True)
    comparison = folder / "two.yaml"
    comparison.write_text(COMPARISON, encoding="utf-8")
    mark = uuid.uuid4().hex
    env = {**env, "TMPDIR": str(places["temporary"]), "SCHISM_TEST": mark}
    words = [comparison if word == "COMPARISON" else word for word in moment.words]
    process = start([*words, "--out", places["runs"] / "new" / "out"], env)
    wait_for_handlers(process)
    codes = [128 + moment.number]
    if not over_after(process, moment.after):
        process.send_signal(moment.number)
        if moment.again is not None and not over_after(process, moment.again[1]):
            process.send_signal(moment.again[0])
            # Two that wait at once are answered in the order of their numbers.
            codes.append(128 + moment.again[0])
    done = finish(process)
    left = [str(path.relative_to(folder)) for name in places for path in places[name].rglob("*")]
    said = done.err.splitlines()
    whole = done.code == 0 and done.out.endswith(".html\n") and WORDS not in said
    if whole:
        left = [name for name in left if not name.startswith("runs/new")]
        new = (each.name for each in (places["runs"] / "new").iterdir())
        left += [name for name in new if name not in ("out", "trials.jsonl")]
    lines = [line for line in said if not STEP.match(line)]
    faults = {
        "code": None if whole or done.code in codes else done.code,
        "stdout": None if whole or not done.out else done.out,
        "stderr": lines if lines != ([] if whole else [WORDS]) else None,
        "left": left or None,
        "processes": alive(mark) or None,
    }
    collected = {key: value for key, value in faults.items() if value is not None}
    return f"{moment}: {collected}" if collected else None


def wait_for_handlers(process):
    """Wait until run.py's first lines were read: before them the interpreter alone answers."""
    status = Path(f"/proc/{process.pid}/status")
    bit = 1 << (signal.SIGTERM - 1)
    while process.poll() is None:
        caught = [line for line in status.read_text().splitlines() if line.startswith("SigCgt")]
        if caught and int(caught[0].split()[1], 16) & bit:
            return


def over_after(process, seconds):
    """Whether a process ends by itself within so many seconds."""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def alive(mark):
    """Return the processes that carry a mark in their environment and are not over."""
    listed = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            marked = mark.encode() in (folder / "environ").read_bytes()
            state = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:  # gone meanwhile, or not ours to read
            continue
        if marked and state not in "ZX":
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            listed.append(f"{folder.name} {command[:100]}")
    return listed


def can_look():
    """Whether this system shows its processes and the signals they catch."""
    return Path("/proc/self/status").exists() and os.access("/proc/self/environ", os.R_OK)
