"""The sessions of a run, one after another. What ``engine.kernel`` compiles; plain Python too."""

from collections.abc import Sequence
from typing import Any

from engine.body.scores import Scores, Totals, score, tally
from engine.body.session import begin, empty, fill_at_once, session
from engine.body.terms import Rates, Terms
from strategies.decide import decide
from strategies.records import Book, Outcome, Reason, Today, Tranche


def run_recorded(
    terms: Sequence[Terms],
    today: Sequence[Today],
    rates: Sequence[Rates],
    entry: Sequence[int],
    books: Sequence[Book],
    tranches: Sequence[Tranche],
    closed: Sequence[Tranche],
    outcomes: Sequence[Outcome],
    totals: Sequence[Totals],
) -> int:
    """Run the first of ``terms`` and record every session; return how many there were.

    Parameters
    ----------
    books
        One, for the account.
    outcomes
        Empty ones, one a session.
    totals
        One, which the sessions are added to.
    """
    asked, book = terms[0], books[0]
    begin(asked, book)
    for t in range(len(today)):
        session(asked, today[t], rates[t], book, tranches, closed, outcomes[t])
        tally(totals[0], outcomes[t])
        if book.is_ruined:
            return t + 1
        decide(asked.rules, today[t], book, tranches, outcomes[t], int(entry[t]))
        if asked.fills_at_once:
            fill_at_once(asked, today[t], rates[t], book, tranches, closed, outcomes[t])
    return len(today)


def run_scored(
    asked: Terms,
    today: Sequence[Today],
    rates: Sequence[Rates],
    entry: Sequence[int],
    book: Book,
    tranches: Sequence[Tranche],
    closed: Sequence[Tranche],
    outcome: Outcome,
    equity: Any,
    totals: Totals,
) -> int:
    """Run one configuration, keeping equity and totals only; return its sessions.

    Flat sessions on which nothing triggers are passed over: nothing can happen on them, unless
    cash earns interest.
    """
    begin(asked, book)
    count, t = len(today), 0
    jumps = not asked.costs.has_interest
    while t < count:
        if jumps and book.held == 0 and book.reason == Reason.NOTHING:
            while t < count and not entry[t]:
                equity[t] = book.equity
                totals.equity += book.equity
                t += 1
            totals.sessions = t
            if t == count:
                break
        empty(outcome)
        session(asked, today[t], rates[t], book, tranches, closed, outcome)
        if not book.is_ruined:
            decide(asked.rules, today[t], book, tranches, outcome, int(entry[t]))
            if asked.fills_at_once:
                fill_at_once(asked, today[t], rates[t], book, tranches, closed, outcome)
        tally(totals, outcome)
        equity[t] = book.equity
        if book.is_ruined:
            return t + 1
        t += 1
    return count


def run_many(
    terms: Sequence[Terms],
    today: Sequence[Today],
    rates: Sequence[Rates],
    entries: Any,
    entry_of: Sequence[int],
    first: int,
    books: Sequence[Book],
    tranches: Sequence[Tranche],
    closed: Sequence[Tranche],
    outcomes: Sequence[Outcome],
    equity: Any,
    totals: Sequence[Totals],
    scores: Sequence[Scores],
    counts: Any,
) -> None:
    """Run every one of ``terms`` on the same facts and rates.

    Parameters
    ----------
    entries, entry_of
        Distinct entry lines, shape (lines, n), and which of them each configuration has.
    first
        Row of ``equity`` of the first configuration; rows are used in turn where they are fewer.
    totals, scores, counts
        One a configuration, written here.
    """
    for place in range(len(terms)):
        row = equity[(first + place) % len(equity)]
        counts[place] = run_scored(
            terms[place], today, rates, entries[entry_of[place]], books[0], tranches, closed,
            outcomes[0], row, totals[place],
        )  # fmt: skip
        totals[place].trades_closed = books[0].closed
        totals[place].trades_won = books[0].won
        score(scores[place], row, counts[place])
