"""Does p of a whole search hold, and does it find an edge? Nothing is asserted.

    python -m tests.bench.search_controls [pairs, default 20] [histories, default 199]

Each pair is searched over 24 cells around the rule that its edge would be planted for, and again on
histories without an edge. Where there is none, p <= .05 must come up in about 5 % of the pairs and
p <= .10 in about 10 %, however many cells were tried; where one is planted, the share is the power.
All prices SYNTHETIC: random walks of 800 sessions, seeds 1 and on.
"""

import sys
import time

from scipy.stats import binomtest

from configs.cells import cells_of
from engine.trials.executor import Threads, all_workers
from engine.trials.search import search_of
from engine.trials.sweep import sweep
from reports.audits.search.null import search_null
from tests.bench.known_worlds import EDGES, known_pair
from tests.unit.hand_sweep import hand_sweep

GRID = """
signal.enter_below: [-1.0, -0.75, -0.5, -0.25]
exits.holding_sessions: [3, 5, 10]
rebalance: {weekly: {kind: weekly}, never: {kind: never}}
"""
LEVELS = (0.05, 0.10)


def p_of_the_search(seed, edge, histories, workers):
    """p of the best of the cells on one pair."""
    pair = known_pair("GBM", "fast", seed, edge=edge)
    search = search_of(cells_of(hand_sweep(pair.config, GRID)), pair.market)
    best = sweep(search, "sharpe", workers=workers).scores.max()
    null = search_null(search, "sharpe", best, resamples=histories, seed=seed, workers=workers)
    return null.p


def main():
    pairs, histories = (
        int(asked) if asked else usual
        for asked, usual in zip([*sys.argv[1:], "", ""], (20, 199), strict=False)
    )
    workers = Threads(all_workers())
    for effect, edge in {0.0: 0.0, **EDGES}.items():
        begun = time.perf_counter()
        values = [p_of_the_search(seed, edge, histories, workers) for seed in range(1, pairs + 1)]
        took = time.perf_counter() - begun
        print(f"effect size {effect} a trade, {pairs} pairs x 24 cells x {histories} histories:")
        for level in LEVELS:
            few = sum(p <= level for p in values)
            low, high = binomtest(few, pairs).proportion_ci(method="exact")
            share = f"{few} of {pairs} = {few / pairs:.0%} (95 %: {low:.0%} to {high:.0%})"
            print(f"  p <= {level:.2f} in {share}")
        print(f"  median p {sorted(values)[pairs // 2]:.3f}; {took:.0f} s", flush=True)


if __name__ == "__main__":
    main()
