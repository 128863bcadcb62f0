"""Amounts that do not fit together. A file's rows in, findings or a refusal with the line out.

Files of quarters are typed and pasted together: an amount in millions beside one in dollars is a
factor of a million, in thousands a factor of a thousand, and no rule downstream would notice.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from feeds.filings.reports import Concept, Fact
from feeds.source import DataError, Finding

# From one quarter to the next. Sales and capex of real companies stay below six; thousands beside
# dollars are a factor of a thousand, less whatever the company grew meanwhile.
DOUBTED_JUMP = 30.0
MOST_JUMP = 300.0
# Of the same quarter: sales over capex, and capex over sales.
DOUBTED_SALES_OVER_CAPEX = 5_000.0
MOST_SALES_OVER_CAPEX = 100_000.0
DOUBTED_CAPEX_OVER_SALES = 30.0
MOST_CAPEX_OVER_SALES = 1_000.0
LEAST_OF_SALES_FRAC = 1e-5  # gross profit or cash flow: below it they are in other units
# A company that never reports as much in a quarter is small, or told in millions.
SMALL_USD = 1e6
MOST_BESIDE_SMALL = 1e5
# A company that many times smaller than the largest of its file may be told in thousands.
DOUBTED_BESIDE = 100.0

_REMEDY = "every amount is in dollars: write millions out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """One row of a file of quarters."""

    place: str  # file:line
    company: str
    start: dt.date
    end: dt.date
    facts: tuple[Fact, ...]

    def usd(self, concept: Concept) -> float | None:
        """Return the row's amount of a concept, if it has one."""
        return next((fact.value for fact in self.facts if fact.concept == concept), None)


def odd_amounts(rows: Mapping[str, Sequence[ReadRow]]) -> dict[str, tuple[Finding, ...]]:
    """Return findings by company: amounts that are odd beside the others of the file.

    Raises
    ------
    DataError
        Amounts that cannot stand in the same file; the message has the line.
    """
    largest = {
        company: max(
            (
                (abs(fact.value), row.place)
                for row in own
                for fact in row.facts
                if fact.concept in ("capex", "revenue")
            ),
            default=(0.0, ""),
        )
        for company, own in rows.items()
    }
    most = max((usd for usd, _ in largest.values()), default=0.0)
    return {
        company: (
            *_within_rows(own),
            *_jumps(own, "capex"),
            *_jumps(own, "revenue"),
            *_small(company, *largest[company], most),
        )
        for company, own in rows.items()
    }


def _within_rows(rows: Sequence[ReadRow]) -> Iterator[Finding]:
    """Compare the amounts of one quarter with one another."""
    odd: list[tuple[ReadRow, str]] = []
    for row in rows:
        revenue, capex = row.usd("revenue"), row.usd("capex")
        profit, cash = row.usd("gross_profit"), row.usd("operating_cash_flow")
        if profit is not None and profit <= 0.0:
            odd.append((row, f"gross_profit_usd was {profit:,.0f}: sales at a loss are rare"))
        if cash == 0.0:
            odd.append((row, "operating_cash_flow_usd was 0: nothing where it is not known"))
        if revenue is None:
            continue
        if profit is not None and profit > revenue:
            raise DataError(
                f"{row.place}: gross_profit_usd was {profit:,.0f}, above revenue_usd {revenue:,.0f}"
                "; expected at most the revenue it is a part of"
            )
        for name, value in (("gross_profit_usd", profit), ("operating_cash_flow_usd", cash)):
            if value and abs(value) < LEAST_OF_SALES_FRAC * revenue:
                raise _other_units(row.place, name, value, "revenue_usd", revenue)
        if capex is not None:
            odd += _capex_and_sales(row, capex, revenue)
    if odd:
        yield _odd(odd)


def _capex_and_sales(row: ReadRow, capex: float, revenue: float) -> Iterator[tuple[ReadRow, str]]:
    """Yield the row where capex and sales are far apart; refuse it where too far."""
    if revenue > MOST_SALES_OVER_CAPEX * capex:
        raise _other_units(row.place, "capex_usd", capex, "revenue_usd", revenue)
    if capex > MOST_CAPEX_OVER_SALES * revenue:
        raise _other_units(row.place, "revenue_usd", revenue, "capex_usd", capex)
    if revenue > DOUBTED_SALES_OVER_CAPEX * capex or capex > DOUBTED_CAPEX_OVER_SALES * revenue:
        yield row, f"capex_usd was {capex:,.0f} beside revenue_usd {revenue:,.0f}"


def _jumps(rows: Sequence[ReadRow], concept: Concept) -> Iterator[Finding]:
    """Compare each amount with that of the quarter before."""
    amounts = [
        (row, value)
        for row in sorted(rows, key=lambda row: row.end)
        if (value := row.usd(concept)) is not None
    ]
    odd: list[tuple[ReadRow, str]] = []
    for (earlier, before), (row, value) in pairwise(amounts):
        factor = max(value / before, before / value)
        if factor >= MOST_JUMP:
            raise DataError(
                f"{row.place}: {concept}_usd was {value:,.0f}, and {before:,.0f} the quarter "
                f"before ({earlier.place}); expected amounts in one unit: {_REMEDY}"
            )
        if factor >= DOUBTED_JUMP:
            odd.append((row, f"{concept}_usd was {value:,.0f}, and {before:,.0f} to {earlier.end}"))
    if odd:
        yield _odd(odd)


def _small(company: str, usd: float, place: str, most_usd: float) -> Iterator[Finding]:
    """Judge a company by its largest amount, beside the largest of the file."""
    is_small = 0.0 < usd < SMALL_USD
    if not is_small and not (usd > 0.0 and most_usd >= DOUBTED_BESIDE * usd):
        return
    if is_small and most_usd >= MOST_BESIDE_SMALL * usd:
        raise DataError(
            f"{place}: {company}'s largest amount was {usd:,.0f} dollars, and {most_usd:,.0f} that "
            f"of another company of the file; expected amounts in one unit: {_REMEDY}"
        )
    beside = "" if is_small else f" beside {most_usd:,.0f} of another company"
    yield Finding(
        check="amount_small",
        symbol=company,
        dates=(),
        severity="warning",
        text=f"{place}: {company}'s largest amount of a quarter was {usd:,.0f} dollars{beside}; "
        f"{_REMEDY if is_small else _REMEDY.replace('millions', 'thousands')}",
    )


def _other_units(place: str, name: str, value: float, other: str, beside: float) -> DataError:
    return DataError(
        f"{place}: {name} was {value:,.0f} beside {other} {beside:,.0f}; expected amounts in one "
        f"unit: {_REMEDY}"
    )


def _odd(odd: Sequence[tuple[ReadRow, str]]) -> Finding:
    """Word amounts that somebody may mean, the first of them in full."""
    row, what = odd[0]
    others = f" (and {len(odd) - 1} more of its amounts)" if len(odd) > 1 else ""
    return Finding(
        check="amount_odd",
        symbol=row.company,
        dates=tuple(sorted({each.end.isoformat() for each, _ in odd})),
        severity="warning",
        text=f"{row.place}: {row.company}'s {what}{others}; it was used as it stands",
    )
