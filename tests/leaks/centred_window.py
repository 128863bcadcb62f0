"""Cheats: the correlation of a session is that of the sessions around it."""

import numpy as np

from strategies import CorrelationPair
from strategies.rules.rolling import expanding_zscore


class Strategy(CorrelationPair):
    @classmethod
    def signal_lines(cls, config, adj_close_long, adj_close_short):
        lines = super().signal_lines(config, adj_close_long, adj_close_short)
        half = config.signal.window // 2
        centred = np.append(lines["correlation"][half:], np.full(half, np.nan))
        z = expanding_zscore(centred, config.signal.min_periods)
        return {**lines, "correlation": centred, "z": z}
