"""Asking somebody's own strategy. A question in, an answer from a process of its own out.

One process waits for questions (``engine.foreign.zygote``) and forks another for each: an answer
knows its own question only. What it opened meanwhile is kept.
"""

import atexit
import contextlib
import json
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from configs.early_signals import SUPERVISED
from configs.errors import one_line
from configs.stopping import at_end
from engine.errors import EngineError
from engine.foreign.child import BROKEN, ERRORS
from engine.foreign.frames import ANSWER, ENDED, NEXT, RAISED, SEEN, taken, unpacked
from engine.foreign.outside import Record, record_of
from engine.foreign.seen import ROOT
from feeds.market import Floats

LENGTH = struct.Struct("!Q")
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SYSTEMROOT")
"""What a strategy's process has of our environment: a number in a variable is knowledge too."""
BEGIN = "import sys; sys.path.insert(0, {root!r}); from engine.foreign.zygote import serve; serve"


class Waiting:
    """The process that waits for questions, and our end of the line to it."""

    def __init__(self) -> None:
        folder = str(Path.cwd())
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-B", "-P", "-c",
                 f"{BEGIN.format(root=str(ROOT))}({theirs.fileno()}, {folder!r})"],
                env=_environment(), pass_fds=[theirs.fileno()], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        self._line, self._buffer = ours, bytearray()
        self.modules: set[str] = set()  # installed ones that strategies imported

    def ask(self, payload: bytes, rows: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
        """Return the frames of one answer, the last of them how its process ended.

        Raises
        ------
        OSError
            The waiting process is gone.
        """
        for each in (pickle.dumps((sorted(self.modules), payload)), pickle.dumps(list(rows))):
            self._line.sendall(LENGTH.pack(len(each)) + each)
        frames: list[tuple[bytes, bytes]] = []
        while not frames or frames[-1][0] != ENDED:
            frame = taken(self._buffer)
            if frame is None:
                part = self._line.recv(1 << 20)
                if not part:
                    raise ConnectionError("the process that starts strategies is gone")
                self._buffer += part
            else:
                frames.append(frame)
        return frames

    def end(self) -> None:
        """End it, and what it started."""
        self._line.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, SUPERVISED: "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


_idle: list[tuple[int, Waiting]] = []  # each with the process of ours that may speak to it
_choosing = threading.Lock()


def begin() -> None:
    """Start a waiting process ahead of the first question."""
    with _choosing:
        if not _idle:
            _idle.append((os.getpid(), _started()))


@contextmanager
def waiting() -> Iterator[Waiting]:
    """Give a waiting process that nobody else asks, started where there is none.

    It is not used again where a question ended in an error: nobody knows what it still says.
    """
    here = os.getpid()
    with _choosing:  # a fork of ours never speaks on its parent's line
        free = next((each for each in _idle if each[0] == here), None)
        if free is not None:
            _idle.remove(free)
    one = _started() if free is None else free[1]
    try:
        yield one
    except BaseException:
        one.end()
        raise
    with _choosing:
        _idle.append((here, one))


def _started() -> Waiting:
    try:
        made = Waiting()
    except OSError as error:
        raise EngineError(
            f"the process of your strategy could not start ({one_line(str(error))}); expected room "
            "for one more process, and a current folder that is still there"
        ) from error
    atexit.register(made.end)
    at_end(made.end)
    return made


@dataclass(eq=False)
class Foreign:
    """Somebody's own strategy: its file, its source as it was read, and what it opened so far."""

    file: str
    source: bytes
    records: dict[tuple[str, str, bool], Record] = field(default_factory=dict)

    def ask(
        self,
        what: str,
        *,
        rows: Sequence[bytes] = (),
        steps: list[bytes] | None = None,
        is_closed: bool = False,
        **values: Any,
    ) -> tuple[dict[str, Any], dict[str, Floats]]:
        """Return the facts and arrays of one answer (``engine.foreign.child``).

        Parameters
        ----------
        rows
            Sessions that are handed over one at a time.
        steps
            Gets what was said with each request for one of them, in order.
        is_closed
            With the disk closed (``engine.foreign.closed``).

        Raises
        ------
        ConfigError, DataError, EngineError
            What was raised there; or its process ended before it answered.
        """
        payload = pickle.dumps(
            {"ask": what, "file": self.file, "source": self.source, "is_closed": is_closed,
             "values": values}
        )  # fmt: skip
        try:
            with waiting() as here:
                frames = here.ask(payload, rows)
        except OSError:
            raise self._ended("and the one that started it") from None
        facts, arrays = self._answer(frames, steps)
        here.modules.update(str(name) for name in facts.pop("modules", ()))
        return facts, arrays

    def _answer(
        self, frames: Sequence[tuple[bytes, bytes]], steps: list[bytes] | None
    ) -> tuple[dict[str, Any], dict[str, Floats]]:
        """Return what the frames of one answer say, their records and steps kept."""
        for letter, body in frames:
            if letter == SEEN:
                record = record_of(body)
                self.records.setdefault(record.key, record)
            elif letter == NEXT and steps is not None:
                steps.append(body)
        said = [frame for frame in frames if frame[0] in (ANSWER, RAISED)]
        if len(said) != 1:
            raise self._ended(_how(json.loads(frames[-1][1])))
        letter, body = said[0]
        if letter == RAISED:
            raise _raised(self.file, body)
        try:
            return unpacked(body)
        except EngineError as error:
            raise EngineError(f"{self.file}: {error}") from None

    def _ended(self, how: str) -> EngineError:
        return EngineError(
            f"{self.file}: ended its own process {how} instead of deciding; correct the strategy "
            "(os._exit, a crash in compiled code, too much memory)"
        )


def _raised(file: str, body: bytes) -> Exception:
    """Return what was raised there."""
    try:
        kind, words = json.loads(body)
        return ERRORS.get(kind, EngineError)(one_line(str(words)))
    except (ValueError, TypeError) as error:
        return EngineError(f"{file}: its process sent no error ({error!r})")


def _how(status: int) -> str:
    """Return how a process ended."""
    if status < 0:
        with contextlib.suppress(ValueError):
            return f"({signal.Signals(-status).name})"
        return f"(signal {-status})"
    return "by an error of ours" if status == BROKEN else f"(exit code {status})"
