"""A run long enough to be tested, on invented prices. A rebalancing in, a result out."""

import numpy as np
import pandas as pd

from engine.event import simulate
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market

SPREAD = FREE | {"spread": {"default_bps": 40.0}}
PAIR = {"long": "L", "short": "S"}


def long_run(kind, seed=3, sessions=90, **sections):
    """A quarter and more of invented prices, enough to be tested."""
    days = np.array(pd.bdate_range("2024-03-21", periods=sessions + 1), dtype="datetime64[D]")
    moves = np.random.default_rng(seed).normal(0.0, 0.02, (3, sessions))
    closes = 50.0 * np.exp(np.cumsum(moves, axis=1))
    legs = [hand_leg(name, line, line) for name, line in zip("LSB", closes, strict=True)]
    data = {"source": "csv", "path": "unread", "start": "2024-03-21", "benchmark": "B"}
    config = hand_config(
        **{"rebalance": {"kind": kind}, "costs": SPREAD, "data": data, "pair": PAIR, **sections}
    )
    return simulate(config, hand_market(list(days), *legs))
