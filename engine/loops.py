"""The sessions of a run, one after another. What ``engine.kernel`` compiles; plain Python too."""

from collections.abc import Sequence
from typing import Any

from engine.body.night import idle_night
from engine.body.rates import LegRates
from engine.body.scores import Scores, Totals, score, tally
from engine.body.session import begin, empty, fill_at_once, session
from engine.body.terms import Rates, Terms
from strategies.decide import decide
from strategies.records import Bar, Book, Outcome, Reason, Today, Tranche

PRICE_LINES = (
    "z", "vol_long", "vol_short", "vol_ratio", "covariance", "beta", "hedge_ratio", "hedge_weight",
    "half_life",
)  # fmt: skip
"""The lines of `Today` that prices make, in the order in which `seat` writes them."""


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

    Flat sessions on which nothing triggers are passed over: nothing can happen on them but that
    cash earns interest.
    """
    begin(asked, book)
    count, t = len(today), 0
    while t < count:
        if book.held == 0 and book.reason == Reason.NOTHING and book.equity > 0.0:
            # Named, not written to the records: those are read again at every pass.
            cash, summed, earned = book.cash, totals.equity, totals.interest
            while t < count and not entry[t]:
                if asked.costs.has_interest and today[t].number > 0:
                    night = idle_night(asked, today[t], rates[t], cash)
                    cash += night
                    earned += night
                equity[t] = cash
                summed += cash
                t += 1
            book.cash = book.equity = cash
            totals.equity, totals.interest, totals.sessions = summed, earned, t
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
    gains: Any,
    totals: Sequence[Totals],
    scores: Sequence[Scores],
    counts: Any,
    pair_of: Sequence[int],
    pairs: Any,
    bars: Sequence[Sequence[Bar]],
    leg_rates: Sequence[Sequence[LegRates]],
    lines: Any,
) -> None:
    """Run every one of ``terms`` on the same facts and rates, or each on a pair of its own.

    Parameters
    ----------
    entries, entry_of
        Distinct entry lines, shape (lines, n), and which of them each configuration has.
    first
        Row of ``equity`` of the first configuration; rows are used in turn where they are fewer.
    gains
        Room for one run's returns.
    totals, scores, counts
        One a configuration, written here.
    pair_of, pairs
        The pair of each configuration; and the symbols of each pair, long first. -1 for the pair
        that facts and rates are of already.
    bars, leg_rates
        By symbol and session; no rates where those of every symbol are in ``rates`` already.
    lines
        Shape (pairs, `PRICE_LINES`, n).
    """
    seated = -1
    for place in range(len(terms)):
        pair = pair_of[place]
        if pair != seated:
            long, short = pairs[pair][0], pairs[pair][1]
            seat(today, bars[long], bars[short], lines[pair])
            if len(leg_rates) > 0:
                seat_rates(rates, leg_rates[long], leg_rates[short])
            seated = pair
        row = equity[(first + place) % len(equity)]
        counts[place] = run_scored(
            terms[place], today, rates, entries[entry_of[place]], books[0], tranches, closed,
            outcomes[0], row, totals[place],
        )  # fmt: skip
        totals[place].trades_closed = books[0].closed
        totals[place].trades_won = books[0].won
        score(scores[place], row, counts[place], gains)


def seat(today: Sequence[Today], long: Sequence[Bar], short: Sequence[Bar], lines: Any) -> None:
    """Write what two legs and their lines say into the facts of every session."""
    for t in range(len(today)):
        now = today[t]
        copy_bar(now.long, long[t])
        copy_bar(now.short, short[t])
        now.z, now.vol_long, now.vol_short = lines[0][t], lines[1][t], lines[2][t]
        now.vol_ratio, now.covariance, now.beta = lines[3][t], lines[4][t], lines[5][t]
        now.hedge_ratio, now.hedge_weight = lines[6][t], lines[7][t]
        now.half_life = lines[8][t]


def seat_rates(rates: Sequence[Rates], long: Sequence[LegRates], short: Sequence[LegRates]) -> None:
    """Write two legs' dated costs into those of every session."""
    for t in range(len(rates)):
        copy_rates(rates[t].long, long[t])
        copy_rates(rates[t].short, short[t])


def copy_bar(to: Bar, one: Bar) -> None:
    """Write one leg's session over another's."""
    to.open, to.close, to.volume = one.open, one.close, one.volume
    to.dividend, to.later_splits = one.dividend, one.later_splits


def copy_rates(to: LegRates, one: LegRates) -> None:
    """Write one leg's dated costs over another's."""
    to.spread_scale, to.sigma, to.borrow_rate = one.spread_scale, one.sigma, one.borrow_rate
    to.no_short_opened, to.bought_in = one.no_short_opened, one.bought_in
