"""The tear sheet's own process. Plain returns in, a promise of QuantStats' page out.

QuantStats takes longer to import and to draw than a run takes to simulate, so its process starts
first and loads while the main process works. It draws one order after another; who has many
opens several tearsheet_processes.

A plain subprocess rather than ``ProcessPoolExecutor``: a spawned pool worker imports the caller's
main module again (with all of Backtrader under ``run.py``), which costs the time we came to save
and fails where there is no main file. Here the worker imports QuantStats and nothing of ours.
"""

import contextlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from configs.errors import one_line
from configs.stopping import held, undone
from reports.publish.folder import PublishError

logger = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("worker.py")
MOST_PROCESSES = 8  # each holds some 200 MB
PATIENCE_SECONDS = 300.0  # a sheet takes three; a first Matplotlib font cache perhaps thirty


class TearsheetError(RuntimeError):
    """QuantStats could not draw the tear sheet. The message carries its own last words."""


@contextlib.contextmanager
def tearsheet_processes(sheets: int) -> Iterator[list["TearsheetProcess"]]:
    """Yield warm ones for so many ``sheets``: one for each processor that one can keep busy."""
    with contextlib.ExitStack() as stack:
        count = min(sheets, os.cpu_count() or 1, MOST_PROCESSES)
        yield [stack.enter_context(TearsheetProcess()) for _ in range(count)]


class TearsheetProcess:
    """Context manager around one warm QuantStats process.

    The process starts on entry and ends on exit, whatever the reason. Should the parent be
    killed, its end of the pipe closes and the worker ends by itself. It sits in its own session,
    so that Ctrl-C reaches the parent alone, which then ends the worker and deletes the folder that
    the worker takes for the machine's temporary one.

    Raises
    ------
    PublishError
        On entry, where there is no folder for temporary files, or no process to be had.
    """

    def __init__(self, worker: Path = WORKER) -> None:
        self._worker = worker
        self._process: subprocess.Popen[bytes] | None = None
        self._words: IO[bytes] | None = None
        self._queue: ThreadPoolExecutor | None = None
        self._folder: Path | None = None
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(undone(self._stopped))
        try:
            with held():
                self._folder = Path(tempfile.mkdtemp(prefix="schism-"))
                # A file never fills up and stops the writer, as a pipe does.
                self._words = (self._folder / "words").open("w+b")
                self._process = self._started(self._words)
        except OSError as error:
            self._put_away()
            self._stack.close()
            raise PublishError(
                f"the tear sheet's process could not start ({one_line(str(error))}); expected a "
                "temporary folder that we may write. Name one in TMPDIR"
            ) from error
        self._queue = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tearsheet")
        return self

    def _started(self, words: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start the worker; what it says goes to ``words``, its temporary files beside them."""
        ours = {"PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8", "TMPDIR": str(self._folder)}
        return subprocess.Popen(
            # -P: the folder of the script is no place to import from.
            [sys.executable, "-P", "-W", "default", str(self._worker)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            env={**os.environ, **ours},
            start_new_session=True,
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process, queue, words = self._process, self._queue, self._words
        assert process is not None
        assert queue is not None
        assert words is not None
        self._end()
        queue.shutdown(wait=True, cancel_futures=True)
        for pipe in (process.stdin, process.stdout, words):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # part of an order nobody will read
                    pipe.close()
        self._put_away()
        self._stack.close()

    def _end(self) -> None:
        """End the process and whatever it started."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _put_away(self) -> None:
        """Leave neither the process nor its temporary files."""
        self._end()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _stopped(self) -> None:
        """Do the same when a signal ends us, without a lock: who holds it may be ourselves."""
        if self._process is not None:
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
                os.waitpid(self._process.pid, 0)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def submit(self, order: Mapping[str, Any]) -> Future[str]:
        """Hand over an order; the future holds the page or the error.

        Orders are drawn in turn. After an error the process is out of order, and says so.
        """
        if self._queue is None or self._process is None or self._words is None:
            raise RuntimeError("a tear sheet process was not entered; expected a with statement")
        text = json.dumps(dict(order))
        return self._queue.submit(_converse, self._process, self._words, text)


def _converse(process: subprocess.Popen[bytes], words: IO[bytes], order: str) -> str:
    """Send one order as a line, read its page as a line; both are JSON."""
    assert process.stdin is not None
    assert process.stdout is not None
    late = threading.Event()

    def give_up() -> None:
        late.set()
        process.kill()

    clock = threading.Timer(PATIENCE_SECONDS, give_up)
    clock.start()
    try:
        with contextlib.suppress(BrokenPipeError):  # its last words tell why it is gone
            process.stdin.write(order.encode() + b"\n")
            process.stdin.flush()
        answer = process.stdout.readline()
    finally:
        clock.cancel()
    if late.is_set():
        raise TearsheetError(
            f"the tear sheet took more than {PATIENCE_SECONDS:.0f} s; expected about three. "
            "Run again on a less busy machine"
        )
    if not answer.endswith(b"\n"):
        raise TearsheetError(_complaint(process, words))
    return str(json.loads(answer)["page"])


def _complaint(process: subprocess.Popen[bytes], words: IO[bytes]) -> str:
    """Return what to say of a worker that ended without a page."""
    code = process.wait(timeout=PATIENCE_SECONDS)
    words.seek(0)
    said = words.read().decode(errors="replace").strip()
    logger.debug("tear sheet process said:\n%s", said)
    last = said.splitlines()[-1] if said else f"exit code {code}"
    return (
        f"QuantStats could not draw the tear sheet: {last}. "
        "Check that quantstats 0.0.86 imports (python -c 'import quantstats')"
    )
