"""Q5: did three trades do it? Trades and sessions in, the share of the best of each out."""

import math

import numpy as np

from reports.audits.check import Plain
from reports.audits.evidence.rating import Block
from reports.audits.questions.question import Asked, answer, no_answer
from reports.audits.wording import dollars, listed, percent
from reports.statistics.concentration import UsualShare, best_share, usual_share
from reports.statistics.sample import Floats, varies

BEST = (1, 3)  # how many are taken
DRAWS = 4_000  # a standard error of 0.8 points of a chance at most


def best_of_it(asked: Asked) -> Block:
    """Return Q5: what share of the P&L the best 1 and 3 trades, and sessions, made.

    Beside each the median share under a genuine edge of that size, and the chance of one as large:
    independent outcomes with the measured mean over deviation (`reports.statistics.concentration`),
    of trades normal, of the sessions held as fat-tailed as these. Trades that overlap are not
    independent: F1 takes them away by cluster.
    """
    trades = np.array([trade.net_pnl_usd for trade in asked.entered.trades])
    still_open = math.fsum(t.net_pnl_usd for t in asked.entered.trades if t.exit is None)
    held = asked.result.ledger["gross"].to_numpy(dtype=np.float64) != 0.0
    pnl = asked.pnl_usd
    sessions = pnl[held | (pnl != 0.0)]
    total = math.fsum(trades)
    if not total > 0.0:
        return no_answer("Q5", f"there is no profit to share: the trades made {dollars(total)}")
    rng = np.random.default_rng([asked.result.config.audit.seed, 5])
    of_trades = _shares(trades, 0.0, rng)
    of_sessions = _shares(sessions, _excess_kurtosis(sessions), rng)
    most = of_trades[-1][0]
    return answer(
        "Q5",
        measured=f"{percent(of_trades[-1][1], 0)} from the best {most} of {len(trades):,}",
        sentence=(
            f"Of {dollars(total)} {_words(of_trades, 'trade', len(trades))}"
            f"{'; ' if of_sessions else ''}"
            f"{_words(of_sessions, 'session', len(sessions)) if of_sessions else ''}."
            f"{f' Of it {dollars(still_open)} is of trades still open.' if still_open else ''}"
        ),
        numbers={
            "net_pnl_usd": total,
            "open_usd": still_open,
            "trades": len(trades),
            "sessions": len(sessions),
            "of_trades": _numbers(of_trades),
            "of_sessions": _numbers(of_sessions),
        },
    )


Share = tuple[int, float, UsualShare | None]  # how many, their share, and what is usual


def _shares(values: Floats, excess: float, rng: np.random.Generator) -> list[Share]:
    """Return each share that can be had; nothing of a sum at or below zero."""
    shares: list[Share] = []
    for k in [k for k in BEST if k < len(values)] or [1]:  # all of them are all of it
        share = best_share(values, k)
        if share is None:
            continue
        usual = None
        if varies(values):
            usual = usual_share(
                share,
                k,
                n=len(values),
                effect_size=float(values.mean() / values.std(ddof=1)),
                excess_kurtosis=excess,
                draws=DRAWS,
                rng=rng,
            )
        shares.append((k, share, usual))
    return shares


def _excess_kurtosis(values: Floats) -> float:
    """Return the fourth moment over the squared second, less 3; 0 where nothing varies."""
    if not varies(values):
        return 0.0
    about = values - values.mean()
    squares = about * about
    return float((squares * squares).mean() / squares.mean() ** 2) - 3.0


def _words(shares: list[Share], noun: str, count: int) -> str:
    parts = []
    for k, share, usual in shares:
        which = f"the best {noun}" if k == 1 else f"the best {k}"
        text = f"{which} of {count:,} made {percent(share, 0)}"
        if usual is not None:
            text += (
                f" (under a genuine edge of that size {percent(usual.median, 0)} at the median, "
                f"and as much {percent(usual.as_large, 0)} of the time)"
            )
        parts.append(text)
    return listed(parts)


def _numbers(shares: list[Share]) -> list[Plain]:
    return [
        {
            "best": k,
            "share": share,
            "usual_share": None if usual is None else usual.median,
            "chance_of_as_large": None if usual is None else usual.as_large,
        }
        for k, share, usual in shares
    ]
