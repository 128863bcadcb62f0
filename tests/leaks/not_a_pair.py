"""Breaks: its Strategy is no pair strategy."""


class Strategy:
    def next(self):
        pass
