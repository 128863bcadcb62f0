"""Being asked to stop before anything was imported: importing this answers from the next line on.

Even ``signal`` and ``threading``, which the full answer needs (`configs.stopping`), take
milliseconds to load. Nothing was made yet, so nothing is put away; only what the interpreter has
loaded itself stands here, hence the C module below ``signal``.
"""

import _signal  # type: ignore[import-not-found]
import os

# Set in the environment of a process whose parent tells the user: that parent's number, or 1.
SUPERVISED = "SCHISM_SUPERVISED"
SAID = b"run.py: interrupted; no run was written\n"


def answer_at_once() -> None:
    """Answer SIGINT, SIGTERM and SIGHUP by ending; one that the caller ignores stays ignored."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(_signal, name, None)
        if number is not None and _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, _end)


def _end(number: int, frame: object) -> None:
    """Say one line and end on the spot."""
    try:
        if SUPERVISED not in os.environ:
            os.write(2, SAID)
    finally:  # the terminal may be gone, which is what SIGHUP says
        os._exit(128 + number)
