"""The capex pair: enter while large buyers raise their capital expenditure fast."""

from configs.schema import CapexSignal
from strategies.pair import PairStrategy
from strategies.rules.fundamentals import is_capex_entry


class CapexPair(PairStrategy):
    """Long/short pair triggered by the growth of other companies' capital expenditure.

    Entry
        Flat, and the spenders' capex growth over a year is at or above ``enter_above``: the sum of
        their latest common reported quarter over the same quarter a year before, from filings
        public before *t*. Default 20 %: the article calls growth of that kind a boom.
    Exit
        As the skeleton; ``exits.thesis`` looks at the same growth.
    Sizing
        As the skeleton.
    Orders
        As the skeleton.
    """

    def __init__(self) -> None:
        super().__init__()
        signal = self.config.signal
        assert isinstance(signal, CapexSignal)  # the registry guarantees it
        self._growth = self.long.lines.capex_growth
        self._enter_above = signal.enter_above

    def is_triggered(self) -> bool:
        """Return whether growth is at or above the entry level at this close."""
        return is_capex_entry(self._growth[0], self._enter_above)
