"""Breaks: raises while it is read."""

from strategies import AlwaysPair

WINDOWS = {"short": 5}
LONG_WINDOW = WINDOWS["long"]


class Strategy(AlwaysPair):
    pass
