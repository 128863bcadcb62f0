"""What the trades earned each session. A run in, returns and their Sharpe ratio out."""

import math

import numpy as np

from engine.records.headline import SESSIONS_PER_YEAR
from engine.records.result import Result
from reports.statistics.sample import Floats, varies

NOTHING = 1e-12  # the ledger is exact to a millionth of a dollar: on a million, this


def session_returns(result: Result) -> Floats:
    """Return the run's equity returns without interest earned while flat, shape (sessions,).

    The ledger's returns wherever idle cash earns nothing (the default). Where it does, a run that
    hardly trades would otherwise have the ratio of a bank account: no edge, and no deviation.
    The first session, which nothing precedes, is 0.
    """
    ledger = result.ledger
    returns = ledger["equity_return"].to_numpy(dtype=np.float64)
    was_flat = ledger["gross"].shift(fill_value=0.0).to_numpy() == 0.0
    idle = np.where(was_flat, ledger["interest"].to_numpy(dtype=np.float64), 0.0)
    before = ledger["equity"].shift().to_numpy(dtype=np.float64)
    earned = returns - np.divide(idle, before, out=np.zeros(len(idle)), where=before > 0.0)
    is_rounding = (idle != 0.0) & (np.abs(earned) < NOTHING)
    return np.where(is_rounding, 0.0, earned)


def annual_sharpe(returns: Floats) -> float | None:
    """Return mean over sample deviation, times the root of 252; None where nothing varies."""
    if not varies(returns):
        return None
    ratio = float(returns.mean()) / float(returns.std(ddof=1))
    return ratio * math.sqrt(SESSIONS_PER_YEAR)
