"""Bundled company reports, for trying the program. A company in, SYNTHETIC facts out.

They borrow five real tickers and rough real proportions; no company ever reported any of these
numbers, and no result on them means anything.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from feeds.filings.reports import CONCEPTS, Concept, Fact, Reports
from feeds.prices.sample import LAST_DAY
from feeds.source import DataError

SEED = 7
FIRST_QUARTER = 2014 * 4  # three years of quarters before the sample's prices begin
TAG = "SYNTHETIC"
LAG_DAYS = (20, 45)  # from a quarter's end to its report, as large companies take

_MILLION = 1e6
_BOOM_YEARS = 3.5  # from one boom of capital expenditure to the next
_BOOM_LOG = 0.45  # how far it lifts capex above its trend


@dataclass(frozen=True, slots=True, kw_only=True)
class _Company:
    """One invented company: what it earned in its first quarter, and what becomes of it."""

    revenue_usd: float
    growth_annual: float
    capex_frac: float  # of revenue
    gross_margin: float
    margin_drift_annual: float


_COMPANIES = {
    "MSFT": _Company(revenue_usd=20e9, growth_annual=0.13, capex_frac=0.10, gross_margin=0.66,
                     margin_drift_annual=0.002),
    "AMZN": _Company(revenue_usd=18e9, growth_annual=0.20, capex_frac=0.08, gross_margin=0.38,
                     margin_drift_annual=0.008),
    "META": _Company(revenue_usd=3e9, growth_annual=0.25, capex_frac=0.20, gross_margin=0.82,
                     margin_drift_annual=0.0),
    "GOOGL": _Company(revenue_usd=15e9, growth_annual=0.17, capex_frac=0.13, gross_margin=0.58,
                      margin_drift_annual=-0.001),
    "NVDA": _Company(revenue_usd=1e9, growth_annual=0.35, capex_frac=0.05, gross_margin=0.58,
                     margin_drift_annual=0.012),
}  # fmt: skip


class SampleReports:
    """The bundled, deterministic, SYNTHETIC company reports."""

    def has(self, company: str) -> bool:
        """Return whether the sample has the company."""
        return company in _COMPANIES

    def reports(self, company: str) -> Reports:
        """Return the invented reports of a company, marked ``synthetic``.

        Raises
        ------
        DataError
            A company that the sample does not have.
        """
        if company not in _COMPANIES:
            raise DataError(
                f"the sample has no reports of {company!r}; expected one of "
                f"{', '.join(sorted(_COMPANIES))} (fundamentals.source edgar or csv has others)"
            )
        facts = _bundled()[company]
        text = "\n".join(f"{each.concept} {each.end} {each.value} {each.filed}" for each in facts)
        return Reports(
            company=company,
            facts=facts,
            origin=f"sample generator, seed {SEED}",
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            synthetic=True,
        )


@lru_cache(maxsize=1)
def _bundled() -> dict[str, tuple[Fact, ...]]:
    """Draw every company once, in one order, so that each is the same whoever is asked first."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    return {name: tuple(_facts(rng, name, company)) for name, company in _COMPANIES.items()}


def _facts(rng: np.random.Generator, name: str, company: _Company) -> list[Fact]:
    """Return a company's facts by day: a trend, the season, a common boom and its own noise."""
    facts: list[Fact] = []
    number = FIRST_QUARTER
    while (end := _last_day(number)) < LAST_DAY - dt.timedelta(days=LAG_DAYS[1]):
        years = (number - FIRST_QUARTER) / 4
        boom = _BOOM_LOG * np.sin(2 * np.pi * years / _BOOM_YEARS)
        noise = rng.standard_normal(3)
        season = 0.06 if number % 4 == 3 else -0.02
        log_growth = years * np.log1p(company.growth_annual)
        revenue = company.revenue_usd * np.exp(log_growth + season + 0.02 * noise[0])
        margin = company.gross_margin + company.margin_drift_annual * years + 0.004 * noise[1]
        values: dict[Concept, float] = {
            "capex": revenue * company.capex_frac * np.exp(boom + 0.08 * noise[2]),
            "revenue": revenue,
            "gross_profit": revenue * margin,
            "operating_cash_flow": revenue * (margin - 0.25),
        }
        filed = end + dt.timedelta(days=int(rng.integers(*LAG_DAYS)))
        form = "10-K" if number % 4 == 3 else "10-Q"
        facts += [
            Fact(
                company=name,
                concept=concept,
                start=_last_day(number - 1) + dt.timedelta(days=1),
                end=end,
                value=float(np.round(values[concept] / _MILLION) * _MILLION),
                filed=filed,
                form=form,
                accession=f"{TAG}-{number}",
                tag=TAG,
            )
            for concept in CONCEPTS
        ]
        number += 1
    return facts


def _last_day(number: int) -> dt.date:
    """Return the last day of a calendar quarter, numbered as in ``feeds.filings.reports``."""
    year, quarter = divmod(number + 1, 4)
    return dt.date(year, 3 * quarter + 1, 1) - dt.timedelta(days=1)
