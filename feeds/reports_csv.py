"""Company reports from a file of quarters. A CSV in, the dated facts of a company out.

One row a company and quarter, in dollars. Columns are ``COLUMNS`` in any order; of the further ones
only ``OPTIONAL`` are read. Nothing is repaired: an empty amount is no fact, anything else that is
no amount is refused with its line.
"""

import csv
import datetime as dt
import hashlib
import io
import math
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from configs.fields import TICKER_PATTERN
from feeds.filings import Concept, Fact, Reports, quarter_number
from feeds.pit import QUARTER_DAYS
from feeds.source import DataError

COLUMNS = (
    "ticker", "period_start", "period_end", "use_from", "capex_usd", "revenue_usd",
    "gross_profit_usd", "operating_cash_flow_usd",
)  # fmt: skip
OPTIONAL = ("filed", "form", "accession", "tag", "revenue_tag", "revenue_available_from")
_AMOUNTS: tuple[tuple[Concept, str, str], ...] = (  # concept, its column, the column of its tag
    ("capex", "capex_usd", "tag"),
    ("revenue", "revenue_usd", "revenue_tag"),
    ("gross_profit", "gross_profit_usd", ""),
    ("operating_cash_flow", "operating_cash_flow_usd", ""),
)
_NEVER_NEGATIVE = frozenset({"capex", "revenue"})

Row = Mapping[str, str]


class CsvReports:
    """A file of quarters as first reported.

    ``use_from`` is the day capex became public, and everything else too unless
    ``revenue_available_from`` names an earlier or later one for the rest of the row.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def has(self, company: str) -> bool:
        """Return whether the file has a row of the company."""
        return company in self._facts

    def reports(self, company: str) -> Reports:
        """Return every fact of the company's rows.

        Raises
        ------
        DataError
            The file cannot be read or is not what the class describes; or no row is the company's.
        """
        if company not in self._facts:
            there = ", ".join(sorted(self._facts)) or "no company"
            raise DataError(f"{self._path}: has no row of {company}; it has {there}")
        return Reports(
            company=company,
            facts=self._facts[company],
            origin=str(self._path),
            sha256=hashlib.sha256(self._content).hexdigest(),
        )

    @cached_property
    def _content(self) -> bytes:
        try:
            return self._path.read_bytes()
        except OSError as error:
            raise DataError(
                f"{self._path}: could not be read ({error.strerror}); expected the CSV file of "
                "quarters that fundamentals.path names"
            ) from error

    @cached_property
    def _facts(self) -> dict[str, tuple[Fact, ...]]:
        """Every company's facts, by the day they became public."""
        found: dict[str, list[Fact]] = {}
        seen: set[tuple[str, int]] = set()
        for place, row in self._rows():
            start, end = (_day(row, name, place) for name in ("period_start", "period_end"))
            if (end - start).days + 1 not in QUARTER_DAYS:
                raise DataError(
                    f"{place}: period_start {start} to period_end {end} was "
                    f"{(end - start).days + 1} days; expected a quarter, {QUARTER_DAYS[0]} to "
                    f"{QUARTER_DAYS[-1]} days"
                )
            quarter = (row["ticker"], quarter_number(end, start))
            if quarter in seen:
                raise DataError(
                    f"{place}: {row['ticker']} has the quarter to {end} a second time; expected "
                    "each once, as first reported"
                )
            seen.add(quarter)
            found.setdefault(row["ticker"], []).extend(_facts(row, start, end, place))
        return {
            company: tuple(sorted(facts, key=lambda fact: (fact.filed, fact.end, fact.concept)))
            for company, facts in found.items()
        }

    def _rows(self) -> Iterator[tuple[str, Row]]:
        """Yield each row with its ``file:line``."""
        try:
            text = self._content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError(f"{self._path}: is not UTF-8 text; save it again as UTF-8") from error
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        try:
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise DataError(f"{self._path}:1: {_lacking(missing)}")
            for row in reader:
                place = f"{self._path}:{reader.line_num}"
                if None in row or None in row.values():
                    raise DataError(
                        f"{place}: had other cells than the header's {len(reader.fieldnames or ())}"
                    )
                if not re.match(TICKER_PATTERN, row["ticker"]):
                    raise DataError(
                        f"{place}: ticker was {row['ticker']!r}; expected an upper-case ticker, "
                        "like MSFT"
                    )
                yield place, row
        except csv.Error as error:
            raise DataError(f"{self._path}:{reader.line_num}: is not CSV ({error})") from error


def _lacking(missing: list[str]) -> str:
    """Say which columns are not there, and what may be wrong where none of them is."""
    if len(missing) == len(COLUMNS):
        told = f"has none of the columns {', '.join(COLUMNS)}; expected a CSV file with commas"
        return f"{told} and that header"
    return f"has no column {', '.join(missing)}; expected {', '.join(COLUMNS)}"


def _facts(row: Row, start: dt.date, end: dt.date, place: str) -> Iterator[Fact]:
    """Yield the facts of one row.

    Form and accession are those of ``filed``, where the row has that column: a number that became
    public on another day was told by another report, which the row does not name.
    """
    for concept, column, tag in _AMOUNTS:
        value = _amount(row, column, place, concept in _NEVER_NEGATIVE)
        if value is None:
            continue
        name = "use_from"
        if concept != "capex" and row.get("revenue_available_from"):
            name = "revenue_available_from"
        filed = _day(row, name, place)
        if filed <= end:
            raise DataError(
                f"{place}: {name} was {filed}; expected a day after period_end {end}: nobody "
                "reports a quarter before it is over"
            )
        is_named = row.get("filed") in (None, "", row[name])
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
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text or (is_positive and value < 0.0):
        raise DataError(
            f"{place}: {column} was {text!r}; expected dollars"
            f"{' of zero or more' if is_positive else ''}, or nothing where it is not known"
        )
    return value
