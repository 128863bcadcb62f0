"""A run under audit: the subject, its run, that run's trace and where to cut it."""

from dataclasses import dataclass

from engine.records.result import Result
from reports.audits.integrity.cuts import Counts, Cuts, cuts_of
from reports.audits.integrity.trace import Trace, trace_of
from reports.audits.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What every check starts from.

    counts
        How much is asked: few cuts in a quick audit.
    """

    subject: Subject
    base: Result
    trace: Trace
    counts: Counts
    cuts: Cuts


def audited(subject: Subject, base: Result, counts: Counts) -> Audited:
    """Return a run made ready for its checks."""
    cuts = cuts_of(subject, base, counts)
    return Audited(subject=subject, base=base, trace=trace_of(base), counts=counts, cuts=cuts)
