"""The headline numbers. What a run added up to in, one flat record out; None where undefined.

They are the authority: the tear sheet shows other people's arithmetic on the same returns. One run
and the cells of a search come through the same lines, and so have the same bits: everything but
``cagr`` is sums, products, quotients and roots, which are the same on every machine.
"""

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.body.scores import Scores, Totals, score
from strategies.cost_columns import COLUMNS
from strategies.records import columns_of

SESSIONS_PER_YEAR = 252

Headline = dict[str, float | int | str | None]
Floats = npt.NDArray[np.float64]
COUNTS = ("sessions", "entries", "trades_closed")


def headline(ledger: pd.DataFrame, totals: Totals, opening_cash: float) -> Headline:
    """Return the record of one run, in DESIGN's order: its dates, then `columns`."""
    scores, equity = Scores(), ledger["equity"].tolist()
    score(scores, equity, len(equity), [0.0] * len(equity))
    lines = columns(columns_of([scores], Scores), columns_of([totals], Totals), opening_cash)
    numbers: Headline = {name: _plain(name, float(line[0])) for name, line in lines.items()}
    first, last = ledger["date"].iloc[0], ledger["date"].iloc[-1]
    return {"start": f"{first:%Y-%m-%d}", "end": f"{last:%Y-%m-%d}", **numbers}


def columns(
    scores: Mapping[str, Floats], totals: Mapping[str, Floats], opening_cash: Floats | float
) -> dict[str, Floats]:
    """Return the headline numbers of many runs, shape (runs,) each; NaN where undefined.

    Rates are fractions, money dollars. With r the equity returns of all N sessions (the first is
    0): ``cagr = (final / cash) ** (252 / N) - 1``; ``volatility = sd(r, ddof 1) * sqrt(252)``;
    ``sharpe = mean(r) / sd(r) * sqrt(252)`` (no risk-free rate); ``sortino = mean(r) /
    sqrt(mean(min(r, 0)^2)) * sqrt(252)``; ``calmar = cagr / |max_drawdown|``. ``turnover`` is
    traded notional over mean equity, a year. ``gross_pnl`` is before costs (price P&L, dividends,
    interest), ``net_pnl`` after.
    """
    final, sessions = scores["final_equity"], totals["sessions"]
    years, scale = sessions / SESSIONS_PER_YEAR, math.sqrt(SESSIONS_PER_YEAR)
    kept = np.maximum(final / opening_cash, 0.0)  # a ruined account is down 100 %, not more
    # Python's own power: numpy's depends on the processor.
    growth = zip(kept.tolist(), years.tolist(), strict=True)
    cagr = np.array([share ** (1.0 / span) - 1.0 for share, span in growth])
    income = totals["long_pnl"] + totals["short_pnl"] + totals["dividends"] + totals["interest"]
    return {
        "sessions": sessions,
        "final_equity": final,
        "total_return": kept - 1.0,
        "cagr": cagr,
        "volatility": scores["sd"] * scale,
        "sharpe": _over(scores["mean"], scores["sd"]) * scale,
        "sortino": _over(scores["mean"], scores["downside"]) * scale,
        "max_drawdown": scores["max_drawdown"],
        "calmar": _over(cagr, -scores["max_drawdown"]),
        "time_in_market": totals["sessions_held"] / sessions,
        "turnover": totals["traded_usd"] / (totals["equity"] / sessions) / years,
        "entries": totals["entries"],
        "trades_closed": totals["trades_closed"],
        "win_rate": _over(totals["trades_won"], totals["trades_closed"]),
        **{name: totals[name] for name in COLUMNS},
        "dividends": totals["dividends"],
        "interest": totals["interest"],
        "gross_pnl": income,
        "net_pnl": final - opening_cash,
    }


def _plain(name: str, value: float) -> float | int | None:
    """Return a number as JSON has it."""
    if math.isnan(value):
        return None
    return int(value) if name in COUNTS else value


def _over(numerator: Floats, denominator: Floats) -> Floats:
    """Return ratios, NaN where the denominator is zero."""
    undefined = np.full(len(numerator), math.nan)
    ratio: Floats = np.divide(numerator, denominator, out=undefined, where=denominator != 0.0)
    return ratio
