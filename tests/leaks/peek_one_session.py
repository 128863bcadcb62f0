"""Cheats: judges a session by the z-score of the next one."""

import numpy as np

from strategies import CorrelationPair


class Strategy(CorrelationPair):
    @classmethod
    def signal_lines(cls, config, adj_close_long, adj_close_short):
        lines = super().signal_lines(config, adj_close_long, adj_close_short)
        return {**lines, "z": np.append(lines["z"][1:], lines["z"][-1])}
