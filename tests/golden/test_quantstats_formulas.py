"""Our headline ratios against QuantStats' own functions on the same ledger returns.

QuantStats changed formulas between patch releases; this is where we would notice. It imports
yfinance and seaborn, so it is imported inside, and only there are its warnings let through.
"""

import warnings

import numpy as np
import pandas as pd
import pytest

from engine.event import simulate
from tests.golden.real_run import real_prices, real_run
from tests.property.random_config import random_config
from tests.property.random_market import market_of, random_pair

# The same sums over some hundred returns, by pandas there and by numpy here.
CLOSE = {"rel": 1e-9, "abs": 1e-12}


@pytest.fixture(scope="module")
def stats():
    with warnings.catch_warnings():
        # What its own dependencies deprecate is theirs to heed; the tear sheet lets it pass too.
        warnings.simplefilter("ignore", DeprecationWarning)
        import quantstats.stats

    return quantstats.stats


def assert_headline_is_theirs(stats, run):
    ledger = run.ledger.set_index("date")
    returns = pd.Series(ledger["equity_return"].to_numpy(), index=pd.DatetimeIndex(ledger.index))
    assert returns.iloc[0] == 0.0
    head = run.headline
    assert head["cagr"] == pytest.approx(stats.cagr(returns, periods=252), **CLOSE)
    assert head["volatility"] == pytest.approx(stats.volatility(returns, periods=252), **CLOSE)
    assert head["sharpe"] == pytest.approx(stats.sharpe(returns, periods=252), **CLOSE)
    assert head["sortino"] == pytest.approx(stats.sortino(returns, periods=252), **CLOSE)
    assert head["max_drawdown"] == pytest.approx(stats.max_drawdown(returns), **CLOSE)
    assert head["max_drawdown"] < 0.0 < head["volatility"], "a run without a loss proves nothing"


@pytest.mark.parametrize("seed", [3, 6, 16, 22, 25])
def test_quantstats_agrees_on_invented_runs(stats, seed):
    rng = np.random.default_rng(seed)

    def choose(options):
        return options[rng.integers(len(options))]

    pair = random_pair(choose)
    assert_headline_is_theirs(stats, simulate(random_config(choose, pair), market_of(pair)))


class TestOnRealPrices:
    pytestmark = real_prices

    @pytest.mark.parametrize("period", ["weekly", "monthly"])
    def test_quantstats_agrees_on_the_design_runs(self, stats, period):
        assert_headline_is_theirs(stats, real_run(period))


def test_quantstats_sees_a_loss_on_the_first_traded_day(stats):
    """The leading zero row: without it a book that only ever loses would have no drawdown."""
    returns = pd.Series([0.0, -0.01, 0.0], index=pd.bdate_range("2024-01-02", periods=3))
    assert stats.max_drawdown(returns) == pytest.approx(-0.01, rel=1e-12)
