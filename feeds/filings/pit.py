"""What was known when. Dated facts of one concept in; the quarters known after each filing day out.

A cash-flow statement tells the year so far, later reports repeat earlier periods, and now and then
a company counts anew. A quarter is therefore worked out again after every filing, from facts filed
by then and never from a later one.
"""

import datetime as dt
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from feeds.filings.reports import Fact, Quarter, public_before, quarter_number

# Two statements of one number may differ by this much and still be the same: figures are stated in
# millions, and a company that once told thousands repeats them rounded.
ROUNDING_USD = 1_000_000.0
START_TOLERANCE_DAYS = 7  # a year's start moves by some days between reports (52 and 53 weeks)
MISTAGGED_YEAR_FRAC = 0.9  # no real quarter of sales is that much of its year
NEVER_NEARLY_A_YEAR = ("revenue", "gross_profit")  # cash flows can be: they change sign

_number = functools.cache(quarter_number)  # a company has a hundred ends and asks often
_DAY = dt.timedelta(days=1)

Period = tuple[dt.date, dt.date]  # start and end, both included
Span = Literal["quarter", "half", "nine_months", "year"]

# Days, both ends included. A quarter of a 52/53-week year has 13 or 14 weeks, or three of them have
# 12 and one, the first, the third or the last, has 16 or 17.
QUARTER_DAYS = range(80, 120)  # four months (120 days and more) are no quarter
_SPANS: dict[Span, range] = {
    "quarter": QUARTER_DAYS,
    "half": range(166, 206),  # 24 weeks (168 days) to 17 and 12 (203)
    "nine_months": range(250, 291),  # 36 weeks (252 days) to 17 and twice 12 (287)
    "year": range(350, 381),
}
_SPAN_OF_DAYS = {days: span for span, lengths in _SPANS.items() for days in lengths}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vintage:
    """The quarters known once the filings of one day are read; usable from the next session.

    ``quarters`` ascend by number, each number once. What was not known is not there.
    """

    filed: dt.date
    quarters: tuple[Quarter, ...]


def vintages(facts: Sequence[Fact]) -> tuple[Vintage, ...]:
    """Return one vintage per day on which a fact became public, ascending.

    A quarter is what was reported as one, else the difference of two totals since the same start.
    Filings are read in the order of their days (of one day: of their accession numbers). One that
    states a period's value otherwise than before, by more than ``ROUNDING_USD``, counts on a new
    basis; so does one that shares neither a period nor a tag with those before. Only totals of one
    basis are subtracted. A quarter comes from the newest basis that has it, there rather reported
    than differenced, then from the latest report. A value that one basis repeats to the dollar
    stays with the report that told it first.

    Parameters
    ----------
    facts
        Of one company and one concept, in any order; of one report and period the first counts.
    """
    walk = _Walk()
    return tuple(
        Vintage(filed=filed, quarters=walk.quarters()) for filed in _read_days(walk, facts)
    )


def known_at(facts: Sequence[Fact], day: dt.date) -> tuple[Quarter, ...]:
    """Return the quarters usable at the close of ``day``, from facts filed strictly before it."""
    walk = _Walk()
    for _ in _read_days(walk, public_before(facts, day)):
        pass
    return walk.quarters()


