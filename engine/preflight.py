"""What can be refused before any price is read. A configuration in, nothing or an error out."""

from configs.errors import ConfigError
from configs.schema import RunConfig
from feeds import calendar
from strategies import STRATEGIES


def check_window(config: RunConfig) -> None:
    """Refuse a window too short for the signals, where its end is known in advance.

    Raises
    ------
    ConfigError
        Naming the sessions there are and those needed.
    """
    if config.data.end is not None:
        check_sessions(config, len(calendar.sessions(config.data.start, config.data.end)))


def check_sessions(config: RunConfig, sessions: int) -> None:
    """Refuse fewer ``sessions`` than the first decision needs.

    Raises
    ------
    ConfigError
        As `check_window`.
    """
    needed = STRATEGIES[config.signal.kind].warmup_sessions(config)
    if sessions < needed:
        raise ConfigError(
            f"data.start to data.end was {sessions} sessions; expected at least {needed}, the "
            "first on which the signals are warm (shorten signal.window, signal.min_periods or "
            "sizing.window, or widen the dates)"
        )
