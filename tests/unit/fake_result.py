"""A hand-made RunResult. Invented prices and a few held spells in, books that balance out.

The ledger is kept here with its own few lines of arithmetic, so that the pages are tested without
the engine. Dollars are exact enough for the identity of every session to hold to 1e-6.
"""

import math

import numpy as np
import pandas as pd

from configs.schema import RunConfig
from engine.result import FILL_COLUMNS, LEDGER_COLUMNS, TRADE_COLUMNS, RunResult
from feeds.source import Finding

CASH = 1_000_000.0
COSTS = ("commission", "fees", "spread", "impact", "borrow")
HALF_SPREAD = 1.5e-4
BORROW = 0.0025
COMMISSION = 0.005
DIVIDEND_SESSION = 15


def fake_config(name="smh-igv", signal="correlation", start="2023-04-11", benchmark="QQQ"):
    return RunConfig.model_validate(
        {
            "name": name,
            "data": {"source": "csv", "path": "prices", "start": start, "benchmark": benchmark},
            "pair": {"long": "SMH", "short": "IGV"},
            "signal": {"kind": signal},
            "exits": {"holding_sessions": 30},
        }
    )


def fake_result(
    *,
    sessions=120,
    holds=((20, 50), (80, None)),
    drift=0.0,
    size=0.5,
    seed=7,
    synthetic=False,
    **config,
):
    """Hold ``size`` of the opening cash in each leg over each ``(fill, exit fill or None)``."""
    config = fake_config(**config)
    rng = np.random.default_rng(seed)
    dates = pd.Series(pd.bdate_range(str(config.data.start), periods=sessions))
    log_returns = rng.normal((drift, 0.0), 0.015, (sessions, 2))
    closes = 100.0 * np.exp(np.cumsum(log_returns, axis=0))
    opens = np.vstack([closes[:1], closes[:-1]]) * (1 + rng.normal(0, 0.002, (sessions, 2)))
    book = _book(dates, opens, closes, holds, size)
    trades = [_trade(book["ledger"], book["fills"], dates, *hold) for hold in holds]
    closed = [trade for trade in trades if trade["exit"] is not None]
    signals, ledger = _signals(dates, rng, holds, config.signal.kind), book["ledger"]
    benchmark = pd.Series(rng.normal(4e-4, 0.01, sessions), index=pd.DatetimeIndex(dates))
    benchmark.iloc[0] = 0.0
    return RunResult(
        config=config,
        headline=_headline(ledger, book["fills"], closed, len(holds)),
        ledger=ledger,
        fills=book["fills"],
        trades=_trade_frame(closed),
        open_trade=next((trade for trade in trades if trade["exit"] is None), None),
        signals=signals,
        pending=(
            {"symbol": "SMH", "shares": 12, "reason": "rebalance", "decided": dates.iloc[-1]},
            {"symbol": "IGV", "shares": -7, "reason": "rebalance", "decided": dates.iloc[-1]},
        ),
        findings=(
            Finding(
                check="jump",
                symbol="IGV",
                dates=(f"{dates.iloc[3]:%Y-%m-%d}",),
                severity="warning",
                text="moved 9.1 % while SMH moved 0.2 %",
            ),
        ),
        manifest={
            "config": config.resolved(),
            "config_sha256": config.digest(),
            "data": [{"symbol": "SMH", "origin": "prices/SMH.csv", "sha256": "ab" * 32}],
            "data_sha256": "cd" * 32,
            "git_commit": "0123abc",
            "versions": {"pandas": "3.1.1", "backtrader": "1.9.78.123"},
            "seed": None,
            "command": ["run.py", "backtest", "my configs/smh_igv.yaml"],
            "warnings": [],
        },
        benchmark_returns=None if config.data.benchmark is None else benchmark,
        synthetic=synthetic,
    )


