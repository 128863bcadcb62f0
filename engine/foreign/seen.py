"""What somebody's code opens, imports and connects to. Audit events in, one record each out.

Installed once, in the process that will read the strategy, and nothing in Python can take it out
again (PEP 578). Each record leaves the process before the thing itself happens. Not seen: files
opened by compiled code (pyarrow), the clock, `os.stat`; see ``engine.foreign.closed``.
"""

import base64
import json
import os
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OURS = ("configs", "feeds", "strategies", "engine", "reports")
HEAD_BYTES = 16_384  # of a file that is opened: enough to know prices from words
PACKAGES = tuple(
    dict.fromkeys(
        os.path.realpath(sysconfig.get_path(name))
        for name in ("stdlib", "platstdlib", "purelib", "platlib")
    )
)
SYSTEM = (
    "/usr/lib", "/lib", "/lib64", "/usr/share/zoneinfo", "/usr/share/locale", "/etc/localtime",
    "/etc/ssl", "/dev/null", "/dev/urandom", "/dev/random", "/proc/cpuinfo", "/proc/meminfo",
    "/proc/self/status", "/proc/self/cgroup", "/proc/sys", "/sys/devices/system", "/sys/fs/cgroup",
)  # fmt: skip
READERS = ("pyarrow", "polars", "duckdb", "h5py", "tables", "fastparquet", "netCDF4", "cffi")
"""Packages whose compiled code opens files by itself."""

SOCKETS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind",
           "socket.sendto", "socket.sendmsg", "urllib.Request", "http.client.connect")  # fmt: skip
PROCESSES = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
             "os.forkpty", "pty.spawn", "os.kill", "signal.pthread_kill")  # fmt: skip
MEMORY = ("gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys._getframe",
          "sys._current_frames", "sys.settrace", "sys.setprofile", "sys.addaudithook")  # fmt: skip
CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink",
           "os.truncate", "shutil.copyfile", "shutil.move")  # fmt: skip


def watch(send: Callable[[bytes], None], strategy_file: str) -> None:
    """Tell of every event from now on that reaches beyond the interpreter and this program.

    Parameters
    ----------
    send
        Sends one record, JSON: ``kind``, ``what``, ``writes``, ``head`` (of a file, base64).
    strategy_file
        May be opened; and what only the strategy itself may not do is known by its frames.
    """
    sent: set[tuple[str, str, bool]] = set()
    busy = [False]
    frame_of = sys._getframe

    def record(kind: str, what: str, *, writes: bool = False, head: bytes = b"") -> None:
        if (kind, what, writes) not in sent:
            sent.add((kind, what, writes))
            text = base64.b64encode(head).decode()
            send(json.dumps({"kind": kind, "what": what, "writes": writes, "head": text}).encode())

    def opened(path: Any, mode: Any, flags: Any) -> None:
        place = _place(path)
        if place is None or place == strategy_file or is_allowed(place):
            return
        writes = _writes(mode, flags)
        source = _source_of(place)
        exists = os.path.exists(source)  # noqa: PTH110 - no object of somebody's to ask
        record("file" if exists or writes else "missing", source, writes=writes,
               head=b"" if writes else _head(source))  # fmt: skip

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if busy[0]:
            return
        busy[0] = True
        try:
            if event == "open":
                opened(*arguments[:3])
            elif event == "sqlite3.connect":
                if arguments[0] not in (":memory:", b":memory:", ""):
                    opened(arguments[0], "r", 0)
            elif event == "mmap.__new__" and arguments[0] >= 0:
                opened(os.readlink(f"/proc/self/fd/{arguments[0]}"), "r", 0)  # noqa: PTH115
            elif event in ("os.listdir", "os.scandir"):
                place = _place(arguments[0] if arguments[0] is not None else ".")
                if place is not None and not is_allowed(place) and is_theirs(4):
                    record("folder", place)
            elif event in SOCKETS:
                record("socket", _words(event, arguments))
            elif event in PROCESSES:
                record("process", _words(event, arguments))
            elif event in CHANGES:
                place = _place(arguments[0])
                if place is not None:
                    record("file", place, writes=True)
            elif event in MEMORY or event.startswith("ctypes."):
                if is_theirs(1 if event in MEMORY else 3):
                    record("memory", event)
            elif event == "import":
                package = arguments[0].partition(".")[0]
                if package in READERS and is_theirs(MOST_FRAMES, imports=True):
                    record("reader", package)
        finally:
            busy[0] = False

    def is_theirs(most: int, *, imports: bool = False) -> bool:
        """Return whether one of the nearest frames is the strategy's.

        What a package does while it is imported is the package's, unless ``imports`` are asked.
        """
        frame, count = frame_of(2), 0
        while frame is not None and count < most:
            file = frame.f_code.co_filename
            if file == strategy_file:
                return True
            if file.startswith("<frozen importlib") and not imports:
                return False
            count += 1
            frame = frame.f_back  # type: ignore[assignment]
        return False

    sys.addaudithook(hook)


MOST_FRAMES = 40


def is_allowed(place: str) -> bool:
    """Return whether a path is the interpreter's, an installed package's or this program's code."""
    if place.endswith(".zip") and place in sys.path:  # the library, where it is packed
        return True
    if any(place == root or place.startswith(root + os.sep) for root in (*PACKAGES, *SYSTEM)):
        return True
    inside = place.removeprefix(f"{ROOT}{os.sep}")
    return (
        inside != place
        and inside.partition(os.sep)[0] in OURS
        and not inside.startswith(f"reports{os.sep}out{os.sep}")
    )


def _place(path: Any) -> str | None:
    """Return an opened path in full, links followed; None for what is no path."""
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    return os.path.realpath(path) if isinstance(path, str) else None


def _source_of(place: str) -> str:
    """Return the source that a compiled module was made of, where it is there."""
    folder, name = os.path.split(place)
    if name.endswith(".pyc") and os.path.basename(folder) == "__pycache__":  # noqa: PTH119
        source = os.path.join(os.path.dirname(folder), f"{name.partition('.')[0]}.py")  # noqa: PTH118, PTH120
        if os.path.exists(source):  # noqa: PTH110
            return source
    return place


def _writes(mode: Any, flags: Any) -> bool:
    """Return whether a file is opened to be written only."""
    if isinstance(mode, str):
        return "r" not in mode and "+" not in mode
    return isinstance(flags, int) and flags & os.O_ACCMODE == os.O_WRONLY


def _head(place: str) -> bytes:
    """Return how a regular file begins; nothing of any other."""
    try:
        if not os.path.isfile(place):  # noqa: PTH113
            return b""
        number = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
        try:
            return os.read(number, HEAD_BYTES)
        finally:
            os.close(number)
    except OSError:
        return b""


def _words(event: str, arguments: tuple[Any, ...]) -> str:
    sent = [str(each) for each in arguments if isinstance(each, str | bytes | int | tuple | list)]
    return f"{event} {' '.join(sent)}"[:200]
