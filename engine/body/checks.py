"""What others demand after the mark: ruin ends the run, the lender and the margin desk order.

Either order takes the place of whatever is being worked, except of an exit, and does not wait.
"""

from collections.abc import Sequence

from engine.body.book import file_away
from engine.body.terms import Rates, Terms
from strategies.decide import change_to, cut
from strategies.orders import may_exit, order_exit, work
from strategies.records import Book, Note, Outcome, Reason, Today, Tranche
from strategies.rules import margin


def check(
    terms: Terms,
    today: Today,
    rates: Rates,
    book: Book,
    tranches: Sequence[Tranche],
    closed: Sequence[Tranche],
    outcome: Outcome,
) -> None:
    """End a ruined run; order what the lender of the shares or margin demands."""
    if not book.equity > 0.0:
        end_ruined(today, book, tranches, closed)
        outcome.notes |= Note.RUIN
        return
    if not may_exit(book):
        return
    if outcome.short_value < 0.0 and rates.short.bought_in:
        for place in range(book.held):
            tranches[place].leaving = Reason.BUY_IN
        order_exit(today, book, tranches, outcome, 0)
    elif terms.rules.margin.has_margin:
        check_margin(terms, today, book, tranches, outcome)


def end_ruined(
    today: Today, book: Book, tranches: Sequence[Tranche], closed: Sequence[Tranche]
) -> None:
    """End every open trade at the mark of the session that ruined the account."""
    book.is_ruined = 1
    for place in range(book.held):
        tranche = tranches[place]
        tranche.exit_reason, tranche.exit_decided = Reason.RUIN, today.day
        file_away(book, closed, tranche, today.day)
    book.held = book.opening = 0
    book.reason = Reason.NOTHING


def check_margin(
    terms: Terms, today: Today, book: Book, tranches: Sequence[Tranche], outcome: Outcome
) -> None:
    """Order the book cut when equity is below maintenance."""
    asked = terms.rules.margin
    long_value, short_value = outcome.long_value, -outcome.short_value
    requirement = margin.maintenance(
        long_value, short_value, asked.maintenance_long, asked.maintenance_short, asked.house
    )
    kept = margin.kept_share(
        book.equity, requirement, asked.initial * asked.house, long_value + short_value
    )
    if kept >= 1.0:
        return
    outcome.notes |= Note.MARGIN_CALL
    outcome.kept = kept
    for place in range(book.held):
        reduce(terms, today, tranches[place], kept)
    work(today, book, tranches, outcome, Reason.MARGIN_CALL, 0)


def reduce(terms: Terms, today: Today, tranche: Tranche, kept: float) -> None:
    """Set the change that cuts a trade to a share of itself, both legs or the whole."""
    long = cut(terms.rules, today.long.later_splits, tranche.long.shares * kept)
    short = cut(terms.rules, today.short.later_splits, tranche.short.shares * kept)
    if long == 0.0 or short == 0.0:  # not a share of one leg: then none of the other
        long = short = 0.0
    change_to(terms.rules, today, tranche, long, short)
