"""What can be refused before any price is read. A configuration in, nothing or an error out."""

from configs.errors import ConfigError
from configs.schema import RunConfig
from feeds import calendar
from strategies import STRATEGIES


def check_window(config: RunConfig) -> None:
    """Refuse a window outside the exchange calendar, or known in advance to be too short.

    Raises
    ------
    ConfigError
        Naming the dates or the sessions there are and those needed.
    """
    for key, day in (("start", config.data.start), ("end", config.data.end)):
        if day is not None and not calendar.FIRST_DAY <= day <= calendar.LAST_DAY:
            raise ConfigError(
                f"data.{key} was {day}; expected a date from {calendar.FIRST_DAY} to "
                f"{calendar.LAST_DAY}, the span of the exchange calendar"
            )
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
            f"first on which the signals are warm (shorten {_windows(config)}, or widen the dates)"
        )


def _windows(config: RunConfig) -> str:
    """Return the keys of this configuration that ask for sessions before the first decision."""
    own = type(config.signal).model_fields
    asked = [f"signal.{name}" for name in ("window", "min_periods") if name in own]
    asked += ["sizing.window"] if config.regime is None else ["sizing.window", "regime.window"]
    return " or ".join([", ".join(asked[:-1]), asked[-1]] if len(asked) > 1 else asked)
