"""Cells on other machines: a running dask.distributed cluster. As ``executor.Workers``.

The cells and their market are scattered once; then each worker gets a batch of tasks that takes it
about a second, so that sending them costs nothing beside. Results come back task by task and bring
no more than numbers. A batch whose worker dies runs again elsewhere.

The scheduler and its workers are the user's own: whoever may reach the address may run any code
there, as dask has it.
"""

import hashlib
import importlib.util
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from typing import Any

from configs.errors import ConfigError, one_line
from engine.errors import EngineError
from engine.kernel import loops
from engine.trials.executor import Done, Taken, Work, packed, unpacked
from engine.trials.journal import program_mark
from engine.trials.search import Search

logger = logging.getLogger(__name__)

BATCH_SECONDS = 1.5
MOST_LOST = 3  # times that one batch is sent again by us; dask itself tries others before
SECONDS_TO_CONNECT = 10.0
SECONDS_TO_ANSWER = 5.0  # beyond that, before who listens is taken for no scheduler
SECONDS_FOR_A_WORKER = 60.0
SECONDS_TO_SEND = 300.0  # the market and the cells, over a slow network too
SECONDS_BETWEEN_LOOKS = 0.02
SECONDS_BETWEEN_COUNTS = 1.0
MARK = program_mark()  # of the sources as they were when this process read them


class Cluster:
    """The workers of one scheduler.

    Raises
    ------
    ConfigError
        dask.distributed is not installed, nobody answers at the address, no worker comes, or one
        runs another version of the program.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._sent: tuple[bytes, Any] | None = None
        self._client = _connected(address)
        self._asked = self._seen = time.monotonic()
        self.count = 1
        try:
            self._wait_for_workers()
            self._check_versions()
            self._count()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the cluster; what it was doing for us ends."""
        try:
            self._client.close(timeout=2)
        except Exception:  # the scheduler is gone: nothing is left to close
            logger.debug("closing %s", self.address, exc_info=True)

    def each(
        self, work: Work[Taken, Done], search: Search, tasks: Sequence[Taken]
    ) -> Iterator[tuple[Taken, Done]]:
        """As ``Workers.each``.

        Raises
        ------
        EngineError
            The scheduler is gone, all workers are, or the same tasks ended several of them.
        """
        content = packed(search)
        left = list(range(len(tasks)))[::-1]  # the next one last
        flying: dict[Any, list[int]] = {}
        lost: dict[int, int] = {}
        seconds_a_task = BATCH_SECONDS  # one task each, until the first tells better
        self._seen = time.monotonic()
        try:
            while left or flying:
                while left and len(flying) < 2 * self.count:
                    size = max(int(BATCH_SECONDS / seconds_a_task), 1)
                    batch = [left.pop() for _ in range(min(size, len(left)))]
                    flying[self._submit(content, work, [tasks[at] for at in batch])] = batch
                self._look()
                for future in [each for each in flying if each.status not in ("pending", "lost")]:
                    made = self._result(future)
                    if made is None and future.status == "finished":
                        continue  # its worker died before it was fetched: dask makes it again
                    batch = flying.pop(future)
                    if made is None:
                        self._again(batch, lost, future)
                        left += batch[::-1]
                        continue
                    seconds, values = made
                    seconds_a_task = max(min(seconds / len(batch), seconds_a_task), 1e-6)
                    yield from ((tasks[at], value) for at, value in zip(batch, values, strict=True))
        finally:
            self._drop(list(flying))

    def _submit(self, content: bytes, work: Work[Any, Any], tasks: list[Any]) -> Any:
        """Return the future of a batch; the search is scattered when a worker first needs it."""
        try:
            if self._sent is None or self._sent[0] != content:
                sent = _in_time(
                    SECONDS_TO_SEND,
                    lambda: self._client.scatter(content, broadcast=True, hash=False),
                )
                self._sent = content, sent
            name = hashlib.sha256(content).hexdigest()
            return self._client.submit(_batch, MARK, name, self._sent[1], work, tasks, pure=False)
        except Exception as error:
            raise self._gone(error) from error

    def _result(self, future: Any) -> tuple[float, list[Any]] | None:
        """Return what a batch came to; None where its worker, or the search there, is lost."""
        from distributed.client import FutureCancelledError

        try:
            made: tuple[float, list[Any]] = future.result(timeout=5.0)
        except (OSError, FutureCancelledError):  # gone, or gone for the moment: `_look` tells
            return None
        except (ConfigError, EngineError):
            raise
        except Exception as error:
            if type(error).__name__ == "KilledWorker":
                return None
            raise EngineError(
                f"--cluster {self.address}: a worker raised {type(error).__name__} "
                f"({one_line(str(error))}); what is finished is kept, the same command goes on"
            ) from error
        return made

    def _again(self, batch: list[int], lost: dict[int, int], future: Any) -> None:
        """Count a batch that was lost, and let the search be scattered anew."""
        if self._client.status != "running":
            raise self._gone(None)
        self._sent = None
        for at in batch:
            lost[at] = lost.get(at, 0) + 1
            if lost[at] > MOST_LOST:
                raise EngineError(
                    f"--cluster {self.address}: the same cells were lost {lost[at]} times "
                    f"({future.status}): they may end their workers (out of memory?). What is "
                    "finished is kept: the same command goes on, without --cluster too"
                )

    def _look(self) -> None:
        """Wait a moment, and see that the scheduler and a worker are there."""
        time.sleep(SECONDS_BETWEEN_LOOKS)
        if self._client.status != "running":
            raise self._gone(None)
        if time.monotonic() - self._asked > SECONDS_BETWEEN_COUNTS:
            self._count()
        away = time.monotonic() - self._seen
        if away > SECONDS_FOR_A_WORKER:
            raise EngineError(
                f"--cluster {self.address}: has had no worker for {away:.0f} s; what is finished "
                "is kept: the same command goes on, without --cluster too"
            )

    def _count(self) -> None:
        """Count the threads of all workers that there are."""
        try:
            found = _in_time(
                SECONDS_FOR_A_WORKER, lambda: self._client.scheduler_info(n_workers=-1)
            )
            workers = found["workers"].values()
        except Exception as error:
            raise self._gone(error) from error
        self._asked = time.monotonic()
        if workers:
            self._seen = self._asked
        self.count = max(sum(each["nthreads"] for each in workers), 1)

    def _gone(self, error: Exception | None) -> EngineError:
        why = "" if error is None else f" ({one_line(str(error)) or type(error).__name__})"
        return EngineError(
            f"--cluster {self.address}: the scheduler is gone{why}; what is finished is kept: the "
            "same command goes on, without --cluster too"
        )

    def _wait_for_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=SECONDS_FOR_A_WORKER)
        except TimeoutError:
            raise ConfigError(
                f"--cluster {self.address}: the scheduler had no worker for "
                f"{SECONDS_FOR_A_WORKER:.0f} s; start one from the same "
                f"sources: dask worker {self.address}"
            ) from None

    def _check_versions(self) -> None:
        """Refuse workers that run another program, or cannot."""
        try:
            answers = _in_time(
                SECONDS_FOR_A_WORKER, lambda: self._client.run(_marked, on_error="return")
            )
        except TimeoutError as error:
            raise ConfigError(
                f"--cluster {self.address}: a worker does not answer ({error}); end it, or leave "
                "--cluster out"
            ) from None
        for worker, answer in answers.items():
            if answer == MARK:
                continue
            why = (
                "runs another version of the program, or of a package it computes with"
                if isinstance(answer, str)
                else f"cannot run the program ({one_line(str(answer))})"
            )
            raise ConfigError(
                f"--cluster {self.address}: worker {worker} {why}; start it from the same sources "
                "and the same packages (requirements.lock), in the program's folder"
            )

    def _drop(self, futures: list[Any]) -> None:
        """Let unfinished batches go, when the caller stops early."""
        if futures and self._client.status == "running":
            self._client.cancel(futures)


