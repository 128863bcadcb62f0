"""Somebody else's code under a time limit. A command of ours in, its exit code out."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from configs.early_signals import SUPERVISED as CHILD
from configs.stopping import end_after, held, undone
from engine.errors import EngineError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from configs.schema import RunConfig

GRACE_SECONDS = 5.0  # to put away what is half-made, before it is killed


def is_supervised() -> bool:
    """Return whether this process runs under a time limit already."""
    return CHILD in os.environ


def handed_over(options: argparse.Namespace, configs: Iterable[RunConfig]) -> int | None:
    """Run the same command in a process of its own where a configuration names foreign code.

    Returns its exit code; None where there is no such code, or this is that process.

    Parameters
    ----------
    options
        Of the command line: ``program``, ``words`` and ``time_limit``.
    """
    files = [config.strategy.file for config in configs if config.strategy is not None]
    if not files:
        return None
    if is_supervised():
        _begin()
        return None
    whose = ", ".join(dict.fromkeys(files))
    return supervised(options.program, options.words, seconds=options.time_limit, whose=whose)


def _begin() -> None:
    """Start the process that strategies run in while this one still imports what it needs."""
    from engine.foreign.process import begin

    parent = int(os.environ[CHILD])
    if parent > 1:  # else nobody's process has that number, or all end with it
        end_after(parent)
    begin()


def supervised(program: Path, words: Sequence[str], *, seconds: float, whose: str) -> int:
    """Run our own program in a process of its own and return its exit code.

    It and whatever it started end with this call: by themselves, by the limit, or with us. Where we
    are killed before we can say so, it sees that we are gone and ends as if it had been asked to.

    Parameters
    ----------
    whose
        What the limit is for, in the error.

    Raises
    ------
    EngineError
        It did not end within ``seconds``, or something killed it.
    """
    started: list[subprocess.Popen[bytes]] = []

    def stopped() -> bool:
        """End it with us; True if it was done by then."""
        return any(_end(process.pid) == 0 for process in started)

    with undone(stopped):
        try:
            with held():
                process = subprocess.Popen(
                    [sys.executable, str(program), *words],
                    env={**os.environ, CHILD: str(os.getpid())},
                    start_new_session=True,
                )
                started.append(process)
            return _named(process.wait(timeout=seconds), whose)
        except subprocess.TimeoutExpired:
            raise EngineError(
                f"{whose} did not finish within {seconds:g} s and was stopped; look for a loop "
                "that does not end, or allow more with --time-limit"
            ) from None
        finally:
            for each in started:
                if each.returncode is None:
                    each.returncode = _end(each.pid) or 0
                _kill(each.pid)


def _named(code: int, whose: str) -> int:
    """Return an exit code of ours; a signal that nobody sent us is an error that names it."""
    if code >= 0:
        return code
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    raise EngineError(
        f"{whose}: the run was killed ({name}) and left nothing; look for what kills processes or "
        "takes all memory"
    )


def _end(pid: int) -> int | None:
    """End the whole group, first politely; return the exit code of its first, None if it is gone.

    Without the locks of `subprocess.Popen`: where a signal ends us, we may hold them ourselves.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGTERM)
    try:
        late = time.monotonic() + GRACE_SECONDS
        while (ended := os.waitpid(pid, os.WNOHANG))[0] == 0 and time.monotonic() < late:
            time.sleep(0.01)
        if ended[0] == 0:
            _kill(pid)
            ended = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(ended[1])
    except ChildProcessError:
        return None
    finally:
        _kill(pid)


def _kill(pid: int) -> None:
    """Kill what is left of a group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
