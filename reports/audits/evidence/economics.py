"""C1, C2: how much dearer could it be? A run in, the costs at which nothing is left out.

The fills are held fixed: at another cost the run would have sized, and perhaps left, differently.
"""

import math
from dataclasses import dataclass

from engine.records.columns import FILL_COSTS
from engine.records.result import Result
from reports.audits.check import Plain
from reports.audits.evidence.rating import Block, at_least, block, not_run
from reports.audits.wording import dollars

BASIS = 10_000.0  # basis points in one
EXECUTION = [name for name in FILL_COSTS if name != "commission"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a run made and paid, dollars; ``charged_usd`` is what grows with the notional traded."""

    gross_usd: float
    borrow_usd: float
    commission_usd: float
    charged_usd: float
    traded_usd: float

    @property
    def left_usd(self) -> float:
        """What the charge on the notional may take at most."""
        return self.gross_usd - self.borrow_usd - self.commission_usd

    @property
    def sentence(self) -> str:
        """The break-even in words."""
        return (
            f"nothing is left at {self.left_usd / self.traded_usd * BASIS:.1f} bps of the notional "
            f"traded: ({dollars(self.gross_usd)} gross - {dollars(self.borrow_usd)} borrow - "
            f"{dollars(self.commission_usd)} commission) over {dollars(self.traded_usd)} traded"
        )


def costs(result: Result) -> Costs:
    """Return what the trades of a run, closed and open, made and paid."""
    ledger = result.ledger
    still_open = math.fsum(float(trade["gross_pnl"]) for trade in result.open_trades)
    return Costs(
        gross_usd=float(result.trades["gross_pnl"].sum()) + still_open,
        borrow_usd=float(ledger["borrow"].sum()),
        commission_usd=float(ledger["commission"].sum()),
        charged_usd=float(ledger[EXECUTION].to_numpy().sum()),
        traded_usd=float((result.fills["shares"].abs() * result.fills["price"]).sum()),
    )


def cost_evidence(result: Result) -> Block:
    """Return C1: ``c* = (gross - borrow - commission) / traded notional`` over the cost charged.

    ``gross`` is the trades' P&L before any cost (prices, dividends, interest while held), and what
    is charged on the notional traded is the rest of the costs: spread, fees and impact. At a
    multiple of 1 the net P&L is zero, whatever the commission and the borrow fee. Where nothing is
    charged there is no multiple: a run that is free says nothing of what it could bear.
    """
    audit, charged = result.config.audit, costs(result)
    if charged.traded_usd == 0.0:
        return not_run("C1", audit, "nothing was traded")
    multiple = None if charged.charged_usd == 0.0 else charged.left_usd / charged.charged_usd
    charged_bps = charged.charged_usd / charged.traded_usd * BASIS
    numbers: dict[str, Plain] = {
        "breakeven_bps": charged.left_usd / charged.traded_usd * BASIS,
        "charged_bps": charged_bps,
        "multiple": multiple,
        "gross_pnl_usd": charged.gross_usd,
        "borrow_usd": charged.borrow_usd,
        "commission_usd": charged.commission_usd,
        "traded_usd": charged.traded_usd,
    }
    if multiple is None:
        reason = f"no spread, fee or impact is charged; {charged.sentence}"
        return not_run("C1", audit, reason, numbers)
    return block(
        "C1",
        audit,
        at_least(multiple, audit.thresholds.cost_multiple),
        measured=f"{multiple:.1f}x",
        sentence=f"Break-even at {multiple:.1f} times the {charged_bps:.1f} bps charged as spread, "
        f"fees and impact; {charged.sentence}.",
        numbers=numbers,
    )


def borrow_evidence(result: Result) -> Block:
    """Return C2: the borrow fee a year on every short at which net P&L is zero.

    As `engine.records.breakeven` has it: interest earned while flat included.
    """
    audit = result.config.audit
    rate = result.breakeven["borrow_rate"]
    if rate is None:
        return not_run("C2", audit, "nothing was held short over a night")
    multiple = result.breakeven["borrow_multiple"]
    if rate <= 0.0:
        text = "No borrow fee is low enough: without any the run would still have lost"
    else:
        times = "" if multiple is None else f", {multiple:.1f} times what was charged"
        text = f"Nothing is left at a borrow fee of {rate:.2%} a year on every short{times}"
    return block(
        "C2",
        audit,
        at_least(rate, audit.thresholds.borrow_rate),
        measured=f"{rate:.2%} a year",
        sentence=f"{text}.",
        numbers={"borrow_rate": rate, "multiple_of_charged": multiple},
    )
