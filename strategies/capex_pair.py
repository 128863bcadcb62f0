"""The capex pair: enter while large buyers raise their capital expenditure fast."""

from collections.abc import Mapping

from configs.schema import CapexSignal, RunConfig
from strategies.pair import PairStrategy, shown
from strategies.rules.fundamentals import is_capex_entry
from strategies.rules.rolling import Flags, Floats


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

    params = shown(CapexSignal)

    @classmethod
    def entry_line(cls, config: RunConfig, lines: Mapping[str, Floats]) -> Flags:
        """Return whether growth is at or above the entry level at each close, shape (n,)."""
        assert isinstance(config.signal, CapexSignal)  # the registry guarantees it
        return is_capex_entry(lines["capex_growth"], config.signal.enter_above)
