"""Cells in processes of their own, for what holds Python's lock. As ``executor.Workers``.

loky's processes (joblib's) import what they need, not the caller's main module. One that dies takes
no more than its task with it: what was running or next in line runs again, each task alone, and the
others go on in new processes.
"""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager
from typing import Any

import numpy as np

from configs.schema import RunConfig
from configs.stopping import unreached
from engine.errors import EngineError
from engine.kernel import is_compiled
from engine.trials.executor import Done, Taken, Threads, Work, Workers, in_turn, packed, unpacked
from engine.trials.search import Block, Search
from engine.user_strategy import class_of

SECONDS_BETWEEN_LOOKS = 0.2


class Processes:
    """So many processes of this machine."""

    def __init__(self, count: int) -> None:
        self.count = count

    def each(
        self, work: Work[Taken, Done], search: Search, tasks: Sequence[Taken]
    ) -> Iterator[tuple[Taken, Done]]:
        """As ``Workers.each``.

        Raises
        ------
        EngineError
            A task ends its process, alone too.
        """
        content, left = packed(search), dict(enumerate(tasks))
        while left:
            suspects = []
            for number, made in _ended(self.count, content, work, left):
                if _is_broken(made):
                    suspects.append(number)
                else:
                    yield left.pop(number), made.result()
            for number in suspects:
                task = left.pop(number)
                yield task, _alone(search, content, work, task)


def workers_of(config: RunConfig, count: int) -> Workers:
    """Return who runs a search here: threads where it is compiled, else processes."""
    own = class_of(config)
    is_in_python = own is not None and bool(own.event_only())
    return Processes(count) if is_in_python or not is_compiled() else Threads(count)


def _ended(
    count: int, content: bytes, work: Work[Taken, Done], tasks: dict[int, Taken]
) -> Iterator[tuple[int, "Future[Done]"]]:
    """Yield tasks as they end; once a process died, those that may have killed it, as broken."""
    count = min(count, len(tasks))
    with _pool(count, content) as pool:
        yield from in_turn(pool, _Remote(work), dict(tasks), count)


def _alone(search: Search, content: bytes, work: Work[Taken, Done], task: Taken) -> Done:
    """Return what a task comes to in a process of its own."""
    ((_, made),) = _ended(1, content, work, {0: task})
    if not _is_broken(made):
        return made.result()
    raise EngineError(
        f"{_guilty(search, content, work, task)}: ended its process twice, alone too; "
        "expected a run (out of memory, or a crash of compiled code). What is finished is "
        "kept: without such cells the same command goes on"
    )


def _guilty(search: Search, content: bytes, work: Work[Any, Any], task: Any) -> str:
    """Return which cell it was, where the task is some cells; they run one by one."""
    if not isinstance(task, Block):
        return "a history of all cells"
    rows = task.rows.tolist()
    each = {at: Block(rows=np.array([row])) for at, row in enumerate(rows)}
    broken = [at for at, made in _ended(1, content, work, each) if _is_broken(made)]
    if broken:  # one process takes them in order
        return f"cell {search.named(rows[min(broken)])}"
    return f"{len(rows)} cells from {search.named(rows[0])} on, together"


def _is_broken(made: "Future[Any]") -> bool:
    return isinstance(made.exception(), BrokenExecutor)


@contextmanager
def _pool(count: int, content: bytes) -> Iterator[Any]:
    """Yield an executor whose processes all have the search, and end with it whatever happens."""
    from joblib.externals.loky import ProcessPoolExecutor  # 0.2 s to import

    pool = ProcessPoolExecutor(
        count, timeout=None, initializer=_begin, initargs=(os.getpid(), content),
        env={"PYTHONFAULTHANDLER": ""},  # a crash is one line of ours, not a page of its own
    )  # fmt: skip
    try:
        with unreached():
            pool.submit(os.getpid)  # starts them all
        yield pool
    finally:
        pool.shutdown(wait=True, kill_workers=True)


_here: list[Search] = []


def _begin(parent: int, content: bytes) -> None:
    """Make a new process ready: it has the search, and ends when its parent does."""
    threading.Thread(target=_leave_after, args=(parent,), daemon=True).start()
    _here.append(unpacked("", content))


def _leave_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(1)


class _Remote:
    """Work on the search that the process has."""

    def __init__(self, work: Work[Any, Any]) -> None:
        self.work = work

    def __call__(self, task: Any) -> Any:
        return self.work(_here[0], task)
