"""A search of somebody's own strategy: each cell is its own run, compiled or in Backtrader.

One rule, written twice: its lines tell its entries, or it asks them of the running strategy.
"""

import numpy as np
import pytest

from configs.cells import accepted, cells_of
from configs.errors import ConfigError
from configs.schema import RunConfig
from engine.errors import EngineError
from engine.run import read_market, run
from engine.trials.executor import Threads
from engine.trials.proof import prove_cell
from engine.trials.search import search_of
from engine.trials.sweep import HEADLINE, sweep
from engine.user_strategy import strategy_of
from feeds.prices.sample import SampleSource
from reports.audits.altered_markets import redrawn
from reports.audits.search.null import best_score
from tests.unit.hand_sweep import hand_sweep

HEAD = """
import time

from configs.fields import Model
from strategies import PairStrategy


class Strategy(PairStrategy):
    class Settings(Model):
        window: int = 20
        level: float = -1.0

    @classmethod
    def signal_lines(cls, config, adj_close_long, adj_close_short):
        from strategies.rules.rolling import logs, rolling_zscore

        window = cls.settings(config).window
        ratio = logs(adj_close_long / adj_close_short)
        lines = super().signal_lines(config, adj_close_long, adj_close_short)
        return {"cheapness": rolling_zscore(ratio, window, window), **lines}
"""
BY_LINES = """
    @classmethod
    def entry_line(cls, config, lines):
        return lines["cheapness"] < cls.settings(config).level
"""
WHILE_IT_RUNS = """
    def is_triggered(self):
        return self.long.lines.cheapness[0] < type(self).settings(self.config).level
"""
ANOTHER_EVERY_TIME = """
    def is_triggered(self):
        return time.perf_counter_ns() % 2 == 0
"""
GRID = {
    "strategy.params.window": [10, 40],
    "strategy.params.level": [-1.5, -0.5],
    "exits.holding_sessions": [5, 15],
}


def searched(folder, rule, grid=GRID):
    """A search over the sample, of a file that is written here."""
    file = folder / "mine.py"
    file.write_text(HEAD + rule)
    config = RunConfig.model_validate(
        {
            "name": "own",
            "data": {"source": "sample", "start": "2023-04-11", "end": "2024-06-28"},
            "pair": {"long": "SMH", "short": "IGV"},
            "signal": {"kind": "always"},
            "strategy": {"file": str(file)},
            "costs": {"spread": {"default_bps": 2.0}},
        }
    )
    return search_of(cells_of(hand_sweep(config, grid)), read_market(config, SampleSource()))


@pytest.mark.parametrize("rule", [BY_LINES, WHILE_IT_RUNS])
def test_every_cell_is_the_run_of_its_configuration(rule, tmp_path):
    search = searched(tmp_path, rule)
    assert search.event_only == (() if rule == BY_LINES else ("is_triggered",))
    swept = sweep(search, "sharpe", workers=Threads(2))
    assert search.count == 8
    for row in range(search.count):
        result = run(search.cells.grid.config(row), search.pieces.market)
        for name in HEADLINE:
            expected = np.nan if result.headline[name] is None else result.headline[name]
            np.testing.assert_array_equal(swept.headline[name][row], expected, name)
        prove_cell(search, swept.headline, row)
    assert len(set(swept.headline["net_pnl"].tolist())) == 8  # every parameter reaches the rule


def test_a_rule_told_by_its_lines_is_that_of_the_running_strategy_on_other_histories_too(tmp_path):
    compiled = searched(tmp_path, BY_LINES)
    order = np.random.default_rng(1).integers(0, 300, len(compiled.pieces.market.sessions) - 1)
    there = redrawn(compiled.pieces.market, order)
    best = best_score(compiled.elsewhere(there), "sharpe")
    asked = searched(tmp_path, WHILE_IT_RUNS)
    assert best_score(asked.elsewhere(redrawn(asked.pieces.market, order)), "sharpe") == best


def test_parameters_that_the_strategy_does_not_take_are_refused_cell_by_cell(tmp_path):
    search = searched(tmp_path, BY_LINES, {"strategy.params.window": [10, "many", 2.5]})
    own = strategy_of(search.cells.grid.sweep.config)
    cells = accepted(search.cells, ("strategy",), own.settings)
    assert cells.numbers.tolist() == [0]
    (one, first), (other, second) = sorted(cells.refused.items())
    assert one.startswith("strategy.params.window was 'many'")
    assert other.startswith("strategy.params.window was 2.5")
    assert first == second == 1
    unknown = searched(tmp_path, BY_LINES, {"strategy.params.windw": [1, 2]}).cells
    with pytest.raises(ConfigError, match=r"windw: unknown; .*did you mean window"):
        accepted(unknown, ("strategy",), own.settings)


def test_what_is_searched_is_the_code_that_was_read_with_the_market(tmp_path):
    search = searched(tmp_path, BY_LINES)
    before = sweep(search, "sharpe", workers=Threads(1)).headline["net_pnl"]
    (tmp_path / "mine.py").write_text(HEAD + BY_LINES.replace("<", ">"))
    again = search_of(search.cells, search.pieces.market)
    assert (
        sweep(again, "sharpe", workers=Threads(1)).headline["net_pnl"].tolist() == before.tolist()
    )


def test_a_strategy_that_does_not_do_the_same_twice_is_named(tmp_path):
    search = searched(tmp_path, ANOTHER_EVERY_TIME)
    swept = sweep(search, "sharpe", workers=Threads(1))
    with pytest.raises(EngineError, match="the strategy does not do the same twice"):
        prove_cell(search, swept.headline, 0)
