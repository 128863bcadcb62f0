"""A margin call at its fill. Desk, rules and the fill's prices in, an order that cures out.

A call is sized at the close that finds the breach. It fills at other prices, and its costs take
equity: there the order is cut deeper, until what is left of the book is in order.
"""

from collections.abc import Sequence

from engine.book import Change
from engine.execution import Execution, FillPrices
from engine.margin import MarginRules
from strategies.sums import total

CUSHION_USD = 1e-6  # above the requirement: fractions cut to the last bit would be called again
HALVINGS = 60  # a double holds no finer share


def deepened(desk: Execution, rules: MarginRules, equity: float, at: FillPrices) -> float | None:
    """Cut the call being worked deeper where its fill would not cure; return what is kept.

    None where the order is left as it is: it cures, or the session takes only a part of it, and
    the last part will be judged at its own prices.

    Parameters
    ----------
    equity
        Dollars at the prices of the fill, before it.
    """
    order = desk.working
    assert order is not None
    if desk.takes(order) < 1.0 or _cures(desk, rules, equity, at, order.changes):
        return None
    kept, broken = 0.0, 1.0
    for _ in range(HALVINGS):
        share = (kept + broken) / 2.0
        changes = [_deeper(desk, change, share) for change in order.changes]
        if _cures(desk, rules, equity, at, changes):
            kept = share
        else:
            broken = share
    order.changes = [_deeper(desk, change, kept) for change in order.changes]
    return kept


def _deeper(desk: Execution, ordered: Change, share: float) -> Change:
    """Return the change that keeps a share of a tranche, in neither leg more than was ordered."""
    cut = desk.reduced(ordered.tranche, share)
    return Change(
        ordered.tranche, min(cut.long, ordered.long), max(cut.short, ordered.short)
    )  # longs are sold, shorts bought


def _cures(
    desk: Execution,
    rules: MarginRules,
    equity: float,
    at: FillPrices,
    changes: Sequence[Change],
) -> bool:
    """Return whether equity will meet both requirements once these changes are filled."""
    long = total(change.tranche.long.shares + change.long for change in changes)
    short = total(change.tranche.short.shares + change.short for change in changes)
    if long == short == 0.0:
        return True  # nothing is left to ask for
    left = equity - desk.cost_of(changes, at)
    spare = left - rules.to_cure(long * at.long, -short * at.short)
    return spare >= (CUSHION_USD if desk.fractional else 0.0)
