"""Backtrader with preloaded arrays and bar by bar: the same trace, to the last bit.

A rule that reads ahead (``close[1]``) finds the future in a preloaded line and nothing in a
streamed one, so the two would part.
"""

import os
from pathlib import Path

import pandas as pd
import pytest

from configs.load import load
from engine.event import simulate
from feeds.assemble import load_market
from strategies import AlwaysPair
from tests.parity.invented import invented
from tests.parity.test_oracle_agrees import DESIGN_CONFIG, real_prices
from tests.property.random_market import market_of
from tests.unit.read_once import ReadOnce


def assert_same_trace(one, other):
    for name in ("ledger", "fills", "trades", "signals", "rebalances"):
        pd.testing.assert_frame_equal(
            getattr(one, name), getattr(other, name), check_exact=True, obj=name
        )
    for name in (
        "open_trades", "pending", "headline", "breakeven", "hedge_pnl", "ended", "findings",
        "manifest", "synthetic",
    ):  # fmt: skip
        assert getattr(one, name) == getattr(other, name), name


@pytest.mark.parametrize("seed", [3, 4, 6, 8, 16, 22, 25])
def test_streamed_bars_give_the_preloaded_trace(seed):
    pair, config = invented(seed)
    market = market_of(pair)
    preloaded, streamed = simulate(config, market), simulate(config, market, streaming=True)
    assert_same_trace(preloaded, streamed)
    assert len(preloaded.fills) > 2, "a run without a trade proves nothing"


@pytest.mark.market
@real_prices
@pytest.mark.parametrize("period", ["weekly", "monthly", "daily"])
def test_streamed_bars_give_the_preloaded_trace_on_real_prices(period):
    folder = os.environ["MARKET_DATA"]
    config = load(
        DESIGN_CONFIG,
        ("data.source=csv", f"data.path={folder}", f"rebalance={{kind: {period}}}"),
    )
    market = load_market(config, ReadOnce(Path(folder)))
    preloaded, streamed = simulate(config, market), simulate(config, market, streaming=True)
    assert_same_trace(preloaded, streamed)
    pd.testing.assert_series_equal(
        preloaded.benchmark_returns, streamed.benchmark_returns, check_exact=True
    )
    assert preloaded.headline["trades_closed"] == 2


class Peeking(AlwaysPair):
    """Enters where the pair's own trigger holds and tomorrow's volatility is higher."""

    def is_triggered(self):
        try:
            rises = self.long.lines.vol_long[1] > self.long.lines.vol_long[0]
        except IndexError:  # streamed, tomorrow is not there
            return False
        return rises and super().is_triggered()


def test_streaming_would_show_a_rule_that_reads_ahead():
    """The control: plant a look at tomorrow's volatility, and the two traces part."""
    pair, config = invented(3)
    market = market_of(pair)
    preloaded, streamed = (
        simulate(config, market, strategy_class=Peeking, streaming=each) for each in (False, True)
    )
    assert len(preloaded.fills) > 2
    with pytest.raises(AssertionError, match="ledger"):
        assert_same_trace(preloaded, streamed)
