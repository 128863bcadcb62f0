"""A margin call at its fill. The order and the fill's prices in, an order that cures out.

A call is sized at the close that finds the breach. It fills at other prices, and its costs take
equity: there the order is cut deeper, until what is left of the book meets both requirements.
"""

from collections.abc import Sequence

from engine.body.charges import fill_leg
from engine.body.terms import Rates, Terms
from strategies.cost_columns import fill_total
from strategies.decide import MarginRules, cut
from strategies.records import Bill, Book, Note, Outcome, Today, Tranche
from strategies.rules import margin
from strategies.rules.sizing import shares_to_trade

CUSHION_USD = 1e-6  # above the requirement: fractions cut to the last bit would be called again
HALVINGS = 60  # a double holds no finer share
AS_ORDERED = 2.0  # no share of the book: what is ordered already


def needed_to_cure(asked: MarginRules, long_value: float, short_value: float) -> float:
    """Return the equity that a book needs once a call has been met; values unsigned."""
    return margin.to_cure(
        long_value,
        short_value,
        asked.initial,
        asked.maintenance_long,
        asked.maintenance_short,
        asked.house,
    )


def sides(long_value: float, short_value: float) -> tuple[float, float]:
    """Return the unsigned dollars bought and sold short of two legs, whichever is which."""
    return (
        max(long_value, 0.0) + max(short_value, 0.0),
        max(-long_value, 0.0) + max(-short_value, 0.0),
    )


def reduction(terms: Terms, today: Today, tranche: Tranche, kept: float) -> tuple[float, float]:
    """Return the shares to trade to cut a trade to a share of itself, both legs or the whole."""
    long = cut(terms.rules, today.long.later_splits, tranche.long.shares * kept)
    short = cut(terms.rules, today.short.later_splits, tranche.short.shares * kept)
    if long == 0.0 or short == 0.0:  # not a share of one leg: then none of the other
        long = short = 0.0
    whole = terms.rules.sizing.fractional != 0
    return (
        shares_to_trade(long, tranche.long.shares, today.long.later_splits, whole),
        shares_to_trade(short, tranche.short.shares, today.short.later_splits, whole),
    )


def deepen(
    terms: Terms,
    today: Today,
    rates: Rates,
    book: Book,
    tranches: Sequence[Tranche],
    outcome: Outcome,
) -> None:
    """Cut the call being worked deeper where its fill, at the book's marks, would not cure it.

    For a session that takes the whole of it; the last part of one that is worked is judged at its
    own prices.
    """
    if cures(terms, today, rates, book, tranches, outcome, AS_ORDERED):
        return
    kept, broken = 0.0, 1.0
    for _ in range(HALVINGS):
        share = (kept + broken) / 2.0
        if cures(terms, today, rates, book, tranches, outcome, share):
            kept = share
        else:
            broken = share
    for place in range(book.held):
        tranche = tranches[place]
        if tranche.is_changing:
            long, short = deeper(terms, today, tranche, kept)
            tranche.long.to_trade, tranche.short.to_trade = long, short
    outcome.notes |= Note.MARGIN_DEEPENED
    outcome.deepened_to = kept


def deeper(terms: Terms, today: Today, tranche: Tranche, share: float) -> tuple[float, float]:
    """Return the shares to trade to keep a share of a trade, in neither leg more than ordered."""
    ordered_long, ordered_short = tranche.long.to_trade, tranche.short.to_trade
    if share == AS_ORDERED:
        return ordered_long, ordered_short
    long, short = reduction(terms, today, tranche, share)
    return further(long, ordered_long), further(short, ordered_short)


def further(shares: float, ordered: float) -> float:
    """Return the larger of two reductions: longs are sold, shorts are bought."""
    return min(shares, ordered) if ordered < 0.0 or shares < 0.0 else max(shares, ordered)


def cures(
    terms: Terms,
    today: Today,
    rates: Rates,
    book: Book,
    tranches: Sequence[Tranche],
    outcome: Outcome,
    share: float,
) -> bool:
    """Return whether equity will meet both requirements once the book is cut to a share."""
    long = short = long_trade = short_trade = long_held = short_held = 0.0
    for place in range(book.held):
        tranche = tranches[place]
        long_held += tranche.long.shares
        short_held += tranche.short.shares
        if tranche.is_changing:
            change_long, change_short = deeper(terms, today, tranche, share)
            long_trade += change_long
            short_trade += change_short
            long += tranche.long.shares + change_long
            short += tranche.short.shares + change_short
    if long == 0.0 and short == 0.0:
        return True  # nothing is left to ask for
    equity = book.cash + (long_held * book.long_mark + short_held * book.short_mark)
    equity -= cost_of(terms, today, rates, book, outcome, long_trade, short_trade)
    bought, sold = sides(long * book.long_mark, short * book.short_mark)
    needed = needed_to_cure(terms.rules.margin, bought, sold)
    return equity - needed >= (CUSHION_USD if terms.rules.sizing.fractional else 0.0)


def cost_of(
    terms: Terms,
    today: Today,
    rates: Rates,
    book: Book,
    outcome: Outcome,
    long_trade: float,
    short_trade: float,
) -> float:
    """Return what such a fill at the book's marks would cost, in dollars; nothing is booked."""
    month, month_shares = book.month, book.month_shares
    long_bill, short_bill = saved(book.long_bill), saved(book.short_bill)
    long, short, costs = outcome.long, outcome.short, terms.costs
    long.shares, long.price = long_trade, book.long_mark
    short.shares, short.price = short_trade, book.short_mark
    fill_leg(
        costs, today, rates, rates.long, today.long, costs.quote_long, True, book,
        book.long_bill, long,
    )  # fmt: skip
    fill_leg(
        costs, today, rates, rates.short, today.short, costs.quote_short, True, book,
        book.short_bill, short,
    )  # fmt: skip
    usd = fill_total(long) + fill_total(short)
    long.shares = short.shares = 0.0
    restore(book.long_bill, long_bill)
    restore(book.short_bill, short_bill)
    book.month, book.month_shares = month, month_shares
    return usd


def saved(bill: Bill) -> tuple[int, float, float, float, float]:
    """Return a bill's numbers."""
    return bill.is_open, bill.month_shares, bill.shares, bill.notional_usd, bill.commission_usd


def restore(bill: Bill, numbers: tuple[int, float, float, float, float]) -> None:
    """Put a bill's numbers back."""
    bill.is_open, bill.month_shares, bill.shares = numbers[0], numbers[1], numbers[2]
    bill.notional_usd, bill.commission_usd = numbers[3], numbers[4]
