"""``run.py sweep``: a grid of configurations, and what the best of them is worth."""

from __future__ import annotations

import shlex
from argparse import Namespace
from contextlib import contextmanager
from typing import TYPE_CHECKING

from configs.cells import Grid, readers
from configs.command_line import words
from configs.errors import ConfigError
from configs.sweep import load_sweep
from engine.time_limit import handed_over
from reports.commands import backtest
from reports.commands.closing import closing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from configs.schema import RunConfig
    from configs.sweep import Sweep
    from configs.terminal import Steps
    from engine.trials.executor import Workers
    from reports.commands import Answer


def answer(options: Namespace, shelf: Path, say: Steps) -> Answer:
    """Run every cell of a search, judge the best and write its folder; or run one cell alone."""
    if options.cluster is not None:
        from engine.trials.cluster import check_installed

        check_installed()
    sweep = load_sweep(options.config, options.set)
    if options.cell is not None:
        return _one_cell(sweep, options, shelf, say)
    code = handed_over(options, [sweep.config])
    if code is not None:
        return code, []
    from engine.first_use import compile_apart
    from engine.trials.search import taken_cells
    from reports.pages.tearsheet.process import tearsheet_processes

    cells = taken_cells(sweep)
    compile_apart()

    with tearsheet_processes(0 if options.no_tearsheet else 1) as warm:
        from engine.run import read_market, run
        from engine.trials.pairs import ground_of
        from reports.audits.search.document import document
        from reports.audits.search.judge import judged
        from reports.pages.shelf.page import around
        from reports.pages.shelf.shelf import run_folder
        from reports.publish.folder import check_writable
        from reports.publish.sweep import SWEEP, publish_sweep
        from reports.publish.trials import ledger_of, read_ledger, recording

        if options.out is not None:
            check_writable(options.out, SWEEP)
        market = read_market(sweep.config, others=readers(cells), progress=say)
        tried = read_ledger(ledger_of(options.out, shelf))
        cells, ground = ground_of(cells, market, say)
        with (
            _workers(sweep.config, options, say) as workers,
            judged(cells, ground, workers=workers, say=say, tried=tried) as made,
        ):
            written, cells = document(made), made.search.cells
            asked = cells.grid.config(written["best"]["cell"])
            own = market if ground is market else read_market(asked, progress=say)
            best = run(asked, own, command=words(options))
            folder = run_folder(sweep.asked.name, sweep.digest(), ground.digest)
            out = options.out or shelf / folder
            record = recording(options, shelf, [made.trial])
            page = publish_sweep(
                written, cells, made.swept, market.sessions, best, out,
                next(iter(warm), None), say, record,
                around(out.name, on_shelf=options.out is None), on_shelf=options.out is None,
            )  # fmt: skip
    warned = [*made.trials.doubts, *record.warnings]
    lead = f"{made.sentence} {made.verdict}: {made.because}."
    left_out = written["universe"]["left_out"] if written["universe"] else {}
    warned += [f"left out {name}: {why}" for name, why in left_out.items()]
    return 0, closing(options, shelf, lead, warned, page, market.synthetic)


def _one_cell(sweep: Sweep, options: Namespace, shelf: Path, say: Steps) -> Answer:
    """Run one cell as the run it is, and say by which words."""
    grid = Grid(sweep)
    if sweep.asked.universe is not None:
        from engine.run import read_market
        from engine.trials.pairs import ground_of
        from engine.trials.search import taken_cells

        cells = taken_cells(sweep)
        market = read_market(sweep.config, others=readers(cells), progress=say)
        grid = ground_of(cells, market, say)[0].grid
    if options.cell >= grid.size:
        raise ConfigError(
            f"--cell was {options.cell:,}; expected 0 to {grid.size - 1:,}, a number in "
            "cells.parquet"
        )
    grid.config(options.cell)  # refused with the words of the search's file
    opened = Namespace(**vars(options))
    opened.command, opened.config = "backtest", sweep.base_path
    opened.set = grid.overrides(options.cell)
    code, lines = backtest.answer(opened, shelf, say)
    if lines:  # else its own process said them
        lines.insert(-1, f"cell {options.cell}: {shlex.join(['python', *words(opened)])}")
    return code, lines


@contextmanager
def _workers(config: RunConfig, options: Namespace, say: Steps) -> Iterator[Workers]:
    """Yield who runs the cells."""
    if options.cluster is None:
        from engine.trials.executor import all_workers
        from engine.trials.processes import workers_of

        yield workers_of(config, options.workers or all_workers())
        return
    from engine.trials.cluster import Cluster

    say(f"waiting for workers at {options.cluster}")
    cluster = Cluster(options.cluster)
    try:
        yield cluster
    finally:
        cluster.close()
