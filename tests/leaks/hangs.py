"""Breaks: never comes back from its first session."""

from strategies import AlwaysPair


class Strategy(AlwaysPair):
    def next(self):
        while True:
            pass
