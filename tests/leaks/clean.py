"""Honest: the pair while its price ratio is below its own recent past."""

import numpy as np

from strategies import PairStrategy
from strategies.rules.rolling import rolling_zscore

WINDOW = 12


class Strategy(PairStrategy):
    @classmethod
    def signal_lines(cls, config, adj_close_long, adj_close_short):
        ratio = np.log(adj_close_long / adj_close_short)
        lines = super().signal_lines(config, adj_close_long, adj_close_short)
        return {"cheapness": rolling_zscore(ratio, WINDOW, WINDOW), **lines}

    @classmethod
    def warmup_sessions(cls, config):
        return max(super().warmup_sessions(config), WINDOW)

    def is_triggered(self):
        return bool(self.long.lines.cheapness[0] < -1.0)
