"""Break-even costs in words. A run in, sentences and table rows out.

The fills are held fixed: at another cost the run would have sized, and perhaps left, differently.
"""

from dataclasses import dataclass

from engine.records.result import Result
from reports.headline import ABSENT, money, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """One cost, what was charged, and where net P&L would be zero; as text."""

    cost: str
    paid: str
    charged: str
    breakeven: str
    multiple: str
    sentence: str


def margins(result: Result) -> list[Margin]:
    """Return the break-even spread and borrow; none where nothing was traded."""
    breakeven, ledger = result.breakeven, result.ledger
    if breakeven["spread_bps"] is None:
        return []
    return [
        _margin(
            result,
            "spread",
            paid=float(ledger["spread"].sum()),
            value=breakeven["spread_bps"],
            multiple=breakeven["spread_multiple"],
        ),
        _margin(
            result,
            "borrow",
            paid=float(ledger["borrow"].sum()),
            value=breakeven["borrow_rate"],
            multiple=breakeven["borrow_multiple"],
        ),
    ]


def _margin(
    result: Result, cost: str, *, paid: float, value: float | None, multiple: float | None
) -> Margin:
    charged = None
    if value is not None and multiple:  # their ratio is what was charged on average
        charged = value / multiple
    elif paid == 0.0:
        charged = 0.0
    return Margin(
        cost=f"{cost}, full quoted" if cost == "spread" else f"{cost} fee a year",
        paid=money(paid),
        charged=_rate(cost, charged),
        breakeven="none" if value is None or value < 0.0 else _rate(cost, value),
        multiple="none" if multiple is None or multiple < 0.0 else f"{multiple:.2f}x",
        sentence=_sentence(result, cost, paid, value, multiple),
    )


def _rate(cost: str, value: float | None) -> str:
    if value is None:
        return ABSENT
    return f"{value:,.2f} bps" if cost == "spread" else percent(value)


def _sentence(
    result: Result, cost: str, paid: float, value: float | None, multiple: float | None
) -> str:
    """Return what the break-even says of this run, a loss and an absent cost included."""
    if value is None:
        return "Nothing was held short over a night, so no borrow fee matters."
    at_none = float(result.ledger["equity"].iloc[-1]) - result.config.account.cash + paid
    if value < 0.0:
        name = "spread" if cost == "spread" else "borrow fee"
        return (
            f"No {name} is low enough: without any the run would still have lost "
            f"{money(abs(at_none))}."
        )
    times = "" if multiple is None else f", {multiple:.2f} times what was charged"
    what = "a full spread of" if cost == "spread" else "a borrow fee of"
    on = "on every fill" if cost == "spread" else "a year on every short"
    return f"Net P&L would be zero at {what} {_rate(cost, value)} {on}{times}."
