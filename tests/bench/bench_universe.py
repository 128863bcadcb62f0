"""How long does a universe take? Run with ``python -m tests.bench.bench_universe``.

SYNTHETIC random walks, 60 symbols, 3,540 ordered pairs of 800 sessions, the control rule (48
entries a pair), and the search again on histories without an edge. Nothing is asserted.
"""

import sys
import time

from engine.trials.executor import Threads, all_workers
from engine.trials.sweep import sweep
from reports.audits.integrity.selection import standing
from tests.unit.control_pairs import control_config
from tests.unit.hand_universe import hand_universe, pair_search

SYMBOLS, SESSIONS = 60, 800


def main():
    histories = int(sys.argv[1]) if len(sys.argv) > 1 else 49
    universe, workers = hand_universe(SYMBOLS, sessions=SESSIONS), all_workers()
    sweep(
        pair_search(hand_universe(3)), "sharpe", workers=Threads(1)
    )  # compiled, or from the cache
    begun, spent = time.perf_counter(), time.process_time()
    placed = standing(control_config(), universe, resamples=histories, workers=Threads(workers))
    took, cpu = time.perf_counter() - begun, time.process_time() - spent
    print(
        f"SYNTHETIC: {placed.others + 1:,} pairs of {SESSIONS} sessions, {histories} histories "
        f"of them, {workers} threads: {took:.1f} s, {cpu:.1f} s of processor"
    )


if __name__ == "__main__":
    main()
