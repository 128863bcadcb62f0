"""Company reports made by hand. Small lists in, facts and `Fundamentals` out.

Quarters are those of the calendar, numbered from the first of ``FIRST_YEAR``.
"""

import datetime as dt

from feeds.filings.fundamentals import Fundamentals
from feeds.filings.reports import Fact, Reports

FIRST_YEAR = 2020
LAG_DAYS = 30


def quarter_ends(count):
    """The ends of ``count`` quarters: 31 March, 30 June, 30 September, 31 December ..."""
    firsts = [dt.date(FIRST_YEAR + n // 4, n % 4 * 3 + 1, 1) for n in range(count + 1)]
    return [each - dt.timedelta(days=1) for each in firsts[1:]]


def hand_facts(company, concept, values, filed=None):
    """One fact a quarter; None is a quarter nobody reported.

    Public ``LAG_DAYS`` after the quarter's end, or on the days of ``filed``.
    """
    ends = quarter_ends(len(values))
    days = filed or [end + dt.timedelta(days=LAG_DAYS) for end in ends]
    return [
        Fact(
            company=company,
            concept=concept,
            start=end - dt.timedelta(days=89),
            end=end,
            value=float(value),
            filed=day,
            form="10-Q",
            accession=f"{company}-{number}",
            tag=concept,
        )
        for number, (end, value, day) in enumerate(zip(ends, values, days, strict=True))
        if value is not None
    ]


def hand_fundamentals(*facts):
    """Reports of every company the lists of facts speak of."""
    companies = {}
    for fact in sorted((each for some in facts for each in some), key=lambda each: each.filed):
        companies.setdefault(fact.company, []).append(fact)
    return Fundamentals(
        {
            company: Reports(
                company=company, facts=tuple(own), origin="by hand", sha256=company.ljust(64, "0")
            )
            for company, own in companies.items()
        }
    )
