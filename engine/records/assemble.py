"""The records of a run. A prepared run and what it did in, a checked `Result` out."""

import math
from typing import Any

import numpy as np
import pandas as pd

from engine.prepare.prepared import Prepared
from engine.records.breakeven import breakevens
from engine.records.columns import CLOSE_COLUMNS
from engine.records.filings_read import FilingsRead, decisions_of, filings_read
from engine.records.findings import engine_findings
from engine.records.headline import headline
from engine.records.ledger import fills_frame, ledger_frame, orders_frame
from engine.records.rebalances import rebalance_frame
from engine.records.recorded import Recorded
from engine.records.result import Breakeven, HedgePnl, Pending, Result
from engine.records.thesis_states import thesis_states
from engine.records.trades import check_attribution, open_trades, trade_frame
from feeds.market import Leg, Market, sessions_of
from feeds.source import Finding
from strategies.records import Reason


def result_of(prepared: Prepared, run: Recorded, manifest: dict[str, Any]) -> Result:
    """Return the finished run's records, its books checked against each other.

    Raises
    ------
    EngineError
        An invariant broke.
    """
    config, market = prepared.config, prepared.market
    symbols = config.pair.long, config.pair.short
    ledger = ledger_frame(run)
    check_attribution(ledger, run, config.account.cash)
    result = Result.on_demand(
        {
            "headline": lambda: headline(ledger, run.totals, config.account.cash),
            "fills": lambda: fills_frame(run, symbols),
            "orders": lambda: orders_frame(run),
            "trades": lambda: trade_frame(run),
            "open_trades": lambda: open_trades(run),
            "signals": lambda: _signal_frame(ledger["date"], prepared, run),
            "rebalances": lambda: rebalance_frame(run, config.rebalance, result.fills),
            "breakeven": lambda: _breakeven(ledger, result.fills, config.account.cash),
            "benchmark_returns": lambda: _benchmark_returns(ledger["date"], market.benchmark),
            "closes": lambda: _close_frame(ledger["date"], market),
            "filings": lambda: _filings(prepared, result),
            "findings": lambda: _findings(prepared, run),
            "thesis": lambda: thesis_states(config, result.signals, run),
        },
        config=config,
        ledger=ledger,
        hedge_pnl=HedgePnl(long=_hedge_pnl(run, "long"), short=_hedge_pnl(run, "short")),
        pending=_pending_orders(run, symbols),
        manifest=manifest,
        synthetic=market.synthetic,
        ended="ruin" if run.book.is_ruined else None,
        tariffs=prepared.tariffs,
    )
    return result


def _findings(prepared: Prepared, run: Recorded) -> tuple[Finding, ...]:
    """Return what the market's prices and the run itself have to tell."""
    market, signals = prepared.market, dict(prepared.signals)
    own = engine_findings(prepared.config, prepared.tariffs, market.sessions, run, signals)
    return market.findings + own


def _hedge_pnl(run: Recorded, side: str) -> float:
    return math.fsum([*run.closed[f"{side}.hedge_pnl"], *run.held[f"{side}.hedge_pnl"]])


def _filings(prepared: Prepared, result: Result) -> FilingsRead | None:
    """Return what was read in company reports, with the decisions that rest on it."""
    config, dates = prepared.config, result.ledger["date"]
    decisions = decisions_of(config, result.trades, result.open_trades, result.rebalances)
    return filings_read(config, prepared.market, prepared.readings, dates, decisions)


def _signal_frame(dates: pd.Series, prepared: Prepared, run: Recorded) -> pd.DataFrame:
    """Return the signal lines beside whether each session triggered and was acted on.

    Where the pair may be sold ``direction`` says which way. The session of a ruin decides nothing.
    """
    lines = {name: line[: len(dates)] for name, line in prepared.signals.items()}
    side, acted = run.sessions["triggered"], run.sessions["acted"] > 0.0
    ways = {} if prepared.config.directions == (1,) else {"direction": side.astype(np.int64)}
    decided = {**ways, "entry": side != 0.0, "acted": acted}
    return pd.DataFrame({"date": dates, **lines, **decided})


def _breakeven(ledger: pd.DataFrame, fills: pd.DataFrame, opening_cash: float) -> Breakeven:
    """Return the costs at which this run's net P&L would have been zero."""
    nights = ledger["date"].diff().dt.days.fillna(0.0)
    return breakevens(
        net_pnl=float(ledger["equity"].iloc[-1]) - opening_cash,
        spread=float(ledger["spread"].sum()),
        borrow=float(ledger["borrow"].sum()),
        traded_usd=float((fills["shares"].abs() * fills["price"]).sum()),
        borrowed_usd_years=float((-_sold(ledger).shift(fill_value=0.0) * nights / 360).sum()),
    )


def _sold(ledger: pd.DataFrame) -> pd.Series:
    """Return the value of what is sold short at each close, at most 0."""
    return ledger["short_value"].clip(upper=0.0) + ledger["long_value"].clip(upper=0.0)


def _pending_orders(run: Recorded, symbols: tuple[str, str]) -> tuple[Pending, ...]:
    """Return what the last session left to do: it has no next session, so it is not a trade."""
    book = run.book
    if book.reason == Reason.NOTHING:
        return ()
    decided = str(sessions_of(np.array([book.decided]))[0])
    return tuple(
        Pending(symbol=symbol, shares=shares, reason=run.reason(book.reason), decided=decided)
        for symbol, shares in zip(symbols, run.pending, strict=True)
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
