"""The pair without a trigger: sizing, hedge and exits on their own."""

from collections.abc import Mapping

import numpy as np

from configs.schema import RunConfig
from strategies.pair import PairStrategy
from strategies.rules.rolling import Flags, Floats


class AlwaysPair(PairStrategy):
    """Long/short pair held from the first session it can be sized, and again after every exit.

    Entry
        Flat and sizable.
    Exit
        As the skeleton.
    Sizing
        As the skeleton.
    Orders
        As the skeleton.
    """

    @classmethod
    def entry_line(cls, config: RunConfig, lines: Mapping[str, Floats]) -> Flags:
        """Return True throughout: nothing but being flat and sizable is asked."""
        return np.ones(len(lines["vol_long"]), dtype=bool)
