"""Checks on company reports, whatever their source. Reports in, findings out; nothing is filled."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from feeds.filings.edgar_facts import COST_TAGS, FORMS, IFRS, IFRS_CHECK, TAGS
from feeds.filings.pit import ROUNDING_USD, known_at, rejected, span_of, vintages
from feeds.filings.reports import CONCEPTS, Concept, Fact, Reports
from feeds.source import DataError, Finding

# A quarter has at most 14 weeks (98 days), and the slowest filers have 90 days for a 10-K: by then
# the next quarter must have been told. Two days for a deadline on a weekend.
STALE_AFTER_DAYS = 98 + 90 + 2
USUAL_DAYS = 10  # from a period's end to its report: the quickest large companies take that long
GAP_YEARS = 4  # a reference of eight quarters looks back three years, and a filing comes late
_DAY = dt.timedelta(days=1)


def require(reports: Reports, concept: Concept) -> tuple[Fact, ...]:
    """Return the facts of a concept, of which there must be some.

    Raises
    ------
    DataError
        There is none; the message says where they would have stood.
    """
    facts = facts_of(reports, concept)
    if not facts and any(finding.check == IFRS_CHECK for finding in reports.findings):
        raise DataError(
            f"{reports.company}: is an IFRS filer: its {concept} stands under {IFRS} in "
            f"{reports.origin}; expected US GAAP in a {' or '.join(FORMS[::2])}; name another "
            "company, or give the numbers in a file (fundamentals.source: csv)"
        )
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


def report_findings(
    reports: Reports, concepts: Sequence[Concept], since: dt.date, until: dt.date
) -> tuple[Finding, ...]:
    """Report quarters that are missing between known ones, and times when the last one was stale.

    A tag the company no longer uses shows as a concept that stopped: nothing else would tell.

    Parameters
    ----------
    since, until
        First and last session of the run. Gaps are as known at the close of the last one, and
        those that end more than ``GAP_YEARS`` before the first are too old to be read.
    """
    findings: list[Finding] = []
    for concept in concepts:
        facts = facts_of(reports, concept)
        oldest = since - dt.timedelta(days=round(GAP_YEARS * 365.25))
        gaps = [
            (before.end, after.end, after.number - before.number - 1)
            for before, after in pairwise(known_at(facts, until))
            if after.number > before.number + 1 and after.end >= oldest
        ]
        if gaps:
            findings.append(_gap_finding(reports.company, concept, gaps))
        stale = [span for span in stale_spans(facts, until) if span.until >= since]
        if stale:
            findings.append(_stale_finding(reports.company, concept, stale, until))
    return tuple(findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleSpan:
    """Days on which the last known quarter was older than it should have been."""

    last_end: dt.date
    since: dt.date
    until: dt.date


def stale_spans(facts: Sequence[Fact], until: dt.date) -> tuple[StaleSpan, ...]:
    """Return the stretches in which one concept was stale, to ``until`` at the latest.

    A stretch ends with the day on which a later quarter became public.
    """
    spans, last_end = [], None
    for vintage in vintages([fact for fact in facts if fact.filed < until]):
        if last_end is not None and vintage.quarters and vintage.quarters[-1].end > last_end:
            spans.append((last_end, vintage.filed))
        last_end = vintage.quarters[-1].end if vintage.quarters else last_end
    if last_end is not None:
        spans.append((last_end, until))
    allowed = dt.timedelta(days=STALE_AFTER_DAYS)
    return tuple(
        StaleSpan(last_end=last_end, since=last_end + allowed + _DAY, until=end)
        for last_end, end in spans
        if end - last_end > allowed
    )


def mistagged_findings(reports: Reports) -> tuple[Finding, ...]:
    """Report quarters left out because they tell a whole year's number."""
    findings: list[Finding] = []
    for concept in CONCEPTS:
        facts = rejected(facts_of(reports, concept))
        if facts:
            findings.append(_mistagged_finding(reports.company, concept, facts))
    return tuple(findings)


def early_findings(reports: Reports) -> tuple[Finding, ...]:
    """Report facts filed sooner after their period than companies report."""
    early = [
        fact
        for fact in reports.facts
        if span_of(fact) is not None and (fact.filed - fact.end).days < USUAL_DAYS
    ]
    if not early:
        return ()
    first = early[0]
    return (
        Finding(
            check="filed_early",
            symbol=reports.company,
            dates=tuple(sorted({fact.end.isoformat() for fact in early})),
            severity="warning",
            text=f"{reports.company}: {len(early)} facts were filed within {USUAL_DAYS} days of "
            f"their period (the first, {first.concept} to {first.end}, on {first.filed}); the "
            "quickest large companies take longer: if the day is wrong, decisions came too early",
        ),
    )


def margin_findings(reports: Reports, since: dt.date, until: dt.date) -> tuple[Finding, ...]:
    """Report quarters whose gross profit is above the revenue it is a part of.

    Parameters
    ----------
    since, until
        As in `report_findings`.
    """
    oldest = since - dt.timedelta(days=round(GAP_YEARS * 365.25))
    revenue = {each.number: each for each in known_at(facts_of(reports, "revenue"), until)}
    odd = [
        (each, revenue[each.number])
        for each in known_at(facts_of(reports, "gross_profit"), until)
        if each.end >= oldest
        and each.number in revenue
        and each.value > revenue[each.number].value + ROUNDING_USD
    ]
    if not odd:
        return ()
    profit, sales = odd[0]
    return (
        Finding(
            check="margin_above_one",
            symbol=reports.company,
            dates=tuple(each.end.isoformat() for each, _ in odd),
            severity="warning",
            text=f"{reports.company}: gross profit was above revenue in {len(odd)} quarter(s), "
            f"first {profit.value:,.0f} ({profit.tag or profit.how}) above {sales.value:,.0f} "
            f"({sales.tag or sales.how}) dollars to {profit.end}: they tell different things",
        ),
    )


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
    company: str, concept: Concept, spans: Sequence[StaleSpan], last_session: dt.date
) -> Finding:
    """Word when a concept was stale, and what was the last that anybody knew."""
    listing = "; ".join(
        f"from {span.since} to {'the end' if span.until == last_session else span.until}, "
        f"the last known quarter having ended {span.last_end}"
        for span in spans
    )
    return Finding(
        check="filing_stale",
        symbol=company,
        dates=tuple(span.since.isoformat() for span in spans),
        severity="warning",
        text=f"{company}: {concept} was older than {STALE_AFTER_DAYS} days {listing}; what reads "
        "it stayed as it was; the company may have told it under another tag",
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
