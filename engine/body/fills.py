"""Fills. The order being worked and one session's prices in, both legs executed out.

Both legs trade on the same session or neither does, and on none on which one of them did not trade
at all. Under a participation cap an order takes what the session's volume allows, both legs in
proportion, and the rest stays with it.
"""

from collections.abc import Sequence

from engine.body.book import mark_to, settle
from engine.body.charges import fill_leg, takeable
from engine.body.margin_call import deepen
from engine.body.terms import Rates, Terms
from strategies.cost_columns import add_fill, clear_fill, fill_total
from strategies.orders import changing
from strategies.records import Book, LegFill, Note, Outcome, Reason, Today, Tranche
from strategies.rules.sizing import part_taken


def fill_order(
    terms: Terms,
    today: Today,
    rates: Rates,
    book: Book,
    tranches: Sequence[Tranche],
    closed: Sequence[Tranche],
    outcome: Outcome,
) -> None:
    """Execute what this session takes of the order; the book is carried to the fill price first.

    The price is the mid: the open (a margin call's always) or the close.
    """
    at_open = terms.fills_at_open != 0 or book.reason == Reason.MARGIN_CALL
    long_price = today.long.open if at_open else today.long.close
    short_price = today.short.open if at_open else today.short.close
    for place in range(book.held):
        outcome.long_pnl += mark_to(tranches[place].long, long_price - book.long_mark)
        outcome.short_pnl += mark_to(tranches[place].short, short_price - book.short_mark)
        outcome.carried_usd += abs(tranches[place].long.shares) * long_price
        outcome.carried_usd += abs(tranches[place].short.shares) * short_price
    book.long_mark, book.short_mark = long_price, short_price
    if book.reason == Reason.MARGIN_CALL and takes_of(terms, today, book, tranches) >= 1.0:
        deepen(terms, today, rates, book, tranches, outcome)
    if not choose_shares(terms, today, rates, book, tranches, outcome):
        return
    long, short = outcome.long, outcome.short
    for place in range(changing(book)):
        if tranches[place].is_changing:
            long.shares += tranches[place].long.now
            short.shares += tranches[place].short.now
    long.price, short.price = long_price, short_price
    outcome.fill_reason, outcome.fill_decided = book.reason, book.decided
    costs = terms.costs
    fill_leg(costs, today, rates, rates.long, today.long, costs.quote_long, at_open, book,
             book.long_bill, long)  # fmt: skip
    fill_leg(costs, today, rates, rates.short, today.short, costs.quote_short, at_open, book,
             book.short_bill, short)  # fmt: skip
    share_out(book, tranches, long, is_long=True)
    share_out(book, tranches, short, is_long=False)
    pay(book, outcome)
    settle(book, tranches, closed, today.day)


def choose_shares(
    terms: Terms,
    today: Today,
    rates: Rates,
    book: Book,
    tranches: Sequence[Tranche],
    outcome: Outcome,
) -> bool:
    """Set what of each change trades now; return whether anything does."""
    if is_barred(rates, book, tranches):
        outcome.notes |= Note.HARD_TO_BORROW
        outcome.noted_reason = book.reason
        if book.reason != Reason.REVERSAL:
            book.reason = Reason.NOTHING
            book.opening = 0
            return False
        drop_entry(book, tranches)
    long_left, short_left = left_to_trade(book, tranches)
    takes = takes_of(terms, today, book, tranches)
    long_now = short_now = 0.0
    opens = False
    for place in range(changing(book)):
        tranche = tranches[place]
        if tranche.is_changing:
            take_part(terms, today, tranche, takes)
            long_now += tranche.long.now
            short_now += tranche.short.now
            opens = opens or (tranche.long.shares == 0.0 and tranche.short.shares == 0.0)
    if takes >= 1.0:
        return True
    outcome.notes |= Note.ORDER_WORKED if takes > 0.0 else Note.NO_VOLUME
    outcome.noted_reason = book.reason
    if long_now == 0.0 and short_now == 0.0:
        return False
    lacks_a_leg = (long_left != 0.0 and long_now == 0.0) or (short_left != 0.0 and short_now == 0.0)
    # Not a share of one leg: to open, then none of the other. Where both are held a leg of few
    # shares follows later, or an exit would wait for ever.
    return not (lacks_a_leg and opens)


