"""The headline numbers. Ledger and trades in, one flat record out; None where undefined.

They are the authority: the tear sheet shows other people's arithmetic on the same returns.
"""

import math

import numpy as np
import pandas as pd

from engine.records.columns import COSTS, INCOME

SESSIONS_PER_YEAR = 252
ENTERING = ("entry", "reversal")  # reasons of fills that open a trade

Headline = dict[str, float | int | str | None]


def headline(
    ledger: pd.DataFrame, fills: pd.DataFrame, trades: pd.DataFrame, opening_cash: float
) -> Headline:
    """Return the record DESIGN section 6 lists, in its order.

    Rates are fractions, money dollars. With r the equity returns of all N sessions (the first is
    0): ``cagr = (final / cash) ** (252 / N) - 1``; ``volatility = sd(r, ddof 1) * sqrt(252)``;
    ``sharpe = mean(r) / sd(r) * sqrt(252)`` (no risk-free rate); ``sortino = mean(r) /
    sqrt(mean(min(r, 0)^2)) * sqrt(252)``; ``calmar = cagr / |max_drawdown|``. ``turnover`` is
    traded notional over mean equity, a year. ``gross_pnl`` is before costs (price P&L, dividends,
    interest), ``net_pnl`` after.
    """
    equity = ledger["equity"].to_numpy()
    final = float(equity[-1])
    years = len(ledger) / SESSIONS_PER_YEAR
    kept = max(final / opening_cash, 0.0)  # a ruined account is down 100 %, not more
    cagr = kept ** (1.0 / years) - 1.0
    drawdown = max_drawdown(equity)
    sums = {name: float(ledger[name].sum()) for name in (*COSTS, "dividends", "interest")}
    traded = float((fills["shares"].abs() * fills["price"]).sum())
    won = int((trades["net_pnl"] > 0.0).sum())
    return {
        "start": f"{ledger['date'].iloc[0]:%Y-%m-%d}",
        "end": f"{ledger['date'].iloc[-1]:%Y-%m-%d}",
        "sessions": len(ledger),
        "final_equity": final,
        "total_return": kept - 1.0,
        "cagr": cagr,
        **ratios(ledger["equity_return"].to_numpy()),
        "max_drawdown": drawdown,
        "calmar": _over(cagr, -drawdown),
        "time_in_market": float((ledger["gross"] > 0.0).mean()),
        "turnover": traded / float(equity.mean()) / years,
        "entries": int(fills.loc[fills["reason"].isin(ENTERING), "decided"].nunique()),
        "trades_closed": len(trades),
        "win_rate": _over(won, len(trades)),
        **sums,
        "gross_pnl": math.fsum(ledger[name].sum() for name in INCOME),
        "net_pnl": final - opening_cash,
    }


def ratios(returns: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> dict[str, float | None]:
    """Return volatility, Sharpe and Sortino a year of per-session returns, shape (n,)."""
    scale = math.sqrt(SESSIONS_PER_YEAR)
    mean = float(returns.mean())
    sd = float(returns.std(ddof=1)) if len(returns) > 1 else 0.0
    downside = math.sqrt(float((np.minimum(returns, 0.0) ** 2).mean()))
    return {
        "volatility": sd * scale,
        "sharpe": _scaled(_over(mean, sd), scale),
        "sortino": _scaled(_over(mean, downside), scale),
    }


def max_drawdown(equity: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    """Return the deepest fall from a running peak as a fraction <= 0; equity of shape (n,)."""
    return max(float((equity / np.maximum.accumulate(equity) - 1.0).min()), -1.0)


def _over(numerator: float, denominator: float) -> float | None:
    """Return the ratio, or None where the denominator is zero."""
    return None if denominator == 0.0 else numerator / denominator


def _scaled(ratio: float | None, scale: float) -> float | None:
    """Return the annualised ratio, or None where it is undefined."""
    return None if ratio is None else ratio * scale
