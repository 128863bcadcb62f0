"""Was every company report public in time? A run and what it read in, its timing and its worth out.

A report becomes usable on the session after the day it was filed. Filing everything one session and
one quarter later shows how much of the result lives in the hours after a filing.
"""

from functools import partial

import pandas as pd

from engine.records.result import Result
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
    """Return A7: every fact behind a decision was filed on a day before it.

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
    quarter = f"{first['company']} {first['concept']}, quarter to {first['quarter_end']:%Y-%m-%d}"
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
