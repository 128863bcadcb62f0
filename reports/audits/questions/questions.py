"""Every question of a sceptic. An audit's inputs in, the answers in order out."""

from collections.abc import Callable

from engine.records.result import Result
from engine.trials.tried import TrialCount
from reports.audits.evidence.clusters import outcomes
from reports.audits.evidence.evidence import IDLE, as_published
from reports.audits.evidence.rating import Block
from reports.audits.evidence.session_returns import session_returns
from reports.audits.inputs import AuditInputs
from reports.audits.questions.alpha_beta import alpha_or_beta
from reports.audits.questions.concentration import best_of_it
from reports.audits.questions.question import NAMES, Asked, no_answer

Answer = Callable[[Asked], Block]
ANSWERS: dict[str, Answer] = {
    "Q3": alpha_or_beta,
    "Q5": best_of_it,
}


def questions(inputs: AuditInputs, base: Result, trials: TrialCount) -> tuple[Block, ...]:
    """Return what a sceptic asks next, of the sessions up to publication.

    Parameters
    ----------
    base
        The subject's own run.
    trials
        How often was tried.
    """
    known, result = as_published(inputs.subject, base)
    entered = outcomes(result)
    if not entered.trades:
        return tuple(no_answer(key, IDLE) for key in NAMES)
    asked = Asked(
        subject=known,
        result=result,
        entered=entered,
        returns=session_returns(result),
        closes=inputs.closes,
        trials=trials,
    )
    return tuple(ANSWERS[key](asked) for key in NAMES)
