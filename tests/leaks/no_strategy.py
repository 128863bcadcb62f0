"""Breaks: its class has another name."""

from strategies import AlwaysPair


class Mine(AlwaysPair):
    pass
