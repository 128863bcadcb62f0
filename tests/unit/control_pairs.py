"""Pairs whose edge is known: none, or one that was planted. A seed in, a `Subject` out.

Two random walks of constant correlation, without drift. Where an edge is planted, the long leg
gains on the short one in the sessions after each fall of their correlation, as the rule believes.
"""

from datetime import date

import numpy as np
import pandas as pd

from configs.schema import RunConfig
from reports.audits.subject import Subject
from tests.oracle.nyse import next_session
from tests.unit.hand_market import hand_leg, hand_market

FIRST = date(2019, 1, 2)
VOLATILITIES = (0.016, 0.012)  # a session: 25 % and 19 % a year, as of two sector funds
CORRELATION = 0.6
GAP = 0.003  # overnight, so that the open is not the close before

# A month's correlation, an entry whenever it is half a deviation below its own past, and a hold of
# one week: 48 entries in 800 sessions (32 to 64), held for a third of them, so that there are other
# dates to compare with. Of the article's own window, level and hold three or four entries would be
# left, and every verdict would be UNTESTABLE.
WINDOW, LEVEL, HOLD = 21, -0.5, 5


def control_config(*, resamples=99, audit_seed=1, most=None, **sections):
    return RunConfig.model_validate(
        {
            "name": "control",
            "data": {"source": "csv", "path": "unread", "start": FIRST},
            "pair": {"long": "LLL", "short": "SSS"},
            "signal": {
                "kind": "correlation",
                "window": WINDOW,
                "min_periods": WINDOW,
                "enter_below": LEVEL,
            },
            "exits": {"holding_sessions": HOLD},
            "audit": {
                "resamples": resamples,
                "resamples_at_most": most or resamples,
                "seed": audit_seed,
            },
            **sections,
        }
    )


def control_subject(seed, *, edge=0.0, sessions=800, **settings):
    """A pair of random walks; ``edge`` is what the pair gains a session after a trigger."""
    rng = np.random.default_rng([seed, 7])
    shared, own = rng.standard_normal(sessions), rng.standard_normal((sessions, 2))
    mixed = np.sqrt(CORRELATION) * shared[:, None] + np.sqrt(1 - CORRELATION) * own
    returns = mixed * VOLATILITIES
    returns[0] = 0.0
    returns += _planted(returns, edge)[:, None] * [0.5, -0.5]
    closes = 100.0 * np.exp(np.cumsum(returns, axis=0))
    gaps = np.exp(rng.normal(0.0, GAP, (sessions, 2)))
    opens = np.vstack([closes[:1], closes[:-1] * gaps[1:]])
    days = [FIRST]
    while len(days) <= sessions:
        days.append(next_session(days[-1]))
    legs = [hand_leg(name, opens[:, k], closes[:, k]) for k, name in enumerate(("LLL", "SSS"))]
    return Subject(
        config=control_config(**settings), market=hand_market([str(d) for d in days], *legs)
    )


def _planted(returns, edge):
    """The edge on each of the ``HOLD`` sessions after a trigger, 0 elsewhere."""
    long, short = pd.Series(returns[:, 0]), pd.Series(returns[:, 1])
    c = long.rolling(WINDOW).corr(short).where(np.arange(len(long)) >= WINDOW)
    z = (c - c.expanding(WINDOW).mean()) / c.expanding(WINDOW).std()
    drift = np.zeros(len(returns))
    for place in np.flatnonzero(z < LEVEL):
        drift[place + 1 : place + 1 + HOLD] = edge
    return drift
