"""One run, on one page. A configuration and a market in, a `RunResult` out."""

import math
from dataclasses import replace
from typing import Any

import backtrader as bt
import numpy as np
import pandas as pd

from configs.schema import RunConfig
from engine.book import PairOrder
from engine.breakeven import breakevens
from engine.broker import TwoLegBroker
from engine.dated_lines import lines_of
from engine.filings_read import decisions_of, filings_read
from engine.findings import engine_findings
from engine.fundamental_lines import reading_lines
from engine.headline import headline
from engine.ledger import fills_frame, ledger_frame, orders_frame
from engine.preflight import check_sessions
from engine.price_list import interest_rates, leg_costs, margin_rules, tariffs_of
from engine.rebalances import rebalance_frame
from engine.result import CLOSE_COLUMNS, RunResult
from engine.signal_lines import signal_lines
from engine.thesis_states import thesis_states
from engine.trades import check_attribution, round_trips
from feeds.lines import leg_feed, sessions_of
from feeds.market import Floats, Leg, Market
from strategies import STRATEGIES, PairStrategy


def simulate(
    config: RunConfig,
    market: Market,
    *,
    manifest: dict[str, Any] | None = None,
    streaming: bool = False,
    strategy_class: type[PairStrategy] | None = None,
    lag_sessions: int = 0,
) -> RunResult:
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
    check_sessions(config, len(market.sessions))
    strategy_class = strategy_class or STRATEGIES[config.signal.kind]
    readings = reading_lines(config, market)
    signals = signal_lines(config, market, readings, strategy_class)

    cerebro = bt.Cerebro(stdstats=False, preload=not streaming, runonce=not streaming)
    long_data = leg_feed(market.sessions, market.long, {**signals, **lines_of(config, market)})
    short_data = leg_feed(market.sessions, market.short)
    cerebro.adddata(long_data)
    cerebro.adddata(short_data)
    broker = TwoLegBroker(
        long_data=long_data,
        short_data=short_data,
        long_costs=leg_costs(config, market, market.long),
        short_costs=leg_costs(config, market, market.short),
        interest=interest_rates(config.costs, market),
        margin=margin_rules(config),
        cash=config.account.cash,
        fill=config.account.fill,
        fractional=config.account.fractional,
        lag_sessions=lag_sessions,
    )
    cerebro.setbroker(broker)
    cerebro.addstrategy(strategy_class, config=config)
    (strategy,) = cerebro.run()
    result = _result(config, market, manifest or {}, broker, strategy, signals)
    decisions = decisions_of(config, result.trades, result.open_trades, result.rebalances)
    filings = filings_read(config, market, readings, result.ledger["date"], decisions)
    return replace(result, filings=filings)


def _result(
    config: RunConfig,
    market: Market,
    manifest: dict[str, Any],
    broker: TwoLegBroker,
    strategy: PairStrategy,
    signals: dict[str, Floats],
) -> RunResult:
    """Return the finished run's records, its books checked against each other."""
    desk = broker.desk
    ledger = ledger_frame(broker.rows, broker.carried_usd)
    fills = fills_frame(desk.fills)
    tranches = [*desk.closed, *desk.held]
    check_attribution(ledger, tranches, config.account.cash)
    trades, open_trades = round_trips(desk.closed, desk.held)
    signal_frame = _signal_frame(ledger["date"], strategy, signals)
    tariffs = tariffs_of(config.costs, market)
    findings = engine_findings(config, tariffs, market.sessions, desk.notes + strategy.notes)
    return RunResult(
        config=config,
        headline=headline(ledger, fills, trades, config.account.cash),
        ledger=ledger,
        fills=fills,
        orders=orders_frame(desk.orders),
        trades=trades,
        open_trades=open_trades,
        signals=signal_frame,
        rebalances=rebalance_frame(strategy.resizes, fills),
        hedge_pnl={
            "long": math.fsum(tranche.long.hedge_pnl for tranche in tranches),
            "short": math.fsum(tranche.short.hedge_pnl for tranche in tranches),
        },
        breakeven=_breakeven(ledger, fills, config.account.cash),
        pending=_pending_orders(desk.working, config),
        findings=market.findings + findings,
        manifest=manifest,
        benchmark_returns=_benchmark_returns(ledger["date"], market.benchmark),
        closes=_close_frame(ledger["date"], market),
        synthetic=market.synthetic,
        ended="ruin" if broker.is_ruined else None,
        filings=None,
        tariffs=tariffs,
        thesis=thesis_states(config, signal_frame, desk.held, strategy.thesis.at_entry),
    )


def _signal_frame(
    dates: pd.Series, strategy: PairStrategy, signals: dict[str, Floats]
) -> pd.DataFrame:
    """Return the signal lines beside whether each session triggered and was acted on.

    The session of a ruin decides nothing.
    """
    columns = {name: line[: len(dates)] for name, line in signals.items()}
    undecided = [False] * (len(dates) - len(strategy.triggered))
    entry, acted = strategy.triggered + undecided, strategy.acted + undecided
    return pd.DataFrame({"date": dates, **columns, "entry": entry, "acted": acted})


def _breakeven(
    ledger: pd.DataFrame, fills: pd.DataFrame, opening_cash: float
) -> dict[str, float | None]:
    """Return the costs at which this run's net P&L would have been zero."""
    nights = ledger["date"].diff().dt.days.fillna(0.0)
    return breakevens(
        net_pnl=float(ledger["equity"].iloc[-1]) - opening_cash,
        spread=float(ledger["spread"].sum()),
        borrow=float(ledger["borrow"].sum()),
        traded_usd=float((fills["shares"].abs() * fills["price"]).sum()),
        borrowed_usd_years=float(
            (-ledger["short_value"].shift(fill_value=0.0) * nights / 360).sum()
        ),
    )


def _pending_orders(order: PairOrder | None, config: RunConfig) -> tuple[dict[str, Any], ...]:
    """Return what the last session left to do: it has no next session, so it is not a trade."""
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
    closes = benchmark.adj_close[: len(dates)]
    returns = np.zeros(len(dates))
    returns[1:] = closes[1:] / closes[:-1] - 1.0
    return pd.Series(returns, index=pd.DatetimeIndex(dates), name=benchmark.symbol)


def _close_frame(dates: pd.Series, market: Market) -> pd.DataFrame:
    """Return the adjusted closes of the run's sessions; a ruined run has fewer than the market."""
    count, benchmark = len(dates), market.benchmark
    return pd.DataFrame(
        {
            "date": dates,
            "long": market.long.adj_close[:count],
            "short": market.short.adj_close[:count],
            "benchmark": np.nan if benchmark is None else benchmark.adj_close[:count],
        },
        columns=list(CLOSE_COLUMNS),
    )
