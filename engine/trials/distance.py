"""Pairs formed by distance, traded, formed again. A panel in; every portfolio's sessions out.

A pair that opens buys a dollar of the cheaper symbol and sells a dollar of the dearer one; both
legs then grow with their prices, and their daily difference is the pair's return on the dollar
committed to it. A portfolio's return weighs its pairs by what their dollars have become since its
trading period began: ``r_P = sum(w_i r_i) / sum(w_i)``, ``w_i = prod(1 + r_i)`` (Gatev, Goetzmann
and Rouwenhorst, 2006, equation 1).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from configs.distance import DistanceFile
from configs.errors import ConfigError
from engine.trials.pair_costs import PairCosts
from feeds.panel import Panel, read_panel
from strategies.rules.distance import (
    Formed,
    Positions,
    a_day_later,
    closest_pairs,
    differences,
    positions,
)

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
FILLS = ("same_close", "next_close")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTrade:
    """One round trip of a pair in a portfolio.

    opened, closed
        Sessions of the fills, at their closes.
    gross, costs
        Sum of the daily returns on the dollar committed, and of the costs in the same unit.
    why
        crossed; end (of the trading period); no price (a leg's prices ended).
    """

    long: str
    short: str
    opened: int
    closed: int
    gross: float
    costs: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """The pairs of one portfolio under one way to fill.

    gross, net
        Shape (pairs, sessions of the trading period), daily returns on the dollar committed.
    """

    gross: Floats
    net: Floats
    trades: tuple[tuple[PairTrade, ...], ...]

    def committed(self, *, net: bool) -> Floats:
        """Return the portfolio's daily return on capital committed to every pair."""
        return weighted(self.net if net else self.gross)

    def invested(self, *, net: bool) -> Floats:
        """Return it on capital committed to those pairs only that opened in the period."""
        rows = [row for row, trades in enumerate(self.trades) if trades]
        daily = self.net if net else self.gross
        return weighted(daily[rows]) if rows else np.zeros(daily.shape[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Pairs formed before a month and traded from it.

    first, end
        Sessions of the trading period: from ``first`` up to but not ``end``.
    eligible
        How many symbols had a price, and traded, on every session of the formation period.
    """

    month: np.datetime64
    first: int
    end: int
    eligible: int
    pairs: tuple[tuple[str, str, float, float], ...]  # names, distance, sd
    traded: dict[str, Traded]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What was asked, the symbols it was asked of and the portfolios that came of it."""

    asked: DistanceFile
    panel: Panel
    portfolios: tuple[Portfolio, ...]


def study(asked: DistanceFile, progress: Callable[[str], None]) -> Study:
    """Read the symbols of a request, form pairs of them and trade them.

    Raises
    ------
    ConfigError, DataError
        As `feeds.panel.read_panel` and `trade_pairs`.
    """
    panel = read_panel(asked, progress)
    progress(f"trading pairs of {len(panel.legs)} symbols")
    return Study(asked=asked, panel=panel, portfolios=tuple(trade_pairs(asked, panel)))


def weighted(daily: Floats) -> Floats:
    """Return a portfolio's daily returns of its pairs', each dollar left where it was put."""
    grown = np.cumprod(np.maximum(1.0 + daily, 0.0), axis=1)
    weights = np.hstack([np.ones((len(daily), 1)), grown[:, :-1]])
    total = weights.sum(axis=0)
    held = np.divide(weights * daily, total, out=np.zeros_like(daily), where=total > 0.0)
    returns: Floats = held.sum(axis=0)
    return returns


def months_of(panel: Panel) -> tuple[npt.NDArray[np.datetime64], Places]:
    """Return the calendar months of a panel, and the first session of each."""
    months = panel.sessions.astype("datetime64[M]")
    firsts = np.flatnonzero(np.append(True, months[1:] != months[:-1])).astype(np.int64)
    return months[firsts], firsts


def trade_pairs(asked: DistanceFile, panel: Panel) -> list[Portfolio]:
    """Return every portfolio, in time.

    Raises
    ------
    ConfigError
        The data hold no formation period with a month to trade after it.
    """
    months, firsts = months_of(panel)
    formed, traded = asked.formation.months, asked.trading.months
    step = 1 if asked.trading.portfolios == "overlapping" else traded
    ends = np.append(firsts[1:], len(panel.sessions))
    # A month that the data begin in the middle of is no month of a formation period.
    earliest = formed + int(_begins_inside(panel))
    starts = range(earliest, len(months), step)
    if not starts:
        raise ConfigError(
            f"data.start to data.end was {len(months)} calendar months; expected at least "
            f"{earliest + 1}: {formed} to form pairs and one to trade them"
        )
    at_once = 1 if asked.trading.portfolios == "consecutive" else traded
    dollars = asked.account.cash / at_once / asked.formation.pairs
    costs = PairCosts(asked, panel)
    made = []
    for start in starts:
        last = min(start + traded, len(months)) - 1
        made.append(
            _portfolio(
                asked, panel, costs, dollars, months[start], int(firsts[start - formed]),
                int(firsts[start]), int(ends[last]),
            )
        )  # fmt: skip
    return made


def _begins_inside(panel: Panel) -> bool:
    """Return whether the exchange had a session in the first month before the panel's first."""
    from feeds import calendar

    first = panel.sessions[0]
    month = first.astype("datetime64[M]").astype("datetime64[D]")
    return bool(len(calendar.sessions(month.item(), first.item())) > 1)


def _portfolio(
    asked: DistanceFile,
    panel: Panel,
    costs: PairCosts,
    dollars: float,
    month: np.datetime64,
    begin: int,
    first: int,
    end: int,
) -> Portfolio:
    """Form pairs on sessions ``begin`` to ``first`` and trade them up to ``end``."""
    names = [name for name, leg in panel.legs.items()
             if np.isfinite(leg.adj_close[begin:first]).all()
             and not (leg.volume[begin:first] == 0.0).any()]  # fmt: skip
    prices = np.array([panel.legs[name].adj_close for name in names])
    formed = closest_pairs(prices[:, begin:first], asked.formation.pairs) if len(names) > 1 else []
    made: dict[str, Traded] = {}
    for fill in FILLS:
        lots = [
            _traded(panel, costs, dollars, (names[pair.first], names[pair.second]), pair,
                    prices, asked.trading.open_at, fill, first, end)
            for pair in formed
        ]  # fmt: skip
        made[fill] = Traded(
            gross=np.array([lot[0] for lot in lots]).reshape(len(lots), end - first),
            net=np.array([lot[0] - lot[1] for lot in lots]).reshape(len(lots), end - first),
            trades=tuple(lot[2] for lot in lots),
        )
    return Portfolio(
        month=month,
        first=first,
        end=end,
        eligible=len(names),
        pairs=tuple(
            (names[pair.first], names[pair.second], pair.distance, pair.sd) for pair in formed
        ),
        traded=made,
    )


def _traded(
    panel: Panel,
    costs: PairCosts,
    dollars: float,
    names: tuple[str, str],
    pair: Formed,
    prices: Floats,
    open_at: float,
    fill: str,
    first: int,
    end: int,
) -> tuple[Floats, Floats, tuple[PairTrade, ...]]:
    """Return one pair's daily returns and costs on its dollar, and its round trips."""
    # From the last close of the formation period, at which both prices are 1 again.
    both = prices[[pair.first, pair.second], first - 1 : end]
    gaps = np.flatnonzero(~np.isfinite(both).all(axis=0))
    lived = int(gaps[0]) if len(gaps) else both.shape[1]
    held = np.zeros(end - first + 1, dtype=np.int64)
    if lived > 1:
        decided = positions(differences(both[0, :lived], both[1, :lived]), pair.sd, open_at)
        held[:lived] = decided if fill == "same_close" else a_day_later(decided)
    gross, paid = np.zeros(end - first), np.zeros(end - first)
    trades = []
    for opened, closed in _spans(held):
        buys_first = held[opened] > 0
        rows = (0, 1) if buys_first else (1, 0)
        long, short = (names[row] for row in rows)
        grown = both[list(rows), opened : closed + 1] / both[list(rows), opened][:, None]
        daily = np.diff(grown[0]) - np.diff(grown[1])
        gross[opened:closed] += daily
        spent = costs.of_trade(long, short, dollars, first - 1 + opened, first - 1 + closed)
        paid[opened - 1 : closed] += spent
        why = "crossed" if closed < lived - 1 else ("end" if lived == len(held) else "no price")
        trades.append(
            PairTrade(
                long=long, short=short, opened=first - 1 + opened, closed=first - 1 + closed,
                gross=float(daily.sum()), costs=float(spent.sum()), why=why,
            )
        )  # fmt: skip
    return gross, paid, tuple(trades)


def _spans(held: Positions) -> Iterator[tuple[int, int]]:
    """Yield when each position was opened and when it was closed, by places of closes."""
    opened = -1
    for t in range(len(held)):
        before = held[t - 1] if t else 0
        if held[t] == before:
            continue
        if before != 0:
            yield opened, t
        opened = t
