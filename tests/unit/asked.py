"""A question's start from a control pair. A subject in, what its questions start from out."""

from engine.trials.tried import TrialCount
from reports.audits.evidence.clusters import outcomes
from reports.audits.evidence.session_returns import session_returns
from reports.audits.questions.question import Asked


def asked_of(subject, *, trials=1, factors=None, second="needs another", by="audit.trials"):
    result = subject.run()
    return Asked(
        subject=subject,
        result=result,
        entered=outcomes(result),
        returns=session_returns(result),
        factors=factors or {},
        second=second,
        trials=TrialCount(
            trials=trials, by=by, ledger=trials, declared=1, unrecorded=0, sentence="", doubts=()
        ),
    )
