"""Company reports from a file of quarters. A CSV in, the dated facts of a company out.

One row a company and quarter, in dollars. Columns are ``COLUMNS`` in any order; of the further ones
only filed, form, accession, tag, revenue_tag and revenue_available_from are read. Nothing is
repaired: an empty amount is no fact, anything else that is no amount is refused with its line.
"""

import datetime as dt
import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from configs.fields import TICKER_PATTERN
from configs.files import read_file
from feeds.filings.pit import QUARTER_DAYS
from feeds.filings.report_amounts import ReadRow, odd_amounts
from feeds.filings.report_quality import USUAL_DAYS
from feeds.filings.reports import MOST_USD, Concept, Fact, Reports, quarter_number
from feeds.series.side_file import Row, rows_of
from feeds.source import DataError, Finding

COLUMNS = (
    "ticker", "period_start", "period_end", "use_from", "capex_usd", "revenue_usd",
    "gross_profit_usd", "operating_cash_flow_usd",
)  # fmt: skip
_AMOUNTS: tuple[tuple[Concept, str, str], ...] = (  # concept, its column, the column of its tag
    ("capex", "capex_usd", "tag"),
    ("revenue", "revenue_usd", "revenue_tag"),
    ("gross_profit", "gross_profit_usd", ""),
    ("operating_cash_flow", "operating_cash_flow_usd", ""),
)
_ABOVE_ZERO = frozenset({"capex", "revenue"})
SOONEST_DAYS = 5  # from a quarter's end to the day it is public


class CsvReports:
    """A file of quarters as first reported.

    ``use_from`` is the day capex became public, and everything else too unless
    ``revenue_available_from`` names an earlier or later one for the rest of the row.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def has(self, company: str) -> bool:
        """Return whether the file has a row of the company."""
        return company in self._rows

    def reports(self, company: str) -> Reports:
        """Return every fact of the company's rows, and what was odd about them.

        Raises
        ------
        DataError
            The file cannot be read or is not what the class describes; or no row is the company's.
        """
        if company not in self._rows:
            there = ", ".join(sorted(self._rows)) or "no company"
            raise DataError(f"{self._path}: has no row of {company}; it has {there}")
        facts = (fact for row in self._rows[company] for fact in row.facts)
        return Reports(
            company=company,
            facts=tuple(sorted(facts, key=lambda fact: (fact.filed, fact.end, fact.concept))),
            origin=str(self._path),
            sha256=hashlib.sha256(self._content).hexdigest(),
            findings=self._findings[company],
        )

    @cached_property
    def _content(self) -> bytes:
        return read_file(self._path, "fundamentals.path")

    @cached_property
    def _rows(self) -> dict[str, list[ReadRow]]:
        """Every company's rows, in the order of the file."""
        by_company: dict[str, list[ReadRow]] = defaultdict(list)
        seen: set[tuple[str, int]] = set()
        for place, row in rows_of(self._content, self._path, COLUMNS):
            read = _read(row, place)
            quarter = (read.company, quarter_number(read.end, read.start))
            if quarter in seen:
                raise DataError(
                    f"{place}: {read.company} has the quarter to {read.end} a second time; "
                    "expected each once, as first reported"
                )
            seen.add(quarter)
            by_company[read.company].append(read)
        return dict(by_company)

    @cached_property
    def _findings(self) -> dict[str, tuple[Finding, ...]]:
        """What is odd about each company's rows, judged beside the others'."""
        odd = odd_amounts(self._rows)
        return {company: (*_early(rows), *odd[company]) for company, rows in self._rows.items()}


def _read(row: Row, place: str) -> ReadRow:
    """Return one row of the file, or refuse it."""
    ticker = row["ticker"]
    if not re.match(TICKER_PATTERN, ticker):
        raise DataError(f"{place}: ticker was {ticker!r}; expected an upper-case ticker, like MSFT")
    start, end = (_day(row, name, place) for name in ("period_start", "period_end"))
    days = (end - start).days + 1
    if days not in QUARTER_DAYS:
        raise DataError(
            f"{place}: period_start {start} to period_end {end} was {days} days; expected a "
            f"quarter, {QUARTER_DAYS[0]} to {QUARTER_DAYS[-1]} days"
        )
    facts = tuple(_facts(row, start, end, place))
    return ReadRow(place=place, company=ticker, start=start, end=end, facts=facts)


def _facts(row: Row, start: dt.date, end: dt.date, place: str) -> Iterator[Fact]:
    """Yield the facts of one row.

    Form and accession are those of ``filed``, where the row has that column: a number that became
    public on another day was told by another report, which the row does not name.
    """
    report_filed = _public(row, "filed", end, place) if row.get("filed") else None
    for concept, column, tag in _AMOUNTS:
        value = _amount(row, column, place, concept in _ABOVE_ZERO)
        if value is None:
            continue
        name = "use_from"
        if concept != "capex" and row.get("revenue_available_from"):
            name = "revenue_available_from"
        filed = _public(row, name, end, place)
        if report_filed is not None and filed < report_filed:
            raise DataError(
                f"{place}: {name} was {filed}, before filed {report_filed}; expected that day or a "
                "later one: a number can be used once it is public (leave filed empty if another "
                "report told it earlier)"
            )
        is_named = report_filed in (None, filed)
        yield Fact(
            company=row["ticker"],
            concept=concept,
            start=start,
            end=end,
            value=value,
            filed=filed,
            form=row.get("form", "") if is_named else "",
            accession=row.get("accession", "") if is_named else "",
            tag=row.get(tag, ""),
        )


def _public(row: Row, column: str, end: dt.date, place: str) -> dt.date:
    """Return the day on which a quarter that ended on ``end`` became public."""
    day = _day(row, column, place)
    if day <= end:
        raise DataError(
            f"{place}: {column} was {day}; expected a day after period_end {end}: nobody "
            "reports a quarter before it is over"
        )
    if (day - end).days < SOONEST_DAYS:
        raise DataError(
            f"{place}: {column} was {day}, {(day - end).days} day(s) after period_end {end}; "
            f"expected the day it was filed, {SOONEST_DAYS} days or more after: no books are "
            "closed sooner"
        )
    return day


def _early(rows: list[ReadRow]) -> Iterator[Finding]:
    """Report quarters said to be public sooner than companies report."""
    early = [
        row for row in rows if any((fact.filed - row.end).days < USUAL_DAYS for fact in row.facts)
    ]
    if early:
        first = early[0]
        yield Finding(
            check="filed_early",
            symbol=first.company,
            dates=tuple(sorted(row.end.isoformat() for row in early)),
            severity="warning",
            text=f"{first.place}: {first.company}'s quarter to {first.end} was public within "
            f"{USUAL_DAYS} days of its end, as {len(early)} of its quarters were; the quickest "
            "large companies take longer: check that use_from is the day it was filed",
        )


def _day(row: Row, column: str, place: str) -> dt.date:
    try:
        return dt.date.fromisoformat(row[column])
    except ValueError:
        raise DataError(
            f"{place}: {column} was {row[column]!r}; expected a day like 2024-01-30"
        ) from None


def _amount(row: Row, column: str, place: str, is_positive: bool) -> float | None:
    """Return an amount in dollars, None where the cell is empty."""
    text = row[column].strip()
    if not text:
        return None
    try:
        value = math.nan if "_" in text else float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= MOST_USD or (is_positive and value <= 0.0):  # a NaN is not
        above = " above zero" if is_positive else ""
        raise DataError(
            f"{place}: {column} was {text!r}; expected dollars{above}, at most {MOST_USD:,.0f}, or "
            "nothing where it is not known"
        )
    return value
