"""The three streams a process is born with. What somebody closed is opened, so that we can speak.

Without it a file that we open later gets the number of a closed stream, and what is said there ends
up in the file. Only what an interpreter has loaded anyway stands here: it is called first of all.
"""

import os
import sys


def open_streams() -> None:
    """Give each closed stream the null device, and each open one letters that it cannot write."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number free
        if getattr(sys, name) is None:
            mode = "r" if number == 0 else "w"
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115 - a number
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        is_utf8 = stream.encoding.lower().replace("-", "") == "utf8"
        if reconfigure is not None and (stream.errors == "strict" or not is_utf8):
            reconfigure(errors="backslashreplace")


def tell(text: str) -> None:
    """Write a line to stderr. Nobody there to read it is no reason to stop."""
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        hush(2)


def hush(number: int) -> None:
    """Let what is still to be written to a stream, by whomever, go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def close_streams() -> None:
    """Write out what is left, so that the end of the interpreter has nothing to complain of."""
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):
            hush(number)
