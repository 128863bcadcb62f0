"""What the configuration room raises, and how it shows a value."""


class ConfigError(ValueError):
    """The request is wrong. The message says where, what was, what was expected."""


def shown(value: object) -> str:
    """Return a value for a message: one line, short."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
