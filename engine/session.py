"""One request, start to finish. A configuration and a source of prices in, a finished run out.

The door for those who may not know the feeds: where prices come from is asked for here.
"""

from collections.abc import Callable, Sequence

from configs.schema import RunConfig
from engine.event import simulate
from engine.fundamental_lines import check_readings
from engine.manifest import build_manifest
from engine.preflight import check_window
from engine.result import RunResult
from engine.stale_readings import with_doubts
from feeds.assemble import load_market, open_source, things_read
from feeds.source import Source

__all__ = ["Source", "open_source", "run_session", "things_read"]


def run_session(
    config: RunConfig, source: Source, command: Sequence[str], progress: Callable[[str], None]
) -> RunResult:
    """Return the run of one configuration, its manifest in it.

    Parameters
    ----------
    source
        Where prices come from (see ``feeds.assemble.open_source``).
    command
        The command line for the manifest, without where its output went.
    progress
        Told each step before it is taken.

    Raises
    ------
    ConfigError, DataError, EngineError
        The request, the prices or the books are not as they must be.
    """
    check_window(config)
    market = load_market(config, source, lambda symbol: progress(f"reading {symbol}"))
    progress(f"simulating {len(market.sessions):,} sessions")
    result = simulate(config, market, manifest=build_manifest(config, market, command))
    check_readings(config, result.signals)
    return with_doubts(result, market)
