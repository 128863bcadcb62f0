"""E4: is the Sharpe ratio more than luck? Returns and trials in, a probability out.

Of the trials only their number is known, from the ledger or as the configuration declares it, not
their returns. What needs those is named as not run; the neighbours of F3 stand in, and are no gate.
"""

import math
from collections.abc import Sequence

from configs.audit import AuditConfig
from engine.records.headline import SESSIONS_PER_YEAR
from engine.trials.tried import TrialCount
from reports.audits.check import Plain
from reports.audits.evidence.rating import Block, block, not_run, plain
from reports.audits.evidence.tuning import Tuning, tuning
from reports.audits.wording import counted
from reports.statistics.sample import Floats
from reports.statistics.sharpe import (
    DeflatedSharpe,
    SharpeSample,
    deflated_sharpe,
    minimum_backtest_years,
    minimum_track_record,
    sharpe_sample,
)

ANNUAL = math.sqrt(SESSIONS_PER_YEAR)  # of a ratio per session
MISSING = (
    "deflated Sharpe ratio at the effective number of trials: the trials' returns are not known",
    "probability of backtest overfitting: the trials' returns are not known",
    "superior predictive ability of the best trial: the trials' returns are not known",
)


def deflated_evidence(
    audit: AuditConfig,
    returns: Floats,
    neighbours: Sequence[Floats] = (),
    known: TrialCount | None = None,
) -> Block:
    """Return E4: the deflated Sharpe ratio (2014 convention) at the number of trials.

    Without the trials' ratios their variance is taken to be ``1 / (n - 1)``, that of a worthless
    trial's estimate: independent trials; related ones scatter less and would be forgiven more. One
    trial has nothing to deflate: that is the probabilistic ratio against 0. Nothing is marginal
    here, because the effective number of trials is unknown.

    Parameters
    ----------
    returns
        Shape (sessions,), see `reports.audits.evidence.session_returns`.
    neighbours
        The same of every neighbour that could run.
    known
        How often was tried; None: as ``audit.trials`` says.
    """
    if known is not None and known.ledger is None:
        return not_run("E4", audit, f"how often this was tried is not known: {known.doubts[0]}")
    trials = audit.trials if known is None else known.trials
    sample = sharpe_sample(returns)
    if sample is None or sample.n < 3:
        return not_run("E4", audit, "the equity never moved, or for too few sessions")
    deflated = deflated_sharpe(
        sample.sharpe,
        n=sample.n,
        skew=sample.skew,
        kurtosis=sample.kurtosis,
        trials=trials,
        trials_variance=1.0 / (sample.n - 1),
    )
    tuned = tuning(returns, neighbours, seed=audit.seed)
    is_enough = deflated.probability >= audit.thresholds.deflated_sharpe
    return block(
        "E4",
        audit,
        "supports" if is_enough else "against",
        measured=f"{deflated.probability:.3f}",
        sentence=_sentence(sample, deflated, trials, tuned),
        numbers=_numbers(sample, deflated, trials, tuned) | _whose(known),
        not_checked=MISSING,
    )


def _sentence(
    sample: SharpeSample, deflated: DeflatedSharpe, trials: int, tuned: Tuning | None
) -> str:
    probability, null = deflated.probability, deflated.null_sharpe * ANNUAL
    text = (
        f"A Sharpe ratio of {sample.sharpe * ANNUAL:.2f} over {sample.n} sessions (skew "
        f"{sample.skew:.1f}, kurtosis {sample.kurtosis:.0f}) "
    )
    if trials == 1:
        text += (
            f"is above 0 with probability {probability:.3f}: one trial is known, so nothing is "
            "deflated"
        )
    else:
        text += (
            f"is above {null:.2f}, what the best of {counted(trials, 'worthless trial')} is "
            f"expected to show, with probability {probability:.3f}"
        )
    if sample.sharpe > 0.0:
        years = _track_record(sample) / SESSIONS_PER_YEAR
        text += f"; such a ratio needs {years:.1f} years to show at 95%"
    text += " (convention of 2012)."
    return text if tuned is None else f"{text} {tuned.sentence}"


def _whose(known: TrialCount | None) -> dict[str, Plain]:
    """Return who says how often was tried."""
    return {"trials_by": "audit.trials" if known is None else known.by}


def _track_record(sample: SharpeSample) -> float:
    """Return the sessions after which a ratio like the sample's is above 0 with 95 %."""
    return minimum_track_record(sample.sharpe, skew=sample.skew, kurtosis=sample.kurtosis)


def _numbers(
    sample: SharpeSample, deflated: DeflatedSharpe, trials: int, tuned: Tuning | None
) -> dict[str, Plain]:
    return {
        "probability": deflated.probability,
        "trials": trials,
        "null_sharpe_annual": deflated.null_sharpe * ANNUAL,
        "sharpe_annual": sample.sharpe * ANNUAL,
        "sessions": sample.n,
        "minimum_sessions": plain(_track_record(sample)),
        "minimum_backtest_years": minimum_backtest_years(trials) if trials > 1 else None,
        "tuning": None if tuned is None else tuned.numbers,
        "skew": sample.skew,
        "kurtosis": sample.kurtosis,
        "convention": deflated.convention,
    }
