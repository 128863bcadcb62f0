"""What claims are tried on. A run's market and its sources in; prices, reports, or what lacks out.

A claim of something that is not at hand is not dropped: it asks here, and is told what it needs.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from configs.schema import CorrelationSignal, RegimeConfig, RunConfig
from feeds import calendar
from feeds.assemble import leg_beside, load_market, open_reports
from feeds.filings.fundamentals import Fundamentals
from feeds.filings.reports import Concept, Quarter, Reports, quarter_number
from feeds.market import Dates, Leg, Market
from feeds.source import DataError, Source

Floats = npt.NDArray[np.float64]

# The longest that a quarter and the report of it may take: 92 days, and 60 to the 10-K of a large
# company (17 CFR 249.310), three days of grace. What is older is not its latest quarter.
FRESH_DAYS = 155
CONCEPT_NAMES = {"capex": "capex", "revenue": "revenue", "gross_profit": "gross profit"}


class Lacking(Exception):
    """Something that a claim needs is not at hand: ``what``, and ``why`` where a source says it."""

    def __init__(self, what: str, why: str = "") -> None:
        super().__init__(what)
        self.what, self.why = what, why


@dataclass(frozen=True, slots=True, kw_only=True)
class Closes:
    """One symbol's closes on the run's sessions, shape (n,); NaN where an index has none.

    quoted
        Split-adjusted, as a chart shows them.
    total
        Adjusted for dividends too; an index has none.
    """

    quoted: Floats
    total: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    """Prices by symbol and company reports on the run's sessions; or why one cannot be had.

    without_reports
        By company: why it has none.
    """

    sessions: Dates
    closes: Mapping[str, Closes | str]
    fundamentals: Fundamentals
    without_reports: Mapping[str, str]

    def prices(self, symbol: str) -> Closes:
        """Return the closes of a symbol, or raise `Lacking`."""
        known = self.closes.get(symbol, "nobody asked for them")
        if isinstance(known, str):
            raise Lacking(f"{symbol} prices", known)
        return known

    def place(self, symbol: str, day: dt.date) -> int:
        """Return the last session up to a day, or raise `Lacking`: the run must reach it."""
        first, last = self.sessions[0].item(), self.sessions[-1].item()
        missing = day > last and len(calendar.sessions(last + dt.timedelta(days=1), day)) > 0
        if day < first or missing:
            raise Lacking(f"{symbol} prices on {day}", f"the run has {first} to {last}")
        return int(np.searchsorted(self.sessions, np.datetime64(day, "D"), side="right")) - 1

    def quarters(
        self, company: str, concept: Concept, day: dt.date, *, is_latest: bool = True
    ) -> dict[int, Quarter]:
        """Return the quarters filed before a day, by number, or raise `Lacking`.

        Parameters
        ----------
        is_latest
            Whether the last of them must be the one that a company has reported by such a day.
        """
        what = f"{company} {CONCEPT_NAMES[concept]}"
        if company in self.without_reports:
            raise Lacking(what, self.without_reports[company])
        known = self.fundamentals.known_on(company, concept, day)
        if not known:
            raise Lacking(what, f"none was filed before {day}")
        if is_latest and (day - known[-1].end).days > FRESH_DAYS:
            until = f"the latest filed before is to {known[-1].end}"
            silent = self.reported_on(company, known[-1].number + 1, day)
            if silent is not None:
                until += f"; the next report, filed {silent}, is at hand without it"
            raise Lacking(f"{what} of the last quarter before {day}", until)
        return {quarter.number: quarter for quarter in known}

    def reported_on(self, company: str, number: int, day: dt.date) -> dt.date | None:
        """Return when a quarter's report became public, if it did before a day.

        That is when the first figure that ends with the quarter did, whichever it is of.
        """
        reports = self.fundamentals.reports.get(company)
        filed = [
            fact.filed
            for fact in (() if reports is None else reports.facts)
            if fact.filed < day and quarter_number(fact.end) == number
        ]
        return min(filed, default=None)


def at_hand(config: RunConfig, source: Source, market: Market) -> AtHand:
    """Return what the claims of a configuration are tried on.

    Parameters
    ----------
    source
        Of prices; what is only claimed about is not downloaded, nor are reports.
    """
    closes: dict[str, Closes | str] = {}
    for leg in (market.long, market.short, market.benchmark):
        if leg is not None:
            closes[leg.symbol] = _of_leg(leg)
    for symbol, line in market.gauges.items():
        closes.setdefault(symbol, Closes(quoted=line, total=line))
    for symbol in config.audit.claimed_symbols:
        if symbol not in closes:
            closes[symbol] = _read(config, market, source, symbol)
    reports, without = _reports(config, market)
    return AtHand(
        sessions=market.sessions,
        closes=closes,
        fundamentals=Fundamentals(reports),
        without_reports=without,
    )


def _of_leg(leg: Leg) -> Closes:
    return Closes(quoted=leg.close, total=leg.adj_close)


def _read(config: RunConfig, market: Market, source: Source, symbol: str) -> Closes | str:
    """Return a symbol checked as a benchmark is, an index as a gauge, or why it cannot be had."""
    try:
        if not symbol.startswith("^"):
            return _of_leg(leg_beside(symbol, config, market.sessions, source))
        confirmed = {name: days for name, days in config.data.confirm.items()
                     if name in (*config.pair.legs, symbol)}  # fmt: skip
        window = {"end": market.sessions[-1].item(), "benchmark": None, "adjusted": False}
        asked = RunConfig(
            name=symbol,
            data=config.data.model_copy(update={**window, "confirm": confirmed}),
            pair=config.pair,
            signal=CorrelationSignal(kind="correlation"),
            regime=RegimeConfig(symbols=(symbol,)),
        )
        line = load_market(asked, source).gauges[symbol]
    except DataError as error:
        return str(error)
    return Closes(quoted=line, total=line)


def _reports(config: RunConfig, market: Market) -> tuple[dict[str, Reports], dict[str, str]]:
    """Return the reports of every company that claims name, and why some have none."""
    known = {} if market.fundamentals is None else dict(market.fundamentals.reports)
    source, without = open_reports(config, is_offline=True), dict[str, str]()
    for company in config.audit.claimed_reports:
        if company in known:
            continue
        if source is None:
            without[company] = "fundamentals is null: no source of reports is named"
            continue
        try:
            known[company] = source.reports(company)
        except DataError as error:
            without[company] = str(error)
    return known, without
