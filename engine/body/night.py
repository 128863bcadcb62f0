"""The night before a session. Rates and what was held in; interest, borrow and dividends out."""

from collections.abc import Sequence

from engine.body.terms import Rates, Terms
from engine.costs import borrow, dividend, interest
from strategies.records import Book, Outcome, Today, Tranche


def night(
    terms: Terms,
    today: Today,
    rates: Rates,
    book: Book,
    tranches: Sequence[Tranche],
    outcome: Outcome,
) -> None:
    """Book what the calendar days since the previous close cost and paid."""
    if terms.costs.has_interest:
        night_interest(terms, today, rates, book, tranches, outcome)
    for place in range(book.held):
        tranche = tranches[place]
        long, short = tranche.long.shares, tranche.short.shares
        fee = borrow.borrow_fee(long, book.long_mark, rates.long.borrow_rate, today.nights)
        fee += borrow.borrow_fee(short, book.short_mark, rates.short.borrow_rate, today.nights)
        paid = dividend.dividend_cash(long, today.long.dividend)
        paid += dividend.dividend_cash(short, today.short.dividend)
        tranche.borrow += fee
        tranche.dividends += paid
        outcome.borrow += fee
        outcome.dividends += paid
    book.cash += outcome.dividends + outcome.interest - outcome.borrow


def idle_night(terms: Terms, today: Today, rates: Rates, cash: float) -> float:
    """Return what a flat account's cash earns over the night: to the bit what `night` books."""
    costs = terms.costs
    return interest.on_balance(
        cash, rates.benchmark_rate, costs.credit_below, costs.debit_above, today.nights
    )


def night_interest(
    terms: Terms,
    today: Today,
    rates: Rates,
    book: Book,
    tranches: Sequence[Tranche],
    outcome: Outcome,
) -> None:
    """Book the rebate on short proceeds and the interest on the cash beside them.

    Trades get it by their gross exposure at the previous close.
    """
    shorts = gross = 0.0
    for place in range(book.held):
        long = tranches[place].long.shares * book.long_mark
        short = tranches[place].short.shares * book.short_mark
        shorts += min(long, 0.0) + min(short, 0.0)
        gross += abs(long) + abs(short)
    costs, proceeds, rate = terms.costs, -shorts, rates.benchmark_rate
    outcome.interest = interest.rebate(
        proceeds, rate, costs.rebate_below, costs.rebate_free_usd, today.nights
    ) + interest.on_balance(
        book.cash - proceeds, rate, costs.credit_below, costs.debit_above, today.nights
    )
    for place in range(book.held):
        long = tranches[place].long.shares * book.long_mark
        short = tranches[place].short.shares * book.short_mark
        tranches[place].interest += outcome.interest * (abs(long) + abs(short)) / gross
