"""Cheats: asks the preloaded lines for tomorrow's close, where there is one."""

from strategies import PairStrategy


class Strategy(PairStrategy):
    def is_triggered(self):
        close = self.long.lines.close
        try:
            return close[1] > close[0]
        except IndexError:  # the last session, or bars that come one by one
            return False
