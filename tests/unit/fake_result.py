"""A hand-made Result. Invented prices and a few held spells in, books that balance out.

The ledger is kept here with its own few lines of arithmetic, so that the pages are tested without
the engine. Spells may overlap: each is a trade of its own. Dollars are exact enough for the
identity of every session to hold to 1e-6.
"""

import math

import numpy as np
import pandas as pd

from configs.schema import RunConfig
from engine.records.columns import (
    FILL_COLUMNS,
    LEDGER_COLUMNS,
    REBALANCE_COLUMNS,
    TRADE_COLUMNS,
)
from engine.records.result import Result
from feeds.source import Finding

CASH = 1_000_000.0
COSTS = ("commission", "fees", "spread", "impact", "borrow")
HALF_SPREAD = 1.5e-4
BORROW = 0.0025
COMMISSION = 0.005
DIVIDEND_SESSION = 15
GROWN = 1.1  # what a rebalance makes of the shares of a spell


def fake_config(
    name="smh-igv", signal="correlation", start="2023-04-11", benchmark="QQQ", **sections
):
    return RunConfig.model_validate(
        {
            "name": name,
            "data": {"source": "csv", "path": "prices", "start": start, "benchmark": benchmark},
            "pair": {"long": "SMH", "short": "IGV"},
            "signal": {"kind": signal},
            "exits": {"holding_sessions": 30},
            **sections,
        }
    )


def fake_result(
    *,
    sessions=120,
    holds=((20, 50), (80, None)),
    resized=(),
    drift=0.0,
    size=0.5,
    seed=7,
    synthetic=False,
    **config,
):
    """Hold ``size`` of the opening cash in each leg over each ``(fill, exit fill or None)``.

    On each session of ``resized`` a rebalance fills that grows every open spell by a tenth.
    """
    config = fake_config(**config)
    rng = np.random.default_rng(seed)
    dates = pd.Series(pd.bdate_range(str(config.data.start), periods=sessions))
    log_returns = rng.normal((drift, 0.0), 0.015, (sessions, 2))
    closes = 100.0 * np.exp(np.cumsum(log_returns, axis=0))
    opens = np.vstack([closes[:1], closes[:-1]]) * (1 + rng.normal(0, 0.002, (sessions, 2)))
    spells = [_spell(dates, opens, closes, *hold, resized, size) for hold in holds]
    ledger = _ledger(dates, closes, [rows for rows, _ in spells])
    fills = _fills([fill for _, made in spells for fill in made])
    trades = [
        _trade(rows, made, dates, *hold) for (rows, made), hold in zip(spells, holds, strict=True)
    ]
    closed = [trade for trade in trades if trade["exit"] is not None]
    signals = _signals(dates, rng, holds, config.signal.kind)
    benchmark = pd.Series(rng.normal(4e-4, 0.01, sessions), index=pd.DatetimeIndex(dates))
    benchmark.iloc[0] = 0.0
    return Result(
        config=config,
        headline=_headline(ledger, fills, closed, len(holds)),
        ledger=ledger,
        fills=fills,
        orders=pd.DataFrame(columns=["decided", "reason", "long_shares", "short_shares"]),
        trades=_trade_frame(closed),
        open_trades=tuple(trade for trade in trades if trade["exit"] is None),
        rebalances=_rebalances(fills),
        hedge_pnl={
            leg: float(sum(rows[f"{leg}_hedge"].sum() for rows, _ in spells))
            for leg in ("long", "short")
        },
        breakeven=_breakeven(ledger, fills),
        ended=None,
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
            "config": config.of_the_run(),
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
        closes=pd.DataFrame(
            {
                "date": dates,
                "long": closes[:, 0],
                "short": closes[:, 1],
                "benchmark": np.nan
                if config.data.benchmark is None
                else 100.0 * (1.0 + benchmark.to_numpy()).cumprod(),
            }
        ),
        synthetic=synthetic,
        filings=None,
        thesis=(),
    )


def _spell(dates, opens, closes, enter, leave, resized, size):
    """Trade one spell on the opens; return what each session made and cost, and its fills."""
    shares, base, rows, fills = np.zeros(2), np.zeros(2), [], []
    dates = list(dates)
    for t in range(len(dates)):
        if t not in (enter, leave) and not shares.any():
            rows.append((0.0,) * 11)
            continue
        days = 0 if t == 0 else (dates[t] - dates[t - 1]).days
        before = closes[t - 1] if t else opens[0]
        borrow = max(-shares[1], 0.0) * before[1] * BORROW / 360 * days
        dividends = shares[0] * 0.25 if t % 60 == DIVIDEND_SESSION else 0.0
        change, reason = np.zeros(2), None
        if t == enter:
            change = np.trunc(size * CASH / closes[t - 1]) * np.array([1.0, -1.0])
            reason = "entry"
        elif t == leave:
            change, reason = -shares, "holding_sessions"
        elif t in resized and shares.any():
            change, reason = np.trunc(shares * GROWN) - shares, "rebalance"
        hedge = (shares - base) * (closes[t] - before) + change * (closes[t] - opens[t])
        if reason == "entry":
            base, hedge = change, np.zeros(2)
        elif reason == "holding_sessions":  # the exit undoes base and hedge alike
            hedge, base = (shares - base) * (opens[t] - before), np.zeros(2)
        commission, spread = np.abs(change) * COMMISSION, np.abs(change) * opens[t] * HALF_SPREAD
        pnl = shares * (closes[t] - before) + change * (closes[t] - opens[t])
        paid = commission.sum() + spread.sum()
        shares = shares + change
        rows.append(
            (*shares, *pnl, *hedge, dividends, commission.sum(), spread.sum(), borrow,
             dividends - borrow - paid - (change * opens[t]).sum())
        )  # fmt: skip
        fills += [
            (dates[t], symbol, change[i], opens[t][i], reason, commission[i], 0.0, spread[i], 0.0,
             dates[t - 1])
            for i, symbol in enumerate(("SMH", "IGV")) if change[i]
        ]  # fmt: skip
    names = ["long_shares", "short_shares", "long_pnl", "short_pnl", "long_hedge", "short_hedge"]
    names += ["dividends", "commission", "spread", "borrow", "cash"]
    return pd.DataFrame(rows, columns=names), fills


