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
    ``series`` are those reported, ascending, with the report that told each.
    """

    first: int
    dollars: Floats  # shape (series, n)
    series: tuple[Sequence[Quarter], ...]

    @property
    def quarters(self) -> tuple[dict[int, Quarter], ...]:
        """Return the quarters reported, by series and number."""
        return tuple({quarter.number: quarter for quarter in own} for own in self.series)

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
    """Return several series of quarters, ascending each, on the same consecutive ones."""
    numbers = [[quarter.number for quarter in own] for own in series]
    first = min((own[0] for own in numbers if own), default=0)
    last = max((own[-1] for own in numbers if own), default=-1)
    dollars = np.full((len(series), last + 1 - first), math.nan)
    for row, places, own in zip(dollars, numbers, series, strict=True):
        row[np.array(places, dtype=np.int64) - first] = [quarter.value for quarter in own]
    return KnownQuarters(first=first, dollars=dollars, series=tuple(series))