def rejected(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return the facts left out as years tagged as quarters, in the order they were found.

    A quarter of revenue or gross profit that is at least ``MISTAGGED_YEAR_FRAC`` of the year ending
    with it, once a 10-K has told that year (Oracle's 10-Ks of 2018 to 2022 carry such).
    """
    walk = _Walk()
    for _ in _read_days(walk, facts):
        pass
    return tuple(walk.rejected)


def span_of(fact: Fact) -> Span | None:
    """Return the stretch a fact covers; None where nothing can be worked out from it.

    A year counts from a 10-K alone: 10-Qs also carry twelve months that are no fiscal year.
    """
    span = _SPAN_OF_DAYS.get((fact.end - fact.start).days + 1)
    return None if span == "year" and not fact.form.startswith("10-K") else span


def is_mistagged_year(quarter_value: float, year_value: float | None) -> bool:
    """Return whether a value told for a quarter is rather that of the year ending with it."""
    return (
        year_value is not None
        and year_value > 0.0
        and quarter_value >= MISTAGGED_YEAR_FRAC * year_value
    )


def _read_days(walk: "_Walk", facts: Sequence[Fact]) -> Iterator[dt.date]:
    """Have ``walk`` read the filings; yield each day once its last one is read."""
    owners = {(fact.company, fact.concept) for fact in facts}
    if len(owners) > 1:
        raise ValueError(f"facts were of {sorted(owners)}; expected one company and one concept")
    ordered = sorted(facts, key=lambda fact: (fact.filed, fact.accession))
    for filed, of_day in groupby(ordered, key=lambda fact: fact.filed):
        for _, filing in groupby(of_day, key=lambda fact: fact.accession):
            walk.read(filing)
        yield filed


@dataclass(slots=True)
class _Basis:
    """Totals counted one way: only these may be subtracted from one another."""

    facts: dict[int, dict[Period, Fact]] = field(default_factory=dict)  # by quarter of their end
    tags: set[str] = field(default_factory=set)

    def of_period(self, period: Period) -> Fact | None:
        return self.facts.get(_number(period[1]), {}).get(period)

    def is_left_by(self, facts: Mapping[Period, Fact]) -> bool:
        """Return whether a filing counts otherwise than this basis, or cannot be compared."""
        if not facts or not self.facts:
            return False
        shares_a_period = False
        for period, fact in facts.items():
            before = self.of_period(period)
            if before is None:
                continue
            if abs(fact.value - before.value) > ROUNDING_USD:
                return True
            shares_a_period = True
        return not shares_a_period and self.tags.isdisjoint(fact.tag for fact in facts.values())

    def add(self, facts: Mapping[Period, Fact]) -> set[int]:
        """Take the facts in; return the numbers of the quarters that may look different now."""
        numbers: set[int] = set()
        for period, fact in facts.items():
            self.tags.add(fact.tag)
            number = _number(fact.end)
            known = self.facts.setdefault(number, {})
            if period not in known or known[period].value != fact.value:
                known[period] = fact
                numbers |= _values_of(number)
        return numbers

    def quarter(self, number: int) -> Quarter | None:
        """Return the quarter as this basis has it: reported, else differenced, the latest told."""
        # A quarter of 16 weeks may end a quarter later than it counts as.
        ending = [fact for end in (number, number + 1) for fact in self.facts.get(end, {}).values()]
        reported = [
            fact
            for fact in ending
            if span_of(fact) == "quarter" and _number(fact.end, fact.start) == number
        ]
        if reported:
            fact = max(reported, key=_filed_last)
            return _quarter(number, fact.value, fact.end, fact, "reported")
        pairs = [
            (later, earlier)
            for later in ending
            # Ends 80 to 119 days apart lie in the same, the next or the next but one quarter.
            for before in range(_number(later.end) - 2, _number(later.end) + 1)
            for earlier in self.facts.get(before, {}).values()
            if _leaves_a_quarter(later, earlier)
            and _number(later.end, earlier.end + _DAY) == number
        ]
        if not pairs:
            return None
        later, earlier = max(pairs, key=_pair_filed_last)
        latest = max(later, earlier, key=_filed_last)
        return _quarter(number, later.value - earlier.value, later.end, latest, "differenced")


class _Walk:
    """The quarters known after the filings read so far."""

    def __init__(self) -> None:
        self.rejected: list[Fact] = []
        self._bases = [_Basis()]
        self._years: dict[int, float] = {}  # latest value told by a 10-K, by quarter of its end
        self._quarters: dict[int, Quarter] = {}

    def quarters(self) -> tuple[Quarter, ...]:
        return tuple(map(self._quarters.__getitem__, sorted(self._quarters)))

    def read(self, filing: Iterable[Fact]) -> None:
        """Take in the facts of one report."""
        facts: dict[Period, Fact] = {}
        for fact in filing:
            if span_of(fact) is not None:
                facts.setdefault((fact.start, fact.end), fact)
        self._learn_years(facts.values())
        mistagged = [period for period, fact in facts.items() if self._is_mistagged(fact)]
        self.rejected += [facts.pop(period) for period in mistagged]
        if self._bases[-1].is_left_by(facts):
            self._bases.append(_Basis())
        for number in self._bases[-1].add(facts):
            quarter = self._bases[-1].quarter(number)
            if quarter is not None:  # else an older basis' stays
                self._quarters[number] = quarter

    def _learn_years(self, facts: Iterable[Fact]) -> None:
        """Note the years told, and take back what now turns out to be one of them."""
        years = {
            _number(fact.end): fact.value
            for fact in facts
            if fact.concept in NEVER_NEARLY_A_YEAR and span_of(fact) == "year"
        }
        self._years |= years
        for number in years:
            for basis in self._bases:
                known = basis.facts.get(number, {})
                unmasked = [period for period, kept in known.items() if self._is_mistagged(kept)]
                self.rejected += [known.pop(period) for period in unmasked]
                if unmasked:
                    self._work_out(_values_of(number))

    def _is_mistagged(self, fact: Fact) -> bool:
        if not self._years or span_of(fact) != "quarter":
            return False
        return is_mistagged_year(fact.value, self._years.get(_number(fact.end)))

    def _work_out(self, numbers: Iterable[int]) -> None:
        """Take quarters from the newest basis that still has them."""
        for number in numbers:
            self._quarters.pop(number, None)
            for basis in reversed(self._bases):
                quarter = basis.quarter(number)
                if quarter is not None:
                    self._quarters[number] = quarter
                    break


def _values_of(number: int) -> set[int]:
    """Return the quarters a total whose end is numbered ``number`` can help to tell."""
    return {number - 1, number, number + 1, number + 2}


def _filed_last(fact: Fact) -> tuple[dt.date, str, dt.date, dt.date]:
    """Order facts by when they were told; those of one report by their periods."""
    return fact.filed, fact.accession, fact.end, fact.start


def _pair_filed_last(pair: tuple[Fact, Fact]) -> tuple[tuple[dt.date, str, dt.date, dt.date], ...]:
    """Order pairs by when the last of the two was told, then by each."""
    later, earlier = map(_filed_last, pair)
    return max(later, earlier), later, earlier


def _leaves_a_quarter(later: Fact, earlier: Fact) -> bool:
    """Return whether two totals since the same start differ by one quarter."""
    return (
        abs((later.start - earlier.start).days) <= START_TOLERANCE_DAYS
        and (later.end - earlier.end).days in QUARTER_DAYS
    )


def _quarter(
    number: int, value: float, end: dt.date, fact: Fact, how: Literal["reported", "differenced"]
) -> Quarter:
    """Return the quarter ending on ``end``, with the report that completed it."""
    return Quarter(
        company=fact.company,
        concept=fact.concept,
        number=number,
        end=end,
        value=value,
        filed=fact.filed,
        form=fact.form,
        accession=fact.accession,
        tag=fact.tag,
        how=how,
    )
