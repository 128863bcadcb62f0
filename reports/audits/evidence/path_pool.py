"""Many histories, one strategy. A subject and the orders of its paths in, how each path ended out.

The paths are drawn before anything runs and come back in their own order, so that the number of
processes changes nothing but the time. The market goes to each process once.

Processes are spawned, not forked: whoever asks may have threads (a progress line, a press). A
spawned process imports the caller's main module again, ``run.py`` or whatever else there is, with
all it brings; ours are started without one. Somebody's own strategy class came from a file that a
new process does not know, so its paths run in this process.
"""

import contextlib
import multiprocessing
import multiprocessing.resource_tracker
import multiprocessing.util
import os
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from configs.stopping import SIGNALS, held, undone
from engine.records.result import Result
from reports.audits.altered_markets import redrawn
from reports.audits.evidence.session_returns import annual_sharpe, session_returns
from reports.audits.subject import Subject

Places = npt.NDArray[np.int64]
TOLD_EVERY = 10  # paths


@dataclass(frozen=True, slots=True, kw_only=True)
class PathOutcome:
    """How a run ended; a run without a trade has 0 for both statistics.

    sharpe
        Of the session returns, annualised; 0 where it is undefined.
    total_return
        What the session returns compound to, a fraction.
    """

    sharpe: float
    total_return: float
    entries: int
    is_ruined: bool


def path_outcome(result: Result) -> PathOutcome:
    """Return what is kept of a run."""
    returns = session_returns(result)
    return PathOutcome(
        sharpe=annual_sharpe(returns) or 0.0,
        total_return=float(np.prod(1.0 + returns)) - 1.0,
        entries=len(result.trades) + len(result.open_trades),
        is_ruined=result.ended == "ruin",
    )


def runs_in_parallel(subject: Subject, workers: int) -> bool:
    """Return whether the paths of a subject are shared among processes."""
    return workers > 1 and subject.strategy_class is None


def path_outcomes(
    subject: Subject, orders: Places, *, workers: int, progress: Callable[[str], None]
) -> list[PathOutcome]:
    """Return how the strategy ended on each path, in the order of the paths.

    Parameters
    ----------
    orders
        Shape (count, sessions - 1): see `reports.audits.altered_markets.redrawn`.
    workers
        Processes; 1: this one.
    progress
        Told every `TOLD_EVERY` paths, from the first.
    """
    with contextlib.ExitStack() as stack:
        if runs_in_parallel(subject, workers):
            results = stack.enter_context(_shared(subject, orders, workers))
        else:
            results = (_outcome(subject, order) for order in orders)
        found = []
        for number in range(1, len(orders) + 1):
            if number % TOLD_EVERY == 1:
                progress(f"running resampled path {number} of {len(orders)}")
            found.append(next(results))
        return found


@contextlib.contextmanager
def _shared(subject: Subject, orders: Places, workers: int) -> Iterator[Iterator[PathOutcome]]:
    """Yield the outcomes of the paths as processes work through them; end those on the way out."""
    with undone(_end_all):
        with held(), _deaf():
            pool = ProcessPoolExecutor(
                min(workers, len(orders)),
                multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(subject,),
            )
            with _without_main():  # a process starts when it is first needed, which is here
                waiting = [pool.submit(_run, order) for order in orders]
        try:
            yield (each.result() for each in waiting)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Let processes that start meanwhile never hear what a terminal tells all: we end them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_all() -> None:
    """End the processes, their semaphores and who keeps count of those, as a signal ends us.

    `multiprocessing` does so at the end of an interpreter, which we do not wait for: it would wait
    for paths that nobody will read.
    """
    for process in multiprocessing.active_children():
        process.kill()
        process.join()
    multiprocessing.util._run_finalizers(0)  # type: ignore[attr-defined]
    multiprocessing.resource_tracker._resource_tracker._stop()  # type: ignore[attr-defined]


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Let processes that start meanwhile find no main module to import."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


# --- in the processes ---

_subject: Subject | None = None


def _begin(subject: Subject) -> None:
    """Keep the subject for every path to come, and end with the parent."""
    global _subject
    _subject = subject
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process once its parent is gone: a killed one closes no queue we wait for."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run(order: npt.NDArray[np.int64]) -> PathOutcome:
    assert _subject is not None  # the initializer ran first
    return _outcome(_subject, order)


def _outcome(subject: Subject, order: npt.NDArray[np.int64]) -> PathOutcome:
    return path_outcome(subject.run(redrawn(subject.market, order)))
