"""Engine time with every cost against none, 5,406 sessions of SMH/IGV, weekly.

Target: the desk's price list (``configs/smh_igv_desk.yaml``: tiered commission, dated fees, spread
scaled by volatility, impact under a cap, borrow, and here interest too) takes at most 1.3x the time
of the same strategy free of charge. Reading prices is excluded; binding the price list is not.

Run: ``MARKET_DATA=<folder> python -m tests.bench.bench_costs`` (or ``make bench``).
"""

import os
import sys
from pathlib import Path

from configs.load import load
from engine.event import simulate
from feeds.assemble import load_market, open_source
from tests.bench.cost_worlds import FREE
from tests.bench.timing import alternate, report

ROUNDS = 15
CONFIGS = Path(__file__).parents[2] / "configs"
INTEREST = "costs.interest={kind: benchmark, rate: 0.04}"


def main():
    folder = os.environ.get("MARKET_DATA")
    if folder is None:
        return "bench_costs: MARKET_DATA is not set; name the folder of Yahoo-shaped CSV files"
    shared = ("data.source=csv", f"data.path={folder}", "data.start=2005-01-03")
    shared = (*shared, "data.end=2026-06-30", "data.benchmark=null")
    desk_config = CONFIGS / "smh_igv_desk.yaml"
    configs = {
        "zero costs": load(desk_config, (*shared, *FREE)),
        "smh_igv.yaml": load(CONFIGS / "smh_igv.yaml", shared),
        "full costs": load(desk_config, (*shared, INTEREST)),
    }
    market = load_market(configs["zero costs"], open_source(configs["zero costs"].data))
    results = {}

    def job(name):
        def simulate_one():
            results[name] = simulate(configs[name], market)

        return simulate_one

    seconds = alternate({name: job(name) for name in configs}, ROUNDS)
    decided = {name: tuple(run.signals["acted"]) for name, run in results.items()}
    if len(set(decided.values())) != 1:
        return "bench_costs: the entries differ, so the times do not compare"
    fills = ", ".join(f"{len(run.fills)} {name}" for name, run in results.items())
    title = f"engine, {len(market.sessions)} sessions, fills: {fills}, median of {ROUNDS}"
    report(title, seconds, "full costs", "zero costs", "<= 1.3")
    return 0


if __name__ == "__main__":
    sys.exit(main())
