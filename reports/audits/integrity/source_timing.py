"""Was every company report public in time? A run and what it read in, its timing and its worth out.

A report becomes usable on the session after the day it was filed. Whoever writes a file of quarters
writes that day too, so it must be possible: no company files within days of its quarter's end, and
none before the SEC has it, where the SEC's own answer lies in the cache. Filing everything one
session and one quarter later shows how much of the result lives in the hours after a filing.
"""

from functools import partial

import pandas as pd

from engine.records.result import Result
from feeds.filings.edgar import kept_filing_days
from reports.audits.altered_markets import republished
from reports.audits.check import Check, Difference, Plain
from reports.audits.integrity.audited import Audited
from reports.audits.integrity.decisions import changes, listing
from reports.audits.integrity.outcome import net_pnl, sharpe_ratio
from reports.audits.integrity.rerun import Stopped, attempted
from reports.audits.wording import counted, dollars, ratio

NAME = "source timing"
QUARTER_DAYS = 91


def source_timing(run: Audited) -> Check:
    """Return A7: every fact behind a decision was filed on a day before it, and on a possible one.

    What a shift of all filings by a session and by a quarter changes is told and fails nothing.
    """
    filings = run.base.filings
    if filings is None:
        return _not_run("the configuration reads no company reports")
    known = filings.known
    if known.empty:
        return _not_run("no decision of this run rests on a company report")
    late = known[known["filed"] >= known["decided"]]
    if not late.empty:
        return _failed(late, len(known))
    impossible = _too_soon(run, known) or _before_the_sec(run, known)
    if impossible is not None:
        return impossible
    market = run.subject.market
    session = attempted(partial(run.subject.run, republished(market, sessions=1)))
    quarter = attempted(partial(run.subject.run, republished(market, days=QUARTER_DAYS)))
    freshest = int((known["decided"] - known["filed"]).dt.days.min())
    sentence = (
        f"{counted(len(known), 'number')} from company reports stand behind "
        f"{counted(known['decided'].nunique(), 'session')} of decisions; each was filed before the "
        f"session that used it, the freshest {counted(freshest, 'day')} before. "
        f"{_words(run.base, 'one session later', session)} "
        f"{_words(run.base, 'one quarter later', quarter)}"
    )
    detail: dict[str, Plain] = {
        "facts": len(known),
        "one_session_later": _numbers(run.base, session),
        "one_quarter_later": _numbers(run.base, quarter),
    }
    return Check(key="A7", name=NAME, status="PASS", sentence=sentence, detail=detail)


def _too_soon(run: Audited, known: pd.DataFrame) -> Check | None:
    """Return the failure where a report is said to be filed sooner than any company files."""
    least = run.base.config.audit.least_filing_days
    lag = (known["filed"] - known["quarter_end"]).dt.days
    soon = known[lag < least]
    if soon.empty:
        return None
    first = soon.sort_values("decided", kind="stable").iloc[0]
    days = (first["filed"] - first["quarter_end"]).days
    expected = f"filed {least} days after the quarter's end or later"
    sentence = (
        f"{len(soon):,} of {counted(len(known), 'number')} from company reports are said to have "
        f"been public sooner than any company files, first {_quarter(first)}: filed on "
        f"{first['filed']:%Y-%m-%d}, {counted(days, 'day')} after its end; a 10-Q is due after 40 "
        f"or 45, and audit.least_filing_days is {least}."
    )
    return _impossible(first, expected, sentence)


def _before_the_sec(run: Audited, known: pd.DataFrame) -> Check | None:
    """Return the failure where a report is said to be filed before the SEC had it.

    Compared where the run read another source and the SEC's answer is in the cache.
    """
    named = run.base.config.fundamentals
    if named is None or named.source == "edgar":
        return None
    firsts = {
        company: kept_filing_days(company, named.cik) for company in sorted(set(known["company"]))
    }
    for _, row in known.sort_values("decided", kind="stable").iterrows():
        public = firsts[row["company"]].get((row["concept"], row["quarter_end"].date()))
        if public is not None and row["filed"].date() < public:
            sentence = (
                f"{_quarter(row)} is said to have been filed on {row['filed']:%Y-%m-%d}; the SEC "
                f"has it from {public} on."
            )
            return _impossible(row, f"filed on {public}", sentence)
    return None


def _impossible(row: pd.Series, expected: str, sentence: str) -> Check:
    difference = Difference(
        session=f"{row['decided']:%Y-%m-%d}",
        what=_quarter(row),
        expected=expected,
        actual=f"filed on {row['filed']:%Y-%m-%d}",
    )
    return Check(key="A7", name=NAME, status="FAIL", sentence=sentence, difference=difference)


def _quarter(row: pd.Series) -> str:
    return f"{row['company']} {row['concept']}, quarter to {row['quarter_end']:%Y-%m-%d}"


def _words(base: Result, when: str, other: Result | Stopped) -> str:
    """Return what other filing days make of the run."""
    if isinstance(other, Stopped):
        return f"Filed {when}, the run stops: {other.message}."
    return (
        f"Filed {when}, entries and exits change on "
        f"{counted(len(changes(base, other)), 'session')} and net P&L is "
        f"{dollars(net_pnl(other))} instead of {dollars(net_pnl(base))} (Sharpe ratio "
        f"{ratio(sharpe_ratio(other))} instead of {ratio(sharpe_ratio(base))})."
    )


def _numbers(base: Result, other: Result | Stopped) -> Plain:
    if isinstance(other, Stopped):
        return {"stopped": other.message}
    changed = changes(base, other)
    return {
        "changed": len(changed),
        "changes": listing(changed),
        "net_pnl": net_pnl(other),
        "sharpe": sharpe_ratio(other),
    }


def _failed(late: pd.DataFrame, known: int) -> Check:
    """Return the failure over the facts that were used too early."""
    first = late.sort_values("decided", kind="stable").iloc[0]
    session = f"{first['decided']:%Y-%m-%d}"
    quarter = _quarter(first)
    difference = Difference(
        session=session,
        what=quarter,
        expected=f"filed before {session}",
        actual=f"filed on {first['filed']:%Y-%m-%d}",
    )
    sentence = (
        f"{len(late):,} of {counted(known, 'number')} from company reports were used before they "
        f"were public, first on {session} ({quarter}, {difference.actual})."
    )
    return Check(key="A7", name=NAME, status="FAIL", sentence=sentence, difference=difference)


def _not_run(reason: str) -> Check:
    return Check(key="A7", name=NAME, status="NOT RUN", sentence=f"Not run: {reason}.")
