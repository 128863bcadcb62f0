"""What somebody's code opens, imports and connects to. Audit events in, one record each out.

Installed once, in the process that will read the strategy, and nothing in Python can take it out
again (PEP 578). Each record leaves the process before the thing itself happens. What a package
opens while it is imported is the package's. Not seen: files opened by compiled code (pyarrow), the
clock; see ``engine.foreign.closed``.
"""

import base64
import functools
import json
import os
import posix
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from engine.foreign.outside import looks_like_data

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
    "/etc/ssl", "/etc/os-release", "/dev/null", "/dev/urandom", "/dev/random", "/proc/self",
    "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version", "/proc/filesystems",
    "/proc/sys", "/sys/devices/system", "/sys/fs/cgroup",
)  # fmt: skip
READERS = ("pyarrow", "polars", "duckdb", "h5py", "tables", "fastparquet", "netCDF4", "cffi")
"""Packages whose compiled code opens files by itself."""

SOCKETS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind",
           "socket.sendto", "socket.sendmsg", "urllib.Request", "http.client.connect")  # fmt: skip
PROCESSES = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
             "os.forkpty", "pty.spawn", "os.kill", "signal.pthread_kill")  # fmt: skip
CODE = (".py", ".pyc", ".pyi", ".so")
TABLES = (".csv", ".tsv", ".txt", ".npy", ".npz", ".parquet", ".feather", ".pkl", ".pickle", ".h5",
          ".db", ".sqlite", ".xlsx", ".gz", ".zip", ".bin", ".dat")  # fmt: skip
"""How files end that a package brings with it and somebody else may read."""

FIXED = tuple(
    os.path.join(PACKAGES[0], *name)  # noqa: PTH118
    for name in (("platform.py",), ("uuid.py",), ("ctypes", "util.py"))
)
"""Modules of the library that ask a program of the system what nobody may choose."""

NEAR = 4  # frames between the strategy's words and what they do, by way of the library
ASKED = ("stat", "lstat", "access", "readlink")
"""What tells of a file without opening it, and has no event."""

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
        if place is None or place == strategy_file or is_a_package_s(place):
            return
        source = _source_of(place)
        reads, writes = _uses(mode, flags)
        if writes:
            record("file", source, writes=True)
        if reads:
            exists = os.path.exists(source)  # noqa: PTH110 - no object of somebody's to ask
            record("file" if exists else "missing", source, head=_head(source))

    def asked(path: Any) -> None:
        """Tell of a file that was asked about and not opened."""
        if busy[0] or not is_theirs(NEAR):
            return
        busy[0] = True
        try:
            place = _place(path)
            is_above = f"{strategy_file}{os.sep}".startswith(f"{place}{os.sep}")
            if place is not None and not is_above and not is_allowed(place):
                record("asked", place)
        finally:
            busy[0] = False

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
                if place is not None and not is_allowed(place) and is_theirs(NEAR):
                    record("folder", place)
            elif event in ("os.getxattr", "os.listxattr"):
                place = _place(arguments[0])
                if place is not None:
                    record("asked", place)
            elif event in SOCKETS:
                record("socket", _words(event, arguments))
            elif event in PROCESSES and not is_importing() and not is_fixed():
                record("process", _words(event, arguments))
            elif event in CHANGES and not is_importing():
                place = _place(arguments[0])
                if place is not None:
                    record("file", place, writes=True)
            elif event in MEMORY or event.startswith("ctypes."):
                if is_theirs(1 if event in MEMORY else 3):
                    record("memory", event)
            elif event == "import":
                package = arguments[0].partition(".")[0]
                if package in READERS and not is_importing(modules=True):
                    record("reader", package)
        finally:
            busy[0] = False

    def is_theirs(most: int) -> bool:
        """Return whether one of the nearest frames is the strategy's.

        What a package does while it is imported is the package's.
        """
        frame, count = frame_of(2), 0
        while frame is not None and count < most:
            file = frame.f_code.co_filename
            if file == strategy_file:
                return True
            if file.startswith("<frozen importlib"):
                return False
            count += file.startswith(os.sep)  # what is made from text counts for nobody
            frame = frame.f_back  # type: ignore[assignment]
        return False

    def is_a_package_s(place: str) -> bool:
        """Return whether what is opened is the interpreter's, a package's or this program's.

        Its code is, and what is read for it: any file while it is imported, and a table among its
        own files where one of its own frames asks for it.
        """
        own = _package(place)
        if own is None:
            return is_installed(place) or is_importing()
        source = _source_of(place)
        if source.endswith(CODE):
            return is_installed(source) or not looks_like_data(_head(source), source)
        return not _is_table(place, own) or own in map(_package, files_above())

    def files_above() -> Iterator[str]:
        """Yield the files of the frames above this module's, as far as the strategy's."""
        frame = frame_of(1)
        while frame is not None and frame.f_code.co_filename == __file__:
            frame = frame.f_back  # type: ignore[assignment]
        while frame is not None and frame.f_code.co_filename != strategy_file:
            yield frame.f_code.co_filename
            frame = frame.f_back  # type: ignore[assignment]

    def is_importing(*, modules: bool = False) -> bool:
        """Return whether an installed package does this while it is imported.

        ``modules``: this is an import of its own, by the machinery that imports.
        """
        inside = False
        for file in files_above():
            if not file.startswith("<frozen importlib"):
                if not is_installed(file):
                    return False
                inside = True
            elif inside or not modules:
                return inside
        return False

    def is_fixed() -> bool:
        """Return whether the library starts a program that nobody chose."""
        return any(file in FIXED for file in files_above())

    for module in (os, posix):
        for name in ASKED:
            setattr(module, name, _telling(getattr(module, name), asked))
    sys.addaudithook(hook)


