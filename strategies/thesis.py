"""The trade's thesis at a close. Signal lines in, what broke it and where each break stands out."""

import math
from dataclasses import dataclass
from typing import Any

from configs.thesis import NO_THESIS, ThesisConfig
from strategies.rules import thesis as rules


@dataclass(frozen=True, slots=True, kw_only=True)
class AtEntry:
    """What was known of the short company's margin when a trade was decided."""

    margin: float
    quarter: float


class Thesis:
    """Asks each configured break in turn; remembers what was known at each entry.

    Parameters
    ----------
    config
        The configured section; None: nothing breaks.
    lines
        The long feed's lines: those that the configured breaks read.
    """

    def __init__(self, config: ThesisConfig | None, lines: Any) -> None:
        self._config = config or NO_THESIS
        self._growth: Any = getattr(lines, "capex_growth", None)
        self._revenue_growth: Any = getattr(lines, "revenue_growth_long", None)
        self._margin: Any = getattr(lines, "gross_margin_short", None)
        self._quarter: Any = getattr(lines, "margin_quarter", None)
        self._spike: Any = getattr(lines, "vol_spike", None)
        self.is_asked = config is not None
        self.at_entry: dict[float, AtEntry] = {}  # by the date number that decided the entry

    def entered(self, decided: float) -> None:
        """Note what is known at the close that decided an entry."""
        if self._margin is not None:
            self.at_entry[decided] = AtEntry(margin=self._margin[0], quarter=self._quarter[0])

    def bars_entry(self) -> str | None:
        """Return the break that holds at this close whatever is held, or None."""
        return self._broken()

    def reason(self, tranche: Any) -> str | None:  # the broker's open round trip
        """Return what breaks the thesis of a held trade at this close, or None."""
        price = self._config.price
        if price is not None:
            stopped = rules.price_reason(
                tranche.pnl_usd,
                tranche.best_pnl_usd,
                tranche.entry_notional_usd,
                price.stop_loss,
                price.trailing_stop,
            )
            if stopped is not None:
                return stopped
        broken = self._broken()
        if broken is not None:
            return broken
        return "margin_holds" if self._has_margin_held(tranche.decided) else None

    def _broken(self) -> str | None:
        """Return the first break that holds whatever is held."""
        asked = self._config
        if asked.vol_spike is not None and self._spike[0]:
            return "vol_spike"
        rollover, stall = asked.capex_rollover, asked.supplier_stalls
        if rollover is not None and rules.has_rolled_over(self._growth[0], rollover.exit_below):
            return "capex_rollover"
        if stall is not None and rules.has_supplier_stalled(self._revenue_growth[0], stall.below):
            return "supplier_stalls"
        return None

    def _has_margin_held(self, decided: float) -> bool:
        asked = self._config.margin_holds
        if asked is None:
            return False
        before = self.at_entry.get(decided, AtEntry(margin=math.nan, quarter=math.nan))
        return rules.has_margin_held(
            self._quarter[0] - before.quarter,
            rules.margin_change_bps(self._margin[0], before.margin),
            asked.quarters,
            asked.bps,
        )
