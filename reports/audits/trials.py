"""E4: is the Sharpe ratio more than luck? Returns and trials in, a probability out.

Of a single run only the number of trials is known, as the configuration declares it, not their
returns. What needs those is named as not run.
"""

import math

from configs.audit import AuditConfig
from engine.headline import SESSIONS_PER_YEAR
from reports.audits.check import Plain
from reports.audits.rating import Block, block, not_run
from reports.audits.sample import Floats
from reports.audits.sharpe import DeflatedSharpe, SharpeSample, deflated_sharpe, sharpe_sample
from reports.audits.wording import counted

ANNUAL = math.sqrt(SESSIONS_PER_YEAR)  # of a ratio per session
MISSING = (
    "deflated Sharpe ratio at the effective number of trials: the trials' returns are not known",
    "probability of backtest overfitting: the trials' returns are not known",
    "superior predictive ability: the trials' returns are not known",
)


def deflated_evidence(audit: AuditConfig, returns: Floats) -> Block:
    """Return E4: the deflated Sharpe ratio (2014 convention) at the declared number of trials.

    Without the trials' ratios their variance is taken to be ``1 / (n - 1)``, that of a worthless
    trial's estimate: independent trials; related ones scatter less and would be forgiven more. One
    trial has nothing to deflate: that is the probabilistic ratio against 0. Nothing is marginal
    here, because the effective number of trials is unknown.

    Parameters
    ----------
    returns
        Shape (sessions,), see `reports.audits.session_returns`.
    """
    sample = sharpe_sample(returns)
    if sample is None or sample.n < 3:
        return not_run("E4", audit, "the equity never moved, or for too few sessions")
    found = deflated_sharpe(
        sample.sharpe,
        n=sample.n,
        skew=sample.skew,
        kurtosis=sample.kurtosis,
        trials=audit.trials,
        trials_variance=1.0 / (sample.n - 1),
    )
    is_enough = found.probability >= audit.thresholds.deflated_sharpe
    return block(
        "E4",
        audit,
        "supports" if is_enough else "against",
        found=f"{found.probability:.3f}",
        sentence=_sentence(sample, found, audit.trials),
        numbers=_numbers(sample, found, audit.trials),
        not_checked=MISSING,
    )


def _sentence(sample: SharpeSample, found: DeflatedSharpe, trials: int) -> str:
    probability, null = found.probability, found.null_sharpe * ANNUAL
    told = (
        f"A Sharpe ratio of {sample.sharpe * ANNUAL:.2f} over {sample.n} sessions (skew "
        f"{sample.skew:.1f}, kurtosis {sample.kurtosis:.0f}) "
    )
    if trials == 1:
        told += (
            f"is above 0 with probability {probability:.3f}: one trial was declared, so nothing is "
            "deflated"
        )
    else:
        told += (
            f"is above {null:.2f}, what the best of {counted(trials, 'worthless trial')} is "
            f"expected to show, with probability {probability:.3f}"
        )
    return f"{told} (convention of 2012)."


def _numbers(sample: SharpeSample, found: DeflatedSharpe, trials: int) -> dict[str, Plain]:
    return {
        "probability": found.probability,
        "trials": trials,
        "null_sharpe_annual": found.null_sharpe * ANNUAL,
        "sharpe_annual": sample.sharpe * ANNUAL,
        "sessions": sample.n,
        "skew": sample.skew,
        "kurtosis": sample.kurtosis,
        "convention": found.convention,
    }
