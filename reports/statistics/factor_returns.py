"""What known factors earn, from few symbols. Closes in, a return a session out.

Every weight is known at the close of *t - 1* and earns the session *t*; an unknown one is NaN. None
pays costs: they are what explains a return, not what could have been had.
"""

import numpy as np

from reports.statistics.sample import Floats

TREND_SESSIONS = 126  # half a year; a whole one would take a third of a three-year sample
YEAR_SESSIONS, MONTH_SESSIONS = 252, 21  # formed over a year, but for its last month
FEWEST_COMPANIES = 2


def simple_returns(closes: Floats) -> Floats:
    """Return simple returns, shape (n,); the first is 0."""
    return np.append(0.0, closes[1:] / closes[:-1] - 1.0)


def trend_returns(closes: Floats, sessions: int = TREND_SESSIONS) -> Floats:
    """Return what following a leg's own trend earns each session, shape (n,).

    ``sign(c[t-1] / c[t-1-w] - 1) * (c[t] / c[t-1] - 1)``; NaN up to t = w (Moskowitz, Ooi, Pedersen
    2012, Journal of Financial Economics 104(2), 228-250).
    """
    earned = np.full(len(closes), np.nan)
    before = np.sign(closes[sessions:-1] - closes[: -sessions - 1])
    earned[sessions + 1 :] = before * simple_returns(closes)[sessions + 1 :]
    return earned


def momentum_returns(
    closes: Floats, year: int = YEAR_SESSIONS, month: int = MONTH_SESSIONS
) -> Floats:
    """Return what winners less losers earn each session, shape (n,).

    At each close *t - 1* the symbols are sorted by ``c[t-1-month] / c[t-1-year]``: the return of a
    year without its last month, which reverses (Jegadeesh, Titman 1993, Journal of Finance 48(1),
    65-91). Three tenths of them, at least one, are held in equal parts at each end (Carhart 1997,
    Journal of Finance 52(1), 57-82, PR1YR), anew every session where he sorted every month. NaN up
    to t = year. Ties keep the order of the columns.

    Parameters
    ----------
    closes
        Adjusted, shape (n, symbols).
    """
    earned = np.full(len(closes), np.nan)
    if len(closes) <= year + 1:
        return earned
    held = max(1, 3 * closes.shape[1] // 10)
    formed = closes[year - month : -1 - month] / closes[: -1 - year]
    moved = closes[year + 1 :] / closes[year:-1] - 1.0
    ranked = np.take_along_axis(moved, np.argsort(formed, axis=1, kind="stable"), axis=1)
    earned[year + 1 :] = ranked[:, -held:].mean(axis=1) - ranked[:, :held].mean(axis=1)
    return earned


def investment_returns(growth: Floats, closes: Floats) -> Floats:
    """Return what the conservative less the aggressive earn each session, shape (n,).

    At each close *t - 1* the companies whose growth is known are sorted by it; the lower half is
    bought and the upper half sold, in equal parts, the middle one of an odd number left out: CMA of
    Fama and French (2015, Journal of Financial Economics 116(1), 1-22), who sort thousands of
    companies once a year by the growth of their assets. NaN until two are known; nothing is held
    where fewer are later.

    Parameters
    ----------
    growth
        Shape (n, companies): of each one's investment as known at each close; NaN where it is not.
    closes
        Adjusted, of the same shape.
    """
    earned = np.full(len(closes), np.nan)
    for t in range(1, len(closes)):
        known = np.flatnonzero(np.isfinite(growth[t - 1]))
        if len(known) < FEWEST_COMPANIES:
            earned[t] = 0.0 if np.isfinite(earned[t - 1]) else np.nan
            continue
        ranked = known[np.argsort(growth[t - 1, known], kind="stable")]
        moved = closes[t, ranked] / closes[t - 1, ranked] - 1.0
        half = len(ranked) // 2
        earned[t] = moved[:half].mean() - moved[-half:].mean()
    return earned
