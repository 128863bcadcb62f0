"""The pair without a trigger: sizing, hedge and exits on their own."""

from strategies.pair import PairStrategy


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

    def is_triggered(self) -> bool:
        """Return True: nothing but being flat and sizable is asked."""
        return True
