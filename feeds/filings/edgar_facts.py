"""Facts out of the SEC's companyfacts. One company's parsed JSON in, its dated facts out.

A concept has had several tags over the years, and a filing may use two of them at once. What a
10-Q or 10-K says is taken as it stands; what became of it later is for ``pit`` to judge.
"""

import datetime as dt
import json
import math
import reprlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from feeds.filings.pit import ROUNDING_USD, is_mistagged_year, span_of
from feeds.filings.reports import CONCEPTS, Concept, Fact, quarter_number
from feeds.source import DataError, Finding

# Where one report tells a period under two tags, the first of these counts.
TAGS: Mapping[Concept, tuple[str, ...]] = {
    "capex": (
        "PaymentsToAcquirePropertyPlantAndEquipment",
        "PaymentsToAcquireProductiveAssets",
    ),
    "revenue": (
        "Revenues",
        "RevenueFromContractWithCustomerExcludingAssessedTax",
        "SalesRevenueNet",
    ),
    "gross_profit": ("GrossProfit",),
    "operating_cash_flow": (
        "NetCashProvidedByUsedInOperatingActivities",
        "NetCashProvidedByUsedInOperatingActivitiesContinuingOperations",
    ),
}
COST_TAGS = ("CostOfRevenue", "CostOfGoodsAndServicesSold")
# An 8-K repeats old years as they would look today: not what was reported then.
FORMS = ("10-Q", "10-Q/A", "10-K", "10-K/A")
IFRS, IFRS_CHECK = "ifrs-full", "filing_ifrs"  # the taxonomy of companies that file a 20-F
REMEDY = (
    "run `python run.py fetch CONFIG` later, or give the numbers in a file "
    "(fundamentals.source: csv)"
)

Key = tuple[dt.date, str, dt.date, dt.date]  # filed, accession, start, end
_Facts = dict[Key, Fact]  # one fact per report and period


def parsed(company: str, content: bytes) -> Any:
    """Return the JSON of an answer.

    Raises
    ------
    json.JSONDecodeError
        It is not JSON, or breaks off.
    DataError
        It is JSON of a kind that nobody serves: nested without end, or with numbers of thousands
        of digits.
    """
    try:
        return json.loads(content)
    except json.JSONDecodeError:
        raise
    except UnicodeDecodeError as error:
        raise json.JSONDecodeError("is not UTF-8", "", error.start) from None
    except (ValueError, RecursionError):
        raise DataError(
            f"{company}: the answer was JSON nested too deeply or with numbers too long to be "
            f"read; expected a companyfacts document; {REMEDY}"
        ) from None


def check_document(company: str, cik: int, payload: Any) -> Mapping[str, Any]:
    """Return a parsed answer that is the companyfacts document of ``cik``.

    Raises
    ------
    DataError
        It is another kind of document, or another company's.
    """
    document: Mapping[str, Any] = payload if isinstance(payload, Mapping) else {}
    if not isinstance(document.get("facts"), Mapping) or "cik" not in document:
        raise DataError(
            f"{company}: the answer was {_shown(payload)}; expected a companyfacts document with "
            f"cik and facts; {REMEDY}"
        )
    if _number(document["cik"]) != str(cik):
        raise DataError(
            f"{company}: the answer was of CIK {_shown(document['cik'])} "
            f"({_shown(document.get('entityName'))}); expected CIK {cik}; {REMEDY}"
        )
    return document


def _shown(value: object) -> str:
    """Return what a server sent, short and flat: a plain repr could be as deep as the answer."""
    return reprlib.repr(value)[:60]


def _number(cik: object) -> str:
    """Return a document's CIK without leading zeros; empty for neither text nor number."""
    return str(cik).lstrip("0") if isinstance(cik, str | int) else ""


