"""The auditor's own test. The subject's market in, whether planted leaks on it are found out.

Each strategy of ``planted`` runs on the audited market in the plainest configuration, and
goes through the same A1, A2 and A4 as the subject, on fewer cuts; the honest one through A3 too,
which none of the planted leaks can show.
"""

import dataclasses

from engine.records.result import Result
from reports.audits.altered_markets import truncated
from reports.audits.check import Check, Difference, Plain
from reports.audits.integrity.audited import audited
from reports.audits.integrity.cuts import Counts
from reports.audits.integrity.lookahead import perturbation, streaming, truncation
from reports.audits.integrity.provenance import provenance
from reports.audits.integrity.rerun import Stopped, attempted, with_compiled_reruns
from reports.audits.planted import PLANTED, WINDOW, Leak, planted_config
from reports.audits.subject import Subject
from reports.audits.wording import counted, listed

NAME = "negative controls"
FEW = Counts(decisions=2, near=1, random=1, future_cuts=2, futures=1, witnesses=0)
LEAST_SESSIONS = 3 * WINDOW  # fewer leave hardly a trade after the warm-up
MOST_SESSIONS = 504  # two years show every leak; more would only take longer


def negative_controls(subject: Subject) -> Check:
    """Return A11: every planted leak is flagged by the checks made for it, the clean run passes.

    A check that misses its leak is dead, and what it says of the subject is worth nothing.
    """
    count = min(len(subject.market.sessions), MOST_SESSIONS)
    if count < LEAST_SESSIONS:
        return _not_run(
            f"the planted strategies need {LEAST_SESSIONS} sessions, and there are {count}"
        )
    flagged: dict[str, list[str]] = {}
    for leak in PLANTED:
        planted = _planted(subject, leak, count)
        base = attempted(planted.run)
        if isinstance(base, Stopped):
            return _not_run(f"the planted strategy {leak.name} stopped: {base.message}")
        if base.fills.empty:
            return _not_run(f"the planted strategy {leak.name} found nothing to trade")
        planted = with_compiled_reruns(planted, base)
        checks = look_ahead_checks(planted, base, is_honest=not leak.caught_by)
        flagged[leak.name] = [check.key for check in checks if check.status == "FAIL"]
    return _judged(flagged, count, str(subject.market.sessions[count - 1]))


def look_ahead_checks(subject: Subject, base: Result, *, is_honest: bool) -> tuple[Check, ...]:
    """Return A1, A2 and A4 of one run, and A3 of an honest one."""
    run = audited(subject, base, FEW)
    checks = truncation(run), perturbation(run), provenance(subject, base)
    return (*checks, streaming(run)) if is_honest else checks


def _planted(subject: Subject, leak: Leak, count: int) -> Subject:
    """Return a planted strategy on the market's first sessions; it reads nothing but prices."""
    return Subject(
        config=planted_config(subject.config),
        market=dataclasses.replace(truncated(subject.market, count), fundamentals=None),
        strategy_class=leak.strategy_class,
    )


def _judged(flagged: dict[str, list[str]], count: int, session: str) -> Check:
    detail: dict[str, Plain] = {"flagged_by": {name: list(keys) for name, keys in flagged.items()}}
    for leak in PLANTED:
        missed = [key for key in leak.caught_by if key not in flagged[leak.name]]
        falsely = [] if leak.caught_by else flagged[leak.name]
        if not (missed or falsely):
            continue
        expected = f"flagged by {listed(list(leak.caught_by))}" if missed else "passed"
        actual = f"flagged by {listed(flagged[leak.name]) or 'nothing'}"
        difference = Difference(
            session=session, what=f"planted: {leak.name}", expected=expected, actual=actual
        )
        sentence = (
            f"The auditor is dead: the planted strategy {leak.name!r} was {actual}, and had to be "
            f"{expected}. Do not believe the other checks."
        )
        return Check(
            key="A11", name=NAME, status="FAIL", sentence=sentence, difference=difference,
            detail=detail,
        )  # fmt: skip
    leaks = [f"{leak.name} ({', '.join(flagged[leak.name])})" for leak in PLANTED if leak.caught_by]
    sentence = (
        f"{counted(len(leaks), 'planted leak')} on {count:,} sessions of this market, all flagged: "
        f"{', '.join(leaks)}; the clean strategy passes."
    )
    return Check(key="A11", name=NAME, status="PASS", sentence=sentence, detail=detail)


def _not_run(reason: str) -> Check:
    return Check(key="A11", name=NAME, status="NOT RUN", sentence=f"Not run: {reason}.")
