"""One session, in the order money moves: financing, dividends, fills, mark, margin.

Terms, today's facts and rates, the book and its trades in; the same, moved on, and the session's
`Outcome` out. The decision that follows is ``strategies.decide``. Backtrader calls `session` once a
bar, the compiled loop once a row: there is no other body.
"""

import math
from collections.abc import Sequence

from engine.body.book import mark_to
from engine.body.checks import check
from engine.body.fills import fill_order
from engine.body.night import night
from engine.body.terms import Rates, Terms
from strategies.cost_columns import clear
from strategies.orders import open_bill
from strategies.records import NONE, Book, Outcome, Reason, Today, Tranche, pnl_usd


def begin(terms: Terms, book: Book) -> None:
    """Open the account, flat; whatever the record held before is gone."""
    book.cash = book.equity = terms.cash
    book.long_mark = book.short_mark = book.month_shares = 0.0
    book.held = book.opening = book.closed = book.won = book.is_ruined = 0
    book.month = book.reason = book.delay_sessions = 0
    book.last_accepted = book.decided = NONE
    book.ratio_at_sizing = math.nan
    open_bill(book.long_bill)
    open_bill(book.short_bill)


def empty(outcome: Outcome) -> None:
    """Make a reused record ready for another session: what sessions add up or may leave unset."""
    outcome.long_pnl = outcome.short_pnl = 0.0
    outcome.dividends = outcome.interest = 0.0
    clear(outcome)
    outcome.long.shares = outcome.short.shares = 0.0
    outcome.fill_reason = outcome.order_reason = outcome.notes = 0
    outcome.triggered = outcome.acted = outcome.noted_reason = outcome.barred_by = 0
    outcome.resized_by = NONE
    outcome.carried_usd = 0.0


def session(
    terms: Terms,
    today: Today,
    rates: Rates,
    book: Book,
    tranches: Sequence[Tranche],
    closed: Sequence[Tranche],
    outcome: Outcome,
) -> None:
    """Run one session from financing to margin.

    Parameters
    ----------
    tranches
        As many as can be open; the held ones first.
    closed
        Where closed trades go, from ``book.closed`` on; an empty one keeps none of them.
    outcome
        Comes in empty.
    """
    # 1. and 2. What the night since the previous close cost and paid.
    if today.number > 0:
        night(terms, today, rates, book, tranches, outcome)

    # 3. The order decided at an earlier close.
    if book.reason != Reason.NOTHING:
        if book.delay_sessions > 0:
            book.delay_sessions -= 1
        else:
            fill_order(terms, today, rates, book, tranches, closed, outcome)

    # 4. Mark.
    mark(today, book, tranches, outcome)

    # 5. Ruin, buy-in, margin.
    if book.held > 0 or not book.equity > 0.0:
        check(terms, today, rates, book, tranches, closed, outcome)


def mark(today: Today, book: Book, tranches: Sequence[Tranche], outcome: Outcome) -> None:
    """Carry what is held to the close, and value the account there."""
    long_move, short_move = today.long.close - book.long_mark, today.short.close - book.short_mark
    for place in range(book.held):
        tranche = tranches[place]
        outcome.long_pnl += mark_to(tranche.long, long_move)
        outcome.short_pnl += mark_to(tranche.short, short_move)
        tranche.sessions_held += 1
        tranche.best_pnl_usd = max(tranche.best_pnl_usd, pnl_usd(tranche))
    value(today, book, tranches, outcome)


def value(today: Today, book: Book, tranches: Sequence[Tranche], outcome: Outcome) -> None:
    """Write what is held, and what it is worth at the close."""
    outcome.long_shares = outcome.short_shares = 0.0
    for place in range(book.held):
        outcome.long_shares += tranches[place].long.shares
        outcome.short_shares += tranches[place].short.shares
    outcome.long_value = outcome.long_shares * today.long.close
    outcome.short_value = outcome.short_shares * today.short.close
    book.equity = book.cash + (outcome.long_value + outcome.short_value)
    book.long_mark, book.short_mark = today.long.close, today.short.close
    outcome.day, outcome.cash, outcome.equity = today.day, book.cash, book.equity


def fill_at_once(
    terms: Terms,
    today: Today,
    rates: Rates,
    book: Book,
    tranches: Sequence[Tranche],
    closed: Sequence[Tranche],
    outcome: Outcome,
) -> None:
    """Fill what was decided at this close at this close: nobody can; for replications only.

    A margin call waits for the open, as ever; so does what an audit delays.
    """
    if (
        book.reason == Reason.NOTHING
        or book.reason == Reason.MARGIN_CALL
        or book.delay_sessions > 0
    ):
        return
    if outcome.fill_reason != Reason.NOTHING:
        return  # one order a session: this one waits for the next
    fill_order(terms, today, rates, book, tranches, closed, outcome)
    value(today, book, tranches, outcome)