def read_facts(
    company: str, payload: Mapping[str, Any]
) -> tuple[tuple[Fact, ...], tuple[Finding, ...]]:
    """Return the facts of every concept in order of filing, and what was odd about them.

    Dollars only. Gross profit that a report does not tell is its revenue less its cost of the same
    days. A concept without a fact is left out: ``feeds.filings.report_quality.require`` refuses it.

    Parameters
    ----------
    payload
        A companyfacts document, as `check_document` returns it.

    Raises
    ------
    DataError
        An entry we need is not a dated number; the message names the concept and what was there.
    """
    facts_of: dict[Concept, _Facts] = {}
    findings = list(_ifrs_findings(company, payload))
    for concept in CONCEPTS:
        facts_of[concept], odd = _first_tag(company, concept, TAGS[concept], payload)
        findings += odd
    cost, odd = _first_tag(company, "gross_profit", COST_TAGS, payload)
    findings += odd
    mistagged_costs = _mistagged_years(cost)
    gross_profit = _revenue_less_cost(
        facts_of["revenue"], {key: cost[key] for key in cost.keys() - mistagged_costs}
    )
    facts_of["gross_profit"] = gross_profit | facts_of["gross_profit"]
    needless = mistagged_costs - facts_of["gross_profit"].keys()
    findings += _cost_findings(company, [cost[key] for key in sorted(needless)])
    ordered = [
        (key[0], key[1], place, key[3], key[2], fact)
        for place, concept in enumerate(CONCEPTS)
        for key, fact in facts_of[concept].items()
    ]
    return tuple(row[-1] for row in sorted(ordered, key=lambda row: row[:-1])), tuple(findings)


