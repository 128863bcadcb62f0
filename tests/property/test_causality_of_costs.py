"""No fill may be priced by its own session or a later one: to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.costs.price_list import tariffs_of
from engine.prepare.rates import rates_of
from strategies.rules import rolling
from tests.property.test_causality import assert_causal, config_of, sweep
from tests.unit.hand_market import hand_leg, hand_market

PRICED = {
    "vol_scaled": {"spread": {"kind": "vol_scaled", "window": 3}},
    "own regime": {"spread": {"kind": "regime", "window": 4}},
    "^VIX regime": {"spread": {"kind": "regime", "measure": "^VIX"}},
    "impact": {"impact": {"kind": "square_root", "window": 3}},
    "desk": {
        "commission": {"kind": "ibkr_tiered"},
        "fees": {"kind": "us_sales"},
        "spread": {"kind": "vol_scaled", "window": 2, "min_scale": 0.1},
        "impact": {"kind": "square_root", "window": 5},
    },
}


def price_list_of(section):
    """What moves with the market in a leg's costs, shape (n, 2): spread multiple and sigma."""
    config = config_of({"kind": "always"}, costs=section)

    def lines(x, y):
        days = np.datetime64("2023-01-03") + np.arange(len(x) + 1)
        leg = hand_leg("LLL", x, x, volume=y)
        market = hand_market(days, leg, hand_leg("SSS", y, y), gauges={"^VIX": y})
        rates = rates_of(config, market, tariffs_of(config.costs, market))["long"]
        return np.column_stack([rates["spread_scale"], rates["sigma"]])

    return lines


def assert_blind(indicator, *lines):
    """Check that no value, the last included, feels the last bar: a fill knows the bars before."""
    bumped = [np.append(line[:-1], line[-1] * 1.5) for line in lines]
    np.testing.assert_array_equal(indicator(*bumped), indicator(*lines))


@pytest.mark.parametrize("section", PRICED)
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(2, 60),
    cut=st.integers(1, 60),
    other_size=st.integers(1, 30),
)
def test_a_fill_is_priced_by_the_sessions_before_it(section, seed, size, cut, other_size):
    indicator = price_list_of(PRICED[section])
    sweep(indicator, seed, size, cut, other_size)
    rng = np.random.default_rng(seed)
    assert_blind(indicator, *(100.0 * np.exp(np.cumsum(rng.normal(0, 0.02, (2, size)), axis=1))))


@pytest.mark.parametrize("section", PRICED)
def test_each_price_list_moves_with_the_market(section):
    # A list of constants would pass the sweep whatever it read.
    rng = np.random.default_rng(7)
    lines = 100.0 * np.exp(np.cumsum(rng.normal(0, 0.02, (2, 60)), axis=1))
    values = price_list_of(PRICED[section])(*lines)[10:]
    assert any(len(np.unique(column)) > 1 for column in values.T)


def test_a_price_that_reads_its_own_session_is_caught():
    def leaking(x, y):
        return rolling.rolling_volatility(rolling.log_returns(x), 3)

    lines = 100.0 + np.arange(40.0).reshape(2, 20) % 7
    assert_causal(leaking, *lines)  # not of the future, but of the session it would price
    with pytest.raises(AssertionError, match="Arrays are not equal"):
        assert_blind(leaking, *lines)
