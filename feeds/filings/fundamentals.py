"""The company reports of one run. A configuration in, what was known of each company when out."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from configs.schema import RunConfig
from feeds.filings.ciks import check_companies, company_findings
from feeds.filings.pit import Vintage, vintages
from feeds.filings.report_quality import margin_findings, report_findings, require
from feeds.filings.reports import CONCEPTS, Concept, Fact, Quarter, Reports, ReportSource
from feeds.source import Finding


@dataclass(frozen=True)
class Fundamentals:
    """Reports by company. What is asked "on" a day is what could be used at that day's close."""

    reports: Mapping[str, Reports]

    @cached_property
    def _histories(self) -> dict[tuple[str, Concept], tuple[list[dt.date], tuple[Vintage, ...]]]:
        return {}  # filled by what is asked

    def known_on(self, company: str, concept: Concept, day: dt.date) -> tuple[Quarter, ...]:
        """Return the quarters that were public before ``day``, ascending; none for a stranger.

        One object for all days between two filings.
        """
        if (company, concept) not in self._histories:
            own = self.reports[company].facts if company in self.reports else ()
            made = vintages([each for each in own if each.concept == concept])
            self._histories[company, concept] = [each.filed for each in made], made
        days, history = self._histories[company, concept]
        place = bisect_left(days, day)
        return history[place - 1].quarters if place else ()

    def filing_days(self, companies: Sequence[str] | None = None) -> tuple[dt.date, ...]:
        """Return the days on which a fact of some companies became public, ascending, each once.

        Parameters
        ----------
        companies
            Whose; None for all.
        """
        chosen = self.reports if companies is None else companies
        facts = chain.from_iterable(self.reports[company].facts for company in chosen)
        return tuple(sorted({fact.filed for fact in facts}))

    def republished(self, day_of: Callable[[dt.date], dt.date]) -> "Fundamentals":
        """Return the same reports, each public on another day: for an audit of their timing."""
        return Fundamentals(
            {
                company: replace(own, facts=_by_day(own.facts, day_of))
                for company, own in self.reports.items()
            }
        )

    def public_before(self, day: dt.date) -> "Fundamentals":
        """Return what could be used at the close of ``day``, and nothing of what came later."""
        return Fundamentals(
            {
                company: replace(own, facts=tuple(each for each in own.facts if each.filed < day))
                for company, own in self.reports.items()
            }
        )


def companies(configs: Sequence[RunConfig], source: ReportSource) -> dict[str, tuple[Concept, ...]]:
    """Return the companies that any of ``configs`` reads, each with the concepts it needs of it.

    The legs and the spenders come along where the source has them: the page shows their numbers.

    Raises
    ------
    ConfigError
        One company would count as two (see `feeds.filings.ciks.check_companies`).
    """
    for config in configs:
        check_companies(config)
    needed: dict[str, set[str]] = {}
    for config in configs:
        for company, wanted in config.reports_needed.items():
            needed.setdefault(company, set()).update(wanted)
    pair = configs[0].pair
    for company in (pair.long, pair.short, *configs[0].spenders):
        if company not in needed and source.has(company):
            needed[company] = set()
    strangers_first = sorted(needed, key=source.has)  # refused before anything is downloaded
    return {
        company: tuple(concept for concept in CONCEPTS if concept in needed[company])
        for company in strangers_first
    }


def load_fundamentals(
    configs: Sequence[RunConfig],
    source: ReportSource | None,
    since: dt.date,
    until: dt.date,
    progress: Callable[[str], None],
) -> tuple[Fundamentals | None, list[Finding]]:
    """Return the reports that any of ``configs`` reads, and what there is to say about them.

    Parameters
    ----------
    source
        See `feeds.assemble.open_reports`; None where no fundamentals are configured.
    since, until
        First and last session of the run: reports that were stale in between are a finding.
    progress
        Told each company before it is read.

    Raises
    ------
    DataError
        A company or one of the concepts it is needed for cannot be had.
    """
    findings = list(company_findings(configs[0]))
    if source is None:
        return None, findings
    reports: dict[str, Reports] = {}
    for company, concepts in companies(configs, source).items():
        progress(f"{company} reports")
        own = reports[company] = source.reports(company)
        for concept in concepts:
            require(own, concept)
        findings += [*own.findings, *report_findings(own, concepts, since, until)]
        if "gross_profit" in concepts:
            findings += margin_findings(own, since, until)
    return Fundamentals(reports), findings


def _by_day(facts: tuple[Fact, ...], day_of: Callable[[dt.date], dt.date]) -> tuple[Fact, ...]:
    moved = (replace(each, filed=day_of(each.filed)) for each in facts)
    return tuple(sorted(moved, key=lambda fact: fact.filed))
