"""The front desk: parse the command line, call the rooms, print, return an exit code."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from configs.command_line import parsed, words
from configs.errors import ConfigError, one_line
from configs.terminal import Steps, steps
from engine.time_limit import is_supervised

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    Answer = tuple[int, list[str]]  # exit code, lines for stdout

OUT = Path(__file__).resolve().parent / "reports" / "out"


def run_audit(options: argparse.Namespace, say: Steps) -> Answer:
    """Judge one configuration and write its verdict."""
    from configs.load import load

    config = load(options.config, options.set)
    from engine.run import open_source
    from reports.audits.audit import audit, headline, steps_of
    from reports.commands import closing
    from reports.folder import check_writable
    from reports.publish_audit import AUDIT, publish_audit
    from reports.shelf import run_folder

    if options.out is not None:
        check_writable(options.out, AUDIT)
    say.expect(steps_of(config, quick=options.quick))
    source, command = open_source(config.data), words(options)
    made = audit(config, source, command, options.strategy, options.quick, say)
    folder = run_folder(f"{config.name}-audit", config.audit_digest(), made["data_sha256"])
    page = publish_audit(made, options.out or OUT / folder, say)
    return 0, closing(options, OUT, headline(made), made["findings"], page, made["synthetic"])


def run_sweep(options: argparse.Namespace, say: Steps) -> Answer:
    """Run a grid of configurations and write what the best of them is worth."""
    from configs.sweep import load_sweep

    sweep = load_sweep(options.config, options.set)
    from reports.press import presses

    with presses(1) as (press,):
        from engine.run import read_market, run
        from engine.trials.sweep import all_workers
        from reports.audits.search.document import document
        from reports.audits.search.judge import judged
        from reports.commands import closing
        from reports.folder import check_writable
        from reports.publish_sweep import SWEEP, publish_sweep
        from reports.shelf import run_folder

        if options.out is not None:
            check_writable(options.out, SWEEP)
        market = read_market(sweep.config, progress=say)
        workers = options.workers or all_workers()
        with judged(sweep, market, workers=workers, say=say) as made:
            told, cells = document(made), made.search.cells
            best = run(cells.grid.config(told["best"]["cell"]), market, command=words(options))
            folder = run_folder(sweep.asked.name, sweep.digest(), market.digest)
            out = options.out or OUT / folder
            page = publish_sweep(told, cells, made.swept, market.sessions, best, out, press, say)
    lead = f"{made.sentence} {made.verdict}: {made.because}."
    return 0, closing(options, OUT, lead, [], page, market.synthetic)


def run_fetch(options: argparse.Namespace, say: Steps) -> Answer:
    """Download everything a configuration, or a comparison, reads into the cache."""
    from configs.compare import configurations
    from feeds.fetch import fetch

    return 0, fetch(configurations(options.config, options.set), say)


def run_list(options: argparse.Namespace, say: Steps) -> Answer:
    """List the runs, comparisons and audits made so far."""
    from reports.shelf import read_shelf, shelf_json, shelf_lines

    if options.out is not None and not options.out.is_dir():
        raise ConfigError(f"--out was {options.out}; expected a folder of runs that exists")
    shelf = read_shelf(options.out or OUT)
    return 0, [shelf_json(shelf)] if options.json else shelf_lines(shelf)


class Stopped(KeyboardInterrupt):
    """Asked to end by SIGTERM: as with Ctrl-C, whatever is half-made is removed on the way out."""


def stop(number: int, frame: object) -> None:
    """Answer SIGTERM."""
    raise Stopped


def answered(options: argparse.Namespace, arguments: Sequence[str]) -> Answer:
    """Do what was asked; somebody else's strategy in a process of its own, for a limited time."""
    if getattr(options, "strategy", None) is not None:
        from engine.time_limit import supervised

        if not is_supervised():
            limit, whose = options.time_limit, str(options.strategy)
            return supervised(Path(__file__), arguments, seconds=limit, whose=whose), []
    from reports.commands import COMMANDS

    with steps() as say:
        if options.command in COMMANDS:
            return COMMANDS[options.command](options, OUT, say)
        at_the_desk = {
            "audit": run_audit, "fetch": run_fetch, "list": run_list, "sweep": run_sweep
        }  # fmt: skip
        return at_the_desk[options.command](options, say)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    asked = sys.argv[1:] if arguments is None else arguments
    options = parsed(asked)
    logging.basicConfig(level=logging.DEBUG if options.debug else logging.CRITICAL)
    try:
        code, lines = answered(options, asked)
        if lines:  # a live line takes all of stdout until it is over
            print("\n".join(lines), flush=True)
        return code
    except KeyboardInterrupt as reason:
        if not is_supervised():  # else whoever started us says so
            print("run.py: interrupted; no run was written", file=sys.stderr)
        return 143 if isinstance(reason, Stopped) else 130
    except BrokenPipeError:  # `run.py list | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        logging.getLogger("run.py").exception("traceback")  # shown with --debug only
        print(f"run.py: {one_line(str(error)) or type(error).__name__}", file=sys.stderr)
        return exit_code(error)
    return 0


def exit_code(error: Exception) -> int:
    """Return 2, 3 or 4: whose fault it is."""
    from feeds.source import DataError
    from reports.folder import PublishError

    if isinstance(error, ConfigError | PublishError):
        return 2
    return 3 if isinstance(error, DataError) else 4


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    sys.exit(main())
