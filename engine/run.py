"""A run, put together once. A configuration in, and a market unless one is at hand; a result out.

The command line, comparisons, audits, searches and Python users all come through here.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

from configs.schema import RunConfig
from engine.event import simulate
from engine.prepare.fundamental_lines import check_readings, needed_readings
from engine.prepare.preflight import check_window
from engine.records.manifest import build_manifest
from engine.records.result import Result
from engine.records.stale_readings import with_doubts
from engine.user_strategy import errors_named, event_only_finding, strategy_of
from feeds.assemble import load_market, open_source, things_read
from feeds.fetch import fetch
from feeds.market import Market
from feeds.source import Source
from strategies import PairStrategy

__all__ = ["Source", "fetch", "open_source", "read_market", "run", "things_read"]


def silent(step: str) -> None:
    """Tell nobody."""


def read_market(
    config: RunConfig,
    source: Source | None = None,
    others: Sequence[RunConfig] = (),
    progress: Callable[[str], None] = silent,
) -> Market:
    """Return everything that a configuration may read, once and hashed.

    Parameters
    ----------
    source
        Where prices come from; by default what the configuration names.
    others
        Configurations that will run on the same market: what they name is read too.
    progress
        Told each step before it is taken.

    Raises
    ------
    ConfigError, DataError
        The window cannot be simulated; the data cannot be had or cannot be trusted.
    """
    check_window(config)
    opened = source or open_source(config.data)
    return load_market(config, opened, lambda symbol: progress(f"reading {symbol}"), others)


def run(
    config: RunConfig,
    market: Market | None = None,
    *,
    command: Sequence[str] = (),
    strategy_class: type[PairStrategy] | None = None,
    progress: Callable[[str], None] = silent,
    **options: Any,
) -> Result:
    """Return the finished run of one configuration, its manifest and findings in it.

    Parameters
    ----------
    market
        From `read_market`; read here when it is not given.
    command
        The command line for the manifest, without where its output went.
    strategy_class
        Somebody's own strategy; by default the one in ``strategy.file``, else ours.
    options
        ``streaming`` and ``lag_sessions`` of ``engine.event.simulate``.

    Raises
    ------
    ConfigError, DataError, EngineError
        The request, the prices or the books are not as they must be.
    """
    if market is None and strategy_class is None:
        strategy_of(config)  # what is wrong with it is said before prices are read
    seen = market or read_market(config, progress=progress)
    own = strategy_class or strategy_of(config, seen)
    progress(f"simulating {len(seen.sessions):,} sessions")
    manifest = build_manifest(config, seen, command)
    with nullcontext() if own is None else errors_named(own):
        result = simulate(config, seen, manifest=manifest, strategy_class=own, **options)
    if needed_readings(config):
        check_readings(config, result.signals)
    if own is not None:
        noted = event_only_finding(own, f"{config.pair.long}/{config.pair.short}")
        result = result.with_findings([noted] if noted else [])
    return with_doubts(result, seen)
