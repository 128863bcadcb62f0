"""From a configuration to the market of one run. Sources of prices and reports in, arrays out."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from configs.data import DataConfig
from configs.files import read_file
from configs.fundamentals import EDGAR_URL
from configs.schema import RunConfig
from feeds import calendar
from feeds.filings.ciks import check_companies
from feeds.filings.fundamentals import companies, load_fundamentals
from feeds.filings.reports import Reports, ReportSource
from feeds.filings.reports_csv import CsvReports
from feeds.filings.sample_reports import SampleReports
from feeds.market import DataFile, Dates, Floats, Leg, Market, SideFile
from feeds.prices.benchmark import benchmark_findings
from feeds.prices.csv import CsvSource
from feeds.prices.history import Request
from feeds.prices.inspection import inside, inspected, leg_usd
from feeds.prices.quality import inspect
from feeds.prices.sample import SEED, SampleSource
from feeds.series.side_findings import side_findings
from feeds.source import Bars, DataError, Finding, Source, UntrustedError


def open_source(data: DataConfig) -> Source:
    """Return the source the configuration names; Yahoo's answers are kept in the cache."""
    if data.source == "csv":
        assert data.path is not None  # the schema's own rule
        return CsvSource(Path(data.path).expanduser())  # in --set no shell expands the ~
    if data.source == "sample":
        return SampleSource()
    from feeds.prices.cache import Cache, CachedSource  # what downloads is loaded if it may
    from feeds.prices.yahoo import YahooSource

    return CachedSource(YahooSource(), Cache(), needed_until=data.end)


def open_reports(config: RunConfig, *, is_offline: bool = False) -> ReportSource | None:
    """Return the source of company reports that the configuration names, if any.

    Parameters
    ----------
    is_offline
        Whether nothing is downloaded: what is not kept cannot be had.
    """
    named = config.fundamentals
    if named is None:
        return None
    if named.source == "csv":
        assert named.path is not None  # the schema's own rule
        return CsvReports(Path(named.path).expanduser())
    if named.source == "sample":
        return SampleReports()
    from feeds.filings.edgar import EdgarSource
    from feeds.filings.edgar_cache import EdgarCache

    return EdgarSource(
        EdgarCache(),
        base_url=None if named.base_url == EDGAR_URL else named.base_url,
        user_agent=named.user_agent,
        ciks=named.cik,
        needed_until=config.data.end,
        is_offline=is_offline,
    )


def symbols(config: RunConfig, others: Sequence[RunConfig] = ()) -> tuple[str, ...]:
    """Return every symbol a run needs, each once: long, short, benchmark, gauges.

    ``others`` are variants of ``config`` that read the same market: their gauges come with it.
    """
    benchmark = (config.data.benchmark,) if config.data.benchmark else ()
    gauges = [symbol for each in (config, *others) for symbol in each.gauges]
    wanted = (config.pair.long, config.pair.short, *benchmark, *gauges)
    return tuple(dict.fromkeys(wanted))


def symbols_beside(config: RunConfig) -> tuple[str, ...]:
    """Return the symbols that only an audit reads: what its section, if there is one, names."""
    if "audit" not in config.model_fields_set:
        return ()
    legs = [symbol for pair in config.audit.pairs for symbol in pair.split("/")]
    universe = config.audit.universe
    named = () if universe is None or universe.path is not None else universe.tickers or ()
    audit = config.audit
    claimed = (*audit.context_symbols, *audit.claimed_symbols, *audit.factors.symbols)
    wanted = dict.fromkeys([*legs, *claimed, *named])
    return tuple(symbol for symbol in wanted if symbol not in symbols(config))


def things_read(configs: Sequence[RunConfig]) -> int:
    """Return how many symbols and companies variants of one base read: the steps of a bar."""
    first, *others = configs
    source = open_reports(first)
    reports = 0 if source is None else len(companies(configs, source))
    return len(symbols(first, others)) + reports


def load_market(
    config: RunConfig,
    source: Source,
    progress: Callable[[str], None] = lambda symbol: None,
    others: Sequence[RunConfig] = (),
) -> Market:
    """Return the aligned market, or refuse it.

    Parameters
    ----------
    source
        Where bars come from (see ``open_source``).
    progress
        Told each symbol before it is read.
    others
        Variants of ``config``, same data and pair, that will run on this market too: what they name
        beside the prices (gauges, files) is read and enters the digest.

    Raises
    ------
    ConfigError
        One company would count as two (see `feeds.filings.ciks.check_companies`).
    DataError
        A symbol or a company cannot be had, or a check of severity error found something; nothing
        is repaired.
    """
    data, pair, everyone = config.data, config.pair, (config, *others)
    for asked in everyone:
        check_companies(asked)  # before anything is downloaded
    bars: dict[str, Bars] = {}
    for symbol in symbols(config, others):
        progress(symbol)
        bars[symbol] = source.bars(symbol)
    sessions, findings = _window(data, bars)
    findings += [*inspected(config, bars, sessions), *benchmark_findings(config)]
    _refuse_errors(findings)
    fundamentals, said = load_fundamentals(
        everyone, open_reports(config), sessions[0].item(), sessions[-1].item(), progress
    )
    findings += said
    reports = {} if fundamentals is None else fundamentals.reports
    read: tuple[Bars | Reports, ...] = (*bars.values(), *reports.values())
    is_synthetic = any(each.synthetic for each in read)
    named = dict.fromkeys(name for each in everyone for name in each.side_files)
    side_files = {name: side_file(Path(name)) for name in named}
    findings += side_findings(everyone, side_files, sessions[0].item(), sessions[-1].item())
    gauges = dict.fromkeys(symbol for each in everyone for symbol in each.gauges)
    files = (
        *(replace(_data_file(each.symbol, each), dialect=each.dialect) for each in bars.values()),
        *(_data_file(f"{company} reports", each) for company, each in reports.items()),
        *(
            DataFile(symbol="", origin=str(file.path), sha256=file.sha256)
            for file in side_files.values()
        ),
    )
    return Market(
        sessions=sessions,
        next_sessions=np.append(sessions[1:], calendar.next_session(sessions[-1])),
        long=traded(bars[pair.long], sessions, data),
        short=traded(bars[pair.short], sessions, data),
        benchmark=leg_of(bars[data.benchmark], sessions) if data.benchmark else None,
        synthetic=is_synthetic,
        findings=tuple(findings),
        files=files,
        digest=_digest(files, sessions),
        seed=SEED if is_synthetic else None,
        gauges={symbol: _gauge(bars[symbol], sessions) for symbol in gauges},
        fundamentals=fundamentals,
        side_files=side_files,
    )


