"""One grid of pair trades in raptorbt or vectorbt: ``python others_sweep.py LIBRARY FILE THREADS``.

For an environment of its own: nothing of the program is imported here. The file is an ``npz`` of
prices and of each cell's signals, which `bench_beside` makes; printed are the seconds of the best
of three runs, by the clock and of the processor.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

FEES, SLIPPAGE = 0.0, 0.0003  # of a fill's dollars: 3 basis points, half-spread
CASH = 1_000_000.0
CELLS_AT_ONCE = 50  # of vectorbt, whose arrays have a column a cell and leg


def raptorbt_cells(given, cells):
    """Run cells one after another; the whole of raptorbt's 48 numbers comes with each."""
    import raptorbt

    config = raptorbt.BacktestConfig(
        initial_capital=CASH, fees=FEES, slippage=SLIPPAGE, fill_timing="next_bar_open"
    )
    legs = [
        line
        for leg in ("long", "short")
        for line in (given["stamps"], *given[leg], np.full(len(given["stamps"]), 1e6))
    ]
    return [
        raptorbt.run_pairs_backtest(
            *legs, given["entries"][cell], given["exits"][cell], 1, "PAIR", config
        ).metrics.sharpe_ratio
        for cell in cells
    ]


def vectorbt_cells(given, cells):
    """Run cells side by side: two columns each, one account; the Sharpe ratio only."""
    import vectorbt as vbt

    found = []
    for start in range(0, len(cells), CELLS_AT_ONCE):
        these = cells[start : start + CELLS_AT_ONCE]
        count = len(these)
        enters, leaves = given["entries"][these].T, given["exits"][these].T
        nothing = np.zeros_like(enters)
        fills = [np.roll(line, 1, axis=0) for line in (enters, leaves)]  # on the next session
        for line in fills:
            line[0] = False
        close, opens = (
            np.tile(np.column_stack([given[leg][place] for leg in ("long", "short")]), count)
            for place in (3, 0)
        )
        account = vbt.Portfolio.from_signals(
            close,
            entries=by_leg(fills[0], nothing),
            exits=by_leg(fills[1], nothing),
            short_entries=by_leg(nothing, fills[0]),
            short_exits=by_leg(nothing, fills[1]),
            price=opens,
            size=CASH / 2.0,
            size_type="value",
            fees=FEES,
            slippage=SLIPPAGE,
            init_cash=CASH,
            group_by=np.repeat(np.arange(count), 2),
            cash_sharing=True,
            freq="1D",
        )
        found += list(account.sharpe_ratio())
    return found


def by_leg(long, short):
    """A column a leg, each cell's long and short beside each other."""
    return np.stack([long, short], axis=2).reshape(len(long), -1)


def main():
    library, file, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    given = dict(np.load(file))
    given["stamps"] = np.ascontiguousarray(given["stamps"])
    work = {"raptorbt": raptorbt_cells, "vectorbt": vectorbt_cells}[library]
    parts = np.array_split(np.arange(len(given["entries"])), threads)
    work(given, parts[0][:2])  # compiles
    clock = processor = float("inf")
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(3):
            begun, used = time.perf_counter(), time.process_time()
            list(pool.map(lambda cells: work(given, cells), parts))
            clock = min(clock, time.perf_counter() - begun)
            processor = min(processor, time.process_time() - used)
    print(clock, processor)


if __name__ == "__main__":
    main()
