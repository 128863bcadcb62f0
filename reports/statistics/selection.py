"""Is the best of many trials better than nothing? Returns of all trials in, p values out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reports.statistics.sample import finite, varies


@dataclass(frozen=True, slots=True, kw_only=True)
class SuperiorAbility:
    """Hansen's three p values of "no trial earns anything"; `consistent` is the one to print.

    lower, consistent, upper
        They differ in how many poor trials they believe to be poor; ``lower <= upper``.
    """

    lower: float
    consistent: float
    upper: float
    trials: int
    block_sessions: int


def superior_ability(
    returns: npt.ArrayLike, *, block: int, resamples: int, rng: np.random.Generator
) -> SuperiorAbility | None:
    """Return the test for superior predictive ability of the best trial, against earning nothing.

    Hansen (2005), A test for superior predictive ability, by the stationary bootstrap of `arch`
    over all trials together. Each column is first divided by its standard deviation (ddof 1): the
    test's own studentisation has no effect in `arch` 8.0.0, and without it the wildest trial
    decides alone. ``p = (1 + #) / (resamples + 1)``, and 1 where no trial earned anything: Hansen's
    statistic is then 0, which `arch` leaves out. None where no trial varies.

    Parameters
    ----------
    returns
        Shape (n, k), one column per trial on the same sessions, in excess of what it is compared
        with; NaN is refused. A trial that never varies earns nothing, whatever its mean.
    block
        Mean block length in sessions: `reports.statistics.block_length.block_sessions`.
    """
    values = finite("returns", returns)
    moving = [trial for trial in range(values.shape[1]) if varies(values[:, trial])]
    if not moving:
        return None
    standard = np.zeros_like(values)
    standard[:, moving] = values[:, moving] / values[:, moving].std(axis=0, ddof=1)
    names = ("lower", "consistent", "upper")
    counts = dict.fromkeys(names, resamples)
    if standard.mean(axis=0).max() > 0.0:
        from arch.bootstrap import SPA  # brings statsmodels: over a second

        # Losses: the benchmark's are zero, and a trial's are what it did not earn.
        nothing = np.zeros(len(values))
        test = SPA(nothing, -standard, block, resamples, studentize=False, seed=rng)
        test.compute()
        counts = {name: round(float(test.pvalues[name]) * resamples) for name in names}
    lower, consistent, upper = ((1 + counts[name]) / (resamples + 1) for name in names)
    return SuperiorAbility(
        lower=lower,
        consistent=consistent,
        upper=upper,
        trials=int(values.shape[1]),
        block_sessions=block,
    )


def stepwise_superior(
    returns: npt.ArrayLike,
    *,
    block: int,
    resamples: int,
    rng: np.random.Generator,
    size: float = 0.05,
) -> list[int]:
    """Return which trials earn something, with a chance of at most ``size`` of any false one.

    Romano and Wolf (2005), Stepwise multiple testing, by `arch` on standardised columns, as in
    `superior_ability`. Trials that never vary are none of them.

    Parameters
    ----------
    returns
        Shape (n, k), as in `superior_ability`.
    """
    values = finite("returns", returns)
    moving = [trial for trial in range(values.shape[1]) if varies(values[:, trial])]
    if not moving:
        return []
    standard = values[:, moving] / values[:, moving].std(axis=0, ddof=1)
    if not standard.mean(axis=0).max() > 0.0:
        return []
    from arch.bootstrap import StepM  # brings statsmodels: over a second

    nothing = np.zeros(len(values))
    test = StepM(nothing, -standard, size, block, resamples, studentize=False, seed=rng)
    test.compute()
    return sorted(moving[int(str(place))] for place in test.superior_models)
