"""Numbers and lists in a sentence. Values of a configuration in, words out, nothing rounded."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any


def number(value: float) -> str:
    """Return a number with all its digits and no more: 2.0 is 2, 0.125 is 0.125."""
    return f"{Decimal(repr(value)).normalize():,f}"


def percent(fraction: float) -> str:
    """Return a fraction as percent, exactly: 0.0025 is 0.25 %."""
    return f"{(Decimal(repr(fraction)) * 100).normalize():,f} %"


def dollars(value: float) -> str:
    """Return dollars, exactly: 1000000.0 is $1,000,000."""
    return f"${number(value)}"


def times(value: float) -> str:
    """Return a multiple: 1.0 is 1x."""
    return f"{number(value)}x"


def sessions(count: int) -> str:
    """Return a count of sessions."""
    return "1 session" if count == 1 else f"{count:,} sessions"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return words as a list: ``a, b and c``."""
    *head, tail = words
    return f"{', '.join(head)} {last} {tail}" if head else tail


def ordinal(count: int) -> str:
    """Return 2nd, 3rd, 11th and so on."""
    ending = "th" if count % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(count % 10)
    return f"{count}{ending or 'th'}"


def joined(parts: Sequence[str | None], by: str = ", ") -> str:
    """Return the parts that are there, joined."""
    return by.join(part for part in parts if part)


def dotted(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return a nested mapping as one level of dotted keys; lists stay whole."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            flat |= dotted(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat
