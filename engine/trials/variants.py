"""Variants of one base. A comparison in, one market for all and an outcome for each out.

The variants run one after another: a run takes a twentieth of a second, a process to share the work
with takes half a second to import Backtrader. What is slow, the tear sheets, is drawn in parallel.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from configs.compare import Comparison
from configs.errors import ConfigError, one_line
from engine.prepare.preflight import check_window
from engine.records.result import Result
from engine.run import read_market, run
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


def market_of(comparison: Comparison, source: Source, progress: Callable[[str], None]) -> Market:
    """Return the one market that every variant runs on: all symbols and files any of them names.

    Raises
    ------
    ConfigError
        A variant's signals need more sessions than the window has.
    DataError
        The prices cannot be had or cannot be trusted.
    """
    for name, config in comparison.variants.items():
        try:
            check_window(config)
            strategy_of(config)
        except ConfigError as error:
            raise ConfigError(f"{error} (variant {name})") from None
    first, *others = comparison.variants.values()
    return read_market(first, source, others, progress)


def simulate_variants(
    comparison: Comparison,
    market: Market,
    command: Sequence[str],
    progress: Callable[[str], None],
) -> tuple[Outcome, ...]:
    """Run every variant on the same market; one that fails does not stop the others.

    Parameters
    ----------
    command
        The command line for the manifests, without where its output went.
    progress
        Told each variant before it runs.
    """
    outcomes = []
    for name, config in comparison.variants.items():
        progress(f"simulating {name}, {len(market.sessions):,} sessions")
        try:
            result = run(config, market, command=command)
        except Exception as error:  # whatever stops one variant, the rest finish and it is named
            logger.exception("variant %s", name)
            message = one_line(str(error)) or type(error).__name__
            outcomes.append(Outcome(name=name, result=None, error=message))
        else:
            outcomes.append(Outcome(name=name, result=result, error=None))
    return tuple(outcomes)
