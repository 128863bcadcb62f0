"""Every pair of a universe, and every cell on it, is the run of its configuration, to the bit."""

import numpy as np
import pytest

from engine.trials.executor import Threads
from engine.trials.proof import prove
from engine.trials.search import Window, run_block
from engine.trials.sweep import HEADLINE, sweep
from reports.audits.altered_markets import redrawn_universe
from tests.unit.control_pairs import control_config
from tests.unit.hand_universe import hand_universe, pair_search

DESK = {
    "commission": {"kind": "ibkr_tiered"},
    "fees": {"kind": "us_sales"},
    "spread": {"kind": "vol_scaled", "default_bps": 3.0, "S02": 9.0},
    "impact": {"kind": "square_root"},
    "borrow": {"default_rate": 0.0025, "S03": 0.2},
    "interest": {"kind": "benchmark", "rate": 0.04},
}
SPREAD = {
    "kind": "spread", "y": "SSS", "on": "log_price", "hedge": {"kind": "rolling_ols", "window": 20},
    "zscore": {"kind": "rolling", "window": 20}, "enter_at": 1.0, "exit_at": 0.0,
}  # fmt: skip
RULES = {
    "the control": {},
    "dear, on beta": {"costs": DESK, "sizing": {"kind": "beta_neutral", "window": 21}},
    "a rolling z in tranches": {
        "signal": {"kind": "correlation", "window": 21, "min_periods": 21, "zscore": "rolling",
                   "zscore_window": 60, "enter_below": -0.5},
        "entries": {"kind": "tranches", "gap_days": 5, "max_open": 3, "gross_each": 0.3},
    },
    "a spread, both ways, y the short leg": {"signal": SPREAD, "sizing": {"kind": "hedge_ratio"}},
    "always": {"signal": {"kind": "always"}, "rebalance": {"kind": "monthly"}},
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_every_pair_is_its_run(rule):
    search = pair_search(hand_universe(4, sessions=160), control_config(**RULES[rule]))
    swept = sweep(search, "sharpe", workers=Threads(1))
    assert search.count == 4 * 3
    assert swept.headline["entries"].sum() > 0
    prove(search, swept.headline, range(search.count), lambda step: None)


def test_every_cell_on_every_pair_is_its_run():
    grid = {"signal.enter_below": [-1.0, -0.5], "costs.spread.default_bps": [1.0, 30.0]}
    search = pair_search(hand_universe(4, sessions=160), grid=grid)
    swept = sweep(search, "sharpe", workers=Threads(1))
    assert search.count == 12 * 4
    prove(search, swept.headline, range(search.count), lambda step: None)


def test_no_bit_depends_on_threads_or_on_how_many_pairs_go_at_once(monkeypatch):
    universe = hand_universe(5, sessions=160)
    one = sweep(pair_search(universe), "sharpe", workers=Threads(1))
    monkeypatch.setattr("engine.trials.search.SESSIONS_A_BLOCK", 1)
    monkeypatch.setattr("engine.trials.search.LEAST_CELLS", 3)
    monkeypatch.setattr("engine.trials.pairs.MOST_VALUES", 1)
    monkeypatch.setattr("strategies.correlation_pair.BATCH", 1)
    monkeypatch.setattr("strategies.correlation_pair.MOST_KEPT_BYTES", 1)
    search = pair_search(universe)
    assert len(search.blocks) == 7
    other = sweep(search, "sharpe", workers=Threads(3))
    for name in HEADLINE:
        np.testing.assert_array_equal(one.headline[name], other.headline[name], name)


def test_a_window_starts_flat_there_and_knows_what_was_known():
    search = pair_search(hand_universe(3, sessions=200))
    rows = search.blocks[0].rows
    whole = run_block(search, rows, keep_equity=True)
    part = run_block(search, rows, window=Window(first=0, end=120), keep_equity=True)
    np.testing.assert_array_equal(part.equity, whole.equity[:, :120])
    cash = np.full(len(rows), 5e6)
    later = run_block(search, rows, window=Window(first=120, end=200), cash=cash, keep_equity=True)
    assert later.equity.shape == (6, 80)
    assert later.equity[:, 0] == pytest.approx(cash, rel=0.01)


def test_a_redrawn_universe_is_searched_as_if_it_had_been_the_market():
    search = pair_search(hand_universe(4, sessions=160))
    order = np.random.default_rng(3).integers(0, 159, 159)
    history = redrawn_universe(search.facts.universe, order)
    there = pair_search(history)
    afresh = sweep(there, "sharpe", workers=Threads(1))
    moved = sweep(search.elsewhere(history), "sharpe", workers=Threads(1))
    for name in HEADLINE:
        np.testing.assert_array_equal(moved.headline[name], afresh.headline[name], name)
    prove(there, afresh.headline, [0, 5], lambda step: None)


def test_all_symbols_are_drawn_from_the_same_sessions_each_without_its_mean():
    universe = hand_universe(4, sessions=160)
    order = np.arange(159)[::-1].copy()  # time runs backwards
    drawn = redrawn_universe(universe, order)
    for name, leg in universe.legs.items():
        growth = leg.adj_close[1:] / leg.adj_close[:-1]
        walked = drawn.legs[name].adj_close
        np.testing.assert_allclose(
            walked[1:] / walked[:-1], (growth - growth.mean() + 1.0)[order], rtol=1e-12
        )
    assert drawn.market.long.adj_close.tolist() == drawn.legs["LLL"].adj_close.tolist()
