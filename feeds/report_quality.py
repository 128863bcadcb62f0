"""Checks on company reports, whatever their source. Reports in, findings out; nothing is filled."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from feeds.edgar_facts import COST_TAGS, FORMS, TAGS
from feeds.filings import CONCEPTS, Concept, Fact, Reports
from feeds.pit import known_at, rejected
from feeds.source import DataError, Finding

# A quarter has at most 14 weeks (98 days), and the slowest filers have 90 days for a 10-K: by then
# the next quarter must have been told. Two days for a deadline on a weekend.
STALE_AFTER_DAYS = 98 + 90 + 2


def require(reports: Reports, concept: Concept) -> tuple[Fact, ...]:
    """Return the facts of a concept, of which there must be some.

    Raises
    ------
    DataError
        There is none; the message says where they would have stood.
    """
    facts = facts_of(reports, concept)
    if not facts:
        tags = " or ".join(TAGS[concept])
        if concept == "gross_profit":
            tags += f", or a revenue together with {' or '.join(COST_TAGS)}"
        raise DataError(
            f"{reports.company}: no {concept} in {reports.origin}; expected at least one quarter "
            f"(EDGAR tells it in dollars under {tags}, in a {' or '.join(FORMS[::2])}); "
            "name another company, or give the numbers in a file (fundamentals.source: csv)"
        )
    return facts


def facts_of(reports: Reports, concept: Concept) -> tuple[Fact, ...]:
    """Return the facts of one concept, in their order."""
    return tuple(fact for fact in reports.facts if fact.concept == concept)


def report_findings(reports: Reports, sessions_end: dt.date) -> tuple[Finding, ...]:
    """Report quarters that are missing between known ones, and concepts that have gone stale.

    As known at the close of ``sessions_end``, the last session of the run. A tag the company no
    longer uses shows as a concept that stopped: nothing else would tell.
    """
    findings: list[Finding] = []
    for concept in CONCEPTS:
        quarters = known_at(facts_of(reports, concept), sessions_end)
        gaps = [
            (before.end, after.end, after.number - before.number - 1)
            for before, after in pairwise(quarters)
            if after.number > before.number + 1
        ]
        if gaps:
            findings.append(_gap_finding(reports.company, concept, gaps))
        if quarters and (sessions_end - quarters[-1].end).days > STALE_AFTER_DAYS:
            findings.append(
                _stale_finding(reports.company, concept, quarters[-1].end, sessions_end)
            )
    return tuple(findings)


def mistagged_findings(reports: Reports) -> tuple[Finding, ...]:
    """Report quarters left out because they tell a whole year's number."""
    findings: list[Finding] = []
    for concept in CONCEPTS:
        facts = rejected(facts_of(reports, concept))
        if facts:
            findings.append(_mistagged_finding(reports.company, concept, facts))
    return tuple(findings)


def _gap_finding(
    company: str, concept: Concept, gaps: Sequence[tuple[dt.date, dt.date, int]]
) -> Finding:
    """Word the gaps: the known quarters on both sides of each, and how many are missing between."""
    places = "; ".join(f"{count} between {before} and {after}" for before, after, count in gaps)
    missing = sum(count for _, _, count in gaps)
    ends = {day.isoformat() for before, after, _ in gaps for day in (before, after)}
    return Finding(
        check="filing_gap",
        symbol=company,
        dates=tuple(sorted(ends)),
        severity="warning",
        text=f"{company}: {missing} quarter(s) of {concept} are missing ({places}); "
        "sums over four quarters that need them are unknown",
    )


def _stale_finding(
    company: str, concept: Concept, last_end: dt.date, sessions_end: dt.date
) -> Finding:
    """Word that a concept stopped: its last quarter and its age."""
    return Finding(
        check="filing_stale",
        symbol=company,
        dates=(last_end.isoformat(),),
        severity="warning",
        text=f"{company}: the last quarter of {concept} known on {sessions_end} ended {last_end}, "
        f"{(sessions_end - last_end).days} days before; expected at most {STALE_AFTER_DAYS}; "
        "the company may tell it under another tag now",
    )


def _mistagged_finding(company: str, concept: Concept, facts: Sequence[Fact]) -> Finding:
    """Word what was left out, the first of it in full."""
    first = facts[0]
    return Finding(
        check="filing_mistagged_year",
        symbol=company,
        dates=tuple(sorted({fact.end.isoformat() for fact in facts})),
        severity="warning",
        text=f"{company}: {concept} of a year was told as that of a quarter {len(facts)} time(s) "
        f"(first {first.value:,.0f} dollars for {first.start} to {first.end} in "
        f"{first.accession}) and left out",
    )
