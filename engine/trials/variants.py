"""Variants of one base. A comparison in, the market of each and its outcome out.

The variants run one after another: a run takes a twentieth of a second, a process to share the work
with takes half a second to import Backtrader. What is slow, the tear sheets, is drawn in parallel.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from configs.compare import Comparison
from configs.errors import ConfigError, DataError, one_line
from configs.schema import RunConfig
from engine.prepare.preflight import check_window
from engine.records.result import Result
from engine.run import open_source, read_market, run, things_read
from engine.user_strategy import strategy_of
from feeds.market import Market
from feeds.source import Source

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one variant ended: with a result, or with the one line of its error."""

    name: str
    result: Result | None
    error: str | None


def markets_of(comparison: Comparison, progress: Callable[[str], None]) -> dict[str, Market]:
    """Return the market of each variant: one for all, or in a gallery its own.

    Raises
    ------
    ConfigError, DataError
        As `market_of`; of a gallery, naming the variant.
    """
    variants = comparison.variants
    if not comparison.gallery:
        source = open_source(next(iter(variants.values())).data)
        return dict.fromkeys(variants, market_of(comparison, source, progress))
    _check_windows(variants)
    markets = {}
    for name, config in variants.items():
        try:
            markets[name] = read_market(config, progress=progress)
        except DataError as error:
            raise DataError(f"{error} (variant {name})") from None
    return markets


def steps_of(comparison: Comparison) -> int:
    """Return how many symbols and companies `markets_of` reads."""
    variants = tuple(comparison.variants.values())
    if comparison.gallery:
        return sum(things_read([each]) for each in variants)
    return things_read(variants)


def data_digest(digests: Iterable[str]) -> str:
    """Return the sha256 (hex) of what was read: the one market's, or that of all in order."""
    first, *others = dict.fromkeys(digests)
    return hashlib.sha256(" ".join([first, *others]).encode()).hexdigest() if others else first


def market_of(comparison: Comparison, source: Source, progress: Callable[[str], None]) -> Market:
    """Return the one market that every variant runs on: all symbols and files any of them names.

    Raises
    ------
    ConfigError
        A variant's signals need more sessions than the window has.
    DataError
        The prices cannot be had or cannot be trusted.
    """
    _check_windows(comparison.variants)
    first, *others = comparison.variants.values()
    return read_market(first, source, others, progress)


def _check_windows(variants: Mapping[str, RunConfig]) -> None:
    """Refuse, before a price is read, a variant that its window or its strategy stops."""
    for name, config in variants.items():
        try:
            check_window(config)
            strategy_of(config)
        except ConfigError as error:
            raise ConfigError(f"{error} (variant {name})") from None


def simulate_variants(
    comparison: Comparison,
    markets: Mapping[str, Market],
    command: Sequence[str],
    progress: Callable[[str], None],
) -> tuple[Outcome, ...]:
    """Run every variant on its market; one that fails does not stop the others.

    Parameters
    ----------
    markets
        From `markets_of`.
    command
        The command line for the manifests, without where its output went.
    progress
        Told each variant before it runs.
    """
    outcomes = []
    for name, config in comparison.variants.items():
        progress(f"simulating {name}, {len(markets[name].sessions):,} sessions")
        try:
            result = run(config, markets[name], command=command)
        except Exception as error:  # whatever stops one variant, the rest finish and it is named
            logger.exception("variant %s", name)
            message = one_line(str(error)) or type(error).__name__
            outcomes.append(Outcome(name=name, result=None, error=message))
        else:
            outcomes.append(Outcome(name=name, result=result, error=None))
    return tuple(outcomes)
