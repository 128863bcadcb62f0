"""What the configuration room raises, and how values and messages are shown."""


class ConfigError(ValueError):
    """The request is wrong. The message says where, what was, what was expected."""


def shown(value: object) -> str:
    """Return a value for a message: one line, short."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def one_line(text: str) -> str:
    """Return text on one line, with nothing left in it that could steer a terminal."""
    return printable(" ".join(text.split()))


def printable(text: str) -> str:
    """Return text, its spaces kept, with a ``?`` for each letter that is no letter or space."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
