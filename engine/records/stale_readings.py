"""Decisions on old or unlike numbers. A finished run and its reports in, findings out.

A company that falls silent is a finding of ``report_quality``. What the rules read may be
older than any company's last report: growth needs one quarter of every spender, and the same
quarter of the year before.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import pandas as pd

from engine.prepare.fundamental_lines import quarters_used, reading_starts
from engine.records.result import Result
from feeds.filings.report_quality import STALE_AFTER_DAYS
from feeds.market import Dates, Market
from feeds.source import Finding

Read = tuple[str, dt.date]  # what for, and the end of the latest quarter it rests on


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleReading:
    """Sessions, first and last, on which one use rested on a quarter that was too old."""

    used_for: str
    last_end: dt.date
    since: dt.date
    until: dt.date


def with_doubts(result: Result, market: Market) -> Result:
    """Return the run with findings on what its decisions read in company reports."""
    if market.fundamentals is None or result.filings is None:
        return result
    sessions = market.sessions[: len(result.ledger)]
    stale = stale_readings(_latest_read(result, market, sessions), sessions)
    known = result.filings.known
    findings = [*_stale_findings(stale, known), *_unlike_findings(known)]
    pair = f"{result.config.pair.long}/{result.config.pair.short}"
    return result.with_findings([replace(each, symbol=pair) for each in findings])


def stale_readings(
    read: Sequence[tuple[int, Sequence[Read]]], sessions: Dates
) -> tuple[StaleReading, ...]:
    """Return the stretches in which a use rested on a quarter older than ``STALE_AFTER_DAYS``.

    Parameters
    ----------
    read
        Place of each session on which anything new became known, ascending, and what every use
        then rested on. It holds until the next one.
    """
    spans: list[StaleReading] = []
    ends = [place for place, _ in read[1:]] + [len(sessions)]
    days = sessions.astype("datetime64[D]").astype(object)
    for (start, uses), end in zip(read, ends, strict=True):
        for used_for, last_end in uses:
            old = [day for day in days[start:end] if (day - last_end).days > STALE_AFTER_DAYS]
            if old:
                spans.append(
                    StaleReading(used_for=used_for, last_end=last_end, since=old[0], until=old[-1])
                )
    return tuple(_joined(spans))


def _joined(spans: Iterable[StaleReading]) -> Iterator[StaleReading]:
    """Yield one stretch for each use and quarter: a filing in between changed nothing."""
    ordered = sorted(spans, key=lambda span: (span.used_for, span.last_end, span.since))
    for _, same in groupby(ordered, key=lambda span: (span.used_for, span.last_end)):
        first, *_, last = (*(held := list(same)), held[-1])
        yield replace(first, until=last.until)


def _latest_read(result: Result, market: Market, sessions: Dates) -> list[tuple[int, list[Read]]]:
    """Return, for each session with news, the latest quarter that every use rests on."""
    assert market.fundamentals is not None
    latest_by_start = []
    for start in reading_starts(market):
        if start >= len(sessions):
            break
        used = quarters_used(market.fundamentals, result.config, sessions[start].item())
        latest = {
            used_for: max(quarter.end for _, quarter in some)
            for used_for, some in groupby(used, key=lambda each: each[0])
        }
        latest_by_start.append((start, list(latest.items())))
    return latest_by_start


def _stale_findings(stale: Sequence[StaleReading], known: pd.DataFrame) -> Iterator[Finding]:
    """Yield one finding a use, with the decisions that fell into each stretch."""
    for used_for, spans in groupby(stale, key=lambda span: span.used_for):
        each = list(spans)
        listing = "; ".join(
            f"from {span.since} to {span.until} on the quarter to {span.last_end}" for span in each
        )
        made = known[known["used_for"] == used_for][["decided", "decision"]].drop_duplicates()
        inside = [
            f"{row.decided:%Y-%m-%d} {row.decision}"
            for row in made.itertuples()
            if any(span.since <= row.decided.date() <= span.until for span in each)
        ]
        yield Finding(
            check="reading_stale",
            symbol="",
            dates=tuple(str(span.since) for span in each),
            severity="warning",
            text=f"{used_for} rested on numbers older than {STALE_AFTER_DAYS} days {listing}; "
            f"decided on them: {', '.join(inside) or 'nothing'}",
        )


def _unlike_findings(known: pd.DataFrame) -> Iterator[Finding]:
    """Yield a finding where a spender's two quarters were told under different tags.

    A revenue's tag changes with the accounting standard and says less.
    """
    growth = known[(known["used_for"] == "capex growth") & (known["tag"] != "")]
    by_change: dict[tuple[str, str, str], list[str]] = {}
    for (decided, decision, company), rows in growth.groupby(["decided", "decision", "company"]):
        tags = tuple(rows.sort_values("quarter_end")["tag"])
        if len(set(tags)) > 1:
            key = (str(company), tags[0], tags[-1])
            by_change.setdefault(key, []).append(f"{decided:%Y-%m-%d} {decision}")
    for (company, before, now), decisions in by_change.items():
        yield Finding(
            check="reading_tags_differ",
            symbol="",
            dates=tuple(each[:10] for each in decisions),
            severity="warning",
            text=f"{company}: growth compared {now} with {before} a year before, which may not "
            f"count the same; decided on it: {', '.join(decisions)}",
        )
