"""Backtrader drives one run. A prepared run in, what it recorded out."""

from collections.abc import Sequence
from typing import Any

import backtrader as bt
import numpy as np

from configs.schema import RunConfig
from engine.broker import TwoLegBroker
from engine.notices import Notices, listens
from engine.prepare.prepared import Prepared, prepare
from engine.records.assemble import result_of
from engine.records.recorded import Recorded, recorded
from engine.records.result import Result
from feeds.lines import leg_feed
from feeds.market import Floats, Market
from strategies import STRATEGIES, PairStrategy


def simulate(
    config: RunConfig,
    market: Market,
    *,
    manifest: dict[str, Any] | None = None,
    streaming: bool = False,
    strategy_class: type[PairStrategy] | None = None,
    lag_sessions: int = 0,
) -> Result:
    """Run the configured pair over the market, session by session, in Backtrader.

    Signals are computed once on the aligned arrays (each value from data up to its session) and
    reach the strategy as lines; decisions at the close of *t* fill from *t+1* on.

    Parameters
    ----------
    manifest
        What the result should carry as its manifest.
    streaming
        Feed bars one by one (Backtrader's ``preload`` and ``runonce`` off): slower, and must give
        the same trace.
    strategy_class
        Strategy in place of the one that serves ``signal.kind``: for an audit of somebody's own.
    lag_sessions
        Sessions that orders wait beyond the next one: for an audit of edges that live in one print.

    Raises
    ------
    ConfigError, DataError
        The market has fewer sessions than the signals need; a named table or series is unusable.
    EngineError
        An invariant broke.
    """
    strategy = strategy_class or STRATEGIES[config.signal.kind]
    if strategy.elsewhere is not None:
        made: Result = strategy.elsewhere(
            config, market, manifest=manifest or {}, streaming=streaming, lag_sessions=lag_sessions
        )
        return made
    prepared = prepare(config, market, strategy, lag_sessions)
    return result_of(prepared, replay(prepared, strategy, streaming=streaming), manifest or {})


def replay(
    prepared: Prepared, strategy: type[PairStrategy], *, streaming: bool = False
) -> Recorded:
    """Return what a prepared run did in Backtrader."""
    return recorded_by(driven(prepared, strategy, streaming=streaming))


def driven(
    prepared: Prepared, strategy: type[PairStrategy], *, streaming: bool = False
) -> TwoLegBroker:
    """Return the broker of a prepared run after its last session in Backtrader."""
    market = prepared.market
    long_data = leg_feed(market.sessions, market.long, feed_lines(prepared, strategy))
    short_data = leg_feed(market.sessions, market.short)
    broker = TwoLegBroker(
        long_data=long_data,
        short_data=short_data,
        terms=prepared.terms,
        days=prepared.days,
        rates=prepared.dated_rates,
    )
    drive(prepared.config, strategy, (long_data, short_data), broker, streaming=streaming)
    return broker


def feed_lines(prepared: Prepared, strategy: type[PairStrategy]) -> dict[str, Floats]:
    """Return the lines beside the long leg's bars that a strategy reads, shape (n,)."""
    # Our own strategies read the entry line alone; whoever extends one may read every line.
    is_ours = strategy in STRATEGIES.values()
    lines = {} if is_ours else dict(prepared.signals)
    for name, line in (("entry_rule", prepared.rule), ("in_regime", prepared.regime)):
        if line is not None:
            lines[name] = line.astype(np.float64)
    return lines


def drive(
    config: RunConfig,
    strategy: type[PairStrategy],
    feeds: Sequence[Any],
    broker: TwoLegBroker,
    *,
    streaming: bool,
) -> None:
    """Let Backtrader run a strategy over the two legs' feeds, the long one first."""
    cerebro = bt.Cerebro(stdstats=False, preload=not streaming, runonce=not streaming)
    for feed in feeds:
        cerebro.adddata(feed)
    cerebro.setbroker(broker)
    broker.notices = Notices(feeds) if listens(strategy) else None
    signal = config.signal
    names = [name for name in strategy.params._getkeys() if name != "config"]
    own = {name: getattr(signal, name) for name in names if name in type(signal).model_fields}
    cerebro.addstrategy(strategy, config=config, **own)
    cerebro.run()


def recorded_by(broker: TwoLegBroker) -> Recorded:
    """Return what a broker's run left."""
    return recorded(
        broker.outcomes, broker.closed, broker.tranches, broker.book, broker.own_reasons,
        broker.totals,
    )  # fmt: skip
