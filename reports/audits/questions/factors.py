"""The proxies of Q3. Closes and reports at hand in, what each earned session by session out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.prepare.fundamental_lines import reading_starts
from engine.prepare.known_quarters import known_quarters
from feeds.filings.report_quality import STALE_AFTER_DAYS
from feeds.market import Market
from reports.audits.questions.question import Asked
from reports.audits.wording import listed
from reports.statistics.factor_returns import (
    FEWEST_COMPANIES,
    TREND_SESSIONS,
    investment_returns,
    momentum_returns,
    simple_returns,
    trend_returns,
)
from reports.statistics.sample import Floats, varies
from strategies.rules.fundamentals import latest, yearly_growth

FEWEST_SORTED = 4  # symbols; of three the winner and the loser are hardly chosen
LEAST_SHARE = 0.5  # of the sessions; a proxy known on fewer takes more than it explains
MOST_NAMED = 12  # symbols


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """What somebody earns without the idea.

    earned
        Shape (n,), a fraction a session; NaN at the start, where its weights are not known.
    made_of
        Its recipe in words, for the page.
    lacks
        What it should also have been made of, and why it is not.
    """

    name: str
    earned: Floats
    made_of: str
    lacks: tuple[str, ...] = ()

    @property
    def since(self) -> int:
        """The first session it is known on; as many as there are where it never is."""
        known = np.flatnonzero(np.isfinite(self.earned))
        return int(known[0]) if len(known) else len(self.earned)


def proxies(asked: Asked) -> tuple[list[Proxy], tuple[str, ...]]:
    """Return the proxies that can be made, the benchmark first, and what the others lack.

    Market: the benchmark's total return. Trend: see `trend_returns`. Momentum: the fund named by
    ``audit.factors.momentum`` less the benchmark, else `momentum_returns` of every share and fund
    that the configuration names. Investment: `investment_returns` of the companies whose reports it
    reads, else the two funds of ``audit.factors.investment``, a stand-in: a cheap, slow-growing
    market less a fast-growing one also differs in much else.
    """
    found: list[Proxy] = []
    missing: list[str] = []
    for name, candidates in (
        ("market", _market(asked)),
        ("trend", _trend(asked)),
        ("momentum", _momentum(asked)),
        ("investment", _investment(asked)),
    ):
        lacks: list[str] = []
        was_found = False
        for each in candidates:
            fault = each if isinstance(each, str) else _fault(each, found)
            if fault is not None:
                lacks.append(fault)
            elif isinstance(each, Proxy):
                found.append(each)
                lacks += each.lacks
                was_found = True
                break
        if lacks:
            made = "; it was made without" if was_found else ""
            missing.append(f"{name}: {'; '.join(lacks)}{made}")
    return found, tuple(missing)


def _fault(proxy: Proxy, found: Sequence[Proxy]) -> str | None:
    """Return why a proxy cannot stand beside those before it."""
    sessions = len(proxy.earned)
    if sessions - proxy.since < LEAST_SHARE * sessions:
        return (
            f"{proxy.made_of} is known on {sessions - proxy.since:,} of {sessions:,} sessions, "
            "less than half; needs an earlier data.start"
        )
    since = max([proxy.since, *(each.since for each in found)])
    columns = [each.earned[since:] for each in (*found, proxy)]
    if not varies(columns[-1]):
        return f"{proxy.made_of} never moved"
    scaled = np.column_stack(
        [line / max(np.abs(line).max(), np.finfo(float).tiny) for line in columns]
    )
    if np.linalg.matrix_rank(scaled - scaled.mean(axis=0)) < len(columns):
        return f"{proxy.made_of} is made of the proxies before it"
    return None


def _market(asked: Asked) -> Iterator[Proxy | str]:
    earned = asked.result.benchmark_returns
    if earned is None:
        yield "needs a data.benchmark"
        return
    name = str(asked.result.config.data.benchmark)
    yield Proxy(name=name, earned=earned.to_numpy(dtype=np.float64), made_of=f"what {name} made")


def _trend(asked: Asked) -> Iterator[Proxy | str]:
    long = asked.result.config.pair.long
    closes = asked.result.closes["long"].to_numpy(dtype=np.float64)
    yield Proxy(
        name=f"the trend of {long}",
        earned=trend_returns(closes),
        made_of=f"{long} the way it went over {TREND_SESSIONS} sessions",
    )


def _momentum(asked: Asked) -> Iterator[Proxy | str]:
    named, benchmark = (
        asked.result.config.audit.factors.momentum,
        asked.result.config.data.benchmark,
    )
    market = asked.result.benchmark_returns
    if named is not None:
        fund, without = _lines(asked, [named])
        if named not in fund:
            yield _without(without)
        elif market is None:
            yield f"{named} needs a data.benchmark to be held against"
        else:
            earned = simple_returns(fund[named]) - market.to_numpy(dtype=np.float64)
            yield Proxy(name="momentum", earned=earned, made_of=f"{named} less {benchmark}")
    lines, without = _lines(asked, [name for name in sorted(asked.factors) if name != named])
    if len(lines) < FEWEST_SORTED:
        more = "name more in audit.factors.among, or a fund"
        yield f"needs closes of {FEWEST_SORTED} symbols to sort, and has {len(lines)}: {more}"
        return
    yield Proxy(
        name="momentum",
        earned=momentum_returns(np.column_stack([*lines.values()])),
        made_of=f"{_named(lines)}: those that rose most over a year without its last month, less "
        "those that rose least",
        lacks=(_without(without),) if without else (),
    )


def _investment(asked: Asked) -> Iterator[Proxy | str]:
    market, funds = asked.subject.market, asked.result.config.audit.factors.investment
    reports = () if market.fundamentals is None else sorted(market.fundamentals.reports)
    lines, without = _lines(asked, reports)
    if len(lines) >= FEWEST_COMPANIES:
        yield Proxy(
            name="investment",
            earned=investment_returns(
                capex_growth(market, [*lines]), np.column_stack([*lines.values()])
            ),
            made_of=f"{_named(lines)}: those whose capex grew least, less those whose grew most",
            lacks=(_without(without),) if without else (),
        )
    else:
        yield "needs reports and closes of two companies (fundamentals, audit.factors.among)"
    if funds is None:
        yield "or two funds in audit.factors.investment, like SPY/QQQ"
        return
    lines, without = _lines(asked, funds.split("/"))
    if without:
        yield _without(without)
        return
    bought, sold = map(simple_returns, lines.values())
    made_of = f"{' less '.join(lines)}, a stand-in"
    yield Proxy(name="investment", earned=bought - sold, made_of=made_of)


def _lines(asked: Asked, symbols: Sequence[str]) -> tuple[dict[str, Floats], dict[str, str]]:
    """Return closes on the sessions that are judged, and why other symbols have none."""
    lines, without = dict[str, Floats](), dict[str, str]()
    for symbol in symbols:
        line = asked.factors.get(symbol, "no closes are at hand")
        if isinstance(line, str):
            without[symbol] = line
        else:
            lines[symbol] = line[: len(asked.returns)]
    return lines, without


def _without(without: Mapping[str, str]) -> str:
    reasons = (f"no closes of {name} ({why.partition(';')[0]})" for name, why in without.items())
    return "; ".join(reasons)


def _named(lines: Mapping[str, Floats]) -> str:
    return listed([*lines]) if len(lines) <= MOST_NAMED else f"{len(lines):,} symbols"


def capex_growth(market: Market, companies: Sequence[str]) -> Floats:
    """Return the growth over a year of each company's latest quarter of capex, (n, companies).

    As its reports told it before each session; NaN where they did not, or where that quarter ended
    more than `STALE_AFTER_DAYS` before.
    """
    growth = np.full((len(market.sessions), len(companies)), np.nan)
    if market.fundamentals is None:
        return growth
    starts = reading_starts(market)
    for start, end in zip(starts, [*starts[1:], len(market.sessions)], strict=True):
        day = market.sessions[start].item()
        for column, company in enumerate(companies):
            told = known_quarters(market.fundamentals, [(company, "capex")], day)
            grown = yearly_growth(told.dollars[0])
            place = latest(grown)
            if place >= 0:
                ended = np.datetime64(told.quarters[0][told.first + place].end, "D")
                age = (market.sessions[start:end] - ended).astype(np.int64)
                growth[start:end, column] = np.where(age <= STALE_AFTER_DAYS, grown[place], np.nan)
    return growth
