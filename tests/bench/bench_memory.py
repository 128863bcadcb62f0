"""How much memory does a search of 100,000 cells take? Nothing is asserted.

    python -m tests.bench.bench_memory [cells, default 100000]

The command itself on bundled SYNTHETIC prices, with an empty cache (the loop is compiled) and with
what that left: two axes of many values, one of sections. Printed is the largest process, the tear
sheet's and the compiler's included, beside a search of 500 cells.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
BASE = ROOT / "configs" / "sample.yaml"


def request(folder, cells):
    """Write a search of so many cells; return its path."""
    path = folder / f"sweep-{cells}.yaml"
    holds = max(cells // 500, 1)
    path.write_text(
        f"name: memory\nbase: {BASE}\ngrid:\n"
        "  signal.enter_below: {from: -2.99, to: -0.5, step: 0.01}\n"
        f"  exits.holding_sessions: {{from: 1, to: {holds}, step: 1}}\n"
        "  rebalance: {weekly: {kind: weekly}, monthly: {kind: monthly}}\n"
        "null: {resamples: 1}\n",
        encoding="utf-8",
    )
    return path


def searched(path, cache):
    """Run a search in a process of its own; return the peak of its processes, MB, and seconds."""
    command = [sys.executable, "-m", "tests.bench.bench_memory", "--one", str(path)]
    caches = {"SCHISM_CACHE_DIR": str(cache), "XDG_CACHE_HOME": str(cache)}  # data, compiled code
    begun = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **caches},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    return float(done.stdout.splitlines()[-1]), time.perf_counter() - begun


def one(path):
    """Search, and print the peak of the largest process in MB."""
    out = Path(path).with_suffix("")
    asked = [sys.executable, "run.py", "sweep", path, "--out", str(out), "--no-ledger"]
    done = subprocess.run(asked, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    return done.returncode


def main():
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name, count in (("cold", cells), ("warm", cells), ("warm", 500)):
            peak, took = searched(request(folder, count), folder / "cache")
            print(f"{count:,} cells, {name}: {peak:,.0f} MB at most, {took:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(one(sys.argv[2]) if sys.argv[1:2] == ["--one"] else main())