def _ifrs_findings(company: str, payload: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Report a company that tells its numbers under IFRS, of which none is read."""
    if IFRS not in payload["facts"]:
        return ()
    return (
        Finding(
            check=IFRS_CHECK,
            symbol=company,
            dates=(),
            severity="warning",
            text=f"{company}: is an IFRS filer, its numbers stand under {IFRS}; only what it told "
            f"under US GAAP in a {' or '.join(FORMS[::2])} was read",
        ),
    )


def _first_tag(
    company: str, concept: Concept, tags: Sequence[str], payload: Mapping[str, Any]
) -> tuple[_Facts, tuple[Finding, ...]]:
    """Return one fact per report and period, and the finding that two tags tell it differently."""
    facts: _Facts = {}
    clashes: list[tuple[Fact, Fact]] = []
    for tag in tags:
        for fact in _facts_of_tag(company, concept, tag, payload):
            key = (fact.filed, fact.accession, fact.start, fact.end)
            first = facts.setdefault(key, fact)
            if abs(first.value - fact.value) > ROUNDING_USD:
                clashes.append((first, fact))
    return facts, _clash_findings(company, concept, clashes)


def _facts_of_tag(
    company: str, concept: Concept, tag: str, payload: Mapping[str, Any]
) -> Iterator[Fact]:
    """Yield the facts of one tag in dollars from quarterly and annual reports."""
    at = _Place(company=company, concept=concept, where=tag)
    entries: Any = payload
    for step in ("facts", "us-gaap", tag, "units", "USD"):
        if not isinstance(entries, Mapping):
            raise at.unlike(f"was inside {_shown(entries)}", "inside a mapping")
        if step not in entries:
            return
        entries = entries[step]
    if not isinstance(entries, list):
        raise at.unlike(f"was {_shown(entries)} in USD", "a list of entries")
    for number, entry in enumerate(entries):
        at = _Place(company=company, concept=concept, where=f"{tag} entry {number}")
        if not isinstance(entry, Mapping):
            raise at.unlike(f"was {_shown(entry)}", "a mapping")
        form = at.text(entry, "form")
        if form in FORMS:
            yield at.fact(entry, form, tag)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where in a document an entry stands, so that an error can say it."""

    company: str
    concept: Concept
    where: str

    def fact(self, entry: Mapping[str, Any], form: str, tag: str) -> Fact:
        """Return the entry as a fact, or raise for what is no dated number."""
        start, end, filed = (self.day(entry, name) for name in ("start", "end", "filed"))
        if end < start:
            raise self.unlike(f"was from {start} to {end}", "an end on or after the start")
        if filed < end:
            raise self.unlike(f"was filed {filed} for a period to {end}", "a filing after its end")
        return Fact(
            company=self.company,
            concept=self.concept,
            start=start,
            end=end,
            value=self.dollars(entry),
            filed=filed,
            form=form,
            accession=self.text(entry, "accn"),
            tag=tag,
        )

    def text(self, entry: Mapping[str, Any], name: str) -> str:
        value = self.named(entry, name)
        if not isinstance(value, str) or not value:
            raise self.unlike(f"had {name} {_shown(value)}", "a text")
        return value

    def day(self, entry: Mapping[str, Any], name: str) -> dt.date:
        text = self.text(entry, name)
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or day.isoformat() != text:
            raise self.unlike(f"had {name} {_shown(text)}", "a day like 2024-01-05")
        return day

    def dollars(self, entry: Mapping[str, Any]) -> float:
        value = self.named(entry, "val")
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        try:
            number = float(value) if is_number else math.nan
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.unlike(f"had val {_shown(value)}", "a finite number of dollars")
        return number

    def named(self, entry: Mapping[str, Any], name: str) -> Any:
        if name not in entry:
            raise self.unlike(f"had no {name}", "start, end, val, accn, form and filed")
        return entry[name]

    def unlike(self, was: str, expected: str) -> DataError:
        """Word the error of a document that is not what the SEC serves."""
        return DataError(
            f"{self.company}: {self.concept}: {self.where} {was}; expected {expected}; {REMEDY}"
        )


def _revenue_less_cost(revenue: _Facts, cost: _Facts) -> _Facts:
    """Return gross profit wherever one report tells revenue and cost of the same days."""
    return {
        key: replace(
            revenue[key],
            concept="gross_profit",
            value=revenue[key].value - cost[key].value,
            tag=f"{revenue[key].tag} - {cost[key].tag}",
        )
        for key in revenue.keys() & cost.keys() - _mistagged_years(revenue)
    }


def _mistagged_years(facts: _Facts) -> set[Key]:
    """Return where a year stands for a quarter, as far as it could be seen on its filing day.

    A later report may show it too, but taking the fact out from then on is for ``pit``.
    """
    years: dict[int, float] = {}
    mistagged: set[Key] = set()
    for _, group in groupby(sorted(facts), key=lambda key: key[:2]):
        filing = list(group)
        for key in filing:
            if span_of(facts[key]) == "year":
                years[quarter_number(facts[key].end)] = facts[key].value
        mistagged |= {
            key
            for key in filing
            if span_of(facts[key]) == "quarter"
            and is_mistagged_year(facts[key].value, years.get(quarter_number(facts[key].end)))
        }
    return mistagged


def _clash_findings(
    company: str, concept: Concept, clashes: Sequence[tuple[Fact, Fact]]
) -> tuple[Finding, ...]:
    """Report values told differently under two tags of one report."""
    if not clashes:
        return ()
    first, other = clashes[0]
    return (
        Finding(
            check="filing_tags_differ",
            symbol=company,
            dates=tuple(sorted({fact.end.isoformat() for fact, _ in clashes})),
            severity="warning",
            text=f"{company}: {concept} was told twice and differently by one report, "
            f"{len(clashes)} times; first {first.value:,.0f} ({first.tag}) and {other.value:,.0f} "
            f"({other.tag}) dollars for {first.start} to {first.end} in {first.accession}; "
            "the first tag was used",
        ),
    )


def _cost_findings(company: str, costs: Sequence[Fact]) -> tuple[Finding, ...]:
    """Report costs left out, where gross profit would have been worked out from them."""
    if not costs:
        return ()
    return (
        Finding(
            check="filing_mistagged_year",
            symbol=company,
            dates=tuple(sorted({cost.end.isoformat() for cost in costs})),
            severity="warning",
            text=f"{company}: the cost of a quarter was that of its year {len(costs)} times (first "
            f"{costs[0].value:,.0f} dollars to {costs[0].end} in {costs[0].accession}); "
            "no gross profit was worked out from it",
        ),
    )
