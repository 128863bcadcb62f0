"""One integrity check. What was compared in, whether the run passed it out."""

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["PASS", "FAIL", "NOT RUN"]
Plain = float | int | str | bool | None | list["Plain"] | dict[str, "Plain"]  # what JSON can hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first place in which two runs that should agree do not.

    session
        ISO date.
    what
        A signal line, an order, a position, a fill.
    """

    session: str
    what: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check and its outcome.

    sentence
        What was done and found, with its numbers; why it was not run.
    difference
        Of a FAIL: where it shows first.
    detail
        Further numbers for the page.
    """

    key: str
    name: str
    status: Status
    sentence: str
    difference: Difference | None = None
    detail: dict[str, Plain] = field(default_factory=dict)
