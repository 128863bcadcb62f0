"""What a run did, as either driver left it. Outcomes and tranches in, columns of numbers out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.body.scores import Totals
from strategies.orders import changing
from strategies.records import Book, Floats, Outcome, Reason, Tranche, columns_of

Columns = Mapping[str, Floats]
Records = Sequence[Any] | npt.NDArray[np.void]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One run: everything that its ledger, trades and notes are written from.

    Columns are float64, by the dotted names of the records' fields.

    sessions
        Of ``Outcome``, one value a session; a ruined run has fewer than its market.
    closed, held
        Of ``Tranche``, one value a trade: by exit, and by entry.
    book
        The account after the last session.
    totals
        What the sessions added up to, and how many trades they closed.
    pending
        Signed shares of the long and the short leg that the order being worked has left.
    own_reasons
        Texts of the reasons from ``Reason.OWN`` on.
    """

    sessions: Columns
    closed: Columns
    held: Columns
    book: Book
    totals: Totals
    pending: tuple[float, float] = (0.0, 0.0)
    own_reasons: tuple[str, ...] = ()

    def reason(self, number: float) -> str:
        """Return the name of a reason, as files and pages write it."""
        return reason_text(int(number), self.own_reasons)


def recorded(
    outcomes: Records,
    closed: Records,
    tranches: Records,
    book: Book,
    own_reasons: Sequence[str] = (),
    totals: Totals | None = None,
) -> Recorded:
    """Return the columns of a finished run.

    Parameters
    ----------
    closed, tranches
        Room for more is passed over: the book says how many there are.
    """
    ordered = columns_of(tranches[: changing(book)], Tranche)
    is_left = ordered["is_changing"] > 0.0
    left = [line[is_left] for line in (ordered["long.to_trade"], ordered["short.to_trade"])]
    return Recorded(
        sessions=columns_of(outcomes, Outcome),
        closed=columns_of(closed[: book.closed], Tranche),
        held={name: line[: book.held] for name, line in ordered.items()},
        book=book,
        totals=replace(totals or Totals(), trades_closed=book.closed, trades_won=book.won),
        pending=(math.fsum(left[0]), math.fsum(left[1])),
        own_reasons=tuple(own_reasons),
    )


def reason_text(number: int, own_reasons: Sequence[str] = ()) -> str:
    """Return the name of a reason; somebody's own are numbered from ``Reason.OWN`` on."""
    if number >= Reason.OWN:
        return own_reasons[number - Reason.OWN]
    return Reason(number).name.lower()


def meaning_of(reason: str) -> str:
    """Return what a reason means, as pages say it; nothing for somebody's own."""
    known = Reason.__members__.get(reason.upper())
    return "" if known is None else known.meaning
