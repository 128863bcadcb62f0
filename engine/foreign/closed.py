"""The disk closed by the kernel, but for the interpreter and this program (Linux, Landlock).

What compiled code or a process it starts opens is seen by no hook of Python. A run that is another
one with the disk closed has read something there, whichever way.
"""

import ctypes
import os
import sys

from engine.foreign.seen import OURS, PACKAGES, ROOT, SYSTEM

CREATE, ADD, RESTRICT = 444, 445, 446  # system calls, the same on every architecture
BENEATH = 1
NO_NEW_PRIVILEGES = 38  # of prctl
EXECUTE, WRITE_FILE, READ_FILE, READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
EVERYTHING = (1 << 13) - 1  # of the first version: execute, write, read, make and remove
NETWORK = 0b11  # bind and connect of TCP, from the fourth version on
FIRST_WITH_NETWORK = 4


class _Handled(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """Return which Landlock the kernel has; 0 for none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(int(_libc().syscall(CREATE, None, 0, 1)), 0)


def close_disk() -> None:
    """Let this process read the interpreter and this program only, write nothing, connect nowhere.

    Raises
    ------
    OSError
        The kernel cannot, or would not.
    """
    libc, found = _libc(), version()
    handled = _Handled(EVERYTHING, NETWORK if found >= FIRST_WITH_NETWORK else 0)
    size = ctypes.sizeof(handled) if found >= FIRST_WITH_NETWORK else 8
    rules = libc.syscall(CREATE, ctypes.byref(handled), size, 0)
    if rules < 0:
        raise OSError(ctypes.get_errno(), "the kernel has no Landlock")
    for place in (*PACKAGES, *SYSTEM, "/proc/self", *_program()):
        _allow(libc, rules, place)
    for step in (
        libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0),
        libc.syscall(RESTRICT, rules, 0),
    ):
        if step < 0:
            raise OSError(ctypes.get_errno(), "the kernel did not close the disk")
    os.close(rules)


def _program() -> list[str]:
    """Return where this program's code is, without the runs it made."""
    rooms = [ROOT / room for room in OURS if room != "reports"]
    reports = [each for each in (ROOT / "reports").iterdir() if each.name != "out"]
    return [str(each) for each in (*rooms, *reports)]


def _allow(libc: ctypes.CDLL, rules: int, place: str) -> None:
    try:
        number = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not on this system
    try:
        is_folder = os.path.isdir(place)  # noqa: PTH112
        rights = READ_FILE | EXECUTE | (READ_FOLDER if is_folder else 0)
        rights |= WRITE_FILE if place == os.devnull else 0
        rule = _Beneath(rights, number)
        libc.syscall(ADD, rules, BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(number)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
