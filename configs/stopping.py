"""Being asked to stop. A signal in; what is half-made put away, one line and an exit code out.

Whoever makes something that must not outlive us says first, with `undone`, how it is put away. A
signal then ends the process on the spot: an exception would arrive anywhere, in an import or in a
clean-up, and be lost or shown there. Only the standard library's lightest modules stand here: the
front desk watches before it imports anything else.
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

from configs.early_signals import SAID, SUPERVISED
from configs.streams import close_streams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    # Puts something away; True: too late, the work was done all the same.
    Undo = Callable[[], bool | None]

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
KEPT = b"; what is finished is kept: the same command goes on\n"
SECONDS_BETWEEN_LOOKS = 0.2
PATIENCE_SECONDS = 1.0  # the main thread answers at once, unless a library keeps it (a download)


class _Watch:
    """What one process knows of being stopped."""

    def __init__(self) -> None:
        self.is_on = False
        self.is_over = False
        self.held = 0
        self.turn = threading.RLock()  # whose it is to change what stands on the disk
        self.asked: int | None = None
        self.ended_by: int | None = None  # the thread
        self.undos: list[Undo] = []
        self.said = SAID


_watch = _Watch()


def watch() -> None:
    """Answer SIGINT, SIGTERM and SIGHUP from now on; one that the caller ignores stays ignored."""
    _watch.is_on = True
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _answer)
    reading, telling = os.pipe()
    os.set_blocking(telling, False)
    signal.set_wakeup_fd(telling, warn_on_full_buffer=False)
    threading.Thread(target=_wait_for_main, args=(reading,), daemon=True).start()


def settle() -> None:
    """Let nothing stop us any more: the work is done, what remains is to say so."""
    if _watch.is_on:
        _watch.is_over = True
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)


def leave(code: int) -> NoReturn:
    """End the process, all said and done: what registered with ``atexit`` is called, and no more.

    An interpreter first frees its objects one by one, which takes a fifth of a short command.
    """
    atexit._run_exitfuncs()
    close_streams()
    os._exit(code)


@contextmanager
def held() -> Iterator[None]:
    """Let a signal wait meanwhile: for the few steps that must not be told apart."""
    _watch.held += 1
    try:
        with _watch.turn:
            yield
    finally:
        _watch.held -= 1
        if _watch.held == 0 and _watch.asked is not None and not _watch.is_over:
            _end(_watch.asked)


@contextmanager
def undone(undo: Undo) -> Iterator[None]:
    """Call ``undo`` if a signal ends the process meanwhile; otherwise the caller puts away.

    It may find anything made, half-made or not made yet, and runs in the main thread, wherever that
    was.
    """
    _watch.undos.append(undo)
    try:
        yield
    finally:
        _watch.undos.remove(undo)


@contextmanager
def unreached() -> Iterator[None]:
    """Let no signal reach the processes started meanwhile: Ctrl-C is the parent's to answer."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def kept() -> Iterator[None]:
    """Say, if a signal ends the process meanwhile, that its work so far is not lost."""
    _watch.said = SAID[:-1] + KEPT
    try:
        yield
    finally:
        _watch.said = SAID


def at_end(undo: Undo) -> Undo:
    """Call ``undo``, which is returned, whenever a signal ends the process from now on."""
    _watch.undos.append(undo)
    return undo


def end_after(parent: int) -> None:
    """End as SIGTERM would have us once who started us is gone: killed, it could not say so."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=look, daemon=True).start()


def _answer(number: int, frame: FrameType | None) -> None:
    """Answer a signal, now or when what must not be told apart is over."""
    while _watch.ended_by not in (None, threading.get_ident()):
        time.sleep(PATIENCE_SECONDS)  # nothing more is made while another thread puts away
    if _watch.is_over:
        return
    if _watch.held:
        _watch.asked = number
        return
    _end(number)


def _wait_for_main(reading: int) -> None:
    """End in the main thread's stead, if a library's own code keeps it from answering."""
    number = os.read(reading, 1)[0]
    time.sleep(PATIENCE_SECONDS)
    _end(number)


def _end(number: int) -> None:
    """Put everything away, the newest first, and end; a second signal changes nothing."""
    _watch.turn.acquire()
    if _watch.is_over:
        _watch.turn.release()
        return
    _watch.ended_by = threading.get_ident()
    with suppress(ValueError):  # only the main thread may choose what a signal does
        settle()
    too_late = False
    for undo in reversed(list(_watch.undos)):
        with suppress(Exception):  # one that fails leaves the others their turn
            too_late = bool(undo()) or too_late
    if not too_late and SUPERVISED not in os.environ:
        with suppress(OSError):  # the terminal may be gone, which is what SIGHUP says
            os.write(2, _watch.said)
    os._exit(0 if too_late else 128 + number)
