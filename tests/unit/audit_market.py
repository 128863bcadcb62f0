"""A market and runs to audit. Seeds and sections in, subjects and their checks out."""

from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np

from configs.schema import RunConfig
from engine.user_strategy import load_strategy
from feeds import calendar
from reports.audits.integrity.checks import integrity
from reports.audits.integrity.negative_controls import negative_controls
from reports.audits.integrity.rerun import with_compiled_reruns
from reports.audits.planted import planted_config
from reports.audits.subject import Subject
from tests.unit.hand_market import hand_leg, hand_market

LEAKS = Path(__file__).parents[1] / "leaks"
SESSIONS = 160
CORRELATION = {"kind": "correlation", "window": 8, "min_periods": 8, "enter_below": -0.8}


def audit_config(**sections):
    """A correlation pair with short windows, so that a small market gives it much to decide."""
    return RunConfig.model_validate(
        {
            "name": "audited",
            "data": {"source": "csv", "path": "unread", "start": "2023-01-03"},
            "pair": {"long": "LLL", "short": "SSS"},
            "signal": CORRELATION,
            "sizing": {"kind": "inverse_vol", "window": 5},
            "exits": {"holding_sessions": 7},
            "costs": {"spread": {"default_bps": 4.0, "SSS": 5.0, "LLL": 3.0}},
            **sections,
        }
    )


@cache
def audit_market(seed=3, count=SESSIONS):
    """Two legs with dividends, adjusted back from the last session as a vendor does."""
    rng = np.random.default_rng(seed)
    start, end = np.datetime64("2023-01-03").item(), np.datetime64("2025-12-31").item()
    legs = []
    for symbol in ("LLL", "SSS"):
        closes = 100.0 * np.exp(np.cumsum(rng.normal(0, 0.02, count)))
        dividend = np.where(np.arange(count) % 40 == 20, 2.0, 0.0)
        kept = np.append(1.0 - dividend[1:] / closes[:-1], 1.0)  # of a close, the session after
        opens = closes * np.exp(rng.normal(0, 0.005, count))
        adj_close = closes * np.cumprod(kept[::-1])[::-1]
        legs.append(hand_leg(symbol, opens, closes, adj_close=adj_close, dividend=dividend))
    vix = 20.0 * np.exp(np.cumsum(rng.normal(0, 0.05, count)))
    days = calendar.sessions(start, end)[: count + 1]
    return hand_market(days, *legs, gauges={"^VIX": vix, "^MOVE": vix[::-1]})


def leaking(name, market=None, **sections):
    """A subject whose strategy is a file of ``tests/leaks``."""
    return Subject(
        config=audit_config(**sections),
        market=market or audit_market(),
        strategy_class=load_strategy(LEAKS / f"{name}.py"),
    )


def own(market=None, **sections):
    """A subject with the strategy of its configuration."""
    return Subject(config=audit_config(**sections), market=market or audit_market())


def checks_of(subject, base=None, *, quick=True):
    """The checks by key, of the runs that an audit would make."""
    base = base or subject.run()
    subject = with_compiled_reruns(subject, base)
    with patch("reports.audits.integrity.checks.negative_controls", controls_once):
        made = integrity(subject, base, quick=quick, progress=lambda step: None)
    return {check.key: check for check in made}


_controls = {}


def controls_once(subject):
    """A11, made once for all subjects whose planted strategies are the same on the same prices."""
    market, config = subject.market, planted_config(subject.config)
    key = (id(market.long), id(market.short), len(market.sessions), config.model_dump_json())
    if key not in _controls:  # the market stays with the answer, so that no id is used again
        _controls[key] = negative_controls(subject), market
    return _controls[key][0]


def keys_of(checks, status):
    """The keys of the checks with a status, in order."""
    return [key for key, check in checks.items() if check.status == status]
