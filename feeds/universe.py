"""Every pair of many symbols, on the sessions of one market. A source in, checked legs out.

What a run of a pair would refuse is left out by name: a symbol that no pair can have, or a pair
whose legs do not go together. Nothing is cut to fit and nothing is filled.
"""

import hashlib
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from configs.data import PairConfig
from configs.errors import ConfigError
from configs.fields import TICKER_PATTERN
from configs.schema import RunConfig
from configs.symbols import no_leg
from configs.universe import MOST_SYMBOLS, UniverseConfig
from feeds.assemble import traded
from feeds.filings.ciks import check_companies
from feeds.market import DataFile, Dates, Leg, Market
from feeds.prices.cache import CachedSource
from feeds.prices.csv import SUFFIX, CsvSource
from feeds.prices.history import PRICES, History, Request, history
from feeds.prices.inspection import inside, leg_usd
from feeds.prices.quality import inspect
from feeds.prices.two_legs import same_series
from feeds.source import COLUMNS, Bars, DataError, Finding, Source

Pair = tuple[str, str]
SPLIT = "split look-alike"  # the one check of a symbol that also looks at the other leg


@dataclass(frozen=True, slots=True, kw_only=True)
class Universe:
    """Symbols on the sessions of a market, and the pairs of them that can be run.

    market
        Its sessions, gauges, reports and side files are those of every pair.
    legs
        By symbol, ascending.
    pairs
        Long and short; both directions of two symbols stand beside each other.
    left_out
        Why, by symbol or by pair (AAA/BBB).
    """

    market: Market
    legs: Mapping[str, Leg]
    pairs: tuple[Pair, ...]
    left_out: Mapping[str, str]
    files: tuple[DataFile, ...]

    @property
    def digest(self) -> str:
        """Sha256 (hex) of the files of every symbol that is in it, on the market's own."""
        text = "\n".join(f"{each.symbol} {each.sha256}" for each in self.files)
        return hashlib.sha256(f"{self.market.digest}\n{text}".encode()).hexdigest()

    def market_of(self, pair: Pair) -> Market:
        """Return the market of one pair."""
        return replace(self.market, long=self.legs[pair[0]], short=self.legs[pair[1]])

    def without(self, symbols: Mapping[str, str]) -> "Universe":
        """Return the universe without some symbols, for the reasons given."""
        if not symbols:
            return self
        kept = {name: leg for name, leg in self.legs.items() if name not in symbols}
        return replace(
            self,
            legs=kept,
            pairs=tuple(pair for pair in self.pairs if not set(pair) & set(symbols)),
            left_out={**self.left_out, **symbols},
            files=tuple(each for each in self.files if each.symbol in kept),
        )


