"""One integrity check. What was compared in, whether the run passed it out."""

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["PASS", "REMARK", "FAIL", "NOT RUN"]
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

    status
        REMARK: nothing that is forbidden, and something that a reader must weigh.
    holds
        Whether the run stands no higher than MARGINAL for it: what it knew cannot be checked.
    sentence
        What was done and found, with its numbers; why it was not run.
    difference
        Of a FAIL or a REMARK: where it shows first.
    detail
        Further numbers for the page.
    """

    key: str
    name: str
    status: Status
    sentence: str
    difference: Difference | None = None
    holds: bool = False
    detail: dict[str, Plain] = field(default_factory=dict)
