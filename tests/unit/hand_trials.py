"""Trials made by hand. What differs from the first of them in, a `Trial` out."""

import hashlib
import json

from engine.trials.trial import Trial

SETTINGS = {
    "name": "hand",
    "data": {"source": "csv", "path": "here", "start": "2020-01-02", "benchmark": None},
    "pair": {"long": "AAA", "short": "BBB"},
    "signal": {"kind": "correlation", "window": 63, "enter_below": -2.0},
    "rebalance": {"kind": "weekly", "every": 1},
}


def changed(changes):
    """Return the settings with dotted keys replaced."""
    settings = json.loads(json.dumps(SETTINGS))
    for key, value in changes.items():
        *above, last = key.split(".")
        at = settings
        for part in above:
            at = at[part]
        at[last] = value
    return settings


def hand_trial(changes=(), *, cells=None, axes=None, start="2020-01-02", end="2022-12-30", **other):
    """Return a run of the settings with some keys changed, or a search of so many cells."""
    settings = changed(dict(changes))
    known = {
        "pair": f"{settings['pair']['long']}/{settings['pair']['short']}",
        "synthetic": False,
        "data_sha256": "d" * 64,
        "config_sha256": hashlib.sha256(repr((settings, cells, axes)).encode()).hexdigest(),
        "score": 1.25,
        "engine": "backtrader" if cells is None else "kernel",
        "search": None if cells is None else "a search",
    } | other
    return Trial(start=start, end=end, settings=settings, cells=cells, axes=axes, **known)
