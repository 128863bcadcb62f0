"""Other histories the two legs could have had. Returns in, resampled price paths out.

For the headline test of an audit: the whole strategy is run again on paths that keep how the legs
move together and follow themselves over short times, but not what either earns. Whoever runs the
strategy on them compares with `reports.audits.inference.resampling_p`.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from reports.audits.blocks import block_sessions
from reports.audits.sample import Floats, finite

Places = npt.NDArray[np.int64]
Mean = Literal["log", "simple"]

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


def demeaned(returns: npt.ArrayLike, *, mean: Mean = "log") -> Floats:
    """Return the log returns of a world in which no leg drifts.

    "log": each column less its mean, ``r - mean(r)``. A leg's log price then drifts nowhere, but
    its price does, by half its variance: 3 % a year more than the other, for legs of 35 % and 25 %
    volatility. The resampled strategy gains by being long of the wilder leg, and loses by being
    short of it. "simple": ``r - ln(mean(exp(r)))``, so that no leg's price drifts either.

    Parameters
    ----------
    returns
        Shape (n, k) or (n,), log returns; NaN is refused.
    """
    values = finite("returns", returns)
    if mean == "log":
        return np.asarray(values - values.mean(axis=0), dtype=np.float64)
    return np.asarray(values - np.log(np.exp(values).mean(axis=0)), dtype=np.float64)


def resampled_indices(sessions: int, *, block: int, count: int, rng: np.random.Generator) -> Places:
    """Return places of the original sessions, in the order in which resampled paths visit them.

    Stationary bootstrap (Politis and Romano, 1994): a path goes on to the next session, and after
    the last to the first, or with probability ``1 / block`` jumps anywhere. Each place is as likely
    as any other, so that a resample of `demeaned` returns drifts nowhere on average.

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


def price_path(returns: npt.ArrayLike, places: Places, *, start: npt.ArrayLike) -> Floats:
    """Return one path of prices: ``start * exp(cumulated returns)``, the start itself first.

    Parameters
    ----------
    returns
        Shape (n, k), log returns, a session's known at its close; NaN is refused.
    places
        Shape (m,), one row of `resampled_indices`.
    start
        Price before the first return, one or k of them, above 0.

    Returns
    -------
    Floats
        Shape (m + 1, k). As many prices as the history had that gave m returns.
    """
    values = finite("returns", returns)
    first = finite("start", start)
    if (first <= 0.0).any():
        raise ValueError(f"start was {first.tolist()}; expected prices above 0")
    legs = values.shape[1]
    walks = np.vstack([np.zeros((1, legs)), np.cumsum(values[places], axis=0)])
    return first * np.exp(walks)
