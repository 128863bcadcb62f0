"""Orders for the pair. An intent for both legs in; what is left of it lies with the tranches.

An order is decided at a close and filled from the next session on; both legs trade on the same
session or neither does. One order is worked at a time.
"""

from collections.abc import Sequence

from strategies.cost_columns import clear
from strategies.records import NONE, Bill, Book, LegHeld, Note, Outcome, Reason, Today, Tranche


def is_opening(reason: int) -> bool:
    """Return whether an exit, the lender or the margin desk may cut short an order of this kind."""
    return reason == Reason.ENTRY or reason == Reason.REBALANCE


def may_exit(book: Book) -> bool:
    """Return whether an exit may be ordered now."""
    return book.reason == Reason.NOTHING or is_opening(book.reason)


def changing(book: Book) -> int:
    """Return how many tranches may be part of an order: those held and one being opened."""
    return book.held + book.opening


def change(tranche: Tranche, long: float, short: float) -> None:
    """Note what a tranche is to trade, in signed shares a leg."""
    tranche.is_changing = 1
    tranche.long.to_trade, tranche.short.to_trade = long, short


def work(
    today: Today,
    book: Book,
    tranches: Sequence[Tranche],
    outcome: Outcome,
    reason: int,
    delay_sessions: int,
) -> None:
    """Take the order whose changes the tranches hold, in place of one that may be cut short.

    Parameters
    ----------
    delay_sessions
        Sessions to let pass beyond the next one.
    """
    if book.reason != Reason.NOTHING:
        assert may_exit(book), "another order was being worked"
        assert not is_opening(reason), "another order was being worked"
        outcome.notes |= Note.ORDER_CUT
        outcome.noted_reason = book.reason
    book.reason, book.decided, book.delay_sessions = reason, today.day, delay_sessions
    book.opening = 1 if reason == Reason.ENTRY or reason == Reason.REVERSAL else 0
    open_bill(book.long_bill)
    open_bill(book.short_bill)
    outcome.order_reason = reason
    outcome.order_long = outcome.order_short = 0.0
    for place in range(changing(book)):
        if tranches[place].is_changing:
            outcome.order_long += tranches[place].long.to_trade
            outcome.order_short += tranches[place].short.to_trade


def open_bill(bill: Bill) -> None:
    """Begin a new bill: commission minimums are per order and leg."""
    bill.is_open = 0
    bill.shares = bill.notional_usd = bill.commission_usd = bill.month_shares = 0.0


def order_exit(
    today: Today, book: Book, tranches: Sequence[Tranche], outcome: Outcome, delay_sessions: int
) -> None:
    """Order the tranches that are leaving to nothing; the first one's reason names the order."""
    work(today, book, tranches, outcome, let_go(today, book, tranches), delay_sessions)


def let_go(today: Today, book: Book, tranches: Sequence[Tranche]) -> int:
    """Note the changes that end the tranches that are leaving; return the first one's reason."""
    first = 0
    for place in range(book.held):
        tranche = tranches[place]
        tranche.is_changing = 0
        if tranche.leaving != Reason.NOTHING:
            if first == 0:
                first = tranche.leaving
            tranche.exit_reason, tranche.exit_decided = tranche.leaving, today.day
            change(tranche, -tranche.long.shares, -tranche.short.shares)
    return first


def is_entering(book: Book, tranche: Tranche) -> bool:
    """Return whether the order being worked opens this tranche."""
    if book.reason == Reason.REVERSAL:
        return tranche.exit_reason == Reason.NOTHING
    return book.reason == Reason.ENTRY


def open_tranche(tranche: Tranche, today: Today, fit: float, direction: int) -> None:
    """Begin a round trip that holds nothing yet, with what is known at the close that decided it.

    Parameters
    ----------
    fit
        Share of its target that initial margin allows.
    """
    tranche.direction, tranche.half_life_at_entry = direction, today.half_life
    tranche.decided, tranche.entered, tranche.fit = today.day, NONE, fit
    tranche.entry_notional_usd = tranche.best_pnl_usd = 0.0
    tranche.sessions_held = 0
    tranche.margin_at_entry = today.gross_margin_short
    tranche.quarter_at_entry = today.margin_quarter
    tranche.dividends = tranche.interest = 0.0
    clear(tranche)
    tranche.exit_reason = tranche.leaving = tranche.is_changing = 0
    tranche.exit_decided = tranche.exited = NONE
    open_leg(tranche.long)
    open_leg(tranche.short)


def open_leg(leg: LegHeld) -> None:
    """Empty one leg of a tranche."""
    leg.shares = leg.base = leg.pnl = leg.hedge_pnl = leg.to_trade = leg.now = 0.0
