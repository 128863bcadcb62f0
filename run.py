"""The front desk: parse the command line, call the rooms, print, return an exit code."""

from __future__ import annotations

import gc

from configs.early_signals import answer_at_once

if __name__ == "__main__":  # before any import that takes time: a signal may come now
    answer_at_once()

from configs.stopping import leave, settle, watch
from configs.streams import hush, open_streams, tell

if __name__ == "__main__":
    open_streams()
    watch()
    gc.disable()  # imports and one run leave none to speak of, and are looked through for a tenth

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from configs.command_line import parsed
from configs.errors import ConfigError, one_line
from configs.terminal import log_to_stderr, steps

if TYPE_CHECKING:
    from collections.abc import Sequence

OUT = Path(__file__).resolve().parent / "reports" / "out"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    asked = sys.argv[1:] if arguments is None else arguments
    options = parsed(asked)
    options.program = Path(__file__)
    log_to_stderr(is_debugging=options.debug)
    try:
        from reports.commands import answered

        with steps(is_quiet=getattr(options, "quiet", False)) as say:
            code, lines = answered(options, OUT, say)
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
    leave(ended)
