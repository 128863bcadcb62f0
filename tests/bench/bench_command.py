"""The whole command against a bare QuantStats call on the same returns, both as processes.

Target: ``python run.py configs/smh_igv.yaml`` takes at most 0.7x the time of a process that does
only ``import quantstats`` and ``quantstats.reports.html``.

Run: ``MARKET_DATA=<folder> python -m tests.bench.bench_command`` (or ``make bench``).
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from tests.bench.timing import alternate, report

ROUNDS = 5
ROOT = Path(__file__).parents[2]

BARE = """
import sys
import pandas as pd
import quantstats
returns = pd.read_csv(sys.argv[1], index_col="date", parse_dates=True)
quantstats.reports.html(
    returns["strategy"], benchmark=returns["benchmark"], match_dates=False, output=sys.argv[2]
)
"""


def run(*arguments):
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit(f"bench_command: {arguments} exited {done.returncode}:\n{done.stderr}")


def returns_of(ledger_path, benchmark_path):
    """Our run's daily returns beside the benchmark's on the same sessions."""
    strategy = pd.read_csv(ledger_path, index_col="date", parse_dates=True)["equity_return"]
    prices = pd.read_csv(benchmark_path, index_col="Date", parse_dates=True)["Adj Close"]
    benchmark = prices.loc[strategy.index].pct_change().fillna(0.0)
    return pd.DataFrame({"strategy": strategy, "benchmark": benchmark})


def main():
    folder = os.environ.get("MARKET_DATA")
    if folder is None:
        return "bench_command: MARKET_DATA is not set; name the folder of Yahoo-shaped CSV files"
    folder = Path(folder).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        outs = (scratch / f"run{number}" for number in range(ROUNDS + 2))

        def command(out=None):
            source = ("--set", "data.source=csv", "--set", f"data.path={folder}")
            run("run.py", "configs/smh_igv.yaml", *source, "--out", out or next(outs))

        def bare():
            run("-c", BARE, scratch / "returns.csv", scratch / "bare.html")

        first = next(outs)
        command(first)
        returns = returns_of(first / "ledger.csv", folder / "QQQ.csv")
        returns.to_csv(scratch / "returns.csv", index_label="date")
        seconds = alternate({"command": command, "bare quantstats": bare}, ROUNDS)
    title = f"whole command, {len(returns)} sessions, processes, median of {ROUNDS}"
    report(title, seconds, "command", "bare quantstats", "<= 0.7")
    return 0


if __name__ == "__main__":
    sys.exit(main())
