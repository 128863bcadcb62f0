"""Close, dividends and Adj Close that contradict each other. One symbol in, a finding out.

Money is booked on the close and the dividends, signals read Adj Close. Where the two tell different
total returns, one of them is wrong and nobody can say which.
"""

import numpy as np

from feeds.prices.history import History, Request, log_moves, total_moves
from feeds.source import Finding, Severity

# Both as logs. The most seen in 70,000 real bars is 2e-5 on a day and 1.1e-5 over 40 years: six
# digits explain it. Prices in cents explain 5e-4 on a share of twenty dollars.
ROUNDING_LOG = 5e-4
UNSEEN_LOG = 1e-4
# A dividend a few days off contradicts itself for that long and moves no run that holds over it.
LONGEST_APART = 5
LARGEST_APART = 0.05


def contradiction(bars: History, request: Request) -> Finding | None:
    """Report days on which Adj Close moves otherwise than the close and the dividend say.

    ``d_t = ln(A_t / A_{t-1}) - ln(C_t / C_{t-1}) + ln(1 - D_t / C_{t-1})`` inside the run, summed
    from its first session on. An error where the sum stays or ends beyond rounding, so that the two
    total returns differ; else a finding with what it is worth on a leg.
    """
    if not bars.linked.any():
        return None
    adjusted = np.where(bars.linked, log_moves(bars.adj_close), 0.0)
    stated = np.where(bars.linked, total_moves(bars), 0.0)
    odd = adjusted - stated
    apart = np.abs(np.cumsum(odd))
    beyond = ~(apart <= ROUNDING_LOG)
    ends = bool(beyond[bars.inside][-1])
    moves_it = ends or beyond.sum() > LONGEST_APART or not bool((apart <= LARGEST_APART).all())
    seen = ~(np.abs(odd) <= (ROUNDING_LOG if moves_it else UNSEEN_LOG))
    if not moves_it and not seen.any() and bool((apart <= UNSEEN_LOG).all()):
        return None
    if not seen.any():  # many days, none of them large
        seen = np.abs(odd) == np.abs(odd).max()

    def value(row: int) -> str:
        moves = np.expm1([adjusted[row], stated[row]])
        return f"Adj Close {moves[0]:+.3%}, close with dividend {moves[1]:+.3%}"

    if not moves_it:
        most = float(np.expm1(apart.max())) * request.leg_usd
        what = "has an Adj Close that its close and dividend do not explain"
        remedy = (
            f"over the run they agree, on single days they differ by up to ${most:,.2f} on a leg "
            f"of ${request.leg_usd:,.0f}"
        )
        severity: Severity = "warning" if beyond.any() else "info"
        return bars.finding("adjusted close", seen, severity, what, remedy, value)
    over = np.expm1([adjusted.sum(), stated.sum()])
    what = (
        f"has an Adj Close that its close and dividends contradict: {over[0]:+.2%} over the run "
        f"against {over[1]:+.2%},"
    )
    remedy = (
        "a distribution or a split is missing, counted twice or adjusted for in one of them: "
        "fetch it again unadjusted, or correct the source"
    )
    return bars.finding("adjusted close", seen, "error", what, remedy, value)