def _telling(real: Callable[..., Any], tell: Callable[[Any], None]) -> Callable[..., Any]:
    """Return a function of the system that tells which path it is asked about, first."""

    @functools.wraps(real)
    def told(path: Any, *more: Any, **named: Any) -> Any:
        place = path if isinstance(path, int) else os.fspath(path)
        tell(place)
        return real(place, *more, **named)

    for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
        if real in able:
            able.add(told)
    return told


def is_allowed(place: str) -> bool:
    """Return whether a path is the interpreter's, an installed package's or this program's."""
    return is_installed(place) or _package(place) is not None


def is_installed(place: str) -> bool:
    """Return whether a path is the interpreter's, the system's or an installed package's."""
    if place == str(ROOT):  # the folder alone, which whoever looks for packages asks for
        return True
    if place.endswith(".zip") and place in sys.path:  # the library, where it is packed
        return True
    return any(place == root or place.startswith(root + os.sep) for root in (*PACKAGES, *SYSTEM))


def _package(place: str) -> str | None:
    """Return the folder of the package that a file belongs to, this program among them."""
    inside = place.removeprefix(f"{ROOT}{os.sep}")
    if inside != place and inside.partition(os.sep)[0] in OURS:
        return None if inside.startswith(f"reports{os.sep}out{os.sep}") else str(ROOT)
    roots = [root for root in PACKAGES if place.startswith(root + os.sep)]
    if not roots:
        return None
    root = max(roots, key=len)
    return f"{root}{os.sep}{place.removeprefix(root + os.sep).partition(os.sep)[0]}"


def _is_table(place: str, package: str) -> bool:
    """Return whether a package's file that is no code may be a table that somebody put there."""
    return package == str(ROOT) or os.path.splitext(place)[1] in TABLES  # noqa: PTH122


def _place(path: Any) -> str | None:
    """Return an opened path in full, links followed; None for what is no path."""
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str):
        return None
    own = f"/proc/{os.getpid()}"
    place = os.path.realpath(path)
    return f"/proc/self{place.removeprefix(own)}" if place.startswith(f"{own}/") else place


def _source_of(place: str) -> str:
    """Return the source that a compiled module was made of, where it is there."""
    folder, name = os.path.split(place)
    if name.endswith(".pyc") and os.path.basename(folder) == "__pycache__":  # noqa: PTH119
        source = os.path.join(os.path.dirname(folder), f"{name.partition('.')[0]}.py")  # noqa: PTH118, PTH120
        if os.path.exists(source):  # noqa: PTH110
            return source
    return place


def _uses(mode: Any, flags: Any) -> tuple[bool, bool]:
    """Return whether what a file held may be read, and whether it may be written."""
    if isinstance(mode, str):
        return "r" in mode or "a+" in mode.replace("b", ""), "r" not in mode or "+" in mode
    access = flags & os.O_ACCMODE if isinstance(flags, int) else os.O_RDONLY
    return access != os.O_WRONLY, access != os.O_RDONLY


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
