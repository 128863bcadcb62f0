"""The contract every source of company reports keeps. A company in, dated facts out.

A fact is one number of one report for one stretch of time. It can be used from the session after
the day it became public: never by the period it describes.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from feeds.source import Finding

Concept = Literal["capex", "revenue", "gross_profit", "operating_cash_flow"]
CONCEPTS: tuple[Concept, ...] = ("capex", "revenue", "gross_profit", "operating_cash_flow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One reported number, in dollars, of the days from ``start`` to ``end``, both included.

    ``filed`` is the day it became public. Capex is cash paid for property and equipment, positive.
    """

    company: str
    concept: Concept
    start: dt.date
    end: dt.date
    value: float
    filed: dt.date
    form: str
    accession: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """One quarter of one concept as known on some day, in dollars, and the report that told it.

    ``filed`` is the day on which the last fact it needs became public; ``how`` says whether it was
    reported as a quarter or is the difference of two totals since the year's start.
    """

    company: str
    concept: Concept
    number: int  # see `quarter_number`
    end: dt.date
    value: float
    filed: dt.date
    form: str
    accession: str
    tag: str
    how: Literal["reported", "differenced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """Everything one source holds on one company, as filed; the facts in order of ``filed``."""

    company: str
    facts: tuple[Fact, ...]
    origin: str  # the file or cache entry, for the manifest
    sha256: str  # of the bytes the facts were read from
    synthetic: bool = False
    findings: tuple[Finding, ...] = ()


class ReportSource(Protocol):
    """Where company reports come from."""

    def has(self, company: str) -> bool:
        """Return whether the source can be asked for a company; asks no network."""
        ...

    def reports(self, company: str) -> Reports:
        """Return every fact of ``CONCEPTS`` that the source holds on a company.

        Raises
        ------
        DataError
            The company cannot be had; the message names it and the remedy.
        """
        ...


def quarter_number(end: dt.date) -> int:
    """Return the number of the calendar quarter a reporting quarter mostly lies in.

    ``4 * year + (month - 1) // 3`` of the day 15 days before its end: years of 52 and 53 weeks end
    a few days on either side of a month's end. Consecutive quarters of a company differ by one.
    """
    day = end - dt.timedelta(days=15)
    return 4 * day.year + (day.month - 1) // 3


def public_before(facts: Sequence[Fact], day: dt.date) -> tuple[Fact, ...]:
    """Return the facts that could be used at the close of ``day``: filed strictly before it."""
    return tuple(fact for fact in facts if fact.filed < day)
