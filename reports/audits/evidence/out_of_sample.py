"""E5: what came after publication? A run with the day it was published in, both parts apart out."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from configs.audit import AuditConfig
from engine.records.result import Result
from reports.audits.check import Plain
from reports.audits.evidence.chance import chances, drawn_paths
from reports.audits.evidence.rating import Block, Rating, block, not_run, plain
from reports.audits.evidence.session_returns import session_returns
from reports.audits.evidence.trade_mean import RESAMPLES
from reports.audits.subject import Subject
from reports.audits.wording import counted, percent
from reports.statistics.inference import MeanInterval, mean_interval
from reports.statistics.sharpe import sharpe_sample

BASIS = 10_000.0  # basis points in one
PURPOSE = 5  # of the paths drawn
Z_95 = 1.6448536269514722  # the normal's 95th percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The sessions up to the day, or those after it.

    sharpe
        Of one session, not annualised; 0 where nothing moved.
    """

    sessions: int
    held: int
    daily: MeanInterval
    sharpe: float
    total_return: float


def sessions_until(result: Result) -> int:
    """Return how many sessions belong to what was published: all of them without a day."""
    day = result.config.audit.published_on
    if day is None:
        return len(result.ledger)
    return int((result.ledger["date"].dt.date <= day).sum())


def sessions_held(result: Result) -> npt.NDArray[np.bool_]:
    """Return whether each session ended with a position, shape (sessions,)."""
    return result.ledger["gross"].to_numpy(dtype=np.float64) > 0.0


def after_publication(
    subject: Subject,
    base: Result,
    *,
    hold_sessions: int,
    quick: bool,
    progress: Callable[[str], None],
) -> Block:
    """Return E5: what came after the day of publication, beside what came up to it.

    Against: a mean session return of zero or less on either side; a run that lost before has no
    sign worth keeping. Of pairs without an edge nearly half gain after publication, so a gain alone
    confirms nothing: it supports where E1's test of the later sessions alone, on paths that share
    the history before (see `reports.audits.evidence.chance`), has a p of at most
    ``after_publication_p``, and the sessions are as many as show the Sharpe ratio of before every
    other time.

    Parameters
    ----------
    base
        The subject's own run, over the whole window.
    hold_sessions
        Least block of the intervals: the median hold.
    quick
        Leave the test out, as a quick audit leaves out E1.
    """
    audit = base.config.audit
    if audit.published_on is None:
        return not_run("E5", audit, "the day of publication is not given (audit.published_on)")
    until = sessions_until(base)
    before, after = (
        _part(base, which, hold_sessions) for which in (slice(0, until), slice(until, None))
    )
    for part, where in ((before, "up to"), (after, "after")):
        if part.held == 0:
            reason = f"no session {where} {audit.published_on} held a position"
            return not_run("E5", audit, reason)
    needed = sessions_needed(before.sharpe)
    rating: Rating = "against"
    p_value, doubt = None, None
    if before.daily.mean > 0.0 and after.daily.mean > 0.0:
        if not quick:
            p_value = _p_after(subject, base, until, progress)
        doubt = _doubt(p_value, after.sessions, needed, audit)
        rating = "supports" if doubt is None else "marginal"
    return block(
        "E5",
        audit,
        rating,
        measured=f"{after.daily.mean * BASIS:+.1f} bps a session"
        + ("" if p_value is None else f", p = {p_value:.3f}"),
        sentence=_sentence(before, after, audit, rating, doubt),
        numbers={
            "published_on": f"{audit.published_on}",
            "before": _numbers(before),
            "after": _numbers(after),
            "p": p_value,
            "sessions_needed": needed,
            "unconfirmed": doubt,
        },
    )


def sessions_needed(sharpe: float) -> int | None:
    """Return the sessions on which a Sharpe ratio shows at one-sided 5 % every other time.

    ``(z_.95 / sharpe)^2``: the mean of n returns then has expected t statistic ``z_.95``, and is
    above it as often as below. None for a ratio that is not above zero.

    Parameters
    ----------
    sharpe
        Of one session, not annualised.
    """
    return math.ceil((Z_95 / sharpe) ** 2) if sharpe > 0.0 else None


def _doubt(
    p_value: float | None, sessions: int, needed: int | None, audit: AuditConfig
) -> str | None:
    """Return why a gain after publication confirms nothing; None where it does."""
    level = audit.thresholds.after_publication_p
    if needed is None or sessions < needed:
        many = "" if needed is None else f", {needed:,} would show it every other time"
        return f"{counted(sessions, 'session')} are too few{many}"
    if p_value is None:
        return "a quick audit does not test it"
    return None if p_value <= level else f"chance does as well (p = {p_value:.3f})"


def _p_after(
    subject: Subject, base: Result, until: int, progress: Callable[[str], None]
) -> float | None:
    """Return the larger p of the later sessions; None where no paths can be drawn or run."""
    paths = drawn_paths(subject, purpose=PURPOSE)
    if paths is None:
        return None
    bars = (subject.config.audit.thresholds.after_publication_p,)
    both = chances(subject, base, paths, bars=(bars, bars), since=until, progress=progress)
    return max(chance.p for chance in both)


def _part(result: Result, which: slice, hold_sessions: int) -> Part:
    returns = session_returns(result)[which]
    sample = sharpe_sample(returns)
    return Part(
        sharpe=0.0 if sample is None else sample.sharpe,
        total_return=float(np.prod(1.0 + returns)) - 1.0,
        sessions=len(returns),
        held=int(sessions_held(result)[which].sum()),
        daily=mean_interval(
            returns,
            least_block=hold_sessions,
            rng=np.random.default_rng([result.config.audit.seed, 5]),
            resamples=RESAMPLES,
        ),
    )


def _sentence(
    before: Part, after: Part, audit: AuditConfig, rating: Rating, doubt: str | None
) -> str:
    text = (
        f"In the {counted(after.sessions, 'session')} after {audit.published_on} ({after.held} of "
        f"them held) the trade made {percent(after.total_return)}, "
        f"{after.daily.mean * BASIS:.1f} bps of equity a session, against "
        f"{before.daily.mean * BASIS:.1f} bps up to that day"
    )
    if rating == "supports":
        return f"{text}; on resampled later sessions chance rarely does as well."
    return f"{text}." if doubt is None else f"{text}. UNCONFIRMED: {doubt}."


def _numbers(part: Part) -> dict[str, Plain]:
    return {
        "sessions": part.sessions,
        "sessions_held": part.held,
        "total_return": part.total_return,
        "mean": part.daily.mean,
        "low": plain(part.daily.low),
        "high": plain(part.daily.high),
    }