def read_universe(
    asked: UniverseConfig,
    config: RunConfig,
    market: Market,
    source: Source,
    *,
    own: Pair | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Universe:
    """Return the universe on the sessions of a market that has been read.

    Parameters
    ----------
    source
        Of the market; a universe in a folder of its own has another.
    own
        The pair that was chosen from it: its legs are the market's, and have to be in it.
    progress
        Told now and then what is done.

    Raises
    ------
    ConfigError
        The pair is not in its universe, or there are too many symbols.
    DataError
        No two symbols are left that can be a pair.
    """
    opened = source_of(asked, source)
    if isinstance(opened, CachedSource):
        opened = opened.offline()
    names, _ = names_of(asked)
    for symbol in own or ():
        if symbol not in names:
            raise ConfigError(
                f"the universe has no {symbol}, a leg of the pair; expected the universe that the "
                "pair was chosen from, with both legs in it"
            )
    bars, left_out = bars_of(asked, opened, progress)
    return _checked(bars, left_out, config, market, own)


def source_of(asked: UniverseConfig, source: Source) -> Source:
    """Return where the symbols come from: their own folder, or the source given."""
    return source if asked.path is None else CsvSource(Path(asked.path).expanduser())


def bars_of(
    asked: UniverseConfig, source: Source, progress: Callable[[str], None]
) -> tuple[dict[str, Bars], dict[str, str]]:
    """Return the bars of every symbol that can be a leg and be read; why the others cannot.

    Raises
    ------
    ConfigError, DataError
        The folder is none, is empty or has too many files.
    """
    names, left_out = names_of(asked)
    progress(f"reading {len(names):,} symbols of the universe")
    bars: dict[str, Bars] = {}
    for symbol in names:
        fault = no_leg(symbol)
        try:
            if fault is not None:
                raise DataError(fault)
            bars[symbol] = source.bars(symbol)
        except DataError as error:
            left_out[symbol] = str(error)
    return bars, left_out


def names_of(asked: UniverseConfig) -> tuple[list[str], dict[str, str]]:
    """Return the symbols asked for, ascending, and files whose names are none."""
    if asked.tickers is not None:
        return sorted(asked.tickers), {}
    assert asked.path is not None  # the schema's own rule
    folder = Path(asked.path).expanduser()
    if not folder.is_dir():
        raise DataError(
            f"the universe's path {folder}: no such folder; expected one with <TICKER>.csv files"
        )
    stems = sorted(path.stem for path in folder.iterdir() if path.suffix.lower() == SUFFIX)
    if not stems:
        raise DataError(
            f"the universe's path {folder}: has no .csv file; expected <TICKER>.csv files"
        )
    if len(stems) > MOST_SYMBOLS:
        raise ConfigError(
            f"the universe's path {folder}: has {len(stems):,} files; expected at most "
            f"{MOST_SYMBOLS}, because every two are run as a pair, both ways round: name some of "
            "them in tickers"
        )
    strange = {
        f"{stem}{SUFFIX}": "its name is no ticker; expected an upper-case one such as SMH.csv"
        for stem in stems
        if not re.fullmatch(TICKER_PATTERN, stem)
    }
    return list(dict.fromkeys(s for s in stems if f"{s}{SUFFIX}" not in strange)), strange


def _checked(
    bars: Mapping[str, Bars],
    left_out: dict[str, str],
    config: RunConfig,
    market: Market,
    own: Pair | None,
) -> Universe:
    """Return the universe of what passes every check that a run of a pair makes."""
    sessions = market.sessions
    mine = {} if own is None else dict(zip(own, (market.long, market.short), strict=True))
    doubted: set[str] = set()
    kept: dict[str, Bars] = {}
    for symbol, each in bars.items():
        refused = _errors(each, None, config, sessions)
        if symbol in mine or not refused:
            kept[symbol] = each
        elif all(finding.check == SPLIT for finding in refused):
            kept[symbol] = each  # another leg may have moved with it
            doubted.add(symbol)
        else:
            left_out[symbol] = refused[0].text
    rows = {symbol: history(each, sessions) for symbol, each in kept.items()}
    pairs: list[Pair] = []
    apart: dict[str, str] = {}
    for one, other in itertools.combinations(sorted(kept), 2):
        names = (one, other)
        fault = None
        if own is None or set(names) != set(own):
            fault = _why_no_pair(names, kept, rows, doubted, config, sessions)
        if fault is None:
            pairs += [(one, other), (other, one)]
        else:
            apart[f"{one}/{other}"] = fault
    in_pairs = {symbol for pair in pairs for symbol in pair}
    for symbol in [symbol for symbol in kept if symbol not in in_pairs]:
        reasons = [why for name, why in apart.items() if symbol in name.split("/")]
        left_out[symbol] = reasons[0] if reasons else "no other symbol is left to pair it with"
    left_out |= {
        name: why for name, why in apart.items() if not set(name.split("/")) & set(left_out)
    }
    if not pairs:
        why_not = "; ".join(f"{name}: {why}" for name, why in list(left_out.items())[:3])
        raise DataError(
            f"the universe has no two symbols that can be a pair; expected at least two ({why_not})"
        )
    return Universe(
        market=market,
        legs={
            symbol: mine.get(symbol) or traded(kept[symbol], sessions, config.data)
            for symbol in sorted(in_pairs)
        },
        pairs=tuple(pairs),
        left_out=dict(sorted(left_out.items())),
        files=tuple(
            DataFile(symbol=symbol, origin=bars[symbol].origin, sha256=bars[symbol].sha256,
                     dialect=bars[symbol].dialect)
            for symbol in sorted(in_pairs)
        ),
    )  # fmt: skip


def _why_no_pair(
    names: Pair,
    bars: Mapping[str, Bars],
    rows: Mapping[str, History],
    doubted: set[str],
    config: RunConfig,
    sessions: Dates,
) -> str | None:
    """Return why two symbols, each good by itself, are no pair; None where they are."""
    try:
        check_companies(
            config.model_copy(update={"pair": PairConfig(long=names[0], short=names[1])})
        )
    except ConfigError as error:
        return str(error)
    for symbol, other in (names, names[::-1]):
        if symbol in doubted:
            refused = _errors(bars[symbol], bars[other], config, sessions)
            if refused:
                return refused[0].text
    with np.errstate(all="ignore"):
        same = next(same_series((rows[names[0]], rows[names[1]])), None)
    return None if same is None else same.text


def _errors(
    bars: Bars, other: Bars | None, config: RunConfig, sessions: Dates
) -> Sequence[Finding]:
    """Return what would stop a run of the symbol; without ``other`` beside one that stands still.

    A jump that passes beside a leg which never moved passes beside any.
    """
    request = Request(
        other=other or _still(bars),
        confirmed=np.array(config.data.confirm.get(bars.symbol, ()), dtype="datetime64[D]"),
        leg_usd=leg_usd(config),
    )
    findings = [*inside(bars.findings, sessions), *inspect(bars, sessions, request)]
    return [each for each in findings if each.severity == "error"]


def _still(bars: Bars) -> Bars:
    """Return a symbol with bars on the same days that never moved."""
    still = dict.fromkeys(COLUMNS, 0.0) | dict.fromkeys(PRICES, 1.0)
    return replace(bars, frame=bars.frame.assign(**still))
