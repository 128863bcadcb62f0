"""Reports as arrays. Company reports and a day in, consecutive quarters as known then out."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feeds.filings.fundamentals import Fundamentals
from feeds.filings.reports import Concept, Quarter
from feeds.market import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQuarters:
    """Several series on the same consecutive quarters, the first one numbered ``first``.

    ``dollars`` has one row a series, in the order asked; NaN where nobody has reported the quarter.
    ``quarters`` are those reported, by series and number, with the report that told each.
    """

    first: int
    dollars: Floats  # shape (series, n)
    quarters: tuple[dict[int, Quarter], ...]

    def number(self, place: int) -> float:
        """Return the number of the quarter at a place; NaN for a place of -1."""
        return float(self.first + place) if place >= 0 else math.nan


def known_quarters(
    fundamentals: Fundamentals, series: Sequence[tuple[str, Concept]], day: dt.date
) -> KnownQuarters:
    """Return what could be used at the close of ``day``.

    Parameters
    ----------
    series
        Company and concept of each row.
    """
    return aligned([fundamentals.known_on(company, concept, day) for company, concept in series])


def aligned(series: Sequence[Sequence[Quarter]]) -> KnownQuarters:
    """Return several series of quarters on the same consecutive ones."""
    by_series = tuple({quarter.number: quarter for quarter in own} for own in series)
    first = min((min(own) for own in by_series if own), default=0)
    last = max((max(own) for own in by_series if own), default=-1)
    numbers = range(first, last + 1)
    told = [[own[n].value if n in own else math.nan for n in numbers] for own in by_series]
    dollars = np.array(told, dtype=np.float64).reshape(len(by_series), len(numbers))
    return KnownQuarters(first=first, dollars=dollars, quarters=by_series)
