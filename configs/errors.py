"""What a request or its data may be refused with, and how values and messages are shown."""

import datetime as dt
import unicodedata

_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # what a terminal or a page may act on


class ConfigError(ValueError):
    """The request is wrong. The message says where, what was, what was expected."""


class DataError(ValueError):
    """The data cannot be had or cannot be trusted. The message names the remedy.

    The feeds' own word, kept here so that `configs.files` can say it.
    """


def shown(value: object) -> str:
    """Return a value for a message: one line, short."""
    text = str(value) if isinstance(value, dt.date) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def is_plain(text: str) -> bool:
    """Return whether text is without control characters, line breaks and halves of characters."""
    return not any(unicodedata.category(letter) in _STEERING for letter in text)


def one_line(text: str) -> str:
    """Return text on one line, with nothing left in it that could steer a terminal."""
    return printable(" ".join(text.split()))


def printable(text: str) -> str:
    """Return text, its spaces kept, with a ``?`` for each letter that is no letter or space."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
