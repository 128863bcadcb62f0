"""Cheats: keeps the longest prices it ever saw, so that a shorter run knows the longer one."""

import numpy as np

from strategies import CorrelationPair

longest = {}


class Strategy(CorrelationPair):
    @classmethod
    def signal_lines(cls, config, adj_close_long, adj_close_short):
        if len(adj_close_long) > len(longest.get("long", ())):
            longest.update(long=adj_close_long, short=adj_close_short)
        seen = len(adj_close_long)
        lines = super().signal_lines(config, longest["long"], longest["short"])
        ahead = {**lines, "z": np.append(lines["z"][1:], lines["z"][-1])}
        return {name: line[:seen] for name, line in ahead.items()}
