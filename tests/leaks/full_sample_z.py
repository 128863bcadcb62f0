"""Cheats: judges a session by the mean and the sd of the whole sample."""

import numpy as np

from strategies import CorrelationPair


class Strategy(CorrelationPair):
    @classmethod
    def signal_lines(cls, config, adj_close_long, adj_close_short):
        lines = super().signal_lines(config, adj_close_long, adj_close_short)
        correlation = lines["correlation"]
        z = (correlation - np.nanmean(correlation)) / np.nanstd(correlation, ddof=1)
        return {**lines, "z": np.where(np.isnan(lines["z"]), np.nan, z)}
