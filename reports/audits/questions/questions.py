"""Every question of a sceptic. An audit's inputs in, the answers in order out."""

from collections.abc import Callable

from engine.records.result import Result
from engine.trials.registration import Registered
from engine.trials.tried import TrialCount
from reports.audits.altered_markets import truncated
from reports.audits.evidence.clusters import outcomes
from reports.audits.evidence.evidence import IDLE, as_published
from reports.audits.evidence.rating import Block
from reports.audits.evidence.session_returns import session_returns
from reports.audits.inputs import AuditInputs
from reports.audits.questions.alpha_beta import alpha_or_beta
from reports.audits.questions.capacity import capacity
from reports.audits.questions.concentration import best_of_it
from reports.audits.questions.forward import forward
from reports.audits.questions.haircut import expected_after
from reports.audits.questions.multiverse import multiverse
from reports.audits.questions.question import Asked, no_answer

Answer = Callable[[Asked], Block]
ANSWERS: dict[str, Answer] = {
    "Q1": multiverse,
    "Q2": expected_after,
    "Q3": alpha_or_beta,
    "Q4": capacity,
    "Q5": best_of_it,
}
RUNNING = {
    "Q1": "running its defensible versions",
    "Q4": "running it with more money",
}
QUICK = "a quick audit does not repeat in Backtrader what takes minutes there"


def questions(
    inputs: AuditInputs,
    base: Result,
    trials: TrialCount,
    registered: Registered,
    *,
    quick: bool,
    progress: Callable[[str], None],
) -> tuple[Block, ...]:
    """Return what a sceptic asks next, of the sessions up to publication.

    Parameters
    ----------
    base
        The subject's own run.
    trials
        How often was tried.
    registered
        What was written down beforehand.
    quick
        Leave out what runs it dozens of times, unless the compiled loop does.
    progress
        Told each step before it is taken.
    """
    known, result = as_published(inputs.subject, base)
    entered = outcomes(result)
    if not entered.trades:
        idle = [no_answer(key, IDLE) for key in ANSWERS]
        return (*idle, forward(base, registered))
    second = inputs.second
    if not isinstance(second, str):
        second = truncated(second, len(known.market.sessions))
    asked = Asked(
        subject=known,
        result=result,
        entered=entered,
        returns=session_returns(result),
        factors=inputs.factors,
        second=second,
        trials=trials,
    )
    answers = []
    for key, ask in ANSWERS.items():
        if key in RUNNING and quick and not known.is_compiled:
            answers.append(no_answer(key, QUICK))
            continue
        if key in RUNNING:
            progress(RUNNING[key])
        answers.append(ask(asked))
    return (*answers, forward(base, registered))
