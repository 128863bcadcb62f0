"""Pairs whose edge is known. A world, a rule and a seed in, a `Subject` out; all prices SYNTHETIC.

Worlds without an edge: whatever a rule makes in them is luck, or the drift of a leg. Edges are
planted uniformly: after each of the rule's triggers the long leg gains on the short one by the same
amount a session for as long as the rule holds.
"""

import numpy as np
import pandas as pd

from configs.schema import RunConfig
from reports.audits.subject import Subject
from tests.oracle.nyse import next_session
from tests.unit.control_pairs import CORRELATION, FIRST, GAP, VOLATILITIES
from tests.unit.hand_market import hand_leg, hand_market

SESSIONS = 800
YEAR = 252
SWITCH = 1 / 120  # the chance a session that the correlation changes between its two levels
T_DEGREES = 5

_FAST = {
    "signal": {"kind": "correlation", "window": 21, "min_periods": 21, "enter_below": -0.5},
    "exits": {"holding_sessions": 5},
}
RULES = {
    "fast": _FAST,  # some fifty holds of a week
    "mid": {
        "signal": {"kind": "correlation", "window": 42, "min_periods": 42, "enter_below": -0.75},
        "exits": {"holding_sessions": 15},
    },
    "stops": {
        **_FAST,
        "exits": {"holding_sessions": 10, "stop_loss": 0.02, "take_profit": 0.03},
    },
    "article": {
        "signal": {"kind": "correlation", "window": 63, "min_periods": 63, "enter_below": -2.0},
        "exits": {"holding_sessions": 126},
    },
    "always": {"signal": {"kind": "always"}, "exits": {}},
}


def gaussian(rng, correlation=CORRELATION):
    """Two correlated normal returns a session, standardised."""
    return _mixed(rng.standard_normal((SESSIONS, 3)), correlation)


def student(rng):
    """The same of Student's t with five degrees, of unit variance."""
    draws = rng.standard_t(T_DEGREES, (SESSIONS, 3)) / np.sqrt(T_DEGREES / (T_DEGREES - 2))
    return _mixed(draws, CORRELATION)


def garch(rng, alpha=0.10, beta=0.88):
    """Normal returns whose variance clusters: GARCH(1,1) of the shared and of each own part."""
    shocks, made = rng.standard_normal((SESSIONS, 3)), np.empty((SESSIONS, 3))
    variance = np.ones(3)
    for place, shock in enumerate(shocks):
        made[place] = np.sqrt(variance) * shock
        variance = (1.0 - alpha - beta) + alpha * made[place] ** 2 + beta * variance
    return _mixed(made, CORRELATION)


def switching(rng):
    """A correlation that changes between 0.2 and 0.85 at random."""
    state = np.cumsum(rng.random(SESSIONS) < SWITCH) % 2
    return _mixed(rng.standard_normal((SESSIONS, 3)), np.where(state == 0, 0.85, 0.2))


def rising(yearly):
    """The long leg earns so much a year whatever the rule does; the other nothing."""

    def made(rng):
        return gaussian(rng) + np.array([yearly / YEAR / VOLATILITIES[0], 0.0])

    return made


WORLDS = {
    "GBM": gaussian,
    "t5": student,
    "GARCH": garch,
    "switching correlation": switching,
    "long leg +30 % a year": rising(0.30),
    "long leg +50 % a year": rising(0.50),
}
EDGES = {0.27: 0.0013, 0.55: 0.0032, 0.91: 0.0056}
"""What a session of a hold gains under the fast rule, by the effect size d of a trade after costs:
the mean over forty pairs of mean / sd of some fifty trades each, to a hundredth or two."""


def known_pair(world, rule, seed, *, edge=0.0, resamples=99, most=999):
    """One pair of a world under a rule."""
    rng = np.random.default_rng([seed, 14])
    returns = WORLDS[world](rng) * VOLATILITIES
    returns[0] = 0.0
    if edge:
        returns += _planted(returns, RULES[rule], edge)[:, None] * [0.5, -0.5]
    closes = 100.0 * np.exp(np.cumsum(returns, axis=0))
    opens = np.vstack([closes[:1], closes[:-1] * np.exp(rng.normal(0.0, GAP, (SESSIONS - 1, 2)))])
    legs = [hand_leg(name, opens[:, k], closes[:, k]) for k, name in enumerate(("LLL", "SSS"))]
    return Subject(config=config_of(rule, resamples, most), market=hand_market(_days(), *legs))


def config_of(rule, resamples, most):
    """The configuration of a rule, with the program's own costs and sizing."""
    return RunConfig.model_validate(
        {
            "name": f"known-{rule}",
            "data": {"source": "csv", "path": "unread", "start": FIRST},
            "pair": {"long": "LLL", "short": "SSS"},
            "audit": {"resamples": resamples, "resamples_at_most": most},
            **RULES[rule],
        }
    )


def _mixed(draws, correlation):
    shared, own = draws[:, :1], draws[:, 1:]
    level = np.broadcast_to(correlation, SESSIONS)[:, None]
    return np.sqrt(level) * shared + np.sqrt(1.0 - level) * own


def _planted(returns, rule, edge):
    """The edge on each session of a hold after a trigger, 0 elsewhere."""
    window, level = rule["signal"]["window"], rule["signal"]["enter_below"]
    long, short = pd.Series(returns[:, 0]), pd.Series(returns[:, 1])
    c = long.rolling(window).corr(short).where(np.arange(SESSIONS) >= window)
    z = (c - c.expanding(window).mean()) / c.expanding(window).std()
    drift = np.zeros(SESSIONS)
    for place in np.flatnonzero(z < level):
        drift[place + 1 : place + 1 + rule["exits"]["holding_sessions"]] = edge
    return drift


_DAYS: list[str] = []


def _days():
    """The exchange's sessions from the first, and the one after the last; listed once."""
    day = FIRST
    while len(_DAYS) <= SESSIONS:
        _DAYS.append(str(day))
        day = next_session(day)
    return _DAYS
