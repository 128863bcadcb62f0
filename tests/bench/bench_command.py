"""The whole command against what it stands on, all as processes.

Target: ``python run.py configs/smh_igv.yaml`` takes at most 0.7x the time of a process that does
only ``import quantstats`` and ``quantstats.reports.html`` on the same returns. Without the tear
sheet it is told in seconds of CPU, beside a process that only imports the libraries of a run and
reads the exchange calendar once.

Run: ``MARKET_DATA=<folder> python -m tests.bench.bench_command`` (or ``make bench``).
"""

import os
import resource
import statistics
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


LIBRARIES = """
import backtrader, exchange_calendars, jinja2, pandas, pydantic, yaml
import warnings; warnings.simplefilter("ignore")
exchange_calendars.get_calendar("XNYS", start="1962-01-02", end="2049-12-31")
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


def cpu_seconds(jobs, rounds):
    """Print each job's CPU, user and system of its process, run in turn: the least is quietest."""
    spent = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, arguments in jobs.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            run(*arguments)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            user, system = (
                getattr(after, kind) - getattr(before, kind) for kind in ("ru_utime", "ru_stime")
            )
            spent[name].append(user + system)
    print(f"seconds of CPU, least and median of {rounds}")
    for name, taken in spent.items():
        print(f"  {name:<24}  {min(taken):6.2f}  {statistics.median(taken):6.2f}")


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

        real = ("--set", "data.source=csv", "--set", f"data.path={folder}")

        def command(out=None):
            run("run.py", "configs/smh_igv.yaml", *real, "--out", out or next(outs))

        def bare():
            run("-c", BARE, scratch / "returns.csv", scratch / "bare.html")

        first = next(outs)
        command(first)
        returns = returns_of(first / "ledger.csv", folder / "QQQ.csv")
        returns.to_csv(scratch / "returns.csv", index_label="date")
        seconds = alternate({"command": command, "bare quantstats": bare}, ROUNDS)
        title = f"whole command, {len(returns)} sessions, processes, median of {ROUNDS}"
        report(title, seconds, "command", "bare quantstats", "<= 0.7")
        quick = ("--no-tearsheet", "--out", scratch / "quick")
        jobs = {
            "libraries and calendar": ("-c", LIBRARIES),
            "sample, no tear sheet": ("run.py", "configs/sample.yaml", *quick),
            "SMH/IGV, no tear sheet": ("run.py", "configs/smh_igv.yaml", *real, *quick),
        }
        cpu_seconds(jobs, ROUNDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
