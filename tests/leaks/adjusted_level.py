"""Cheats: reads the level of back-adjusted closes, which every later dividend lowers."""

from strategies import PairStrategy


class Strategy(PairStrategy):
    @classmethod
    def signal_lines(cls, config, adj_close_long, adj_close_short):
        lines = super().signal_lines(config, adj_close_long, adj_close_short)
        return {"ratio": adj_close_long / adj_close_short, **lines}

    def is_triggered(self):
        return bool(self.long.lines.ratio[0] < 1.0)