def _book(dates, opens, closes, holds, size):
    """Trade on the opens, mark on the closes, and write one ledger row a session."""
    shares, cash, rows, fills = np.zeros(2), CASH, [], []
    starts = {enter for enter, _ in holds}
    ends = {leave for _, leave in holds if leave is not None}
    equity = CASH
    for t in range(len(dates)):
        days = 0 if t == 0 else (dates[t] - dates[t - 1]).days
        before = closes[t - 1] if t else opens[0]
        borrow = max(-shares[1], 0.0) * before[1] * BORROW / 360 * days
        dividends = shares[0] * 0.25 if t % 60 == DIVIDEND_SESSION else 0.0
        change = np.zeros(2)
        if t in starts:
            change = np.trunc(size * CASH / closes[t - 1]) * np.array([1.0, -1.0])
        elif t in ends:
            change = -shares
        commission, spread = np.abs(change) * COMMISSION, np.abs(change) * opens[t] * HALF_SPREAD
        pnl = shares * (closes[t] - before) + change * (closes[t] - opens[t])
        cash += dividends - borrow - commission.sum() - spread.sum() - (change * opens[t]).sum()
        shares = shares + change
        value = shares * closes[t]
        equity, previous = cash + value.sum(), equity
        rows.append(
            (dates[t], cash, *shares, *value, equity, *pnl, dividends, commission.sum(), 0.0,
             spread.sum(), 0.0, borrow, 0.0, np.abs(value).sum(), value.sum(),
             equity / previous - 1.0 if t else 0.0)
        )  # fmt: skip
        fills += [
            (dates[t], symbol, change[i], opens[t][i], "entry" if t in starts else
             "holding_sessions", commission[i], 0.0, spread[i], 0.0, dates[t - 1])
            for i, symbol in enumerate(("SMH", "IGV")) if change[i]
        ]  # fmt: skip
    return {
        "ledger": pd.DataFrame(rows, columns=list(LEDGER_COLUMNS)),
        "fills": pd.DataFrame(fills, columns=list(FILL_COLUMNS)),
    }


def _trade(ledger, fills, dates, enter, leave):
    held = ledger.iloc[enter : len(ledger) if leave is None else leave + 1]
    money = {name: float(held[name].sum()) for name in (*COSTS, "dividends", "interest")}
    gross = float(held[["long_pnl", "short_pnl", "dividends", "interest"]].to_numpy().sum())
    net = gross - sum(money[name] for name in COSTS)
    first = fills[fills["date"] == dates[enter]]
    notional = float((first["shares"].abs() * first["price"]).sum())
    trade = {
        "entry": dates[enter],
        "exit": None if leave is None else dates[leave],
        "entry_decided": dates[enter - 1],
        "exit_decided": None if leave is None else dates[leave - 1],
        "sessions": int((held["gross"] > 0).sum()),
        "exit_reason": None if leave is None else "holding_sessions",
        "gross_pnl": gross,
        **money,
        "net_pnl": net,
        "entry_gross_notional": notional,
        "return": net / notional,
    }
    return {name: trade[name] for name in TRADE_COLUMNS}


def _trade_frame(closed):
    frame = pd.DataFrame(closed, columns=list(TRADE_COLUMNS))
    for name in ("entry", "exit", "entry_decided", "exit_decided"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def _signals(dates, rng, holds, kind):
    n = len(dates)
    decided = [enter - 1 for enter, _ in holds]
    lines = {}
    if kind == "correlation":
        z = np.clip(rng.normal(0, 0.8, n), -1.9, 3.0)
        z[:10] = math.nan
        z[decided] = -2.5
        lines = {"correlation": 0.6 + 0.1 * z, "z": z}
    volatility = np.abs(rng.normal(0.015, 0.001, (2, n)))
    acted = np.zeros(n, dtype=bool)
    acted[decided] = True
    return pd.DataFrame(
        {
            "date": dates,
            **lines,
            "vol_long": volatility[0],
            "vol_short": volatility[1],
            "vol_ratio": volatility[0] / volatility[1],
            "entry": acted,
            "acted": acted,
        }
    )


def _headline(ledger, fills, closed, entries):
    equity, r, years = ledger["equity"], ledger["equity_return"], len(ledger) / 252
    fall = float((equity / equity.cummax() - 1).min())
    final = float(equity.iloc[-1])
    cagr = (final / CASH) ** (1 / years) - 1
    down = math.sqrt((r.clip(upper=0) ** 2).mean())
    sums = {name: float(ledger[name].sum()) for name in (*COSTS, "dividends", "interest")}
    net = final - CASH
    traded = float((fills["shares"].abs() * fills["price"]).sum())
    return {
        "start": f"{ledger['date'].iloc[0]:%Y-%m-%d}",
        "end": f"{ledger['date'].iloc[-1]:%Y-%m-%d}",
        "sessions": len(ledger),
        "final_equity": final,
        "total_return": final / CASH - 1,
        "cagr": cagr,
        "volatility": float(r.std()) * math.sqrt(252),
        "sharpe": float(r.mean() / r.std()) * math.sqrt(252) if r.any() else None,
        "sortino": float(r.mean() / down) * math.sqrt(252) if down else None,
        "max_drawdown": fall,
        "calmar": cagr / -fall if fall else None,
        "time_in_market": float((ledger["gross"] > 0).mean()),
        "turnover": traded / float(equity.mean()) / years,
        "entries": entries,
        "trades_closed": len(closed),
        "win_rate": sum(t["net_pnl"] > 0 for t in closed) / len(closed) if closed else None,
        **sums,
        "gross_pnl": net + sum(sums[name] for name in COSTS),
        "net_pnl": net,
    }
