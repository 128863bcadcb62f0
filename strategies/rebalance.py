"""The hedge's rebalancing. The rebalance section and a close in, which trigger holds out."""

import enum
from dataclasses import dataclass

from configs.trading import MOST_TRIGGERS, OnFilingRebalance, PeriodicRebalance, Rebalance
from strategies.records import NONE, Book, Outcome, Today
from strategies.rules.drift import leg_drift, ratio_drift


class Trigger(enum.IntEnum):
    """What makes a rebalance due."""

    DATED = 0
    BAND = 1
    VOL_RATIO = 2


@dataclass(slots=True)
class RebalanceRules:
    """The triggers, in the order in which they are asked; the first that holds names it."""

    triggers: int = 0
    kind: tuple[int, ...] = (0,) * MOST_TRIGGERS
    above: tuple[float, ...] = (0.0,) * MOST_TRIGGERS
    min_trade_usd: tuple[float, ...] = (0.0,) * MOST_TRIGGERS


def triggers(rebalance: Rebalance) -> tuple[PeriodicRebalance | OnFilingRebalance | object, ...]:
    """Return the triggers of a rebalance section, in the order in which they are asked."""
    if rebalance.kind == "never":
        return ()
    return rebalance.of if rebalance.kind == "any_of" else (rebalance,)


def dated_triggers(rebalance: Rebalance) -> dict[int, PeriodicRebalance | OnFilingRebalance]:
    """Return the triggers that are due on certain sessions, by their place."""
    return {
        place: trigger
        for place, trigger in enumerate(triggers(rebalance))
        if isinstance(trigger, PeriodicRebalance | OnFilingRebalance)
    }


def rebalance_rules(rebalance: Rebalance) -> RebalanceRules:
    """Return the triggers of the configured section as numbers."""
    asked = triggers(rebalance)
    least = getattr(rebalance, "min_trade_usd", 0.0)  # never has none
    kinds, above, worth = [0] * MOST_TRIGGERS, [0.0] * MOST_TRIGGERS, [0.0] * MOST_TRIGGERS
    for place, trigger in enumerate(asked):
        kind = getattr(trigger, "kind", "").upper()
        kinds[place] = Trigger[kind] if kind in Trigger.__members__ else Trigger.DATED
        above[place] = getattr(trigger, "above", 0.0)
        worth[place] = max(least, getattr(trigger, "min_trade_usd", 0.0))
    return RebalanceRules(len(asked), tuple(kinds), tuple(above), tuple(worth))


def may_be_due(asked: RebalanceRules, today: Today) -> bool:
    """Return whether a trigger can hold at this close: a dated one on its dates, others always."""
    for place in range(asked.triggers):
        if asked.kind[place] != Trigger.DATED or (today.due >> place) & 1 != 0:
            return True
    return False


def due_trigger(
    asked: RebalanceRules,
    today: Today,
    book: Book,
    outcome: Outcome,
    long_value: float,
    short_value: float,
    long_weight: float,
) -> int:
    """Return the place of the first trigger that holds at this close, or `NONE`.

    The drift it found, a fraction, goes into the outcome.

    Parameters
    ----------
    long_value, short_value
        Unsigned dollars held, both positive.
    long_weight
        The long leg's target share of gross; NaN while unknown.
    """
    for place in range(asked.triggers):
        if asked.kind[place] == Trigger.VOL_RATIO:
            drift = ratio_drift(today.vol_ratio, book.ratio_at_sizing)
        else:
            drift = leg_drift(long_value, short_value, long_weight)
        if asked.kind[place] == Trigger.DATED:
            is_due = (today.due >> place) & 1 != 0
        else:
            is_due = drift > asked.above[place]
        if is_due:
            outcome.drift = drift
            return place
    return NONE
