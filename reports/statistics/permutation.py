"""Does the profit sit in one group by chance? Outcomes and groups in, a p value out."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from reports.statistics.inference import resampling_p
from reports.statistics.sample import finite

ROUNDING = 1e-9  # of the largest sum: the same outcomes added in another order


def largest_group_p(
    outcomes: npt.ArrayLike,
    groups: Sequence[Sequence[int]],
    *,
    draws: int,
    rng: np.random.Generator,
) -> float:
    """Return how often chance gives some group as large a sum as the largest one.

    A permutation test (Fisher, 1935): if groups meant nothing, every assignment of the outcomes to
    the places would be equally likely. The statistic is the maximum over all groups, so that the
    chance of a false alarm is held over all of them together, however many there are and however
    they overlap (Westfall and Young, 1993).

    Parameters
    ----------
    outcomes
        Shape (n,), of each entry; NaN is refused.
    groups
        Places of the entries of each group; none may be empty.
    """
    values = finite("outcomes", outcomes)
    member = np.zeros((len(groups), len(values)))
    for row, places in enumerate(groups):
        if len(places) == 0:
            raise ValueError(f"group {row} was empty; expected at least one entry in each")
        member[row, list(places)] = 1.0
    shuffled = rng.permuted(np.tile(values, (draws, 1)), axis=1)
    chance = (shuffled @ member.T).max(axis=1)
    slack = ROUNDING * max(1.0, float(np.abs(values).sum()))
    return resampling_p(float((member @ values).max()) - slack, chance)
