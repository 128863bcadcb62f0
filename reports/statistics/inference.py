"""Is a mean more than noise? A sample in; intervals, standard errors and p values out."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from reports.statistics.block_length import LEAST_SESSIONS, block_sessions
from reports.statistics.sample import Floats, finite, varies

LEAST_BLOCKS = 6  # see mean_interval: with fewer, the interval is narrow because it is empty

Method = Literal["percentile", "basic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TTest:
    """One-sample t test of a zero mean, in the unit of the sample.

    sd
        Sample standard deviation, ddof 1.
    effect_size
        ``mean / sd``, what `power` asks for.
    p_two_sided, p_greater
        Against any other mean, and against a positive one.
    low, high
        Two-sided interval of ``confidence``. ``high`` is the largest edge the data still allow.
    """

    n: int
    mean: float
    sd: float
    effect_size: float
    t: float
    p_two_sided: float
    p_greater: float
    low: float
    high: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanInterval:
    """Bootstrap interval of a mean, in the unit of the sample.

    low, high
        None where the sample does not vary or holds too few blocks: see `mean_interval`.
    block_sessions
        Mean length of a block; None where none could be estimated.
    blocks
        ``n / block_sessions``, how many of them the sample holds.
    """

    n: int
    mean: float
    low: float | None
    high: float | None
    confidence: float
    method: Method
    block_sessions: int | None
    blocks: float | None


def t_test(values: npt.ArrayLike, *, confidence: float = 0.95) -> TTest | None:
    """Return Student's (1908) test of a zero mean; None of fewer than two, or where none differs.

    ``t = mean / (sd / sqrt(n))`` on n - 1 degrees, interval ``mean -+ t_q sd / sqrt(n)``. It holds
    for independent entries of near-normal outcome, so for one value per *cluster* of entries, never
    for overlapping forward returns.

    Parameters
    ----------
    values
        Shape (n,), one outcome per independent entry, dollars or fractions; NaN is refused.
    """
    sample = finite("values", values)
    if not varies(sample):
        return None
    from scipy import stats  # 0.7 s to import

    test = stats.ttest_1samp(sample, 0.0)
    interval = test.confidence_interval(confidence)
    mean, sd = float(sample.mean()), float(sample.std(ddof=1))
    return TTest(
        n=len(sample),
        mean=mean,
        sd=sd,
        effect_size=mean / sd,
        t=float(test.statistic),
        p_two_sided=float(test.pvalue),
        p_greater=float(stats.ttest_1samp(sample, 0.0, alternative="greater").pvalue),
        low=float(interval.low),
        high=float(interval.high),
        confidence=confidence,
    )


def mean_interval(
    values: npt.ArrayLike,
    *,
    least_block: int,
    rng: np.random.Generator,
    resamples: int,
    method: Method = "percentile",
    confidence: float = 0.95,
) -> MeanInterval:
    """Return the stationary bootstrap (Politis and Romano, 1994) interval of a mean.

    Percentile: quantiles of the resampled means. Basic: twice the mean less those quantiles. The
    bias-corrected ones assume independent data, and are not offered. Resampled means spread less
    than true ones when blocks are few: on 500 sessions of white noise a nominal 95 % interval
    misses the truth 6 or 7 % of the time with 50 blocks or more, 8 % with 20, 11 % with 10, 14 %
    with 6 and 21 % with 2 (2,000 samples). Below ``LEAST_BLOCKS`` there is no interval, and below
    20 ``blocks`` belongs beside it.

    Parameters
    ----------
    values
        Shape (n,), in time, one value per session held or not; NaN is refused.
    least_block
        Sessions that belong together whatever the estimate says: the median hold.
    """
    sample = finite("values", values)
    mean = float(sample.mean()) if sample.size else 0.0
    block, blocks = None, None
    if len(sample) >= LEAST_SESSIONS and varies(sample):
        block = block_sessions(sample, least=least_block)
        blocks = len(sample) / block
    low, high = None, None
    if block is not None and blocks is not None and blocks >= LEAST_BLOCKS:
        from arch.bootstrap import StationaryBootstrap  # brings statsmodels: over a second

        bootstrap = StationaryBootstrap(block, sample, seed=rng)
        ends = bootstrap.conf_int(np.mean, resamples, method=method, size=confidence)
        low, high = float(ends[0, 0]), float(ends[1, 0])
    return MeanInterval(
        n=len(sample),
        mean=mean,
        low=low,
        high=high,
        confidence=confidence,
        method=method,
        block_sessions=block,
        blocks=blocks,
    )


def resampling_p(observed: float, resampled: npt.ArrayLike) -> float:
    """Return how often chance does at least as well: ``(1 + #{x >= observed}) / (B + 1)``.

    Davison and Hinkley (1997), section 4.2: the observation counts as one of its own resamples,
    so that p is never 0.

    Parameters
    ----------
    resampled
        Shape (B,), the statistic under the null, larger being better; NaN is refused, since a path
        without a result is not a path that did worse.
    """
    chance = finite("resampled", resampled)
    (value,) = finite("observed", [observed])
    return (1 + int((chance >= value).sum())) / (chance.size + 1)


def fewest_resamples(p: float) -> int:
    """Return how many resamples it takes before `resampling_p` can be as small as ``p``."""
    return math.ceil(round(1.0 / p, 9)) - 1


def holm(p_values: npt.ArrayLike) -> Floats:
    """Return p values adjusted so that the chance of any false claim is held; same order.

    Holm (1979): the i-th smallest of m becomes ``max_{j<=i} (m - j + 1) p_(j)``, at most 1.
    """
    values = finite("p_values", p_values)
    if ((values < 0.0) | (values > 1.0)).any():
        raise ValueError(f"p_values were {values.tolist()}; expected all between 0 and 1")
    if values.size == 0:
        return values
    from statsmodels.stats.multitest import multipletests  # 0.8 s to import

    return np.asarray(multipletests(values, method="holm")[1], dtype=np.float64)
