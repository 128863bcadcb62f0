"""The numbers of a whole run. Equity by session and what sessions added up to in, scores out.

Sums run in the order of the sessions, so that they are the same on every machine and in both
drivers (``numpy``'s own order depends on the length; ``sum`` is compensated since Python 3.12).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from strategies.cost_columns import Costs, add_fill, add_night
from strategies.records import NONE, Outcome, Reason

SESSIONS_A_YEAR = 252


@dataclass(slots=True)
class Totals(Costs):
    """What the sessions of a run add up to, dollars, but for the counts."""

    long_pnl: float = 0.0
    short_pnl: float = 0.0
    dividends: float = 0.0
    interest: float = 0.0
    traded_usd: float = 0.0
    equity: float = 0.0
    sessions: int = 0
    sessions_held: int = 0
    trades_closed: int = 0
    trades_won: int = 0
    entries: int = 0  # entry orders that filled at least in part
    last_entry: int = NONE  # day that decided the last of them


@dataclass(slots=True)
class Scores:
    """A run in a few numbers; per session, fractions. Rates a year are made of them afterwards."""

    final_equity: float = 0.0
    mean: float = 0.0  # of equity returns, the first session's 0 included
    sd: float = 0.0  # ddof 1; 0 for a single session
    downside: float = 0.0  # root mean square of the returns below 0
    max_drawdown: float = 0.0


def tally(totals: Totals, outcome: Outcome) -> None:
    """Add one session."""
    totals.long_pnl += outcome.long_pnl
    totals.short_pnl += outcome.short_pnl
    totals.dividends += outcome.dividends
    totals.interest += outcome.interest
    add_night(totals, outcome)
    totals.equity += outcome.equity
    totals.sessions += 1
    if outcome.long_shares != 0.0 or outcome.short_shares != 0.0:
        totals.sessions_held += 1
    if outcome.fill_reason != Reason.NOTHING:
        tally_fills(totals, outcome)


def tally_fills(totals: Totals, outcome: Outcome) -> None:
    """Add what one session traded, and what that cost."""
    add_fill(totals, outcome, 1.0)
    totals.traded_usd += abs(outcome.long.shares) * outcome.long.price
    totals.traded_usd += abs(outcome.short.shares) * outcome.short.price
    enters = outcome.fill_reason == Reason.ENTRY or outcome.fill_reason == Reason.REVERSAL
    if enters and outcome.fill_decided != totals.last_entry:
        totals.last_entry = outcome.fill_decided
        totals.entries += 1


def equity_return(equity: float, before: float) -> float:
    """Return a session's return; nobody loses more than all: never below -1."""
    return max(equity / before - 1.0, -1.0)


def score(scores: Scores, equity: Sequence[float], count: int, gains: Any) -> None:
    """Write the scores of a run.

    Parameters
    ----------
    equity
        At each close, of which the first ``count`` are the run's.
    gains
        As many numbers, written here: each session's return.
    """
    total = below = 0.0
    peak = lowest = equity[0]
    deepest = 0.0
    for t in range(1, count):
        gains[t] = 0.0
        if equity[t] == equity[t - 1]:
            continue  # a return of exactly 0, where divisions take longest
        gain = gains[t] = equity_return(equity[t], equity[t - 1])
        total += gain
        if gain < 0.0:
            below += gain * gain
        if equity[t] > peak:
            peak = lowest = equity[t]
        elif equity[t] < lowest:  # since the peak: no other close can be the deepest
            lowest = equity[t]
            deepest = min(deepest, lowest / peak - 1.0)
    mean = total / count
    squares = mean * mean  # the first session's return is 0
    for t in range(1, count):
        apart = gains[t] - mean
        squares += apart * apart
    scores.final_equity = equity[count - 1]
    scores.mean = mean
    scores.sd = math.sqrt(squares / (count - 1)) if count > 1 else 0.0
    scores.downside = math.sqrt(below / count)
    scores.max_drawdown = max(deepest, -1.0)


def sharpe(scores: Scores) -> float:
    """Return the Sharpe ratio a year, without a risk-free rate; NaN where nothing varied."""
    if not scores.sd > 0.0:
        return math.nan
    return scores.mean / scores.sd * math.sqrt(float(SESSIONS_A_YEAR))
