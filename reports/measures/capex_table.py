"""What the spenders spent. A run's company reports in, a row a company and a sentence out."""

from dataclasses import dataclass

from engine.records.result import Result
from reports.headline import percent
from reports.wording import iso

TOTAL = "total"
_BILLION = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class CapexRow:
    """One company's capital expenditure in its quarter and a year before, in dollars.

    ``growth`` is a fraction. The row of all companies has no dates of its own.
    """

    company: str
    quarter_end: str | None
    filed: str | None
    before_usd: float
    now_usd: float
    growth: float


def capex_rows(result: Result) -> tuple[CapexRow, ...]:
    """Return the latest quarter all spenders have reported, and their total last.

    As known at the run's last close. Empty without reports, or without such a quarter.
    """
    if result.filings is None or result.filings.capex_table.empty:
        return ()
    table = result.filings.capex_table
    rows = [
        CapexRow(
            company=str(each["company"]),
            quarter_end=iso(each["quarter_end"]),
            filed=iso(each["filed"]),
            before_usd=float(each["year_ago"]),
            now_usd=float(each["capex"]),
            growth=float(each["capex"] / each["year_ago"] - 1.0),
        )
        for each in table.to_dict("records")
    ]
    before, now = (float(table[name].sum()) for name in ("year_ago", "capex"))
    total = CapexRow(
        company=TOTAL,
        quarter_end=None,
        filed=None,
        before_usd=before,
        now_usd=now,
        growth=now / before - 1.0,
    )
    return (*rows, total)


def capex_sentence(rows: tuple[CapexRow, ...]) -> str:
    """Return what all of them spent more or less than a year before."""
    if not rows:
        return ""
    total, companies = rows[-1], rows[:-1]
    ends = sorted({row.quarter_end for row in companies if row.quarter_end})
    quarter = ends[0] if len(ends) == 1 else f"{ends[0]} or {ends[-1]}"
    more = total.now_usd - total.before_usd
    return (
        f"In the quarter to {quarter} {', '.join(row.company for row in companies)} spent "
        f"{billions(total.now_usd)} on property and equipment, {billions(abs(more))} "
        f"{'less' if more < 0.0 else 'more'} than a year before ({percent(total.growth, 1)})."
    )


def billions(dollars: float) -> str:
    """Return dollars as billions with one digit."""
    return f"${dollars / _BILLION:,.1f}bn"
