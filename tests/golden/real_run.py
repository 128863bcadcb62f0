"""The DESIGN configuration on real prices. A rebalance period in, the engine's run out."""

import os
from functools import cache
from pathlib import Path

import pytest

from configs.load import load
from engine.event import simulate
from engine.records.result import Result
from feeds.assemble import load_market
from tests.unit.read_once import ReadOnce

DESIGN_CONFIG = Path(__file__).parents[2] / "configs" / "smh_igv.yaml"

real_prices = [
    pytest.mark.market,
    pytest.mark.skipif("MARKET_DATA" not in os.environ, reason="MARKET_DATA names no price folder"),
]


@cache
def real_run(period: str) -> Result:
    folder = os.environ["MARKET_DATA"]
    source = ("data.source=csv", f"data.path={folder}")
    config = load(DESIGN_CONFIG, (*source, f"rebalance={{kind: {period}}}"))
    return simulate(config, load_market(config, ReadOnce(Path(folder))))
