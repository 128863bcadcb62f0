"""The front desk: parse the command line, call the rooms, print, return an exit code."""

from __future__ import annotations

from configs.stopping import settle, watch
from configs.streams import close_streams, hush, open_streams, tell

if __name__ == "__main__":  # before any import that takes time: a signal may come at once
    open_streams()
    watch()

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from configs.command_line import parsed, words
from configs.errors import ConfigError, one_line
from configs.terminal import Steps, log_to_stderr, steps

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    Answer = tuple[int, list[str]]  # exit code, lines for stdout

OUT = Path(__file__).resolve().parent / "reports" / "out"


def run_audit(options: argparse.Namespace, say: Steps) -> Answer:
    """Judge one configuration and write its verdict."""
    from configs.load import load

    config = load(options.config, options.set)
    from engine.time_limit import handed_over

    code = handed_over(options, [config])
    if code is not None:
        return code, []
    from engine.run import open_source
    from reports.audits.audit import audit, headline, steps_of
    from reports.commands import audit_folder, closing
    from reports.publish.audit import AUDIT, publish_audit
    from reports.publish.folder import check_writable

    if options.out is not None:
        check_writable(options.out, AUDIT)
    say.expect(steps_of(config, quick=options.quick))
    source, command = open_source(config.data), words(options)
    made = audit(config, source, command, options.quick, say)
    page = publish_audit(made, options.out or OUT / audit_folder(made), say)
    return 0, closing(options, OUT, headline(made), made["findings"], page, made["synthetic"])


def run_fetch(options: argparse.Namespace, say: Steps) -> Answer:
    """Download everything a configuration, or a comparison, reads into the cache."""
    from configs.compare import configurations
    from feeds.fetch import fetch

    return 0, fetch(tuple(configurations(options.config, options.set).values()), say)


def run_list(options: argparse.Namespace, say: Steps) -> Answer:
    """List the runs, comparisons and audits made so far."""
    from reports.pages.shelf.shelf import read_shelf, shelf_json, shelf_lines

    try:
        if options.out is not None and not options.out.is_dir():
            raise ConfigError(f"--out was {options.out}; expected a folder of runs that exists")
        shelf = read_shelf(options.out or OUT)
    except OSError as error:
        where = f"--out was {options.out}" if options.out is not None else f"{OUT}"
        raise ConfigError(f"{where}; expected a folder of runs we may read: {error}") from error
    return 0, [shelf_json(shelf)] if options.json else shelf_lines(shelf)


def answered(options: argparse.Namespace) -> Answer:
    """Do what was asked."""
    from reports.commands import COMMANDS

    with steps() as say:
        if options.command in COMMANDS:
            return COMMANDS[options.command](options, OUT, say)
        at_the_desk = {"audit": run_audit, "fetch": run_fetch, "list": run_list}
        return at_the_desk[options.command](options, say)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    asked = sys.argv[1:] if arguments is None else arguments
    options = parsed(asked)
    options.program = Path(__file__)
    log_to_stderr(is_debugging=options.debug)
    try:
        code, lines = answered(options)
    except KeyboardInterrupt:  # of who calls us from a program of their own
        tell("run.py: interrupted; no run was written")
        return 130
    except Exception as error:
        settle()  # one line is enough
        logging.getLogger("run.py").exception("traceback")  # shown with --debug only
        tell(f"run.py: {one_line(str(error)) or type(error).__name__}")
        return exit_code(error)
    return code if printed(lines) else 2


def printed(lines: Sequence[str]) -> bool:
    """Print the answer, all at once (a live line took stdout until now); False if it cannot be."""
    try:
        print(*lines, sep="\n", end="\n" if lines else "", flush=True)
    except BrokenPipeError:  # `run.py list | head`: the reader has seen enough
        hush(1)
    except OSError as error:
        hush(1)
        why = f"stdout was not writable ({error.strerror}); expected a place for the answer"
        tell(f"run.py: {why}, which ends: {lines[-1]}")
        return False
    return True


def exit_code(error: Exception) -> int:
    """Return 2, 3 or 4: whose fault it is."""
    from feeds.source import DataError
    from reports.publish.folder import PublishError

    if isinstance(error, ConfigError | PublishError):
        return 2
    return 3 if isinstance(error, DataError) else 4


if __name__ == "__main__":
    logging.captureWarnings(True)  # other packages' words; --debug shows them
    ended = main()
    settle()
    close_streams()
    sys.exit(ended)
