"""The hedge's upkeep. Triggers and lines in, whether to resize at a close and why out."""

import math
from dataclasses import dataclass
from typing import Any

from configs.trading import OnFilingRebalance, PeriodicRebalance, Rebalance
from strategies.rules.drift import leg_drift, ratio_drift


@dataclass(frozen=True, slots=True, kw_only=True)
class Resize:
    """A due rebalance: its name, the drift found (a fraction), the least it must trade."""

    why: str
    drift: float
    min_trade_usd: float


def triggers(rebalance: Rebalance) -> tuple[Any, ...]:
    """Return the triggers of a rebalance section, in the order in which they are asked."""
    if rebalance.kind == "never":
        return ()
    return rebalance.of if rebalance.kind == "any_of" else (rebalance,)


def dated_triggers(rebalance: Rebalance) -> dict[str, PeriodicRebalance | OnFilingRebalance]:
    """Return the triggers that are due on certain sessions, by the line that says which."""
    return {
        f"due_{number}": trigger
        for number, trigger in enumerate(triggers(rebalance))
        if isinstance(trigger, PeriodicRebalance | OnFilingRebalance)
    }


class Hedge:
    """Asks each trigger in turn; remembers the volatility ratio of the last sizing.

    Parameters
    ----------
    rebalance
        The configured section.
    lines
        The long feed's lines: ``vol_ratio`` and one ``due_<n>`` per dated trigger.
    """

    def __init__(self, rebalance: Rebalance, lines: Any) -> None:
        self._triggers = [
            (trigger, getattr(lines, f"due_{number}", None))
            for number, trigger in enumerate(triggers(rebalance))
        ]
        self._min_trade_usd = getattr(rebalance, "min_trade_usd", 0.0)  # never has none
        self._vol_ratio = lines.vol_ratio
        self._ratio_at_sizing = math.nan
        self.is_maintained = bool(self._triggers)

    def sized(self) -> None:
        """Note that the book was sized at this close."""
        self._ratio_at_sizing = self._vol_ratio[0]

    def due(self, long_value: float, short_value: float, long_weight: float) -> Resize | None:
        """Return the first trigger that holds at this close, or None.

        Parameters
        ----------
        long_value, short_value
            Unsigned dollars held, both positive.
        long_weight
            The long leg's target share of gross.
        """
        for trigger, line in self._triggers:
            if trigger.kind == "vol_ratio":
                drift = ratio_drift(self._vol_ratio[0], self._ratio_at_sizing)
            else:
                drift = leg_drift(long_value, short_value, long_weight)
            is_due = drift > trigger.above if line is None else bool(line[0])
            if is_due:
                least = max(self._min_trade_usd, trigger.min_trade_usd)
                return Resize(why=trigger.kind, drift=drift, min_trade_usd=least)
        return None