def leg_beside(symbol: str, config: RunConfig, sessions: Dates, source: Source) -> Leg:
    """Return a further symbol on the sessions of a run, checked as its benchmark would be.

    Raises
    ------
    DataError
        It cannot be had, or a check of severity error found something.
    """
    bars = source.bars(symbol)
    request = Request(
        other=source.bars(config.pair.long),
        confirmed=np.array(config.data.confirm.get(symbol, ()), dtype="datetime64[D]"),
        leg_usd=leg_usd(config),
    )
    _refuse_errors([*inside(bars.findings, sessions), *inspect(bars, sessions, request)])
    return leg_of(bars, sessions)


def _window(data: DataConfig, bars: dict[str, Bars]) -> tuple[Dates, list[Finding]]:
    """Return the exchange sessions of the run and what there is to say about their end."""
    lasts = {symbol: each.frame.index.max().date() for symbol, each in bars.items()}
    end = data.end if data.end is not None else min(lasts.values())
    sessions = calendar.sessions(data.start, end)
    if len(sessions) == 0:
        raise DataError(
            f"data.start {data.start} to {end}: was no exchange session; expected at least one "
            "(the symbols' prices end " + ", ".join(f"{s} {d}" for s, d in lasts.items()) + ")"
        )
    findings = []
    if data.end is None and len(set(lasts.values())) > 1:
        text = ", ".join(f"{symbol} {last}" for symbol, last in lasts.items())
        findings.append(
            Finding(
                check="ragged_end",
                symbol="/".join(lasts),
                dates=(str(end),),
                severity="warning",
                text=f"data.end is null and the prices end on different days ({text}): "
                f"the run stops at the earliest, {end}",
            )
        )
    return sessions, findings


def _refuse_errors(findings: list[Finding]) -> None:
    """Raise with the first error, the count of the others and all that was found."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        others = len(errors) - 1
        more = f" (and {others} more finding{'s' if others > 1 else ''})" if others else ""
        raise UntrustedError(f"{errors[0].text}{more}", tuple(findings))


def leg_of(bars: Bars, sessions: Dates) -> Leg:
    """Return one symbol on the run's sessions, with the splits that came after each of them."""
    splits = bars.frame["split"].to_numpy(dtype=np.float64)
    ratios = np.where(splits > 0.0, splits, 1.0)
    later = np.append(np.cumprod(ratios[::-1])[::-1][1:], 1.0)
    frame = bars.frame.assign(later_splits=later).loc[pd.DatetimeIndex(sessions.astype("M8[s]"))]

    def column(name: str) -> Floats:
        return np.ascontiguousarray(frame[name].to_numpy(dtype=np.float64))

    return Leg(
        symbol=bars.symbol,
        open=column("open"),
        high=column("high"),
        low=column("low"),
        close=column("close"),
        adj_close=column("adj_close"),
        volume=column("volume"),
        dividend=column("dividend"),
        later_splits=column("later_splits"),
    )


def traded(bars: Bars, sessions: Dates, data: DataConfig) -> Leg:
    """Return a leg as it traded, or with its dividends in its prices where a replication asks."""
    leg = leg_of(bars, sessions)
    if not data.adjusted:
        return leg
    scale = leg.adj_close / leg.close
    return replace(
        leg,
        open=leg.open * scale,
        high=leg.high * scale,
        low=leg.low * scale,
        close=leg.adj_close,
        dividend=np.zeros(len(leg.close)),
    )


def _gauge(bars: Bars, sessions: Dates) -> Floats:
    """Return an index's closes on the run's sessions, NaN on those without a bar."""
    closes = bars.frame["close"].reindex(pd.DatetimeIndex(sessions.astype("M8[s]")))
    return closes.to_numpy(dtype=np.float64)


def _data_file(name: str, read: Bars | Reports) -> DataFile:
    return DataFile(symbol=name, origin=read.origin, sha256=read.sha256)


def side_file(path: Path) -> SideFile:
    """Return a file the configuration names beside the prices: the only time it is read."""
    return SideFile(path=path, content=read_file(path, "the configuration"))


def _digest(files: tuple[DataFile, ...], sessions: Dates) -> str:
    """Return the sha256 (hex) that names these bytes on this window."""
    text = "\n".join(f"{file.symbol} {file.sha256}" for file in files)
    return hashlib.sha256(f"{text}\n{sessions[0]} {sessions[-1]}".encode()).hexdigest()
