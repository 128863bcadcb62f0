"""Is a Sharpe ratio more than luck? Ratios, moments and numbers of trials in, probabilities out.

Every ratio here is per period (a session, a month), never annualised, unless its name says so:
``annual / sqrt(periods a year)``. Kurtosis is plain: 3 for a normal.

Two conventions exist for the variance of an estimated Sharpe ratio, and their answers differ:

"2012"
    Bailey and Lopez de Prado (2012): the *observed* ratio in the variance, ``n - 1`` below it.
    The deflated Sharpe ratio of 2014 is built on it, and so is every published figure of it.
"2025"
    Lopez de Prado, Lipton and Zoonekynd (2025): the *null's* ratio, as a test has it, ``n`` below.

Whoever prints a number from here prints its convention.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from reports.statistics.sample import finite, varies

Convention = Literal["2012", "2025"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharpeSample:
    """What the Sharpe ratio of a series and its uncertainty are made of.

    sharpe
        Mean over sample standard deviation (ddof 1), per period, no rate subtracted.
    n
        Number of periods.
    skew, kurtosis
        Third and fourth standardised moments, ``m3 / m2**1.5`` and ``m4 / m2**2`` (ddof 0).
    """

    sharpe: float
    n: int
    skew: float
    kurtosis: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeflatedSharpe:
    """Probability that the true ratio exceeds what the best of ``trials`` useless ones would show.

    null_sharpe
        Expected largest ratio of the trials when all are worth nothing, per period.
    """

    probability: float
    null_sharpe: float
    trials: float
    convention: Convention


def sharpe_sample(returns: npt.ArrayLike) -> SharpeSample | None:
    """Return ratio and moments of returns; None of fewer than two, or of returns that never vary.

    Parameters
    ----------
    returns
        Shape (n,), one return per period, a fraction; NaN is refused.
    """
    values = finite("returns", returns)
    if not varies(values):
        return None
    gaps = values - values.mean()
    squares = gaps * gaps  # multiplied out: numpy's powers end otherwise with AVX-512 than without
    variance = float(squares.mean())
    return SharpeSample(
        sharpe=float(values.mean() / values.std(ddof=1)),
        n=len(values),
        skew=float((squares * gaps).mean()) / variance**1.5,
        kurtosis=float((squares * squares).mean()) / variance**2,
    )


def probabilistic_sharpe(
    sharpe: float,
    null_sharpe: float = 0.0,
    *,
    n: int,
    skew: float,
    kurtosis: float,
    convention: Convention = "2012",
) -> float:
    """Return the probabilistic Sharpe ratio: how sure it is that the true ratio exceeds the null's.

    "2012": ``Phi((SR - SR0) sqrt(n - 1) / sqrt(1 - g3 SR + (g4 - 1)/4 SR**2))``, Bailey and Lopez
    de Prado (2012), The Sharpe ratio efficient frontier, section 3. "2025":
    ``Phi((SR - SR0) sqrt(n) / sqrt(1 - g3 SR0 + (g4 - 1)/4 SR0**2))``, Lopez de Prado, Lipton and
    Zoonekynd (2025), How to use the Sharpe ratio, for independent returns and one trial.

    One less this is a one-sided p value. Both take the returns as independent in time.

    Parameters
    ----------
    sharpe, null_sharpe
        SR and SR0, per period.
    n
        Number of periods, at least 2.
    skew, kurtosis
        g3 and g4 of the returns. No distribution has ``g4 < 1 + g3**2``: refused.
    """
    if n < 2:
        raise ValueError(f"n was {n}; expected at least 2 periods. One return has no deviation")
    at, weight = (sharpe, n - 1) if convention == "2012" else (null_sharpe, n)
    factor = _variance_factor(at, skew, kurtosis)
    gap = sharpe - null_sharpe
    if factor == 0.0:  # two-point returns at the one ratio whose estimate does not err
        return 0.5 if gap == 0.0 else float(gap > 0.0)
    return _normal_cdf(gap * math.sqrt(weight / factor))


def expected_max_normal(trials: float) -> float:
    """Return the expected largest of N standard normals, approximately; 0 for one trial.

    ``(1 - g) z(1 - 1/N) + g z(1 - 1/(N e))``, z the normal quantile and g = 0.5772... Euler's
    constant: Bailey and Lopez de Prado (2014), The deflated Sharpe ratio, equation 1. It is the
    mean of the extreme value law that the maximum tends to. Exactly, 100 normals give 2.507594;
    the approximation, which the published figures use, gives 2.530603.

    Parameters
    ----------
    trials
        N, at least 1; it need not be whole. Below 1.28 the formula is negative, and would reward a
        search: 0 is the least returned.
    """
    if not trials >= 1.0:
        raise ValueError(f"trials was {trials}; expected at least 1: the one that is judged")
    if trials == 1.0:
        return 0.0
    first = _normal_quantile(1.0 - 1.0 / trials)
    second = _normal_quantile(1.0 - 1.0 / (trials * math.e))
    return max((1.0 - np.euler_gamma) * first + np.euler_gamma * second, 0.0)


def deflated_sharpe(
    sharpe: float,
    *,
    n: int,
    skew: float,
    kurtosis: float,
    trials: float,
    trials_variance: float,
    convention: Convention = "2012",
) -> DeflatedSharpe:
    """Return the deflated Sharpe ratio of the best of several trials.

    `probabilistic_sharpe` against ``SR0 = sqrt(V) E[max of N]``: Bailey and Lopez de Prado (2014),
    equations 1 and 2, whose convention is "2012".

    Parameters
    ----------
    sharpe
        Ratio of the trial that was chosen, per period; `n`, `skew` and `kurtosis` are its own.
    trials
        N: everything that was tried, the forgotten included, or `effective_trials`.
    trials_variance
        V: variance across the trials of their ratios per period. A variance of annual ratios is
        divided by the periods a year, not by their root.
    """
    if not trials_variance >= 0.0:
        raise ValueError(f"trials_variance was {trials_variance}; expected a variance, >= 0")
    null_sharpe = math.sqrt(trials_variance) * expected_max_normal(trials)
    probability = probabilistic_sharpe(
        sharpe, null_sharpe, n=n, skew=skew, kurtosis=kurtosis, convention=convention
    )
    return DeflatedSharpe(
        probability=probability, null_sharpe=null_sharpe, trials=trials, convention=convention
    )


def effective_trials(returns: npt.ArrayLike) -> float:
    """Return how many independent trials the returns of k related ones amount to: 1 to k.

    ``r + (1 - r) k``, r the mean correlation between trials: Bailey and Lopez de Prado (2014),
    appendix on the number of independent trials. A negative r counts as 0: opposite trials are
    still k. A trial that never varies is taken as related to none.

    Parameters
    ----------
    returns
        Shape (n, k), one column per trial, on the same periods; NaN is refused.
    """
    values = finite("returns", returns)
    k = int(values.shape[1])
    if k < 2:
        return float(k)
    standard = np.zeros_like(values)
    for trial in range(k):
        column = values[:, trial]
        if varies(column):
            standard[:, trial] = (column - column.mean()) / column.std()
    # The sum of all correlations is the variance of the trials' sum: no matrix product, whose last
    # digits are the processor's.
    together = standard.sum(axis=1)
    everything = float((together * together).mean())
    mean = (everything - float((standard * standard).mean(axis=0).sum())) / (k * (k - 1))
    mean = min(max(mean, 0.0), 1.0)
    return mean + (1.0 - mean) * k


def minimum_track_record(
    sharpe: float,
    null_sharpe: float = 0.0,
    *,
    skew: float,
    kurtosis: float,
    confidence: float = 0.95,
    convention: Convention = "2012",
) -> float:
    """Return how many periods are needed to be sure of a ratio; infinite when it is not above.

    "2012": ``1 + (1 - g3 SR + (g4 - 1)/4 SR**2) (z / (SR - SR0))**2``, z the normal quantile of
    ``confidence``: Bailey and Lopez de Prado (2012), section 4. "2025": SR0 in the variance, and
    no 1. It is `probabilistic_sharpe` solved for n; the number is not rounded.
    """
    if sharpe <= null_sharpe:
        return math.inf
    at, extra = (sharpe, 1.0) if convention == "2012" else (null_sharpe, 0.0)
    errors = _normal_quantile(confidence) / (sharpe - null_sharpe)
    return extra + _variance_factor(at, skew, kurtosis) * errors * errors


def minimum_backtest_years(trials: float, sharpe_annual: float = 1.0) -> float:
    """Return the years below which the best of N useless trials is expected to show that ratio.

    ``(E[max of N] / SR)**2`` with SR annual: Bailey, Borwein, Lopez de Prado and Zhu (2014),
    Pseudo-mathematics and financial charlatanism, equation 6. Their bound ``2 ln N / SR**2`` is
    larger, by half for 45 trials.
    """
    if not sharpe_annual > 0.0:
        raise ValueError(f"sharpe_annual was {sharpe_annual}; expected > 0")
    return (expected_max_normal(trials) / sharpe_annual) ** 2


def _variance_factor(sharpe: float, skew: float, kurtosis: float) -> float:
    """Return n times the variance of an estimated ratio, ``1 - g3 SR + (g4 - 1)/4 SR**2``."""
    least = 1.0 + skew**2
    if not kurtosis >= least * (1.0 - 1e-9):  # moments of a sample come with their own rounding
        raise ValueError(
            f"kurtosis was {kurtosis} with a skew of {skew}; expected at least 1 + skew**2 = "
            f"{least}. Give the plain kurtosis, 3 for a normal, not the excess"
        )
    return max(1.0 - skew * sharpe + (kurtosis - 1.0) / 4.0 * sharpe**2, 0.0)


def _normal_cdf(value: float) -> float:
    from scipy.special import ndtr  # 0.2 s to import

    return float(ndtr(value))


def _normal_quantile(probability: float) -> float:
    from scipy.special import ndtri  # 0.2 s to import

    return float(ndtri(probability))
