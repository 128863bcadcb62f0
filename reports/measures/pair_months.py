"""What portfolios of pairs made, month by month. Portfolios in, a table and its summary out.

The return of a month is the mean over the portfolios that trade in it, as of whoever holds them
all (Jegadeesh and Titman, 1993; Gatev, Goetzmann and Rouwenhorst, 2006).
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.trials.distance import FILLS, Portfolio
from reports.statistics.regression import steady

Floats = npt.NDArray[np.float64]
Column = tuple[str, str, str]
MONTHS_A_YEAR = 12

COLUMNS: tuple[Column, ...] = tuple(
    (fill, capital, side)
    for fill in FILLS
    for side in ("gross", "net")
    for capital in ("committed", "invested")
)
"""How it is filled, on which capital, before or after costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """Monthly returns by column, fractions, and how many portfolios traded in each month."""

    months: tuple[str, ...]
    portfolios: tuple[int, ...]
    returns: dict[Column, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One column of monthly returns in a few numbers; None where undefined.

    t
        Of the mean, by Newey and West's (1987) standard error with as many lags as a portfolio
        trades months: portfolios that overlap share their months.
    sharpe
        A year, without a risk-free rate: returns are of dollars bought against dollars sold.
    """

    mean: float
    t: float | None
    median: float
    sd: float | None
    sharpe: float | None
    share_negative: float
    worst: float
    best: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trips:
    """How pairs traded under one way to fill.

    periods
        Pairs times trading periods.
    opened
        Of them, those in which the pair opened at least once.
    """

    periods: int
    opened: int
    trades: int
    mean_sessions: float | None
    why: dict[str, int]


def months_of(portfolios: Sequence[Portfolio], sessions: npt.NDArray[np.datetime64]) -> Months:
    """Return the mean return of every month over the portfolios that trade in it."""
    labels = sessions.astype("datetime64[M]")
    sums: dict[Column, dict[str, list[float]]] = {column: {} for column in COLUMNS}
    for portfolio in portfolios:
        own = labels[portfolio.first : portfolio.end]
        for column in COLUMNS:
            daily = returns_of(portfolio, column)
            for month in np.unique(own):
                grown = math.prod(1.0 + day for day in daily[own == month].tolist()) - 1.0
                sums[column].setdefault(str(month), []).append(grown)
    months = sorted(sums[COLUMNS[0]])
    return Months(
        months=tuple(months),
        portfolios=tuple(len(sums[COLUMNS[0]][month]) for month in months),
        returns={
            column: np.array([math.fsum(lots[month]) / len(lots[month]) for month in months])
            for column, lots in sums.items()
        },
    )


def returns_of(portfolio: Portfolio, column: Column) -> Floats:
    """Return a portfolio's daily returns of one column."""
    fill, capital, side = column
    traded = portfolio.traded[fill]
    daily = traded.committed if capital == "committed" else traded.invested
    return daily(net=side == "net")


def summary(returns: Floats, lags: int) -> Summary:
    """Return one column in a few numbers."""
    count = len(returns)
    sd = float(returns.std(ddof=1)) if count > 1 else None
    moves = sd is not None and sd > 0.0
    mean = float(returns.mean())
    error = newey_west(returns, lags) if moves and count > lags + 1 else None
    return Summary(
        mean=mean,
        t=steady(mean / error) if error else None,
        median=float(np.median(returns)),
        sd=sd,
        sharpe=mean / sd * math.sqrt(MONTHS_A_YEAR) if moves and sd is not None else None,
        share_negative=float((returns < 0.0).mean()),
        worst=float(returns.min()),
        best=float(returns.max()),
    )


def newey_west(returns: Floats, lags: int) -> float:
    """Return the standard error of a mean whose terms follow each other over ``lags`` (1987)."""
    from statsmodels.regression.linear_model import OLS  # over a second to import

    fitted = OLS(returns, np.ones(len(returns))).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False}
    )
    return float(fitted.bse[0])


def trips(portfolios: Sequence[Portfolio], fill: str) -> Trips:
    """Return how the pairs of all portfolios traded."""
    periods = [each for portfolio in portfolios for each in portfolio.traded[fill].trades]
    trades = [trade for each in periods for trade in each]
    held = [trade.closed - trade.opened for trade in trades]
    return Trips(
        periods=len(periods),
        opened=sum(bool(each) for each in periods),
        trades=len(trades),
        mean_sessions=float(np.mean(held)) if held else None,
        why=dict(sorted(Counter(trade.why for trade in trades).items())),
    )
