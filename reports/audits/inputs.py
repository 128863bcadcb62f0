"""What an audit looks at beside the run itself. Configuration and source in, finished runs out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from configs.data import DataConfig, PairConfig
from configs.promises import Execution
from configs.schema import CorrelationSignal, RunConfig
from configs.symbols import no_leg
from configs.trading import PeriodicRebalance
from engine.records.result import Result
from engine.run import open_source, read_market
from engine.user_strategy import strategy_of
from feeds.assemble import leg_beside, load_market
from feeds.market import Market
from feeds.read_once import ReadOnce
from feeds.source import DataError, Source
from feeds.universe import read_universe
from reports.audits.article.at_hand import AtHand, at_hand
from reports.audits.integrity.rerun import with_compiled_reruns
from reports.audits.subject import Subject

Floats = npt.NDArray[np.float64]
REBALANCINGS = ("weekly", "monthly")  # how often the article asks whether to rebalance


@dataclass(frozen=True, slots=True, kw_only=True)
class Optioned:
    """A run whose fills are priced as options, and the market that it is of."""

    asked: Execution
    run: Result
    market: Market


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditInputs:
    """Everything an audit starts from.

    base
        The run that is audited, its manifest in it.
    pairs
        By name like SMH/IGV: a correlation run of each pair of ``audit.pairs`` on the same window,
        or why there is none.
    rebalancing
        The run under weekly and under monthly rebalancing, otherwise the same; or why not.
    closes
        Adjusted closes on the run's sessions of the legs, the benchmark and
        ``audit.context_symbols``, by symbol; or why a symbol cannot be had.
    factors
        The same of every share and fund that the configuration names anywhere: what proxies of
        momentum and investment are made of.
    second
        The market with the legs as ``audit.second_source`` tells them; or why there is none.
    hand
        What the claims of ``audit`` are tried on.
    optioned
        With ``audit.execution``: the run itself, and the same rules on each pair of ``audit.pairs``
        whose options are quoted; or why there is no such run.
    """

    subject: Subject
    base: Result
    pairs: Mapping[str, Result | str]
    rebalancing: Mapping[str, Result | str]
    closes: Mapping[str, Floats | str]
    factors: Mapping[str, Floats | str]
    second: Market | str
    hand: AtHand
    optioned: Mapping[str, Optioned | str]


def audit_inputs(
    config: RunConfig,
    source: Source,
    command: Sequence[str],
    progress: Callable[[str], None],
) -> AuditInputs:
    """Read the market, run what is audited, and run what it is compared with.

    What stands only beside the run is never downloaded: it is in the cache, or a reason.

    Raises
    ------
    ConfigError, DataError, EngineError
        The run itself cannot be had; what is only beside it becomes a reason.
    """
    strategy_of(config)  # what is wrong with it is said before prices are read
    read = ReadOnce(source)
    market = read_market(config, read, progress=progress)
    own = strategy_of(config, market)
    subject = Subject(
        config=config,
        market=market,
        strategy_class=own,
        universe=None
        if config.audit.universe is None
        else read_universe(
            config.audit.universe, config, market, source, own=config.pair.legs, progress=progress
        ),
    )
    progress(f"simulating {len(market.sessions):,} sessions")
    base = subject.finished(command)
    subject = with_compiled_reruns(subject, base)
    window = _window(config, base)
    progress("running the pairs beside it")
    beside = read.offline()
    return AuditInputs(
        subject=subject,
        base=base,
        pairs={name: _pair(config, window, beside, name) for name in config.audit.pairs},
        rebalancing={kind: _rebalanced(subject, kind) for kind in REBALANCINGS},
        closes=closes_beside(config, beside, base),
        factors=proxy_closes(config, beside, base, market),
        second=_second(config, base, market),
        hand=at_hand(config, beside, market),
        optioned=_optioned(subject, base, beside),
    )


def _optioned(subject: Subject, base: Result, source: Source) -> dict[str, Optioned | str]:
    """Return the run, and its rules on the other pairs that are quoted, on the same window."""
    config = subject.config
    asked = config.audit.execution
    if asked is None:
        return {}
    own = "/".join(config.pair.legs)
    made: dict[str, Optioned | str] = {own: Optioned(asked=asked, run=base, market=subject.market)}
    for name in config.audit.pairs:
        long, short = name.split("/")
        if name == own or not {long, short} <= asked.quotes_cents.keys():
            continue
        if config.reports_needed or config.strategy is not None:
            made[name] = "reports and strategies of one's own are for the run's own pair alone"
            continue
        try:
            other = _on_pair(config, _reading(_window(config, base), long, short), long, short)
            market = read_market(other, source)
            made[name] = Optioned(
                asked=asked, run=Subject(config=other, market=market).run(), market=market
            )
        except (ValueError, RuntimeError) as error:  # whatever keeps one pair away, the rest stands
            made[name] = str(error)
    return made


def _second(config: RunConfig, base: Result, market: Market) -> Market | str:
    """Return the market with its legs read elsewhere, on the same sessions, or why not."""
    path, pair = config.audit.second_source, config.pair
    if path is None:
        return "needs audit.second_source, a folder of somebody else's prices"
    elsewhere = {"source": "csv", "path": path}
    asked = RunConfig(
        name="second source",
        data=_reading(_window(config, base), *pair.legs).model_copy(update=elsewhere),
        pair=pair,
        signal=CorrelationSignal(kind="correlation"),
    )
    try:
        read = load_market(asked, open_source(asked.data))
    except DataError as error:
        return str(error)
    if not np.array_equal(read.sessions, market.sessions):
        return f"{path} has other sessions"
    return replace(market, long=read.long, short=read.short)


def _on_pair(config: RunConfig, data: DataConfig, long: str, short: str) -> RunConfig:
    """Return the rules of a configuration on another pair; ValueError where they are not for it."""
    values = config.model_dump(exclude={"audit", "fundamentals"})
    try:
        return RunConfig.model_validate(
            values | {"pair": {"long": long, "short": short}, "data": data.model_dump()}
        )
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


def _pair(config: RunConfig, window: DataConfig, source: Source, name: str) -> Result | str:
    """Return a correlation run of another pair, or why there is none."""
    long, short = name.split("/")
    signal = config.signal
    asked = RunConfig(
        name=name,
        data=_reading(window, long, short),
        pair=PairConfig(long=long, short=short),
        signal=signal if signal.kind == "correlation" else CorrelationSignal(kind="correlation"),
    )
    try:
        market = read_market(asked, source)
        return Subject(config=asked, market=market, is_compiled=True).run()
    except (ValueError, RuntimeError) as error:  # whatever keeps one pair away, the rest stands
        return str(error)


def _reading(window: DataConfig, *symbols: str) -> DataConfig:
    """Return the window with only what is confirmed of these symbols."""
    known = {symbol: days for symbol, days in window.confirm.items() if symbol in symbols}
    return window.model_copy(update={"confirm": known})


def _rebalanced(subject: Subject, kind: str) -> Result | str:
    rebalance = PeriodicRebalance(kind="weekly" if kind == "weekly" else "monthly")
    try:
        return subject.run(config=subject.config.model_copy(update={"rebalance": rebalance}))
    except (ValueError, RuntimeError) as error:
        return str(error)


def _window(config: RunConfig, base: Result) -> DataConfig:
    """Return the data of the run, to its last session."""
    end = base.ledger["date"].iloc[-1].date()
    return config.data.model_copy(update={"end": end, "benchmark": None})


def closes_beside(config: RunConfig, source: Source, base: Result) -> dict[str, Floats | str]:
    """Return adjusted closes by symbol; each further symbol is read as if it were the benchmark."""
    closes = _own_closes(config, base)
    return closes | _read_beside(config, source, base, config.audit.context_symbols, closes)


def proxy_closes(
    config: RunConfig, source: Source, base: Result, market: Market
) -> dict[str, Floats | str]:
    """Return adjusted closes of every share and fund that the configuration names, by symbol.

    Those of the companies whose reports it reads are among them.
    """
    closes, audit, named = _own_closes(config, base), config.audit, config.audit.factors
    reports = () if market.fundamentals is None else market.fundamentals.reports
    asked = (
        *(leg for pair in audit.pairs for leg in pair.split("/")),
        *audit.context_symbols, *audit.claimed_symbols, *named.symbols, *reports,
    )  # fmt: skip
    priced = [symbol for symbol in dict.fromkeys(asked) if no_leg(symbol) is None]
    return closes | _read_beside(config, source, base, priced, closes)


def _own_closes(config: RunConfig, base: Result) -> dict[str, Floats | str]:
    of_the_run = (
        ("long", config.pair.long), ("short", config.pair.short),
        ("benchmark", config.data.benchmark),
    )  # fmt: skip
    return {
        symbol: base.closes[column].to_numpy(dtype=np.float64)
        for column, symbol in of_the_run
        if symbol is not None
    }


def _read_beside(
    config: RunConfig,
    source: Source,
    base: Result,
    symbols: Iterable[str],
    known: Mapping[str, Floats | str],
) -> dict[str, Floats | str]:
    """Return adjusted closes of the symbols that are not known, or why one cannot be had."""
    sessions = base.closes["date"].to_numpy().astype("datetime64[D]")
    closes: dict[str, Floats | str] = {}
    for symbol in symbols:
        if symbol in known:
            continue
        try:
            closes[symbol] = leg_beside(symbol, config, sessions, source).adj_close
        except DataError as error:
            closes[symbol] = str(error)
    return closes
