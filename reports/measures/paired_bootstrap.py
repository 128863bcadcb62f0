"""Is a difference in return more than noise? Daily differences in, an interval, p and band out.

Paired: both runs live on the same sessions, so that the market they share cancels before anything
is resampled.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SESSIONS_PER_YEAR = 252
LEAST_BLOCK_SESSIONS = 5  # one week: orders of one decision fill, and cost, within it
LEAST_SESSIONS = 30  # six blocks of the least length; fewer give an interval of nothing
NOTHING = 1e-12  # the ledger's identity is kept to a millionth of a dollar: on a million, this
CONFIDENCE = 0.95
BAND = (0.05, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedBootstrap:
    """What the resampled differences say; every field is None where there was no test.

    low, high
        Percentile interval of ``CONFIDENCE`` for the mean difference, a fraction of equity a year.
    p_value
        Two-sided: how often a mean as far from zero arises when the true mean is zero.
    block_sessions
        Mean length of a block.
    band_low, band_high
        Shape (n,): the 5th and 95th percentile, session by session, of the cumulative difference
        of the resampled *demeaned* series: where the curve would wander if neither run were better.
        (A band of the difference itself would only be drawn around its own end, and say nothing.)
    """

    low: float | None
    high: float | None
    p_value: float | None
    block_sessions: int | None
    band_low: Floats | None
    band_high: Floats | None

    @property
    def is_distinguishable(self) -> bool:
        """Return whether interval and p agree, at the confidence given, that it is not zero."""
        if self.low is None or self.high is None or self.p_value is None:
            return False
        return self.low * self.high > 0.0 and self.p_value <= 1.0 - CONFIDENCE


UNTESTED = PairedBootstrap(
    low=None, high=None, p_value=None, block_sessions=None, band_low=None, band_high=None
)


def has_difference(differences: Floats) -> bool:
    """Return whether any session differs by more than rounding; an empty series does not."""
    return bool((np.abs(differences) > NOTHING).any())


def block_sessions(differences: Floats) -> int:
    """Return the mean block length: Politis and White's optimum, rounded up, at least a week.

    Politis and White (2004) with the correction of Patton, Politis and White (2009), as `arch`
    computes it for the stationary bootstrap. Their rule promises nothing for a short series, hence
    the floor. The series must vary.
    """
    from arch.bootstrap import optimal_block_length  # brings statsmodels: over a second

    optimal = float(optimal_block_length(differences)["stationary"].iloc[0])
    return max(math.ceil(optimal), LEAST_BLOCK_SESSIONS)


def paired_bootstrap(
    differences: Floats, *, rng: np.random.Generator, resamples: int
) -> PairedBootstrap:
    """Return the stationary bootstrap (Politis and Romano, 1994) of the mean difference.

    With d the differences, m their mean and m* the mean of a resample of d - m:
    interval = percentiles of m + m*, ``p = (1 + #{|m*| >= |m|}) / (resamples + 1)``.

    Parameters
    ----------
    differences
        Shape (n,), return of one run less that of the other, a session; no NaN.

    Returns
    -------
    PairedBootstrap
        `UNTESTED` for fewer than ``LEAST_SESSIONS``, and where nothing differs or every session
        differs alike: there is no noise to compare with.
    """
    is_short = len(differences) < LEAST_SESSIONS
    if is_short or not has_difference(differences) or float(np.ptp(differences)) <= NOTHING:
        return UNTESTED
    from arch.bootstrap import StationaryBootstrap  # brings statsmodels: over a second

    mean = float(differences.mean())
    block = block_sessions(differences)
    bootstrap = StationaryBootstrap(block, differences - mean, seed=rng)
    paths = np.array([path for (path,), _ in bootstrap.bootstrap(resamples)])
    means = paths.mean(axis=1)
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = (mean + np.quantile(means, [tail, 1.0 - tail])) * SESSIONS_PER_YEAR
    band_low, band_high = np.quantile(np.cumsum(paths, axis=1), BAND, axis=0)
    return PairedBootstrap(
        low=float(low),
        high=float(high),
        p_value=(1 + int((np.abs(means) >= abs(mean)).sum())) / (resamples + 1),
        block_sessions=block,
        band_low=band_low,
        band_high=band_high,
    )
