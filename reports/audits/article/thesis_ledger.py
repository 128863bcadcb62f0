"""What reports have shown of a thesis so far. Claims and company reports in, a row a quarter out.

All is of four quarters together (trailing), so that the seasons cancel, and as known at the run's
last close: filed before it. *k* quarters after the base

    shown_k = TTM_(base + k) - TTM_base       capex, revenue; billions of dollars
    shown_k = (m_base - m_(base + k)) * 1e4   gross margin m = TTM gross profit / TTM revenue; bps

and of a claim of *c* a year at most ``c * min(k, 4) / 4`` can be in four quarters' sum by then.
Depreciation in a straight line over *L* years is ``c / L`` a year once a year's spending is there.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

from configs.promises import LedgerClaim
from feeds.filings.reports import DAYS_BEFORE_END, Concept, Quarter, quarter_number
from reports.audits.article.at_hand import CONCEPT_NAMES, AtHand, Lacking

QUARTERS_A_YEAR = 4
DAYS_TO_FILE = 60
BILLION, BASIS_POINTS = 1e9, 10_000.0

Known = Mapping[int, Quarter]
Section = dict[str, Any]


def thesis_ledger(claims: tuple[LedgerClaim, ...], hand: AtHand) -> list[Section]:
    """Return each claim with its quarters; or what it needs."""
    sections = []
    for claim in claims:
        head = {
            "label": claim.label,
            "company": claim.company,
            "measure": claim.measure,
            "unit": "bps" if claim.measure == "gross_margin" else "USD bn",
            "claimed": list(claim.claimed),
            "at_most": claim.at_most,
            "base": quarter_name(quarter_number(claim.base)),
            "until": quarter_name(quarter_number(claim.base) + claim.quarters),
            "quarters_left": None,
        }
        try:
            sections.append(head | _told(claim, hand))
        except Lacking as lacking:
            sections.append(head | {"needs": lacking.what, "why": lacking.why})
    return sections


def _told(claim: LedgerClaim, hand: AtHand) -> Section:
    last, base = hand.sessions[-1].item(), quarter_number(claim.base)
    concepts: tuple[Concept, ...] = (
        ("revenue", "gross_profit") if claim.measure == "gross_margin" else (claim.measure,)
    )
    known = [hand.quarters(claim.company, each, last, is_latest=False) for each in concepts]
    if last > due_by(base):  # without its base nothing can ever be shown
        for each in known:
            trailing(each, base)
    told = dict(zip(concepts, known, strict=True))
    rows = [_row(claim, hand, told, base, after) for after in range(1, claim.quarters + 1)]
    reported = [row for row in rows if row["shown"] is not None]
    to_come = sum(row["is_to_come"] for row in rows)
    return {
        "rows": rows,
        "quarters_left": to_come,
        "quarters_without": len(rows) - len(reported) - to_come,
        "state": _state(claim, reported, to_come, len(rows)),
        "depreciation": None if claim.life_years is None else _depreciation(claim, hand, reported),
    }


def _row(
    claim: LedgerClaim, hand: AtHand, known: Mapping[Concept, Known], base: int, after: int
) -> Section:
    """Return what is claimed and shown of the quarter so many after the base, or what it lacks."""
    last, number = hand.sessions[-1].item(), base + after
    by_then = [min(after, QUARTERS_A_YEAR) / QUARTERS_A_YEAR * end for end in claim.claimed]
    silent = " and ".join(CONCEPT_NAMES[name] for name, own in known.items() if number not in own)
    told = None if silent else [*known.values()][-1][number]
    filed = hand.reported_on(claim.company, number, last)
    shown, lacks = None, ""
    if told is not None:
        try:
            shown = shown_by(claim.measure, [*known.values()], base, number)
        except Lacking as lacking:
            lacks = f"needs {lacking.what}"
    elif filed is not None:
        lacks = f"filed {filed} without {silent}"
    elif last > due_by(number) or any(number <= max(own) for own in known.values()):
        lacks = f"needs {claim.company} {silent}"
    else:
        lacks = f"by {due_by(number)}"
    return {
        "quarter": quarter_name(number),
        "end": None if told is None else told.end.isoformat(),
        "filed": None if told is None else told.filed.isoformat(),
        "claimed_by_then": by_then,
        "shown": shown,
        "missing": None if shown is None else max(by_then[0] - shown, 0.0),
        "waits_for": lacks,
        "is_to_come": told is None and filed is None,
    }


def shown_by(measure: str, known: Sequence[Known], base: int, number: int) -> float:
    """Return what four quarters to ``number`` show against four to ``base``, or raise `Lacking`."""
    if measure == "gross_margin":
        revenue, profit = known
        margins = [trailing(profit, at) / trailing(revenue, at) for at in (base, number)]
        return (margins[0] - margins[1]) * BASIS_POINTS
    before = trailing(known[0], base)
    return (trailing(known[0], number) - before) / BILLION


def trailing(known: Known, number: int) -> float:
    """Return the sum of four quarters to a number, dollars, or raise `Lacking`."""
    numbers = range(number - QUARTERS_A_YEAR + 1, number + 1)
    missing = [quarter_name(each) for each in numbers if each not in known]
    if missing:
        one = next(iter(known.values()))
        raise Lacking(f"{one.company} {one.concept.replace('_', ' ')} of {', '.join(missing)}")
    return math.fsum(known[each].value for each in numbers)


def due_by(number: int) -> dt.date:
    """Return the last day on which a report of a quarter is filed.

    Quarters of one number end up to 24 days after the calendar's, and a large company has 60 days
    for its 10-K (17 CFR 249.310).
    """
    after = number + 1
    begins = dt.date(after // QUARTERS_A_YEAR, 3 * (after % QUARTERS_A_YEAR) + 1, 1)
    return begins + dt.timedelta(days=DAYS_BEFORE_END + DAYS_TO_FILE - 1)


def quarter_name(number: int) -> str:
    """Return a quarter's number as text, like 2026Q1."""
    return f"{number // QUARTERS_A_YEAR}Q{number % QUARTERS_A_YEAR + 1}"


def _state(claim: LedgerClaim, reported: list[Section], to_come: int, quarters: int) -> str:
    """Return where a claim stands: there, short, open or refuted."""
    if reported and claim.at_most:  # all sales are more than those to one customer
        last = reported[-1]
        return "possible" if last["shown"] >= last["claimed_by_then"][0] else "impossible so far"
    if any(row["shown"] >= claim.claimed[0] for row in reported):
        return "shown"
    if to_come:
        return "open"
    return "not shown" if len(reported) == quarters else "not known"


def _depreciation(claim: LedgerClaim, hand: AtHand, reported: list[Section]) -> Section:
    """Return a year's straight line of what was claimed and of what is shown, and of revenue."""
    assert claim.life_years is not None
    revenue = hand.quarters(claim.company, "revenue", hand.sessions[-1].item())
    sales = trailing(revenue, max(revenue)) / BILLION
    spent = [*claim.claimed, *([reported[-1]["shown"]] if reported else [])]
    a_year = [each / claim.life_years for each in spent]
    bps = [each / sales * BASIS_POINTS for each in a_year]
    return {
        "life_years": claim.life_years,
        "revenue_usd_bn": sales,
        "revenue_until": quarter_name(max(revenue)),
        "claimed_usd_bn": a_year[:2],
        "claimed_bps": bps[:2],
        "shown_usd_bn": a_year[2] if reported else None,
        "shown_bps": bps[2] if reported else None,
    }
