"""Q2: what does history say to expect? A Sharpe ratio and its trials in, the ratio cut out."""

import math

from engine.records.headline import SESSIONS_PER_YEAR
from reports.audits.evidence.rating import Block
from reports.audits.evidence.session_returns import annual_sharpe
from reports.audits.questions.question import Asked, answer, no_answer
from reports.audits.wording import counted, percent
from reports.statistics.haircut import haircut_sharpe

OUT_OF_SAMPLE, PUBLISHED = 0.26, 0.58  # of the return of 97 predictors, McLean and Pontiff


def expected_after(asked: Asked) -> Block:
    """Return Q2: the Sharpe ratio after what published predictors lost, and after its trials.

    ``SR (1 - 0.26)`` out of sample and ``SR (1 - 0.58)`` after publication: of 97 predictors of US
    stocks the return fell by so much at the same risk (McLean, Pontiff 2016, Journal of Finance
    71(1), 5-32, abstract). Apart from it Harvey and Liu's (2015) haircut for the number of trials
    that the audit knows, by Bonferroni (`reports.statistics.haircut`). Both cut for the same
    search, so they are shown beside each other and never multiplied. A pair is no predictor of a
    thousand stocks: this is a prior, not a measurement.
    """
    ratio = annual_sharpe(asked.returns)
    if ratio is None:
        return no_answer("Q2", "the equity never moved")
    if ratio <= 0.0:
        return no_answer("Q2", f"a Sharpe ratio of {ratio:.2f} leaves nothing to cut")
    root, known = math.sqrt(SESSIONS_PER_YEAR), asked.trials
    later, public = ratio * (1.0 - OUT_OF_SAMPLE), ratio * (1.0 - PUBLISHED)
    sentence = (
        f"Of a Sharpe of {ratio:.2f}, {public:.2f} is what history says to expect: published "
        f"predictors lost {percent(PUBLISHED, 0)} of their return after publication, and "
        f"{percent(OUT_OF_SAMPLE, 0)} (here down to {later:.2f}) out of sample before it"
    )
    is_known = known.ledger is not None
    cut = haircut_sharpe(
        ratio / root, n=len(asked.returns), trials=known.trials, method="bonferroni"
    )
    if not is_known:
        sentence += "; how often it was tried is not known, so nothing is cut for that"
    elif known.trials == 1:
        sentence += "; one trial is known, so nothing is cut for searching"
    else:
        sentence += (
            f"; as the best of {counted(known.trials, 'trial')} Harvey and Liu leave "
            f"{cut.sharpe * root + 0.0:.2f} of it"
        )
    return answer(
        "Q2",
        measured=f"{public:.2f} of a Sharpe ratio of {ratio:.2f}",
        sentence=f"{sentence}.",
        numbers={
            "sharpe_annual": ratio,
            "out_of_sample": later,
            "after_publication": public,
            "trials": known.trials if is_known else None,
            "after_trials": cut.sharpe * root if is_known else None,
            "p_single": cut.p_single,
            "p_multiple": cut.p_multiple if is_known else None,
            "sessions": len(asked.returns),
        },
        not_checked=() if is_known else (f"Harvey and Liu's haircut: {known.doubts[0]}",),
    )
