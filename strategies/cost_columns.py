"""What trading and holding cost, by column: the one list of them.

A column is a field here, with its name and meaning for pages. Trades, fills, sessions and totals
have them all, and so have the ledger and every table made of it; the sums below are the only code
that counts them one by one.
"""

from dataclasses import dataclass, field, fields
from typing import Any


def _column(label: str, meaning: str) -> Any:
    return field(default=0.0, metadata={"label": label, "meaning": meaning})


@dataclass(slots=True)
class FillCosts:
    """What an execution costs, positive dollars."""

    commission: float = _column("Commission", "Paid to the broker for executing orders.")
    fees: float = _column("Fees", "Regulatory and exchange fees on orders.")
    spread: float = _column("Spread", "Half the quoted spread, paid on every side traded.")
    impact: float = _column("Impact", "Price moved against us by our own size.")


@dataclass(slots=True)
class Costs(FillCosts):
    """What executions and nights cost, positive dollars."""

    borrow: float = _column("Borrow", "Fee for the borrowed short shares, per calendar day.")


FILL_COLUMNS = tuple(each.name for each in fields(FillCosts))
COLUMNS = {each.name: (each.metadata["label"], each.metadata["meaning"]) for each in fields(Costs)}
"""Label and meaning of every cost, in the order in which they are summed and shown."""


def fill_total(paid: FillCosts) -> float:
    """Return what executions cost."""
    return paid.commission + paid.fees + paid.spread + paid.impact


def total(paid: Costs) -> float:
    """Return what executions and nights cost."""
    return fill_total(paid) + paid.borrow


def clear_fill(paid: FillCosts) -> None:
    """Set what executions cost to nothing."""
    paid.commission = paid.fees = paid.spread = paid.impact = 0.0


def clear(paid: Costs) -> None:
    """Set every cost to nothing."""
    clear_fill(paid)
    paid.borrow = 0.0


def add_fill(paid: FillCosts, more: FillCosts, share: float) -> None:
    """Add a share of what an execution cost."""
    paid.commission += more.commission * share
    paid.fees += more.fees * share
    paid.spread += more.spread * share
    paid.impact += more.impact * share


def add_night(paid: Costs, more: Costs) -> None:
    """Add what a night cost."""
    paid.borrow += more.borrow


def add(paid: Costs, more: Costs) -> None:
    """Add every cost of another record."""
    add_fill(paid, more, 1.0)
    add_night(paid, more)
