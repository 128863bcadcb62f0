"""Company reports for the oracle. The CSV of fiscal quarters in, what was public at a session out.

A fact may be used on the first session strictly after the day it became public, never on that day.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from tests.oracle.nyse import next_session
from tests.oracle.pair_data import rows_of, text_of

CONCEPTS = ("capex", "revenue", "gross_profit", "operating_cash_flow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a company reported of one concept for one fiscal quarter."""

    quarter: int
    public: date
    usd: float


class Reports(dict[tuple[str, str], list[Fact]]):
    """Facts by company and concept, the oldest public date first; not written to once read."""

    __hash__ = object.__hash__


def quarter_number(start: date, end: date) -> int:
    """Return the count of quarters, one more for each.

    Fiscal quarters end up to three weeks past the calendar's, or weeks before it; the 24th day
    before the end lies inside the quarter it counts as. Of a quarter of 16 or 17 weeks the last
    two or three are cut off first, as if it were one of 14.
    """
    too_many = max((end - start).days + 1 - 14 * 7, 0)
    inside = end - timedelta(days=24 + too_many)
    return 4 * inside.year + (inside.month - 1) // 3


def read_reports(config: dict) -> Reports:
    """Read every fact of every company; without a source there is none."""
    source = config["fundamentals"]
    if source is None:
        return Reports()
    if source["source"] != "csv":
        raise ValueError(f"oracle: fundamentals.source was {source['source']!r}; it knows csv")
    return reports_of(text_of(source["path"]))


@lru_cache(maxsize=8)
def reports_of(text: str) -> Reports:
    """Return every fact in a file's text."""
    reports = Reports()
    for row in rows_of(text):
        days = (date.fromisoformat(row[name]) for name in ("period_start", "period_end"))
        quarter = quarter_number(*days)
        for concept in CONCEPTS:
            if row[f"{concept}_usd"]:
                public = date.fromisoformat(public_day(row, concept))
                fact = Fact(quarter=quarter, public=public, usd=float(row[f"{concept}_usd"]))
                reports.setdefault((row["ticker"], concept), []).append(fact)
    for facts in reports.values():
        facts.sort(key=lambda fact: fact.public)
    return reports


def public_day(row: dict, concept: str) -> str:
    """Return when a cell became public; all but capex may have a day of their own."""
    if concept == "capex":
        return row["use_from"]
    return row["revenue_available_from"] or row["use_from"]


def known_at(reports: Reports, company: str, concept: str, session: date) -> dict[int, float]:
    """Return the dollars by quarter that were public before a session, the latest word on each."""
    known = {}
    for fact in reports.get((company, concept), []):
        if fact.public < session:
            known[fact.quarter] = fact.usd
    return known


def companies_filed(reports: Reports, session: date) -> set[str]:
    """Return whose facts became public where this is the first session strictly after that day."""
    return told_on(reports).get(session, set())


@lru_cache(maxsize=8)
def told_on(reports: Reports) -> dict[date, set[str]]:
    """Return the companies by the first session on which a fact of theirs may be used."""
    told: dict[date, set[str]] = {}
    for (company, _), facts in reports.items():
        for public in {fact.public for fact in facts}:
            told.setdefault(next_session(public), set()).add(company)
    return told
