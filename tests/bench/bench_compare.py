"""A comparison of two variants against one run, both as whole commands.

Target: ``python run.py compare configs/weekly_vs_monthly.yaml`` takes at most 1.6x the time of
``python run.py configs/smh_igv.yaml --no-tearsheet`` on two cores. Beside it, what the frontier's
nine simulations take, which is why they share no processes.

Run: ``MARKET_DATA=<folder> python -m tests.bench.bench_compare`` (or ``make bench``).
"""

import itertools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from configs.compare import load_comparison
from engine.trials.variants import read_market, simulate_variants
from feeds.assemble import open_source
from tests.bench.timing import alternate, report

ROUNDS = 5
ROOT = Path(__file__).parents[2]


def run(*arguments):
    done = subprocess.run(
        [sys.executable, "run.py", *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit(f"bench_compare: {arguments} exited {done.returncode}:\n{done.stderr}")


def simulations(source):
    """Return the seconds that the frontier's simulations take, one after another."""
    frontier = load_comparison(ROOT / "configs" / "rebalance_frontier.yaml", source)
    first = next(iter(frontier.variants.values()))
    market = read_market(frontier, open_source(first.data), lambda step: None)
    started = time.perf_counter()
    simulate_variants(frontier, dict.fromkeys(frontier.variants, market), [], lambda step: None)
    return time.perf_counter() - started, len(frontier.variants)


def main():
    folder = os.environ.get("MARKET_DATA")
    if folder is None:
        return "bench_compare: MARKET_DATA is not set; name the folder of Yahoo-shaped CSV files"
    source = ["data.source=csv", f"data.path={Path(folder).resolve()}"]
    words = [word for pair in source for word in ("--set", pair)]
    with tempfile.TemporaryDirectory() as scratch:
        outs = (Path(scratch) / f"out{number}" for number in itertools.count())
        seconds = alternate(
            {
                "one run": lambda: run(
                    "configs/smh_igv.yaml", *words, "--no-tearsheet", "--out", next(outs)
                ),
                "compare two": lambda: run(
                    "compare", "configs/weekly_vs_monthly.yaml", *words, "--out", next(outs)
                ),
            },
            ROUNDS,
        )
    title = f"weekly against monthly, {os.cpu_count()} cores, processes, median of {ROUNDS}"
    report(title, seconds, "compare two", "one run", "<= 1.6")
    taken, count = simulations(source)
    print(f"  the frontier's {count} simulations, in turn: {taken:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
