"""What others demand after the mark: ruin ends the run, the lender and the margin desk order.

Either order takes the place of whatever is being worked, except of an exit, and does not wait.
"""

from collections.abc import Sequence

from engine.body.book import file_away
from engine.body.margin_call import needed_to_cure, reduction, sides
from engine.body.terms import Rates, Terms
from strategies.orders import change, may_exit, order_exit, work
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
    if (outcome.short_value < 0.0 and rates.short.bought_in) or (
        outcome.long_value < 0.0 and rates.long.bought_in
    ):
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
    long_value, short_value = sides(outcome.long_value, outcome.short_value)
    requirement = margin.maintenance(
        long_value, short_value, asked.maintenance_long, asked.maintenance_short, asked.house
    )
    if book.equity >= requirement:
        return
    kept = margin.kept_share(book.equity, needed_to_cure(asked, long_value, short_value))
    outcome.notes |= Note.MARGIN_CALL
    outcome.kept = kept
    for place in range(book.held):
        long, short = reduction(terms, today, tranches[place], kept)
        change(tranches[place], long, short)
    work(today, book, tranches, outcome, Reason.MARGIN_CALL, 0)
