"""A run reckoned from somebody's decisions alone. Decisions and a prepared run in, its books out.

The body of sessions is ours and runs here: nothing that a strategy's process replaced, charged or
booked reaches it. Its own books are only held beside these.
"""

from collections.abc import Sequence

from engine.body.scores import Totals, tally
from engine.body.session import begin, fill_at_once, session
from engine.body.terms import room
from engine.broker import Call, decide_as_asked
from engine.errors import EngineError
from engine.prepare.prepared import Prepared
from engine.records.recorded import Recorded, recorded
from strategies.records import Book, Outcome, Reason, Tranche


def replayed(prepared: Prepared, calls: Sequence[Call], own_reasons: Sequence[str]) -> Recorded:
    """Return what the decisions come to.

    Parameters
    ----------
    own_reasons
        Texts of the reasons from ``Reason.OWN`` on.

    Raises
    ------
    EngineError
        The decisions are not of this run's sessions, or leave for a reason that nobody named.
    """
    terms, book, totals = prepared.terms, Book(), Totals()
    begin(terms, book)
    tranches = [Tranche() for _ in range(room(terms))]
    closed: list[Tranche] = []
    outcomes: list[Outcome] = []
    place = 0
    known = {*map(int, Reason), *range(Reason.OWN, Reason.OWN + len(own_reasons))}
    for number, (today, rates) in enumerate(zip(prepared.days, prepared.dated_rates, strict=True)):
        while len(closed) <= book.closed + book.held:
            closed.append(Tranche())
        outcome = Outcome()
        session(terms, today, rates, book, tranches, closed, outcome)
        outcomes.append(outcome)
        if not terms.fills_at_once or book.is_ruined:
            tally(totals, outcome)
        if book.is_ruined:
            break
        while place < len(calls) and calls[place].session == number:
            call, place = calls[place], place + 1
            if not known.issuperset(call.leaving or ()):
                raise EngineError(f"{call}: left a trade for a reason that nobody named")
            today.z = call.z
            decide_as_asked(terms.rules, today, book, tranches, outcome, call.side, call.leaving)
            if terms.fills_at_once:
                fill_at_once(terms, today, rates, book, tranches, closed, outcome)
                tally(totals, outcome)
    return recorded(outcomes, closed, tranches, book, own_reasons, totals)
