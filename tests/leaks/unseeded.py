"""Odd: tosses a coin that nobody seeded."""

import numpy as np

from strategies import PairStrategy


class Strategy(PairStrategy):
    def __init__(self):
        super().__init__()
        self.rng = np.random.default_rng()

    def is_triggered(self):
        return bool(self.rng.random() < 0.5)
