"""A run compiled and in Backtrader, side by side: ``python -m tests.bench.bench_kernel``.

Full costs (``configs/smh_igv_desk.yaml``) on the prices named by MARKET_DATA. Ratios count, seconds
are this machine's.
"""

import os
import time
from pathlib import Path

from configs.load import load
from engine.event import replay
from engine.many import run_once, simulate_many
from engine.prepare.prepared import prepare
from engine.run import read_market
from strategies import STRATEGIES

CONFIG = Path(__file__).parents[2] / "configs" / "smh_igv_desk.yaml"
RUNS = 500


def least(call, times):
    taken = []
    for _ in range(times):
        begin = time.process_time()
        call()
        taken.append(time.process_time() - begin)
    return min(taken)


def timed(folder, start):
    """Time one window of the configuration; return what there is to say."""
    asked = ["data.source=csv", f"data.path={folder}", f"data.start={start}"]
    config = load(CONFIG, asked)
    market = read_market(config)
    ready = prepare(config, market)
    run_once(ready)  # compiles
    event = least(lambda: replay(ready, STRATEGIES[config.signal.kind]), 3)
    whole = least(lambda: run_once(ready), 3)
    many = least(lambda: simulate_many(ready, [ready.terms] * RUNS), 3) / RUNS
    prepared = least(lambda: prepare(config, market), 3)
    return (
        f"{len(market.sessions):,} sessions: Backtrader {event * 1e3:.1f} ms, compiled and "
        f"recorded {whole * 1e3:.2f} ms, compiled and scored {many * 1e3:.4f} ms a run "
        f"({event / many:,.0f} times faster); preparation {prepared * 1e3:.1f} ms"
    )


def main():
    for start in ("2023-04-11", "2005-01-03"):
        print(timed(os.environ["MARKET_DATA"], start))


if __name__ == "__main__":
    main()
