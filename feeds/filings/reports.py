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

MOST_USD = 1e13  # of one quarter or year: fifteen times the largest company's sales

# By how much quarters end off the calendar's: NVIDIA's end from 25 January on (one day more and
# they count as the quarter before), those of a year that begins with 16 weeks until 22 January.
DAYS_BEFORE_END = 24
LONG_QUARTER_DAYS = 98  # 14 weeks: a quarter of 16 or 17 counts as if it had ended then


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


def quarter_number(end: dt.date, start: dt.date | None = None) -> int:
    """Return the number of the calendar quarter that a stretch of time ending on ``end`` counts as.

    ``4 * year + (month - 1) // 3`` of the day ``DAYS_BEFORE_END`` before its end, or before the end
    of its 14th week where it is longer. Consecutive quarters of a company differ by one, wherever
    its year ends: in years of 52 and 53 weeks by some days earlier or later each time, in years of
    12, 12, 12 and 16 weeks (or 16, 12, 12 and 12) up to three weeks off the calendar's.

    Parameters
    ----------
    start
        First day, where the stretch is one quarter: only then it matters.
    """
    last = end if start is None else min(end, start + dt.timedelta(days=LONG_QUARTER_DAYS - 1))
    day = last - dt.timedelta(days=DAYS_BEFORE_END)
    return 4 * day.year + (day.month - 1) // 3


def public_before(facts: Sequence[Fact], day: dt.date) -> tuple[Fact, ...]:
    """Return the facts that could be used at the close of ``day``: filed strictly before it."""
    return tuple(fact for fact in facts if fact.filed < day)
