"""``run.py backtest``: one configuration, one folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.command_line import words
from configs.load import load
from engine.time_limit import handed_over
from reports.commands.closing import closing, warnings

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from configs.terminal import Steps
    from reports.commands import Answer

STEPS_OF_A_RUN = 4  # simulating, writing, drawing the page, waiting for the tear sheet


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Simulate one configuration and write its folder."""
    config = load(options.config, options.set)
    code = handed_over(options, [config])
    if code is not None:
        return code, []
    from reports.pages.tearsheet.process import tearsheet_processes

    # QuantStats loads in its own process while we work.
    with tearsheet_processes(0 if options.no_tearsheet else 1) as warm:
        from engine.run import run, things_read
        from engine.trials.trial import run_trial
        from reports.pages.shelf.shelf import run_folder
        from reports.publish.folder import check_writable
        from reports.publish.run import RUN, publish
        from reports.publish.trials import recording
        from reports.summary import lead

        if options.out is not None:
            check_writable(options.out, RUN)
        say.expect(things_read([config]) + STEPS_OF_A_RUN - bool(options.no_tearsheet))
        result = run(config, command=words(options), progress=say)
        data = result.manifest["data_sha256"]
        out = options.out or shelf / run_folder(config.name, config.digest(), data)
        record = recording(options, shelf, [run_trial(result)])
        on_shelf = options.out is None
        page = publish(result, out, next(iter(warm), None), say, record, on_shelf=on_shelf)
    warned = [*warnings({config.name: result}), *record.warnings]
    return 0, closing(
        options, shelf, lead(result), warned, page, result.synthetic, {config.name: result}
    )
