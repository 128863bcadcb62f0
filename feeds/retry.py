"""How long to wait for a server, and before asking it again."""

import os
import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from feeds.source import DataError

if TYPE_CHECKING:
    from tenacity.wait import WaitBaseT

CONNECT_SECONDS = 10.0  # who does not take a call by then is not there
ANSWER_SECONDS = 30.0  # of a whole answer: the largest are a few megabytes
FIRST_WAIT_SECONDS = 2.0  # doubled after every try: rate limits pass in seconds or hours
LONGEST_WAIT_SECONDS = 60.0


Answer = TypeVar("Answer")


class TooSlowError(Exception):
    """The answer was not whole in time."""


def within(seconds: float, ask: Callable[[], Answer]) -> Answer:
    """Return what ``ask`` returns, or raise what it raises, within so many seconds.

    A library's timeout counts from one byte to the next: a server that sends one a second is never
    silent. Whoever asks is left behind in a thread that ends with the process.

    Raises
    ------
    TooSlowError
        It did neither.
    """
    done: queue.SimpleQueue[tuple[Answer | None, BaseException | None]] = queue.SimpleQueue()

    def work() -> None:
        try:
            done.put((ask(), None))
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            done.put((None, error))

    threading.Thread(target=work, name="asking a server", daemon=True).start()
    try:
        answer, error = done.get(timeout=seconds)
    except queue.Empty:
        raise TooSlowError from None
    if error is not None:
        raise error
    return answer  # type: ignore[return-value]


def exponential_wait(variable: str) -> "WaitBaseT":
    """Return the default wait; its first step is read from the environment if named there.

    Raises
    ------
    DataError
        The variable holds no number of seconds from 0 to ``LONGEST_WAIT_SECONDS``.
    """
    import tenacity

    text = os.environ.get(variable, str(FIRST_WAIT_SECONDS))
    try:
        first_seconds = float(text)
    except ValueError:
        first_seconds = -1.0
    if not 0.0 <= first_seconds <= LONGEST_WAIT_SECONDS:
        raise DataError(
            f"{variable} was {text!r}; expected seconds from 0 to {LONGEST_WAIT_SECONDS:.0f}"
        )
    return tenacity.wait_exponential(multiplier=first_seconds, max=LONGEST_WAIT_SECONDS)
