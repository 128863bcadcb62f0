"""Other histories the two legs could have had. Returns in, resampled price paths out.

For the headline test of an audit: the whole strategy is run again on paths that keep how the legs
move together and follow themselves over short times, but not what either earns. Whoever runs the
strategy on them compares with `reports.statistics.inference.resampling_p`.
"""

import numpy as np
import numpy.typing as npt

from reports.statistics.block_length import block_sessions

Places = npt.NDArray[np.int64]

LEAST_BLOCK_SESSIONS = 5  # one week: a decision fills, and its cost is paid, within it


def bootstrap_block(returns: npt.ArrayLike) -> int:
    """Return the mean block length of the legs' joint returns: Politis and White's, or a week.

    Parameters
    ----------
    returns
        Shape (n, k), log returns of k legs on the same sessions; NaN is refused. The leg that
        remembers longest decides.
    """
    return block_sessions(returns, least=LEAST_BLOCK_SESSIONS)


def resampled_indices(sessions: int, *, block: int, count: int, rng: np.random.Generator) -> Places:
    """Return places of the original sessions, in the order in which resampled paths visit them.

    Stationary bootstrap (Politis and Romano, 1994): a path goes on to the next session, and after
    the last to the first, or with probability ``1 / block`` jumps anywhere. Each place is as likely
    as any other, so that a resample of returns without a mean drifts nowhere on average.

    Returns
    -------
    Places
        Shape (count, sessions). ``returns[places[b]]`` is one path of all legs: a session's legs
        stay together. Eight bytes each: 1,000 paths of 10 years take 20 MB.
    """
    if sessions < 1 or block < 1 or count < 1:
        raise ValueError(
            f"sessions was {sessions}, block {block}, count {count}; expected all at least 1"
        )
    from arch.bootstrap import StationaryBootstrap  # brings statsmodels: over a second

    bootstrap = StationaryBootstrap(block, np.arange(sessions, dtype=np.int64), seed=rng)
    return np.array([path for (path,), _ in bootstrap.bootstrap(count)], dtype=np.int64)
