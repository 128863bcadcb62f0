"""Breaks: divides by zero on its fortieth session."""

from strategies import AlwaysPair


class Strategy(AlwaysPair):
    def is_triggered(self):
        return 1 / (40 - len(self)) > 0
