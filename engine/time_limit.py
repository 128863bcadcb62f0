"""Somebody else's code under a time limit. A command of ours in, its exit code out."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from engine.errors import EngineError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from configs.schema import RunConfig

CHILD = "SCHISM_SUPERVISED"  # set in the environment of a process that is already supervised
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
    if not files or is_supervised():
        return None
    whose = ", ".join(dict.fromkeys(files))
    return supervised(options.program, options.words, seconds=options.time_limit, whose=whose)


def supervised(program: Path, words: Sequence[str], *, seconds: float, whose: str) -> int:
    """Run our own program in a process of its own and return its exit code.

    It and whatever it started end with this call: by themselves, by the limit, or with us.

    Parameters
    ----------
    whose
        What the limit is for, in the error.

    Raises
    ------
    EngineError
        It did not end within ``seconds``.
    """
    process = subprocess.Popen(
        [sys.executable, str(program), *words],
        env={**os.environ, CHILD: "1"},
        start_new_session=True,
    )
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise EngineError(
            f"{whose} did not finish within {seconds:g} s and was stopped; look for a loop that "
            "does not end, or allow more with --time-limit"
        ) from None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group, first politely."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
