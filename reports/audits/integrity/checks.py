"""Did the run cheat? A subject and its run in, checks out: PASS, REMARK, FAIL or NOT RUN.

A failed check says where two runs that should agree part first. A check that is not run says
nothing about the run, and its sentence says why.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.records.result import Result
from reports.audits.check import Check
from reports.audits.integrity.adjustment import adjustment
from reports.audits.integrity.audited import Audited, audited
from reports.audits.integrity.cuts import FULL, QUICK
from reports.audits.integrity.determinism import determinism
from reports.audits.integrity.lag import lag_curve
from reports.audits.integrity.lookahead import perturbation, streaming, truncation
from reports.audits.integrity.negative_controls import negative_controls
from reports.audits.integrity.provenance import provenance
from reports.audits.integrity.selection import selection
from reports.audits.integrity.source_timing import source_timing
from reports.audits.integrity.warmup import warmup
from reports.audits.subject import Subject

COMPARING = ("A1", "A2", "A3", "A6", "A8")  # each looks at the run beside another one

_STEPS: Sequence[tuple[str, str, Callable[[Audited], Check]]] = (
    ("A1", "cutting the run short", truncation),
    ("A2", "trying other futures", perturbation),
    ("A3", "feeding bars one by one", streaming),
    ("A4", "tracing every fill", lambda run: provenance(run.subject, run.base)),
    ("A5", "delaying orders", lag_curve),
    ("A6", "starting later", warmup),
    ("A7", "publishing reports later", source_timing),
    ("A8", "adjusting prices otherwise", adjustment),
    ("A9", "", selection),
    ("A10", "running again", determinism),
    ("A11", "planting leaks", lambda run: negative_controls(run.subject)),
)

STEPS = sum(bool(doing) for _, doing, _ in _STEPS)


def integrity(
    subject: Subject, base: Result, *, quick: bool, progress: Callable[[str], None]
) -> tuple[Check, ...]:
    """Return checks A1 to A11, in order.

    Parameters
    ----------
    base
        The subject's run as configured.
    quick
        Fewer cuts and futures; every check is made, and says how much it did.
    progress
        Told each check before it is made.
    """
    run = audited(subject, base, QUICK if quick else FULL)
    checks = []
    for key, doing, check in _STEPS:
        if key == "A9" and subject.universe is not None:
            progress("A9: running every pair of the universe")
        if doing:
            progress(f"{key}: {doing}")
        checks.append(check(run))
    return read_together(checks)


def read_together(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return the checks; where one says what another's failure means, that sentence says so."""
    status = {check.key: check.status for check in checks}
    meant = {}
    if status.get("A10") == "FAIL":
        explanation = "It is not even the same when run twice (A10), so this need not be foresight."
        meant = dict.fromkeys(COMPARING, explanation)
    elif (status.get("A1"), status.get("A2")) == ("FAIL", "PASS"):
        explanation = (
            "Other futures of the same length change nothing: it used how much was to come."
        )
        meant = {"A1": explanation}
    return tuple(
        replace(check, sentence=f"{check.sentence} {meant[check.key]}")
        if check.status == "FAIL" and check.key in meant
        else check
        for check in checks
    )
