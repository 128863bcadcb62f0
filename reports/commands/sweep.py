"""``run.py sweep``: a grid of configurations, and what the best of them is worth."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from configs.cells import readers
from configs.command_line import words
from configs.sweep import load_sweep
from engine.time_limit import handed_over
from reports.commands.closing import closing

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from configs.schema import RunConfig
    from configs.terminal import Steps
    from engine.trials.executor import Workers
    from reports.commands import Answer


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Run every cell of a search, judge the best and write its folder."""
    sweep = load_sweep(options.config, options.set)
    code = handed_over(options, [sweep.config])
    if code is not None:
        return code, []
    from engine.trials.search import taken_cells
    from reports.pages.tearsheet.process import tearsheet_processes

    cells = taken_cells(sweep)

    with tearsheet_processes(1) as (tearsheets,):
        from engine.run import read_market, run
        from engine.trials.pairs import ground_of
        from reports.audits.search.document import document
        from reports.audits.search.judge import judged
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
                written, cells, made.swept, market.sessions, best, out, tearsheets, say, record
            )
    warned = [*made.trials.doubts, *record.warnings]
    lead = f"{made.sentence} {made.verdict}: {made.because}."
    left_out = written["universe"]["left_out"] if written["universe"] else {}
    warned += [f"left out {name}: {why}" for name, why in left_out.items()]
    return 0, closing(options, shelf, lead, warned, page, market.synthetic)


@contextmanager
def _workers(config: RunConfig, options: argparse.Namespace, say: Steps) -> Iterator[Workers]:
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
