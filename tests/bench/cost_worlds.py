"""One strategy under six price lists: SMH/IGV, weekly, on real prices. A table on stdout.

Only the costs section changes; the retail account also opens with less cash. Amounts are dollars
and basis points of the notional that the world's own fills traded.

Run: ``MARKET_DATA=<folder> python -m tests.bench.cost_worlds``
"""

import os
import sys
from pathlib import Path

from configs.load import load
from engine.event import simulate
from engine.records.columns import COSTS
from feeds.assemble import load_market, open_source

CONFIG = Path(__file__).parents[2] / "configs" / "smh_igv.yaml"

FREE = (
    "costs={commission: {kind: zero}, spread: {default_bps: 0.0}, borrow: {default_rate: 0.0}}",
)
WORLDS = {
    "zero": FREE,
    "base": (),
    "x3 spread": ("costs.spread={default_bps: 9.0, SMH: 6.0, IGV: 9.0}",),
    # The tiered list passes the regulators' fees through.
    "tiered": ("costs.commission={kind: ibkr_tiered}", "costs.fees={kind: us_sales}"),
    # Do & Faff (2012): 30 bp one way in all, and a short that costs 1 % a year.
    "academic": (
        "costs.commission={kind: bps, bps: 30.0}",
        "costs.spread={default_bps: 0.0}",
        "costs.borrow={default_rate: 0.01}",
    ),
    "retail $10k": ("account.cash=10000",),
}


def run_worlds(folder):
    """Return the run of every world, by name."""
    source = ("data.source=csv", f"data.path={folder}")
    configs = {name: load(CONFIG, (*source, *changes)) for name, changes in WORLDS.items()}
    market = load_market(configs["zero"], open_source(configs["zero"].data))
    return {name: simulate(config, market) for name, config in configs.items()}


def traded_usd(run):
    return float((run.fills["shares"].abs() * run.fills["price"]).sum())


def table(runs):
    """Return the lines of the table, worlds across."""
    width = 13
    shown = {name: _column(run) for name, run in runs.items()}
    lines = ["".ljust(24) + "".join(name.rjust(width) for name in shown)]
    for label in next(iter(shown.values())):
        cells = "".join(column[label].rjust(width) for column in shown.values())
        lines.append(label.ljust(24) + cells)
    return lines


def _column(run):
    """Return one world's cells, by row label."""
    cash, traded = run.config.account.cash, traded_usd(run)
    paid = {name: run.headline[name] for name in COSTS}
    paid["all costs"] = sum(paid.values())
    spread_bps = run.breakeven["spread_bps"]
    return {
        "net P&L, % of cash": f"{run.headline['net_pnl'] / cash * 100:.3f}",
        **{f"{name}, $": f"{usd:,.2f}" for name, usd in paid.items()},
        **{f"{name}, bps": f"{usd / traded * 10_000:.3f}" for name, usd in paid.items()},
        "traded, times cash": f"{traded / cash:.3f}",
        "fills": str(len(run.fills)),
        "break-even spread, bps": "none" if spread_bps is None else f"{spread_bps:.1f}",
    }


def main():
    folder = os.environ.get("MARKET_DATA")
    if folder is None:
        return "cost_worlds: MARKET_DATA is not set; name the folder of Yahoo-shaped CSV files"
    runs = run_worlds(folder)
    first = runs["base"].headline
    print(f"SMH/IGV weekly, {first['start']} to {first['end']}, {first['sessions']} sessions")
    print("\n".join(table(runs)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
