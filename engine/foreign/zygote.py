"""Where every answer of somebody's own strategy begins: a process that knows no market.

It imports what all answers need, waits, and forks one process an answer, so that nothing a run
leaves in memory reaches the next. It reads no strategy itself. What an answer's process writes goes
through it to whoever asked; at the end it says how that process ended.
"""

import contextlib
import gc
import importlib
import json
import os
import pickle
import select
import signal
import socket
import struct
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from configs.schema import RunConfig
from engine.event import driven
from engine.foreign import child, seen
from engine.foreign.frames import ANSWER, ENDED, NEXT, RAISED, SEEN, framed, taken
from engine.prepare.prepared import prepare
from feeds.market import Floats, Leg, Market
from strategies import AlwaysPair

LENGTH = struct.Struct("!Q")
PASSED_ON = (SEEN, ANSWER, RAISED, NEXT)  # how a process ended is for this one to say
LEFT_OVER_SECONDS = 0.2  # for what an ended process wrote before it ended


def serve(number: int, folder: str) -> None:
    """Answer requests that come over a socket until its other end is closed."""
    asked = socket.socket(fileno=number)
    os.chdir(folder)
    warm()
    gc.freeze()  # what is here now is never looked at again, which would copy it in every fork
    while True:
        request = message(asked)
        if request is None:
            return
        preload, payload = pickle.loads(request)
        for name in preload:
            _preload(name)
        del request
        _answer(asked, payload)
        del payload


def warm() -> None:
    """Run once on an invented market, so that no answer reads price lists or makes classes anew."""
    sessions = np.arange("2023-01-02", "2023-04-01", dtype="datetime64[D]")
    line: Floats = 100.0 + np.arange(len(sessions), dtype=np.float64) % 7
    ones = np.ones_like(line)
    legs = [
        Leg(symbol=name, open=line, high=line, low=line, close=line, adj_close=line,
            volume=1e6 * ones, dividend=0.0 * ones, later_splits=ones)
        for name in ("AAA", "BBB")
    ]  # fmt: skip
    config = RunConfig.model_validate(
        {
            "name": "warm",
            "data": {"source": "csv", "path": "unread", "start": "2023-01-02"},
            "pair": {"long": "AAA", "short": "BBB"},
            "signal": {"kind": "always"},
        }
    )
    market = Market(
        sessions=sessions, next_sessions=sessions + 1, long=legs[0], short=legs[1], benchmark=None,
        synthetic=True, findings=(), files=(), digest="",
    )  # fmt: skip
    driven(prepare(config, market), AlwaysPair)
    pd.Series(["text"])  # with its first text pandas loads more of pyarrow, whoever asks for it


def message(asked: socket.socket) -> bytes | None:
    """Return the next message; None where nobody is left to ask."""
    head = _exactly(asked, LENGTH.size)
    return None if head is None else _exactly(asked, LENGTH.unpack(head)[0])


def _exactly(asked: socket.socket, count: int) -> bytes | None:
    found = bytearray()
    while len(found) < count:
        part = asked.recv(min(count - len(found), 1 << 20))
        if not part:
            return None
        found += part
    return bytes(found)


def _answer(asked: socket.socket, payload: bytes) -> None:
    """Fork the process of one answer and pass on what it writes, then how it ended."""
    reading, writing = os.pipe()
    rows_here, rows_there = socket.socketpair()
    process = os.fork()
    if process == 0:
        asked.close()
        rows_here.close()
        os.close(reading)
        try:
            child.answer(pickle.loads(payload), writing, rows_there)
            code = 0
        except BaseException:  # noqa: BLE001 - nothing may return into the loop above
            code = child.BROKEN
        os._exit(code)
    os.close(writing)
    rows_there.close()
    rows = pickle.loads(message(asked) or pickle.dumps([]))  # only now: the process has no copy
    try:
        status = _passed_on(asked, process, reading, rows_here, rows)
    finally:
        os.close(reading)
        rows_here.close()
    asked.sendall(framed(ENDED, json.dumps(status).encode()))


def _passed_on(
    asked: socket.socket, process: int, reading: int, rows_here: socket.socket, rows: list[bytes]
) -> int:
    """Pass on an answer's frames; return the exit code of its process, negative for a signal."""
    buffer, waiting = bytearray(), iter(rows)
    status: int | None = None
    is_open = True
    while is_open:
        ends = [reading, asked.fileno()]
        ready, _, _ = select.select(ends, [], [], LEFT_OVER_SECONDS if status is None else 0.0)
        if asked.fileno() in ready:  # nothing may come now but the end of who asked
            os.kill(process, signal.SIGKILL)
            os._exit(0)
        if reading in ready:
            part = os.read(reading, 1 << 20)
            is_open = bool(part)
            buffer += part
            while (frame := taken(buffer)) is not None:
                if frame[0] in PASSED_ON:
                    asked.sendall(framed(*frame))
                if frame[0] == NEXT:
                    _hand_over(rows_here, next(waiting, b""))
        elif status is not None:
            break  # ended, and something of its own holds the pipe
        if status is None:
            ended, code = os.waitpid(process, os.WNOHANG)
            if ended:
                status = os.waitstatus_to_exitcode(code)
    if status is None:
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    return status


def _hand_over(rows_here: socket.socket, row: bytes) -> None:
    with contextlib.suppress(OSError):  # it ended meanwhile
        rows_here.sendall(LENGTH.pack(len(row)) + row)


def _preload(name: str) -> None:
    """Import an installed module once for all answers; nothing of anybody's own."""
    if name in sys.modules:
        return
    with contextlib.suppress(Exception):  # whatever fails here fails where it is used
        spec = find_spec(name)
        origin = None if spec is None else spec.origin
        if origin == "built-in" or (origin and seen.is_installed(str(Path(origin).resolve()))):
            importlib.import_module(name)
