"""E5: what came after publication? A run with the day it was published in, both parts apart out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from configs.audit import AuditConfig
from engine.records.result import Result
from reports.audits.check import Plain
from reports.audits.evidence.rating import Block, Rating, block, not_run, plain
from reports.audits.evidence.session_returns import session_returns
from reports.audits.evidence.trade_mean import RESAMPLES
from reports.audits.wording import counted
from reports.statistics.inference import MeanInterval, mean_interval

BASIS = 10_000.0  # basis points in one


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The sessions up to the day, or those after it."""

    sessions: int
    held: int
    daily: MeanInterval


def sessions_until(result: Result) -> int:
    """Return how many sessions belong to what was published: all of them without a day."""
    day = result.config.audit.published_on
    if day is None:
        return len(result.ledger)
    return int((result.ledger["date"].dt.date <= day).sum())


def sessions_held(result: Result) -> npt.NDArray[np.bool_]:
    """Return whether each session ended with a position, shape (sessions,)."""
    return result.ledger["gross"].to_numpy(dtype=np.float64) > 0.0


def after_publication(result: Result, *, hold_sessions: int) -> Block:
    """Return E5: the mean session return after the day of publication beside that up to it.

    Supports: both above zero, and their 95 % bootstrap intervals overlap. One that is undefined
    (too few sessions) overlaps nothing. Marginal: both above zero. A run that lost before has no
    sign worth keeping: that is against as well.

    Parameters
    ----------
    hold_sessions
        Least block of the intervals: the median hold.
    """
    audit = result.config.audit
    if audit.published_on is None:
        return not_run("E5", audit, "the day of publication is not given (audit.published_on)")
    until = sessions_until(result)
    before, after = (
        _part(result, which, hold_sessions) for which in (slice(0, until), slice(until, None))
    )
    for part, where in ((before, "up to"), (after, "after")):
        if part.held == 0:
            reason = f"no session {where} {audit.published_on} held a position"
            return not_run("E5", audit, reason)
    return block(
        "E5",
        audit,
        _rating(before, after),
        measured=f"{after.daily.mean * BASIS:+.1f} bps a session",
        sentence=_sentence(before, after, audit),
        numbers={
            "published_on": f"{audit.published_on}",
            "before": _numbers(before),
            "after": _numbers(after),
            "overlap": _overlap(before, after),
        },
    )


def _part(result: Result, which: slice, hold_sessions: int) -> Part:
    returns = session_returns(result)[which]
    return Part(
        sessions=len(returns),
        held=int(sessions_held(result)[which].sum()),
        daily=mean_interval(
            returns,
            least_block=hold_sessions,
            rng=np.random.default_rng([result.config.audit.seed, 5]),
            resamples=RESAMPLES,
        ),
    )


def _overlap(before: Part, after: Part) -> bool:
    one, other = before.daily, after.daily
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.low <= other.high and other.low <= one.high


def _rating(before: Part, after: Part) -> Rating:
    if not (before.daily.mean > 0.0 and after.daily.mean > 0.0):
        return "against"
    return "supports" if _overlap(before, after) else "marginal"


def _sentence(before: Part, after: Part, audit: AuditConfig) -> str:
    if _overlap(before, after):
        overlap = "their intervals overlap"
    elif after.daily.low is None or before.daily.low is None:
        overlap = "too few sessions for an interval of both, which counts as no overlap"
    else:
        overlap = "their intervals do not overlap"
    return (
        f"In the {counted(after.sessions, 'session')} after {audit.published_on} ({after.held} of "
        f"them held) a session made {after.daily.mean * BASIS:.1f} bps of equity on average, "
        f"against {before.daily.mean * BASIS:.1f} bps up to that day; {overlap}."
    )


def _numbers(part: Part) -> dict[str, Plain]:
    return {
        "sessions": part.sessions,
        "sessions_held": part.held,
        "mean": part.daily.mean,
        "low": plain(part.daily.low),
        "high": plain(part.daily.high),
    }
