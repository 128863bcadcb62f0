"""How many cells a second? Run with ``python -m tests.bench.bench_sweep``; nothing is asserted.

Invented pairs, the article's rule with full costs (impact, fees, stressed spreads, interest), a
grid of levels, holds and rebalancing. Threads share nothing but the processor.
"""

import sys
import time

from configs.cells import cells_of
from engine.trials.executor import Threads, all_workers
from engine.trials.search import search_of
from engine.trials.sweep import sweep
from reports.audits.search.null import search_null
from tests.unit.control_pairs import control_subject
from tests.unit.hand_sweep import hand_sweep

FULL = {
    "commission": {"kind": "ibkr_fixed"},
    "fees": {"kind": "us_sales"},
    "spread": {"kind": "vol_scaled", "default_bps": 3.0},
    "impact": {"kind": "square_root"},
    "borrow": {"default_rate": 0.0025},
    "interest": {"kind": "benchmark", "rate": 0.04},
}
GRID = """
signal.enter_below: {from: -2.45, to: -0.5, step: 0.05}
exits.holding_sessions: [5, 21, 42, 63, 126]
rebalance: {weekly: {kind: weekly}, monthly: {kind: monthly}, band: {kind: band, above: 0.1}}
signal.window: [21, 63]
"""


def searched(sessions, costs):
    subject = control_subject(1, sessions=sessions, costs=costs)
    return search_of(cells_of(hand_sweep(subject.config, GRID)), subject.market)


def seconds(work, times=3):
    work()
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return best


def main():
    for sessions in (808, 5_406):
        for name, costs in (("base costs", {}), ("full costs", FULL)):
            search = searched(sessions, costs)
            for workers in sorted({1, all_workers()}):
                took = seconds(lambda s=search, w=workers: sweep(s, "sharpe", workers=Threads(w)))
                print(
                    f"{sessions:,} sessions, {name}, {workers} thread(s): "
                    f"{search.count / took:,.0f} cells a second"
                )
    search = searched(808, {})
    histories = int(sys.argv[1]) if len(sys.argv) > 1 else 199
    begun = time.perf_counter()
    search_null(search, "sharpe", 1.0, resamples=histories, seed=1, workers=Threads(all_workers()))
    took = time.perf_counter() - begun
    print(f"null: {search.count:,} cells x {histories} histories of 808 sessions: {took:.1f} s")


if __name__ == "__main__":
    main()
