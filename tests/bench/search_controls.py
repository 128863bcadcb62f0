"""Does p of a whole search hold, and does it find an edge? Nothing is asserted.

    python -m tests.bench.search_controls [pairs, default 20] [histories, default 199]

Each pair is searched over 24 cells around the rule that its edge would be planted for, and again on
histories without an edge, and on histories that keep what each leg earned. Where there is none,
p <= .05 must come up in about 5 % of the pairs and p <= .10 in about 10 %, however many cells were
tried; where one is planted, the share is the power. A leg that merely rises is no edge: there the
second p must hold. All prices SYNTHETIC: random walks of 800 sessions, seeds 1 and on.
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


def p_of_the_search(world, seed, edge, histories, workers):
    """p of the best of the cells on one pair, without what the legs earned and with it."""
    pair = known_pair(world, "fast", seed, edge=edge)
    search = search_of(cells_of(hand_sweep(pair.config, GRID)), pair.market)
    best = sweep(search, "sharpe", workers=workers).scores.max()
    return [
        search_null(
            search,
            "sharpe",
            best,
            resamples=histories,
            seed=seed,
            workers=workers,
            keep_drift=keeps,
        ).p
        for keeps in (False, True)
    ]


def main():
    pairs, histories = (
        int(asked) if asked else usual
        for asked, usual in zip([*sys.argv[1:], "", ""], (20, 199), strict=False)
    )
    workers = Threads(all_workers())
    worlds = [("GBM", 0.0, 0.0), ("long leg +50 % a year", 0.0, 0.0)]
    for world, effect, edge in [*worlds, *(("GBM", *each) for each in EDGES.items())]:
        begun = time.perf_counter()
        both = [
            p_of_the_search(world, seed, edge, histories, workers) for seed in range(1, pairs + 1)
        ]
        took = time.perf_counter() - begun
        print(f"{world}, effect size {effect} a trade, {pairs} pairs x 24 cells x {histories}:")
        for name, values in zip(("luck", "timing"), zip(*both, strict=True), strict=True):
            for level in LEVELS:
                few = sum(p <= level for p in values)
                low, high = binomtest(few, pairs).proportion_ci(method="exact")
                share = f"{few} of {pairs} = {few / pairs:.0%} (95 %: {low:.0%} to {high:.0%})"
                print(f"  {name}: p <= {level:.2f} in {share}")
            print(f"  {name}: median p {sorted(values)[pairs // 2]:.3f}")
        print(f"  {took:.0f} s", flush=True)


if __name__ == "__main__":
    main()
