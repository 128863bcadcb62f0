"""Filling the cache. Configurations in, everything they need downloaded, a line for each out."""

from collections.abc import Callable, Sequence

from configs.schema import RunConfig
from feeds.assemble import open_reports, open_source, symbols, symbols_beside
from feeds.filings.fundamentals import companies
from feeds.filings.report_quality import require
from feeds.filings.reports import Reports
from feeds.source import Bars, DataError


def fetch(configs: Sequence[RunConfig], progress: Callable[[str], None]) -> list[str]:
    """Download every symbol and company of ``configs``; return what there is now, a line each.

    Parameters
    ----------
    configs
        One configuration, or the variants of one base, which share their data section. What
        the section ``audit`` names is fetched too.
    progress
        Told each symbol and company before it is fetched.

    Raises
    ------
    DataError
        Something cannot be had; the message names what is already kept.
    """
    from feeds.filings.edgar import EdgarSource
    from feeds.prices.cache import CachedSource

    first, *others = configs
    prices, reports = open_source(first.data), open_reports(first)
    lines: list[str] = []
    try:
        if isinstance(prices, CachedSource):
            for symbol in (*symbols(first, others), *symbols_beside(first)):
                progress(f"fetching {symbol}")
                lines.append(_prices(symbol, prices.fetch(symbol)))
        if isinstance(reports, EdgarSource):
            needed = companies(configs, reports)
            beside = [name for name in first.audit.claimed_reports if name not in needed]
            for company in (*needed, *beside):
                progress(f"fetching the reports of {company}")
                fetched = reports.fetch(company)
                for concept in needed.get(company, ()):
                    require(fetched, concept)
                lines.append(_reports(fetched))
    except DataError as error:
        kept = ", ".join(line.split(maxsplit=1)[0] for line in lines)
        raise DataError(f"{error} (in the cache: {kept or 'nothing yet'})") from error
    return lines or [f"nothing to fetch: data.source {first.data.source} needs no network"]


def _prices(symbol: str, bars: Bars) -> str:
    since, until = (f"{day:%Y-%m-%d}" for day in (bars.frame.index[0], bars.frame.index[-1]))
    return f"{symbol:<6} {len(bars.frame):>6,} sessions, {since} to {until}"


def _reports(reports: Reports) -> str:
    filed = [fact.filed for fact in reports.facts]
    span = f", filed {min(filed)} to {max(filed)}" if filed else ""
    return f"{reports.company:<6} {len(filed):>6,} facts of reports{span}"
