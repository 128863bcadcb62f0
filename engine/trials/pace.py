"""How fast long work goes. Finished units in, a line now and then out."""

import time
from collections.abc import Callable

SECONDS_BETWEEN = 1.0


class Pace:
    """Tells at most once a second how much is done, how fast, and what is left.

    The clock starts when something is finished first: neither compiling nor what an earlier command
    had done is in the speed.
    """

    def __init__(self, say: Callable[[str], None], noun: str, total: int) -> None:
        self.say, self.noun, self.total = say, noun, total
        self.begun: tuple[float, int] | None = None
        self.last = 0.0

    def __call__(self, finished: int) -> None:
        """Hear that so many units are finished, earlier ones included."""
        now = time.monotonic()
        if self.begun is None:
            self.begun, self.last = (now, finished), now
        if now - self.last < SECONDS_BETWEEN or finished >= self.total:
            return
        self.last = now
        since, done = self.begun
        rate = (finished - done) / (now - since)
        left = (self.total - finished) / rate if rate > 0.0 else 0.0
        self.say(
            f"{finished:,} of {self.total:,} {self.noun}, {rate:,.0f} a second, {clock(left)} left"
        )


def clock(seconds: float) -> str:
    """Return a span as a reader says it."""
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.0f} h"
