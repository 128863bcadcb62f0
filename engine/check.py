"""What a run would be made of, without making it. Configurations and a source in, a record out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from configs.errors import DataError
from configs.schema import RunConfig
from engine.prepare.preflight import check_window
from engine.prepare.prepared import prepare
from engine.records.findings import configured_findings
from feeds.assemble import load_market, symbols
from feeds.market import Market
from feeds.source import Bars, Finding, Source, UntrustedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one symbol or file was taken for."""

    name: str  # the symbol; empty for a file beside the prices
    origin: str
    dialect: str | None = None
    rows: int | None = None  # of prices; None where they could not be read
    first: str = ""  # ISO dates of the first and the last row
    last: str = ""
    lacks: tuple[str, ...] = ()
    refused: str | None = None  # why it could not be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was read, what was found, and what would stop the run, if anything."""

    taken: tuple[Taken, ...]
    findings: tuple[Finding, ...]
    error: DataError | None


class _Kept:
    """A source that reads each symbol once, whether it could or not."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._read: dict[str, Bars | DataError] = {}

    def bars(self, symbol: str) -> Bars:
        """Return what the source holds on ``symbol``, or raise as it did the first time."""
        if symbol not in self._read:
            try:
                self._read[symbol] = self._source.bars(symbol)
            except DataError as error:
                self._read[symbol] = error
        read = self._read[symbol]
        if isinstance(read, DataError):
            raise read
        return read


def check(configs: Sequence[RunConfig], source: Source, progress: Callable[[str], None]) -> Checked:
    """Read and judge everything that the runs of ``configs`` read; simulate nothing.

    Parameters
    ----------
    configs
        One configuration, or the variants of one base.
    progress
        Told each symbol before it is read.

    Raises
    ------
    ConfigError
        As the run would.
    """
    for config in configs:
        check_window(config)
    first, *others = configs
    kept = _Kept(source)
    taken = []
    for symbol in symbols(first, others):
        progress(f"reading {symbol}")
        taken.append(_taken(symbol, kept))
    findings: tuple[Finding, ...] = ()
    try:
        market = load_market(first, kept, others=others)
        taken += [
            Taken(name=file.symbol, origin=file.origin) for file in market.files[len(taken) :]
        ]
        findings = market.findings
        for config in configs:
            findings += _judged(config, market)
    except UntrustedError as error:
        return Checked(taken=tuple(taken), findings=error.findings, error=error)
    except DataError as error:
        return Checked(taken=tuple(taken), findings=findings, error=error)
    return Checked(taken=tuple(taken), findings=tuple(dict.fromkeys(findings)), error=None)


def _taken(symbol: str, source: Source) -> Taken:
    """Return what the prices of one symbol were taken for."""
    try:
        bars = source.bars(symbol)
    except DataError as error:
        return Taken(name=symbol, origin="", refused=str(error))
    days = bars.frame.index
    return Taken(
        name=symbol,
        origin=bars.origin,
        dialect=bars.dialect,
        rows=len(days),
        first=str(days[0].date()),
        last=str(days[-1].date()),
        lacks=bars.lacks,
    )


def _judged(config: RunConfig, market: Market) -> tuple[Finding, ...]:
    """Read what a run reads beside the market, and return what it would find there."""
    prepared = prepare(config, market)
    return configured_findings(config, prepared.tariffs, market.sessions)