def _ledger(dates, closes, spells):
    n = len(dates)
    names = ("long_shares", "short_shares", "long_pnl", "short_pnl", "dividends", "commission",
             "spread", "borrow")  # fmt: skip
    sums = {name: sum((rows[name] for rows in spells), pd.Series(np.zeros(n))) for name in names}
    cash = CASH + sum((rows["cash"].cumsum() for rows in spells), pd.Series(np.zeros(n)))
    long_value = sums["long_shares"] * closes[:, 0]
    short_value = sums["short_shares"] * closes[:, 1]
    equity = cash + long_value + short_value
    ledger = pd.DataFrame(
        {
            "date": dates, "cash": cash, **sums, "long_value": long_value,
            "short_value": short_value, "equity": equity, "fees": 0.0, "impact": 0.0,
            "interest": 0.0, "gross": long_value.abs() + short_value.abs(),
            "net": long_value + short_value, "equity_return": equity.pct_change().fillna(0.0),
        }
    )  # fmt: skip
    return ledger[list(LEDGER_COLUMNS)]


def _fills(rows):
    frame = pd.DataFrame(rows, columns=list(FILL_COLUMNS))
    return frame.sort_values("date", kind="stable", ignore_index=True)


def _trade(rows, fills, dates, enter, leave):
    money = {name: float(rows[name].sum()) for name in ("commission", "spread", "borrow")}
    money |= {"fees": 0.0, "impact": 0.0, "interest": 0.0}
    legs = {name: float(rows[name].sum()) for name in ("long_pnl", "short_pnl")}
    dividends = float(rows["dividends"].sum())
    gross = sum(legs.values()) + dividends
    net = gross - sum(money[name] for name in COSTS)
    notional = sum(abs(fill[2]) * fill[3] for fill in fills if fill[4] == "entry")
    trade = {
        "entry": dates[enter],
        "exit": None if leave is None else dates[leave],
        "entry_decided": dates[enter - 1],
        "exit_decided": None if leave is None else dates[leave - 1],
        "sessions": int((rows["long_shares"] != 0).sum()),
        "exit_reason": None if leave is None else "holding_sessions",
        "gross_pnl": gross,
        **legs,
        "hedge_pnl": float(rows[["long_hedge", "short_hedge"]].to_numpy().sum()),
        **money,
        "dividends": dividends,
        "net_pnl": net,
        "entry_gross_notional": notional,
        "return": net / notional,
        "direction": 1,
    }
    return {name: trade[name] for name in TRADE_COLUMNS}


def _trade_frame(closed):
    frame = pd.DataFrame(closed, columns=list(TRADE_COLUMNS))
    for name in ("entry", "exit", "entry_decided", "exit_decided"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def _rebalances(fills):
    """Give each rebalance of the fills a drift of its own: 5 %, 10 %, 15 % ..."""
    made = fills[fills["reason"] == "rebalance"]
    rows = [
        (day, "weekly", 0.05 * number, float((each["shares"].abs() * each["price"]).sum()),
         float(each[["commission", "fees", "spread", "impact"]].to_numpy().sum()))
        for number, (day, each) in enumerate(made.groupby("decided"), start=1)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(REBALANCE_COLUMNS))
    frame["decided"] = pd.to_datetime(frame["decided"])
    return frame


def _breakeven(ledger, fills):
    net = float(ledger["equity"].iloc[-1]) - CASH
    traded = float((fills["shares"].abs() * fills["price"]).sum())
    if traded == 0.0:
        keys = ("spread_multiple", "spread_bps", "borrow_multiple", "borrow_rate")
        return dict.fromkeys(keys)
    spread, borrow = float(ledger["spread"].sum()), float(ledger["borrow"].sum())
    return {
        "spread_multiple": (net + spread) / spread,
        "spread_bps": (net + spread) / traded * 2 * 10_000,
        "borrow_multiple": (net + borrow) / borrow,
        "borrow_rate": (net + borrow) / borrow * BORROW,
    }


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
