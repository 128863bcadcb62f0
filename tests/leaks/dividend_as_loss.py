"""Odd: takes a fall on the ex-date of a dividend for a loss."""

from strategies import PairStrategy


class Strategy(PairStrategy):
    def is_triggered(self):
        close = self.long.lines.close
        return len(self) > 1 and bool(close[0] < close[-1])