def check_installed() -> None:
    """Refuse where dask.distributed is not installed, before anything is read."""
    if importlib.util.find_spec("distributed") is None:
        raise ConfigError(
            "--cluster needs dask.distributed, which is not installed; install it with: pip "
            "install -c requirements.lock -e '.[cluster]' (or leave --cluster out)"
        )


def _connected(address: str) -> Any:
    """Return a client of the scheduler at an address."""
    check_installed()
    import distributed

    is_debugging = logging.getLogger().isEnabledFor(logging.DEBUG)
    if not is_debugging:  # it has handlers of its own; what matters is said in one line
        for name in [each for each in logging.root.manager.loggerDict if "distributed" in each]:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        return _in_time(
            SECONDS_TO_CONNECT + SECONDS_TO_ANSWER,
            lambda: distributed.Client(  # type: ignore[no-untyped-call]
                address, timeout=SECONDS_TO_CONNECT, set_as_default=False
            ),
        )
    except OSError as error:  # TimeoutError among them
        raise ConfigError(
            f"--cluster {address}: no scheduler answered in {SECONDS_TO_CONNECT:.0f} s "
            f"({one_line(str(error)) or type(error).__name__}); start one with: dask "
            "scheduler (or leave --cluster out)"
        ) from error
    except Exception as error:  # whatever a greeting of somebody else was taken for
        raise ConfigError(
            f"--cluster {address}: no scheduler answered: whoever listens there speaks something "
            f"else ({type(error).__name__}); expected the address that dask scheduler prints (its "
            "dashboard has another), or leave --cluster out"
        ) from error


def _in_time(seconds: float, ask: Callable[[], Any]) -> Any:
    """Return an answer, or raise TimeoutError: dask waits for ever on whoever listens and is mute.

    What was asked is left to a thread that ends with the program.
    """
    answer: Future[Any] = Future()

    def tell() -> None:
        try:
            answer.set_result(ask())
        except Exception as error:  # whatever it is, whoever asked is told
            logger.debug("asking a cluster", exc_info=True)
            answer.set_exception(error)

    threading.Thread(target=tell, daemon=True).start()
    if not wait([answer], timeout=seconds).done:
        raise TimeoutError(f"nobody said anything for {seconds:.0f} s")
    return answer.result()


def _marked() -> str:
    """Return the mark of the program that this process runs."""
    return MARK


def _batch(
    mark: str, name: str, content: bytes, work: Work[Any, Any], tasks: list[Any]
) -> tuple[float, list[Any]]:
    """Return, on a worker, the seconds and the results of some tasks."""
    if mark != MARK:
        raise EngineError(
            "a worker that came later runs another version of the program; start it from the same "
            "sources and packages"
        )
    loops()
    search = unpacked(name, content)
    begun = time.perf_counter()
    made = [work(search, task) for task in tasks]
    return time.perf_counter() - begun, made
