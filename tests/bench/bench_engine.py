"""Engine time against stock Backtrader, 5,406 sessions of SMH/IGV, weekly.

Target: the idiomatic Backtrader version takes at least 5x our engine's time. Reading the data is
excluded on every side: ours gets a ready ``Market``, the others a ready frame. All must decide the
same entries, or the times compare different jobs.

Run: ``MARKET_DATA=<folder> python -m tests.bench.bench_engine`` (or ``make bench``).
"""

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from configs.load import load
from engine.event import simulate
from feeds.assemble import load_market, open_source
from tests.bench.idiomatic import simulate_idiomatic, simulate_precomputed, with_signals
from tests.bench.timing import alternate, report

ROUNDS = 7
CONFIG = Path(__file__).parents[2] / "configs" / "smh_igv.yaml"


def adjusted(market, leg):
    """Yahoo's auto-adjusted prices, which a Backtrader user feeds to have dividends in returns."""
    factor = leg.adj_close / leg.close
    names = ("open", "high", "low", "close")
    prices = {name: getattr(leg, name) * factor for name in names}
    return pd.DataFrame({**prices, "volume": leg.volume}, index=pd.DatetimeIndex(market.sessions))


def last_sessions_of_weeks(market):
    weeks, next_weeks = (
        (days - np.datetime64("1969-12-29")).astype(int) // 7  # a Monday
        for days in (market.sessions, market.next_sessions)
    )
    return frozenset(market.sessions[weeks != next_weeks].tolist())


def main():
    folder = os.environ.get("MARKET_DATA")
    if folder is None:
        return "bench_engine: MARKET_DATA is not set; name the folder of Yahoo-shaped CSV files"
    overrides = ["data.source=csv", f"data.path={folder}", "data.start=2005-01-03"]
    config = load(CONFIG, [*overrides, "data.end=2026-06-30", "data.benchmark=null"])
    market = load_market(config, open_source(config.data))
    long_frame, short_frame = (adjusted(market, leg) for leg in (market.long, market.short))
    prepared = with_signals(long_frame, short_frame)
    week_ends = last_sessions_of_weeks(market)
    results = {}

    def ours():
        results["ours"] = simulate(config, market)

    def idiomatic():
        results["idiomatic"] = simulate_idiomatic(long_frame, short_frame, week_ends)

    def precomputed():
        results["precomputed"] = simulate_precomputed(prepared, short_frame, week_ends)

    jobs = {"ours": ours, "idiomatic": idiomatic, "precomputed": precomputed}
    seconds = alternate(jobs, ROUNDS)

    signals = results["ours"].signals
    acted = signals.loc[signals["acted"], "date"]
    entries = {
        "ours": [day.date().isoformat() for day in acted],
        "idiomatic": results["idiomatic"].entries,
        "precomputed": results["precomputed"].entries,
    }
    if len({tuple(days) for days in entries.values()}) != 1:
        return f"bench_engine: the entries differ, so the times do not compare: {entries}"
    pair = f"{config.pair.long}/{config.pair.short}"
    title = f"engine, {len(market.sessions)} sessions of {pair}, {len(acted)} entries"
    report(f"{title}, median of {ROUNDS}", seconds, "idiomatic", "ours", ">= 5")
    return 0


if __name__ == "__main__":
    sys.exit(main())
