"""One more run of the subject, which may stop. A way to run in, its result or why not out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from configs.errors import ConfigError
from engine.errors import EngineError

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A run that raised, and what it said."""

    message: str


def attempted(run: Callable[[], Made]) -> Made | Stopped:
    """Return the run, or why it stopped: a strategy may raise on a market it was not made for."""
    try:
        return run()
    except (ConfigError, EngineError) as error:
        return Stopped(message=str(error))
