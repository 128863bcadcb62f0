"""Controls of the whole verdict: twenty pairs without an edge, and three with one planted.

Each pair is audited in full, 99 resampled paths included, under a correlation rule that trades some
fifty times in 800 sessions (see ``tests/unit/control_pairs.py`` for why). The integrity checks are
taken as passed: the control is about evidence.

Expected (AUDIT): at least 90 % of the random walks at NO EVIDENCE or below, at most 1 % SUPPORTED
(of twenty: none), and each planted edge found, ``p <= .01``, the least that 99 paths can give.

Run: ``python -m tests.bench.audit_controls [pairs]``; some three minutes on two cores.
"""

import sys
import time

from reports.audits.check import Check
from reports.audits.evidence.evidence import evidence
from reports.audits.verdict import LADDER, verdict
from tests.unit.control_pairs import control_subject

PAIRS = 20
PLANTED_SEEDS, PLANTED_EDGE = (
    (101, 102, 103),
    0.005,
)  # half a per cent a session, on a pair that moves 1.3 %
COLUMNS = "{:<14} {:>6} {:>8} {:>7} {:>6} {:>7}  {:<24} {}"
PASSED = Check(key="A", name="Integrity", status="PASS", sentence="taken as passed")


def audited(name, subject):
    """Audit one pair, print its line and return its rung and p."""
    started = time.perf_counter()
    base = subject.run()
    computed = evidence(subject, base, quick=False, progress=lambda step: None)
    judged = verdict([PASSED], computed)
    p = computed.block("E1").numbers["p"]
    print(
        COLUMNS.format(
            name,
            computed.entries,
            f"{base.headline['sharpe']:.2f}",
            f"{p:.2f}",
            computed.block("E2").measured[:1],
            computed.block("E3").measured.removeprefix("percentile "),
            judged.rung,
            f"{judged.reason}  ({time.perf_counter() - started:.1f} s)",
        ),
        flush=True,
    )
    return judged.rung, p


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    print(COLUMNS.format("pair", "trades", "Sharpe", "E1 p", "E2", "E3", "verdict", "reason"))
    listed = [audited(f"walk {seed}", control_subject(seed)) for seed in range(1, pairs + 1)]
    planted = [
        audited(f"planted {seed}", control_subject(seed, edge=PLANTED_EDGE))
        for seed in PLANTED_SEEDS
    ]
    low = sum(LADDER.index(each) <= LADDER.index("NO EVIDENCE") for each, _ in listed)
    high = sum(LADDER.index(each) >= LADDER.index("SUPPORTED, UNCONFIRMED") for each, _ in listed)
    print(f"random walks at NO EVIDENCE or below: {low} of {pairs}   expected >= 90 %")
    print(f"random walks SUPPORTED:               {high} of {pairs}   expected <= 1 %")
    for level in (0.01, 0.05, 0.10):
        share = sum(each <= level for _, each in listed)
        print(f"random walks with p <= {level:.2f}:         {share} of {pairs}")
    caught = sum(p <= 0.01 for _, p in planted)
    print(f"planted edges with p <= 0.01:         {caught} of {len(planted)}   expected all")
    is_right = low >= 0.9 * pairs and high <= 0.01 * pairs and caught == len(planted)
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
