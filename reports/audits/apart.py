"""Half of an audit in a process of its own. Work and its arguments in, a promise of what it makes.

What weighs a run loads packages for longer than it computes; what re-runs it needs none of them. A
second process loads them from the start, and weighs while the first re-runs. No bit depends on it:
where there is none, or it ends early, the same work is done here.
"""

from __future__ import annotations

import gc
import importlib
import logging
import multiprocessing
import os
import threading
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, TypeVar

from configs.stopping import held, undone, unreached
from configs.terminal import log_to_stderr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

logger = logging.getLogger(__name__)

Made = TypeVar("Made")


class Apart:
    """One process that waits for work, or nobody.

    Its work is a function of a module, whose arguments and result can be pickled, and which takes
    ``progress``.
    """

    def __init__(self, line: Connection | None = None) -> None:
        self._line = line

    def begin(
        self, work: Callable[..., Made], *given: Any, **named: Any
    ) -> Callable[[Callable[[str], None]], Made]:
        """Start ``work``; return what waits for it, telling the steps that it takes meanwhile.

        Raises
        ------
        Exception
            On waiting: whatever the work raised.
        """
        line = self._line
        is_begun = False
        if line is not None:
            with suppress(OSError):  # it is gone
                line.send((work, given, named))
                is_begun = True

        def made(progress: Callable[[str], None]) -> Made:
            if line is not None and is_begun:
                try:
                    answer: Made = _answer(line, progress)
                    return answer
                except (EOFError, ConnectionError):
                    logger.warning("the second process ended early: its work is done here")
            return work(*given, progress=progress, **named)

        return made


HERE = Apart()
"""Nobody apart: the work is done when it is waited for."""


@contextmanager
def second_process(*modules: str) -> Iterator[Apart]:
    """Yield a process that imports ``modules`` from now on, and ends with the block."""
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    is_debugging = logging.getLogger().isEnabledFor(logging.DEBUG)
    process = spawning.Process(target=_serve, args=(theirs, modules, is_debugging), daemon=True)
    with undone(lambda: _end(process)):
        try:
            is_started = _is_started(process)
            theirs.close()
            yield Apart(ours) if is_started else HERE
        finally:
            _end(process)
            ours.close()


def _is_started(process: SpawnProcess) -> bool:
    """Start a process; False where the system gives none."""
    try:
        with held(), unreached():
            process.start()
    except OSError as error:
        logger.warning("no second process could be started (%s): its work is done here", error)
        return False
    return True


def _end(process: SpawnProcess) -> None:
    """End it, whatever it does; it has made nothing that would be left."""
    if process.pid is not None:
        process.kill()
        process.join()


def _answer(line: Connection, progress: Callable[[str], None]) -> Any:
    """Hand on steps until the work is done; return what it came to, or raise what it raised."""
    while True:
        kind, value = line.recv()
        if kind == "step":
            progress(value)
        elif kind == "made":
            return value
        else:
            raise value


def _serve(line: Connection, modules: tuple[str, ...], is_debugging: bool) -> None:
    """Load what the work will need, then do one piece of it after another until the line closes."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(50_000)  # as for all commands of many runs
    log_to_stderr(is_debugging=is_debugging)
    logging.captureWarnings(capture=True)
    for name in modules:
        importlib.import_module(name)
    with suppress(EOFError, ConnectionError):  # who asked is gone
        while True:
            work, given, named = line.recv()
            line.send(_done(work, given, named, lambda step: line.send(("step", step))))


def _done(
    work: Callable[..., Any],
    given: tuple[Any, ...],
    named: dict[str, Any],
    progress: Callable[[str], None],
) -> tuple[str, Any]:
    """Return what a piece of work made or raised."""
    try:
        return "made", work(*given, progress=progress, **named)
    except ConnectionError:
        raise
    except Exception as error:
        logger.exception("in the second process")
        return "raised", error


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
