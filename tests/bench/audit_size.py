"""What the verdict says of pairs whose edge is known: the table behind every verdict. SYNTHETIC.

A row is a world, a rule and an edge; each pair of it goes through the evidence and the verdict, the
integrity checks taken as passed. Expected of every row without an edge: SUPPORTED of at most 1 %,
MARGINAL or better of at most 10 %; of uniform edges at some fifty trades: SUPPORTED of at least
60 % at d = 0.55 and of 95 % at d = 0.91. A row that misses is marked, and the command exits with 1.

Run: ``python -m tests.bench.audit_size [pairs] [--only TEXT] [--write]``. ``--write`` records the
table for README and the audit page; it needs a checkout without changes, whose commit it names.
"""

import argparse
import dataclasses
import datetime as dt
import subprocess
import sys
import time

import joblib

from reports.audits.check import Check
from reports.audits.evidence.clusters import independent_entries, outcomes
from reports.audits.evidence.evidence import evidence
from reports.audits.evidence.resampling import resampled_test
from reports.audits.known_pairs import RECORD, Row, write_record
from reports.audits.verdict import LADDER, verdict
from tests.bench.known_worlds import EDGES, RULES, WORLDS, known_pair

PAIRS = 200
RESAMPLES, MOST = 99, 399  # enough for the bars at .01 and .10; drawn on where a pair is near one
PASSED = Check(key="A", name="Integrity", status="PASS", sentence="taken as passed")
HEADER = ("world", "rule", "edge d", "pairs", "entries", *LADDER, "p <= .01", "p <= .10", "")
FORM = "{:<24} {:<8} {:>6} {:>5} {:>7} " + " ".join("{:>11}" for _ in LADDER) + " {:>8} {:>8}  {}"


def rows(only):
    """Every row to be made: world, rule, effect size and the edge that has it."""
    made = [(world, rule, 0.0, 0.0) for rule in RULES for world in WORLDS]
    made += [("GBM", "fast", effect, edge) for effect, edge in EDGES.items()]
    return [row for row in made if only in f"{row[0]} {row[1]} {row[2]}"]


def audited(world, rule, edge, seed):
    """One pair's rung, the larger p of its E1 (None: not run) and its independent entries.

    Too few entries decide without E1, and E1 against decides without the rest, which is then not
    run: whatever it said, the rung would be the same. Every run is compiled, which is Backtrader's
    to the last bit (`tests.bench.kernel_agrees`).
    """
    pair = known_pair(world, rule, seed, edge=edge, resamples=RESAMPLES, most=MOST)
    subject = dataclasses.replace(pair, is_compiled=True)
    base = subject.run()
    entered = outcomes(base)
    if independent_entries(subject.config.audit, entered).rating == "against":
        return "UNTESTABLE", None, len(entered.clusters)
    chance = resampled_test(subject, base, progress=quiet)
    p = max(chance.numbers["p"], chance.numbers["timing"]["p"])
    if chance.rating == "against":
        return "NO EVIDENCE", p, len(entered.clusters)
    weighed = evidence(subject, base, quick=True, progress=quiet)
    blocks = tuple(chance if each.key == "E1" else each for each in weighed.blocks)
    return verdict([PASSED], dataclasses.replace(weighed, blocks=blocks)).rung, p, weighed.entries


def quiet(step):
    """Say nothing of steps."""


def row_of(name, pairs, workers):
    """Audit a row's pairs, on as many processes; the same whatever their number."""
    world, rule, effect, edge = name
    each = joblib.Parallel(n_jobs=workers)(
        joblib.delayed(audited)(world, rule, edge, seed) for seed in range(pairs)
    )
    rungs = [rung for rung, _, _ in each]
    return Row(
        world=world,
        rule=rule,
        effect=effect,
        pairs=pairs,
        mean_entries=sum(entries for _, _, entries in each) / pairs,
        rungs={rung: rungs.count(rung) for rung in LADDER},
        p_at_most={f"{bar:g}": sum(p is not None and p <= bar for _, p, _ in each)
                   for bar in (0.01, 0.10)},
    )  # fmt: skip


def told(row):
    """One line of the table."""
    return FORM.format(
        row.world, row.rule, f"{row.effect:g}", row.pairs, f"{row.mean_entries:.1f}",
        *(f"{row.rungs[rung]}" for rung in LADDER), *row.p_at_most.values(),
        "" if row.on_target else "MISSES ITS TARGET",
    )  # fmt: skip


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", nargs="?", type=int, default=PAIRS)
    parser.add_argument("--only", default="", help="rows whose world, rule and effect hold TEXT")
    parser.add_argument("--workers", type=int, default=-1)
    parser.add_argument("--write", action="store_true", help=f"record the table in {RECORD.name}")
    asked = parser.parse_args(argv)
    if asked.write and git("status", "--porcelain"):
        parser.error("--write names the commit it was made on; commit or stash your changes first")
    commit = git("rev-parse", "HEAD")
    print(FORM.format(*(text[:11] if text in LADDER else text for text in HEADER)))
    started, made = time.perf_counter(), []
    for name in rows(asked.only):
        made.append(row_of(name, asked.pairs, asked.workers))
        print(told(made[-1]), flush=True)
        if asked.write:  # row by row: a run that is ended keeps what it has
            write_record(made, date=dt.datetime.now(dt.UTC).date(), commit=commit)
    missed = sum(not row.on_target for row in made)
    print(f"{len(made)} rows, {missed} off target, {time.perf_counter() - started:.0f} s")
    return 1 if missed else 0


def git(*arguments):
    """What git says of this checkout."""
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
