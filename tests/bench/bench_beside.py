"""The same grid here, in raptorbt and in vectorbt: ``python -m tests.bench.bench_beside``.

Cells a second by the clock and of the processor, on one thread and on two, at 808 and 5,406
sessions; on a loaded machine the processor's are the ones to compare. The others are not installed
with the program; each may have an environment of its own:

    python -m venv others && others/bin/pip install raptorbt vectorbt
    RAPTORBT_PYTHON=others/bin/python VECTORBT_PYTHON=others/bin/python \\
        python -m tests.bench.bench_beside

What each leaves out. Both take the signals as given: neither computes the correlation, its z nor
the holding period, which is timed here (once a window). Both charge a share of the fill and nothing
else: no commission lists, sale fees, impact, stressed spreads, borrow, interest, dividends, margin,
sizing by volatility, rebalancing, nor an attribution of P&L. raptorbt trades a fixed ratio of
shares and returns 48 numbers a cell, 23 are kept here; of vectorbt the Sharpe ratio alone is asked.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from configs.cells import cells_of
from engine.trials.executor import Threads
from engine.trials.search import search_of
from engine.trials.sweep import sweep
from tests.bench.bench_sweep import FULL
from tests.unit.control_pairs import control_subject
from tests.unit.hand_sweep import hand_sweep

CHILD = Path(__file__).with_name("others_sweep.py")
GRID = """
signal.enter_below: {from: -2.45, to: -0.5, step: 0.05}
exits.holding_sessions: [5, 21, 42, 63, 126]
signal.window: [21, 63]
"""
PLAIN = {"sizing": {"kind": "dollar_neutral"}, "rebalance": {"kind": "never"}}
OTHERS = ("raptorbt", "vectorbt")
THREADS = (1, 2)


def signals_of(search):
    """Return where each cell enters and leaves, shape (cells, n) each, decided at the close."""
    cells, pieces = search.cells, search.pieces
    lines = [
        pieces.entry(cells.grid.config(int(cells.numbers[row]))) != 0
        for row in search.asks.tolist()
    ]
    entries = np.zeros((search.count, len(lines[0])), dtype=bool)
    exits = np.zeros_like(entries)
    for cell in range(search.count):
        held = cells.grid.config(int(cells.numbers[cell])).exits.holding_sessions
        line, free = lines[int(search.entry_of[cell])], 0
        for t in np.flatnonzero(line).tolist():
            if t >= free:  # filled on t + 1, the first close at which it is held
                entries[cell, t] = True
                free = t + held + 1
                exits[cell, min(t + held, len(line) - 1)] = True
    return entries, exits


def here(search, threads):
    """Return the seconds that the grid takes, by the clock and of the processor."""
    clock = processor = float("inf")
    for _ in range(4):  # the first one compiles
        begun, used = time.perf_counter(), time.process_time()
        sweep(search, "sharpe", workers=Threads(threads))
        clock = min(clock, time.perf_counter() - begun)
        processor = min(processor, time.process_time() - used)
    return clock, processor


def elsewhere(library, file, threads):
    """Return the same of another library, or why there are none."""
    python = os.environ.get(f"{library.upper()}_PYTHON", sys.executable)
    done = subprocess.run(
        [python, str(CHILD), library, str(file), str(threads)], capture_output=True, text=True
    )
    if done.returncode == 0:
        return tuple(map(float, done.stdout.split()))
    last = (done.stderr.strip().splitlines() or ["stopped"])[-1]
    return f"{last}; set {library.upper()}_PYTHON (how: the top of tests/bench/bench_beside.py)"


def main():
    for sessions in (808, 5_406):
        plain = control_subject(1, sessions=sessions, **PLAIN)
        full = control_subject(1, sessions=sessions, costs=FULL, **PLAIN)
        for name, subject in (("share of the fill", plain), ("full costs", full)):
            search = search_of(cells_of(hand_sweep(subject.config, GRID)), subject.market)
            for threads in THREADS:
                took = here(search, threads)
                tell(sessions, f"here, {name}", threads, search.count, took)
        market = plain.market
        entries, exits = signals_of(search)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "grid.npz"
            legs = {
                side: [getattr(leg, name) for name in ("open", "high", "low", "close")]
                for side, leg in (("long", market.long), ("short", market.short))
            }
            stamps = market.sessions.astype("datetime64[ns]").astype(np.int64)
            np.savez(file, stamps=stamps, entries=entries, exits=exits, **legs)
            for library in OTHERS:
                for threads in THREADS:
                    took = elsewhere(library, file, threads)
                    tell(sessions, f"{library}, signals given", threads, len(entries), took)


def tell(sessions, where, threads, cells, took):
    """Print one line."""
    what = took
    if not isinstance(took, str):
        clock, processor = (f"{cells / seconds:,.0f}" for seconds in took)
        what = f"{clock} cells a second, {processor} a second of the processor"
    print(f"{sessions:,} sessions, {where}, {threads} thread(s): {what}", flush=True)


if __name__ == "__main__":
    main()
