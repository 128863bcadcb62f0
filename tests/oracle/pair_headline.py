"""Headline numbers of a finished run. Ledger, fills and trades in, the keys of result.json out."""

import math
from datetime import date
from itertools import pairwise

from tests.oracle.pair_signals import mean, sample_sd

SESSIONS_A_YEAR = 252
ENTERING = ("entry", "reversal")
COSTS = ("commission", "fees", "spread", "impact", "borrow")


def gross_pnl(rows: list[dict]) -> float:
    """Return price P&L, dividends and interest of some ledger rows, in dollars."""
    names = ("long_pnl", "short_pnl", "dividends", "interest")
    return math.fsum(row[name] for row in rows for name in names)


def costs_of(rows: list[dict]) -> dict[str, float]:
    """Return each cost summed over some ledger rows, in positive dollars."""
    return {name: math.fsum(row[name] for row in rows) for name in COSTS}


def max_drawdown(equities: list[float]) -> float:
    """Return the deepest fall from an earlier peak, as a fraction at or below zero."""
    peak, deepest = equities[0], 0.0
    for equity in equities:
        peak = max(peak, equity)
        deepest = min(deepest, equity / peak - 1)
    return max(deepest, -1.0)  # a ruined account fell by everything, not by more


def ratios(returns: list[float]) -> dict[str, float | None]:
    """Return volatility, Sharpe and Sortino, annualised; None where undefined."""
    sd = sample_sd(returns)
    downside = math.sqrt(mean([min(r, 0.0) ** 2 for r in returns]))
    year = math.sqrt(SESSIONS_A_YEAR)
    return {
        "volatility": None if sd is None else sd * year,
        "sharpe": mean(returns) / sd * year if sd else None,
        "sortino": mean(returns) / downside * year if downside else None,
    }


def headline(cash: float, ledger: list[dict], fills: list[dict], trades: list[dict]) -> dict:
    """Return every key of result.json that the ledger, fills and closed trades determine."""
    equities = [row["equity"] for row in ledger]
    years = len(ledger) / SESSIONS_A_YEAR
    final = equities[-1]
    kept = max(final / cash, 0.0)
    cagr = kept ** (1 / years) - 1
    drawdown = max_drawdown(equities)
    held = [row for row in ledger if row["long_shares"] or row["short_shares"]]
    traded_usd = math.fsum(abs(fill["shares"]) * fill["price"] for fill in fills)
    winners = [trade for trade in trades if trade["net_pnl"] > 0]
    gross, costs = gross_pnl(ledger), costs_of(ledger)
    return {
        "start": ledger[0]["date"],
        "end": ledger[-1]["date"],
        "sessions": len(ledger),
        "final_equity": final,
        "total_return": kept - 1,
        "cagr": cagr,
        **ratios([row["equity_return"] for row in ledger]),
        "max_drawdown": drawdown,
        "calmar": None if drawdown == 0 else cagr / abs(drawdown),
        "time_in_market": len(held) / len(ledger),
        "turnover": traded_usd / mean(equities) / years,
        # Both legs are one decision, however many sessions they fill on.
        "entries": len({fill["decided"] for fill in fills if fill["reason"] in ENTERING}),
        "trades_closed": len(trades),
        "win_rate": len(winners) / len(trades) if trades else None,
        **costs,
        "dividends": math.fsum(row["dividends"] for row in ledger),
        "interest": math.fsum(row["interest"] for row in ledger),
        "gross_pnl": gross,
        "net_pnl": gross - math.fsum(costs.values()),
    }


def rebalance_rows(decided: list[dict], fills: list[dict]) -> list[dict]:
    """Return each rebalance with the dollars it traded and paid."""
    rows = []
    for each in decided:
        own = [f for f in fills if (f["reason"], f["decided"]) == ("rebalance", each["decided"])]
        traded = math.fsum(abs(fill["shares"]) * fill["price"] for fill in own)
        paid = math.fsum(fill[name] for fill in own for name in COSTS if name != "borrow")
        rows.append({**each, "traded": traded, "cost": paid})
    return rows


def breakeven(cash: float, ledger: list[dict], fills: list[dict]) -> dict[str, float | None]:
    """Return the spread and the borrow at which the run would have made nothing."""
    net, costs = ledger[-1]["equity"] - cash, costs_of(ledger)
    spread, borrow = costs["spread"], costs["borrow"]
    traded_usd = math.fsum(abs(fill["shares"]) * fill["price"] for fill in fills)
    usd_days = math.fsum(
        -(min(before["short_value"], 0.0) + min(before["long_value"], 0.0))
        * (date.fromisoformat(after["date"]) - date.fromisoformat(before["date"])).days
        for before, after in pairwise(ledger)
    )
    return {
        "spread_multiple": (net + spread) / spread if spread else None,
        "spread_bps": (net + spread) / traded_usd * 2 * 10_000 if traded_usd else None,
        "borrow_multiple": (net + borrow) / borrow if borrow else None,
        "borrow_rate": (net + borrow) / (usd_days / 360) if usd_days else None,
    }
