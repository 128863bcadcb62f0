"""Figures in the conventions of the textbooks. A run and its market in, figures by their names out.

A book's daily return is what yesterday's position made over yesterday's gross dollars, marked where
it trades: E. Chan, *Quantitative Trading* (2009) and *Algorithmic Trading* (2013). It has no equity
in it, so the size of a linear position drops out. ``APR = prod(1 + r) ** (252 / n) - 1``;
``Sharpe = sqrt(252) mean / sd``, sample sd (ddof 1) or, where the name says ``ddof0``, population
sd. A name may end in ``_since_DATE`` and ``_until_DATE``, both included; returns before the first
position are 0 and count.

A session that begins flat has no gross, and in the second book no return: the cost of an exit falls
out. In the first book a leg is a dollar throughout, so there it counts; ``ddof0`` is that book's.
"""

import math
import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from engine.records.result import Result
from feeds.market import Market
from reports.audits.article.published import Figures

Floats = npt.NDArray[np.float64]

SESSIONS_A_YEAR = 252
DATE = r"\d{4}-\d{2}-\d{2}"
NAME = re.compile(rf"book_(apr|sharpe|sharpe_ddof0)(?:_since_({DATE}))?(?:_until_({DATE}))?")


def book_returns(run: Result, market: Market, *, counts_exits: bool) -> Floats:
    """Return each session's return on the gross held since the session before, shape (n,).

    Marked at the open where orders fill there, else at the close. Costs of a fill count to the
    session that begins with it, dividends and borrow to the one they end.

    Parameters
    ----------
    counts_exits
        Whether what a fill costs that leaves nothing counts, over the gross that it ended; else the
        session after it returns 0.
    """
    ledger, count = run.ledger, len(run.ledger)
    line = "open" if run.config.account.fill == "next_open" else "close"
    made, gross = np.zeros(count), np.zeros(count)
    for leg, column in ((market.long, "long_shares"), (market.short, "short_shares")):
        marks, shares = getattr(leg, line)[:count], ledger[column].to_numpy(dtype=np.float64)
        made[1:] += shares[:-1] * np.diff(marks)
        gross += np.abs(shares) * marks
    paid = ledger[["commission", "fees", "spread", "impact"]].sum(axis=1).to_numpy()
    held = (ledger["dividends"] - ledger["borrow"]).to_numpy(dtype=np.float64)
    made[1:] += held[1:] - paid[:-1]
    base = gross[:-1].copy()
    if counts_exits:
        ended = (base[1:] == 0.0) & (gross[:-2] > 0.0)
        base[1:][ended] = gross[:-2][ended]
    returns = np.zeros(count)
    is_held = base > 0.0
    returns[1:][is_held] = made[1:][is_held] / base[is_held]
    return returns


def book_figures(
    run: Result, market: Market, names: Iterable[str], *, counts_exits: bool = False
) -> Figures:
    """Return those of ``names`` that are a book's; others are somebody else's to compute.

    Parameters
    ----------
    counts_exits
        Whether exits cost something in figures of the second book too.
    """
    asked = [found for found in map(NAME.fullmatch, names) if found]
    if not asked:
        return Figures(values={}, reasons={})
    days, values = run.ledger["date"].to_numpy().astype("M8[D]"), {}
    by_book = {
        is_first: book_returns(run, market, counts_exits=is_first or counts_exits)
        for is_first in (True, False)
    }
    for each in asked:
        kind, since, until = each.groups()
        returns, chosen = by_book[kind == "sharpe_ddof0"], np.ones(len(days), dtype=bool)
        if since is not None:
            chosen &= days >= np.datetime64(since)
        if until is not None:
            chosen &= days <= np.datetime64(until)
        values[each.string] = (
            apr(returns[chosen])
            if kind == "apr"
            else sharpe(returns[chosen], 0 if kind == "sharpe_ddof0" else 1)
        )
    return Figures(values=values, reasons={})


def apr(returns: Floats) -> float:
    """Return growth a year; NaN without sessions, -1 where everything was lost."""
    if not len(returns):
        return math.nan
    kept = max(float(np.prod(1.0 + returns)), 0.0)
    return math.pow(kept, SESSIONS_A_YEAR / len(returns)) - 1.0


def sharpe(returns: Floats, ddof: int) -> float:
    """Return the Sharpe ratio a year without a risk-free rate; NaN where nothing varied."""
    if len(returns) <= ddof:
        return math.nan
    sd = float(returns.std(ddof=ddof))
    return float(returns.mean()) / sd * math.sqrt(SESSIONS_A_YEAR) if sd > 0.0 else math.nan