def is_barred(rates: Rates, book: Book, tranches: Sequence[Tranche]) -> bool:
    """Return whether the order would open a short in a leg that nobody lends today."""
    if not rates.long.no_short_opened and not rates.short.no_short_opened:
        return False
    long_left, short_left = left_to_trade(book, tranches)
    long = short = 0.0
    for place in range(book.held):
        long += tranches[place].long.shares
        short += tranches[place].short.shares
    return (rates.long.no_short_opened != 0 and long_left < 0.0 and long + long_left < 0.0) or (
        rates.short.no_short_opened != 0 and short_left < 0.0 and short + short_left < 0.0
    )


def drop_entry(book: Book, tranches: Sequence[Tranche]) -> None:
    """Make a plain exit of a reversal: what it would enter cannot be had."""
    book.opening, first = 0, 0
    for place in range(book.held):
        if first == 0 and tranches[place].is_changing:
            first = tranches[place].exit_reason
    book.reason = first


def left_to_trade(book: Book, tranches: Sequence[Tranche]) -> tuple[float, float]:
    """Return the signed shares of each leg that the order being worked has left."""
    long = short = 0.0
    for place in range(changing(book)):
        if tranches[place].is_changing:
            long += tranches[place].long.to_trade
            short += tranches[place].short.to_trade
    return long, short


def takes_of(terms: Terms, today: Today, book: Book, tranches: Sequence[Tranche]) -> float:
    """Return the share of the order, in [0, 1], that this session's volume takes.

    What fills at the close that decided it fills whole: a replication does what was printed, also
    on a session on which nobody traded.
    """
    if terms.fills_at_once:
        return 1.0
    long, short = left_to_trade(book, tranches)
    costs = terms.costs
    return min(takeable(costs, long, today.long.volume), takeable(costs, short, today.short.volume))


def take_part(terms: Terms, today: Today, tranche: Tranche, takes: float) -> None:
    """Set what a session that takes so much of an order fills of one tranche's change."""
    long, short = tranche.long, tranche.short
    if takes >= 1.0:
        long.now, short.now = long.to_trade, short.to_trade
        return
    fractional = terms.rules.sizing.fractional != 0
    long.now = part_taken(long.to_trade, takes, today.long.later_splits, fractional)
    short.now = part_taken(short.to_trade, takes, today.short.later_splits, fractional)


def share_out(book: Book, tranches: Sequence[Tranche], fill: LegFill, is_long: bool) -> None:
    """Book one leg's costs to the tranches that traded, by their shares."""
    if fill.shares == 0.0:
        return
    total = 0.0
    for place in range(changing(book)):
        if tranches[place].is_changing:
            total += abs(tranches[place].long.now if is_long else tranches[place].short.now)
    for place in range(changing(book)):
        tranche = tranches[place]
        if tranche.is_changing:
            share = abs(tranche.long.now if is_long else tranche.short.now) / total
            add_fill(tranche, fill, share)


def pay(book: Book, outcome: Outcome) -> None:
    """Settle the fills in cash, sells first, then what they cost."""
    long, short = outcome.long, outcome.short
    clear_fill(outcome)
    add_fill(outcome, long, 1.0)
    add_fill(outcome, short, 1.0)
    if long.shares > 0.0 and not short.shares > 0.0:
        book.cash -= short.shares * short.price
        book.cash -= long.shares * long.price
    else:
        book.cash -= long.shares * long.price
        book.cash -= short.shares * short.price
    book.cash -= fill_total(outcome)
