"""Who runs the pieces of a search. A function, a search and its tasks in, results as they end out.

Threads serve the compiled loop, which holds no lock; ``processes`` what only Backtrader or plain
Python runs; ``cluster`` other machines. No bit depends on which: a task is a function of the search
and itself.
"""

import os
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import suppress
from functools import partial
from typing import Protocol, TypeVar

from engine.kernel import loops
from engine.trials.search import Search

Taken = TypeVar("Taken")
Done = TypeVar("Done")
Work = Callable[[Search, Taken], Done]


class Workers(Protocol):
    """Whoever runs tasks: `Threads`, ``Processes`` or a ``Cluster``."""

    @property
    def count(self) -> int:
        """How many tasks run at once."""
        ...

    def each(
        self, work: Work[Taken, Done], search: Search, tasks: Sequence[Taken]
    ) -> Iterator[tuple[Taken, Done]]:
        """Yield each task with what it came to, as they end.

        When the caller stops early (Ctrl-C, an error), what has not begun is dropped.

        Parameters
        ----------
        work
            A function of a module, or a ``partial`` of one: it may run in another process.
        """
        ...


class Threads:
    """So many threads of this process."""

    def __init__(self, count: int) -> None:
        self.count = count

    def each(
        self, work: Work[Taken, Done], search: Search, tasks: Sequence[Taken]
    ) -> Iterator[tuple[Taken, Done]]:
        """As `Workers.each`."""
        loops()  # compiled before any thread asks
        if self.count == 1 or len(tasks) == 1:
            yield from ((task, work(search, task)) for task in tasks)
            return
        pool = ThreadPoolExecutor(self.count, thread_name_prefix="search")
        try:
            numbered = dict(enumerate(tasks))
            for number, made in in_turn(pool, partial(work, search), numbered, self.count):
                yield tasks[number], made.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def all_workers() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_turn(
    pool: Executor, work: Callable[[Taken], Done], tasks: dict[int, Taken], workers: int
) -> Iterator[tuple[int, "Future[Done]"]]:
    """Yield each task's number with its ended future; few are handed out before they are needed."""
    waiting: dict[Future[Done], int] = {}
    left = iter(tasks.items())
    while True:
        for number, task in left:
            try:
                waiting[pool.submit(work, task)] = number
            except BrokenExecutor:
                left = iter(())  # what was handed out says what broke
            if len(waiting) >= 2 * workers:
                break
        if not waiting:
            return
        ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for each in ended:
            yield waiting.pop(each), each


def packed(search: Search) -> bytes:
    """Return a search as bytes for another process: its cells and market, not what it made."""
    return pickle.dumps(search, protocol=pickle.HIGHEST_PROTOCOL)


MOST_UNPACKED = 2
_unpacked: dict[str, Search] = {}
_turn = threading.Lock()


def unpacked(name: str, content: bytes) -> Search:
    """Return a search that another process packed, made ready once here."""
    with _turn:
        if name not in _unpacked:
            while len(_unpacked) >= MOST_UNPACKED:
                with suppress(KeyError):
                    del _unpacked[next(iter(_unpacked))]
            search: Search = pickle.loads(content)  # of our own making
            _unpacked[name] = search
        return _unpacked[name]
