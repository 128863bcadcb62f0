"""How long to wait before asking again. A variable's name in, tenacity's growing wait out."""

import os
from typing import TYPE_CHECKING

from feeds.source import DataError

if TYPE_CHECKING:
    from tenacity.wait import WaitBaseT

FIRST_WAIT_SECONDS = 2.0  # doubled after every try: rate limits pass in seconds or hours
LONGEST_WAIT_SECONDS = 60.0


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
