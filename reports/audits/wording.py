"""Words for numbers in an audit's sentences. Numbers in, text out; a NaN or None has its word."""

import math


def dollars(value: float) -> str:
    """Return whole dollars with thousands separators; the sign stands before the dollar."""
    rounded = round(value)
    return f"{'-' if rounded < 0 else ''}${abs(rounded):,}"


def percent(value: float, digits: int = 1) -> str:
    """Return a fraction as percent, with a minus only where a digit differs from zero."""
    return f"{value * 100:z,.{digits}f}%"


def ratio(value: float | None) -> str:
    """Return a ratio with two digits, a minus as in `percent`."""
    return "undefined" if value is None or math.isnan(value) else f"{value:z.2f}"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def named(name: str, key: str) -> str:
    """Return a check or block by its plain name, its code behind it."""
    return f"{name[:1].upper()}{name[1:]} ({key})"


def listed(words: list[str]) -> str:
    """Return words as a list in a sentence."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
