"""One run, on one page. A configuration and a market in, a `RunResult` out."""

from typing import Any

import backtrader as bt
import numpy as np
import pandas as pd

from configs.schema import RunConfig
from engine.broker import PairOrder, TwoLegBroker
from engine.costs.model import leg_costs
from engine.findings import engine_findings
from engine.headline import headline
from engine.ledger import fills_frame, ledger_frame
from engine.preflight import check_sessions
from engine.result import RunResult
from engine.trades import round_trips
from feeds.lines import leg_feed, sessions_of
from feeds.market import Floats, Leg, Market
from strategies import STRATEGIES, PairStrategy
from strategies.rules.schedule import period_ends


def simulate(
    config: RunConfig,
    market: Market,
    *,
    manifest: dict[str, Any] | None = None,
    streaming: bool = False,
) -> RunResult:
    """Run the configured pair over the market, session by session, in Backtrader.

    Signals are computed once on the aligned arrays (each value from data up to its session) and
    reach the strategy as lines; decisions at the close of *t* fill on *t+1*.

    Parameters
    ----------
    manifest
        What the result should carry as its manifest.
    streaming
        Feed bars one by one (Backtrader's ``preload`` and ``runonce`` off): slower, and must give
        the same trace.

    Raises
    ------
    ConfigError
        The market has fewer sessions than the signals need.
    EngineError
        An invariant broke, or the account was ruined.
    """
    check_sessions(config, len(market.sessions))
    strategy_class = STRATEGIES[config.signal.kind]
    signals = strategy_class.signal_lines(config, market.long.adj_close, market.short.adj_close)
    due = period_ends(market.sessions, market.next_sessions, config.rebalance.kind)
    lines = {**signals, "rebalance_due": due.astype(np.float64)}

    cerebro = bt.Cerebro(stdstats=False, preload=not streaming, runonce=not streaming)
    long_data = leg_feed(market.sessions, market.long, lines)
    short_data = leg_feed(market.sessions, market.short)
    cerebro.adddata(long_data)
    cerebro.adddata(short_data)
    broker = TwoLegBroker(
        long_data=long_data,
        short_data=short_data,
        long_costs=leg_costs(config.costs, config.pair.long),
        short_costs=leg_costs(config.costs, config.pair.short),
        cash=config.account.cash,
        fill=config.account.fill,
    )
    cerebro.setbroker(broker)
    cerebro.addstrategy(strategy_class, config=config)
    (strategy,) = cerebro.run()

    ledger = ledger_frame(broker.rows)
    fills = fills_frame(broker.fills)
    trades, open_trade = round_trips(ledger, fills)
    return RunResult(
        config=config,
        headline=headline(ledger, fills, trades, config.account.cash),
        ledger=ledger,
        fills=fills,
        trades=trades,
        open_trade=open_trade,
        signals=_signal_frame(ledger["date"], strategy, signals),
        pending=_pending_orders(broker.pending, config),
        findings=market.findings + engine_findings(config, strategy.unsizable),
        manifest=manifest if manifest is not None else {},
        benchmark_returns=_benchmark_returns(ledger["date"], market.benchmark),
        synthetic=market.synthetic,
    )


def _signal_frame(
    dates: pd.Series, strategy: PairStrategy, signals: dict[str, Floats]
) -> pd.DataFrame:
    """Return the signal lines beside whether each session triggered and was acted on."""
    columns = {name: signals[name] for name in strategy.SIGNALS}
    return pd.DataFrame(
        {"date": dates, **columns, "entry": strategy.triggered, "acted": strategy.acted}
    )


def _pending_orders(order: PairOrder | None, config: RunConfig) -> tuple[dict[str, Any], ...]:
    """Return what the last session decided: it has no next session, so it is not a trade."""
    if order is None:
        return ()
    decided = str(sessions_of(np.array([order.decided]))[0])
    legs = ((config.pair.long, order.long_shares), (config.pair.short, order.short_shares))
    return tuple(
        {"symbol": symbol, "shares": shares, "reason": order.reason, "decided": decided}
        for symbol, shares in legs
        if shares != 0.0
    )


def _benchmark_returns(dates: pd.Series, benchmark: Leg | None) -> pd.Series | None:
    """Return the benchmark's simple total returns on the run's sessions, 0.0 on the first."""
    if benchmark is None:
        return None
    returns = np.zeros(len(dates))
    returns[1:] = benchmark.adj_close[1:] / benchmark.adj_close[:-1] - 1.0
    return pd.Series(returns, index=pd.DatetimeIndex(dates), name=benchmark.symbol)
