"""Q6: what came after it was written down? A run and a registry in, what is new alone out."""

from typing import Literal

import numpy as np

from engine.records.headline import SESSIONS_PER_YEAR
from engine.records.result import Result
from engine.trials.registration import Registered, Registration
from engine.trials.trial import run_trial
from reports.audits.check import Plain
from reports.audits.evidence.out_of_sample import sessions_needed, sessions_until
from reports.audits.evidence.rating import Block, plain
from reports.audits.evidence.session_returns import session_returns
from reports.audits.questions.question import answer, no_answer
from reports.audits.wording import counted, percent
from reports.statistics.regression import hac_regression
from reports.statistics.sample import Floats
from reports.statistics.sharpe import sharpe_sample

ONE_SIDED_T = 1.645  # 5 % of a normal law
Outcome = Literal["confirmed", "refuted", "open"]


def confirms(needed: int | None) -> str:
    """Return in words what would confirm a decision."""
    if needed is None:
        return "nothing can: its Sharpe ratio is not above zero"
    return (
        f"after at least {needed:,} sessions a mean net return above zero, t of at least "
        f"{ONE_SIDED_T} (Newey-West)"
    )


def refutes(needed: int | None) -> str:
    """Return in words what would refute a decision."""
    late = "" if needed is None else f", or a mean of zero or less after {needed:,} sessions"
    return f"a mean net return with t of -{ONE_SIDED_T} or less (Newey-West){late}"


def needed_by(result: Result) -> int | None:
    """Return the sessions on which a Sharpe ratio like this run's shows every other time.

    Of its sessions up to ``audit.published_on``.
    """
    sample = sharpe_sample(session_returns(result)[: sessions_until(result)])
    return None if sample is None else sessions_needed(sample.sharpe)


def forward(base: Result, registered: Registered) -> Block:
    """Return Q6: the sessions after the first registration of this rule, and nothing pooled.

    Judged is what came after the day it was written down, after the data it was written on and
    after ``audit.published_on``, whichever is last. What lies between the decision and that day
    could be known, and is shown apart. Confirmed: t of the mean net session return (Newey-West) of
    at least 1.645 on as many sessions as show the registered Sharpe ratio every other time
    (`reports.audits.evidence.out_of_sample.sessions_needed`); refuted: t of -1.645 or less at any
    time, or no gain on so many sessions; open until then. To look again and again at an open one
    errs more often than 5 %.
    """
    if registered.unreadable is not None:
        return no_answer("Q6", registered.unreadable)
    own = registered.of(run_trial(base))
    if not own:
        return no_answer("Q6", "this rule was never registered (run.py register CONFIG)")
    first = own[0]
    days = base.ledger["date"].dt.date
    returns = session_returns(base)
    is_new = (days > first.judged_after).to_numpy()
    is_between = (days > first.decided_on).to_numpy() & ~is_new
    new, between = returns[is_new], returns[is_between]
    outcome, t = _outcome(new, first.sessions_needed)
    return answer(
        "Q6",
        measured=f"{outcome}: {counted(len(new), 'session')} since",
        sentence=_sentence(first, new, between, outcome, t),
        numbers={
            "registered": first.when,
            "decided_on": f"{first.decided_on}",
            "judged_after": f"{first.judged_after}",
            "outcome": outcome,
            "sessions": len(new),
            "sessions_needed": first.sessions_needed,
            "t": plain(t),
            "after": _made(new),
            "known_when_written": _made(between),
            "confirm": first.confirm,
            "refute": first.refute,
            "config_sha256": first.trial.config_sha256,
            "data_sha256": first.trial.data_sha256,
            "strategy_sha256": first.trial.strategy_sha256,
            "program": first.program,
            "times_registered": len(own),
        },
        not_checked=tuple(f"the registry: {text}" for text in registered.skipped[:5]),
    )


def _outcome(new: Floats, needed: int | None) -> tuple[Outcome, float | None]:
    """Return what the new sessions say, and t of their mean; None where too few tell one."""
    fit = hac_regression(new, np.zeros((len(new), 0))) if len(new) else None
    if fit is None:
        return "open", None
    if fit.alpha_t <= -ONE_SIDED_T:
        return "refuted", fit.alpha_t
    if needed is None or len(new) < needed:
        return "open", fit.alpha_t
    if fit.alpha <= 0.0:
        return "refuted", fit.alpha_t
    return ("confirmed" if fit.alpha_t >= ONE_SIDED_T else "open"), fit.alpha_t


def _sentence(
    first: Registration, new: Floats, between: Floats, outcome: Outcome, t: float | None
) -> str:
    text = f"Written down on {first.when[:10]} on prices to {first.trial.end}. "
    if len(new):
        many = counted(len(new), "session")
        text += f"In the {many} after {first.judged_after} it made {percent(_total(new))}"
    else:
        text += f"No session after {first.judged_after} is at hand"
    text += "" if t is None else f", t = {t:.1f}"
    if first.sessions_needed is not None:
        text += f", of {first.sessions_needed:,} that are needed"
    if len(between):
        text += (
            f"; {percent(_total(between))} in {counted(len(between), 'session')} after "
            f"{first.decided_on} could be known when it was written, and count for nothing"
        )
    return f"{text}: {outcome}. Confirms: {first.confirm}. Refutes: {first.refute}."


def _total(returns: Floats) -> float:
    return float(np.prod(1.0 + returns)) - 1.0


def _made(returns: Floats) -> dict[str, Plain]:
    mean = float(returns.mean()) * SESSIONS_PER_YEAR if len(returns) else None
    return {"sessions": len(returns), "total_return": _total(returns), "mean_annual": mean}
