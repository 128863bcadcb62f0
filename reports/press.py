"""The tear sheet's own process. Plain returns in, a promise of QuantStats' page out.

QuantStats takes longer to import and to draw than a run takes to simulate, so its process starts
first and loads while the main process works. It reads one order and answers once.

A plain subprocess rather than ``ProcessPoolExecutor``: a spawned pool worker imports the caller's
main module again (with all of Backtrader under ``run.py``), which costs the time we came to save
and fails where there is no main file. Here the worker imports QuantStats and nothing of ours.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

logger = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("tearsheet_worker.py")
PATIENCE_SECONDS = 300.0  # a sheet takes three; a first Matplotlib font cache perhaps thirty


class TearsheetError(RuntimeError):
    """QuantStats could not draw the tear sheet. The message carries its own last words."""


class TearsheetPress:
    """Context manager around one warm QuantStats process.

    The process starts on entry and ends on exit, whatever the reason. Should the parent be
    killed, its end of the pipe closes and the worker ends by itself. It sits in its own session,
    so that Ctrl-C reaches the parent alone, which then ends the worker.
    """

    def __init__(self, worker: Path = WORKER) -> None:
        self._worker = worker
        self._process: subprocess.Popen[bytes] | None = None
        self._desk: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            # -P: the folder of the script is no place to import from.
            [sys.executable, "-P", "-W", "default", str(self._worker)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"},
            start_new_session=True,
        )
        self._desk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tearsheet")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process, desk = self._process, self._desk
        assert process is not None
        assert desk is not None
        process.kill()
        desk.shutdown(wait=True)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        process.wait()

    def submit(self, order: Mapping[str, Any]) -> Future[str]:
        """Hand over the only order of this press; the future holds the page or the error."""
        if self._desk is None or self._process is None:
            raise RuntimeError("TearsheetPress was not entered; expected `with TearsheetPress()`")
        return self._desk.submit(_converse, self._process, json.dumps(dict(order)))


def _converse(process: subprocess.Popen[bytes], order: str) -> str:
    try:
        page, complaint = process.communicate(order.encode(), timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise TearsheetError(
            f"the tear sheet took more than {PATIENCE_SECONDS:.0f} s; expected about three. "
            "Run again on a less busy machine"
        ) from None
    words = complaint.decode(errors="replace").strip()
    if process.returncode != 0 or not page:
        last = words.splitlines()[-1] if words else f"exit code {process.returncode}"
        logger.debug("tear sheet process said:\n%s", words)
        raise TearsheetError(
            f"QuantStats could not draw the tear sheet: {last}. "
            "Check that quantstats 0.0.86 imports (python -c 'import quantstats')"
        )
    if words:
        logger.debug("tear sheet process said:\n%s", words)
    return page.decode()
