"""The same market, otherwise. A market in, one cut, moved, redrawn or delayed out: for audits.

Prices stay in the units of the whole file: a cut market keeps the splits that came after it, as a
reader of today's split-adjusted history must.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from feeds import calendar
from feeds.filings.fundamentals import Fundamentals
from feeds.market import Floats, Leg, Market
from feeds.universe import Universe

Line = npt.NDArray[Any]
BESIDE_CLOSE = ("open", "high", "low")
PRICES = (*BESIDE_CLOSE, "close", "adj_close")


def truncated(market: Market, count: int) -> Market:
    """Return the market as it was known at the close of its ``count``-th session."""
    reports, last = market.fundamentals, market.sessions[count - 1].item()
    return _mapped(
        market,
        lambda line: line[:count],
        None if reports is None else reports.public_before(last),
    )


def started_later(market: Market, sessions: int) -> Market:
    """Return the market without its first ``sessions``; reports filed before stay known."""
    return _mapped(market, lambda line: line[sessions:], market.fundamentals)


def perturbed(market: Market, count: int, rng: np.random.Generator, jump: float = 1.0) -> Market:
    """Return another future: everything after the ``count``-th session on a random path.

    The prices of each leg are multiplied by one path of its own, and its bars take the shape of
    each other's, so that a bar stays a bar and a rule on the way from open to close sees another;
    the volumes, gauges and reports that come later are multiplied too.

    Parameters
    ----------
    jump
        What the first later session multiplies every price by, beside the path.
    """
    after = len(market.sessions) - count
    shapes = np.random.default_rng(after).permutation(after)  # of the later bars

    def path(volatility: float) -> Floats:
        steps = rng.normal(0.0, volatility, after)
        return np.concatenate([np.ones(count), jump * np.exp(np.cumsum(steps))])

    def moved(leg: Leg) -> Leg:
        prices, volume = path(0.03), path(0.2)
        lines = {name: getattr(leg, name) * prices for name in PRICES}
        for name in ("open", "high", "low"):
            from_close = getattr(leg, name)[count:] / leg.close[count:]
            lines[name][count:] = lines["close"][count:] * from_close[shapes]
        return replace(leg, **lines, volume=leg.volume * volume, dividend=leg.dividend * prices)

    return replace(
        market,
        long=moved(market.long),
        short=moved(market.short),
        benchmark=None if market.benchmark is None else moved(market.benchmark),
        gauges={symbol: line * path(0.1) for symbol, line in market.gauges.items()},
        fundamentals=_other_reports(market, count, rng),
    )


def total_return_prices(market: Market) -> Market:
    """Return a market quoted in total returns: every price adjusted for dividends, none paid."""

    def adjusted(leg: Leg) -> Leg:
        factor = leg.adj_close / leg.close
        lines = {name: getattr(leg, name) * factor for name in ("open", "high", "low", "close")}
        return replace(leg, **lines, dividend=np.zeros_like(leg.dividend))

    return replace(market, long=adjusted(market.long), short=adjusted(market.short))


def republished(market: Market, sessions: int = 0, days: int = 0) -> Market:
    """Return the market with every report public later: so many sessions, then days, on."""

    def later(day: dt.date) -> dt.date:
        for _ in range(sessions):
            day = dt.date.fromisoformat(str(calendar.next_session(day)))
        return day + dt.timedelta(days=days)

    reports = market.fundamentals
    return replace(market, fundamentals=None if reports is None else reports.republished(later))


def redrawn(
    market: Market, order: npt.NDArray[np.intp], *, keep_drift: bool = False, since: int = 0
) -> Market:
    """Return a market whose sessions are drawn from this one's.

    Session *k* of the result has the bar of session ``order[k - 1] + 1`` of the market: its total
    return, its way from open to close, its volume; both legs, the benchmark and the gauges come
    from the same session. Unless the drift is kept, each leg's return is less its mean over the
    whole market: simple returns, not logs, so that a dollar held in either leg makes nothing on
    average. Dividends are in the returns and splits are none. What reports say stays where it was.

    Parameters
    ----------
    order
        Shape (n - 1,), places of returns (return *k* joins sessions *k* and *k + 1*).
    since
        The first session that is drawn (0: the one after the first, whose bar every path starts
        from); those before it keep their own bars and returns.
    """
    rows, is_drawn = _drawn_rows(order, since)
    long, short = redrawn_legs(market, order, keep_drift=keep_drift, since=since)
    kept = np.zeros_like(is_drawn)
    return replace(
        market,
        long=long,
        short=short,
        benchmark=None if market.benchmark is None else _redrawn(market.benchmark, rows, kept),
        gauges={symbol: _redrawn_line(line, rows) for symbol, line in market.gauges.items()},
    )


def redrawn_legs(
    market: Market, orders: npt.NDArray[np.intp], *, keep_drift: bool = False, since: int = 0
) -> tuple[Leg, Leg]:
    """Return the legs of `redrawn` markets, of one or of many at once.

    Parameters
    ----------
    orders
        Shape (n - 1,), or (count, n - 1): then every line of the legs has shape (count, n).
    """
    rows, is_drawn = _drawn_rows(orders, since)
    demeaned = np.zeros_like(is_drawn) if keep_drift else is_drawn
    return _redrawn(market.long, rows, demeaned), _redrawn(market.short, rows, demeaned)


def _drawn_rows(
    orders: npt.NDArray[np.intp], since: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Return where the bar of every session but the first comes from, and whether it is drawn."""
    own = np.broadcast_to(np.arange(1, since), (*orders.shape[:-1], max(since - 1, 0)))
    rows = np.concatenate([own, orders[..., max(since, 1) - 1 :] + 1], axis=-1)
    return rows, np.arange(1, rows.shape[-1] + 1) >= since


def redrawn_universe(
    universe: Universe, order: npt.NDArray[np.intp], *, keep_drift: bool = False
) -> Universe:
    """Return a universe whose sessions are drawn from this one's, for all symbols alike.

    As `redrawn`: every symbol's session comes from the same one, so that how they move together
    stays, and each is less its own mean unless that is kept.
    """
    demeaned = np.full(len(order), not keep_drift)
    return replace(
        universe,
        market=redrawn(universe.market, order, keep_drift=keep_drift),
        legs={symbol: _redrawn(leg, order + 1, demeaned) for symbol, leg in universe.legs.items()},
    )


def _redrawn(leg: Leg, rows: npt.NDArray[np.intp], demeaned: npt.NDArray[np.bool_]) -> Leg:
    """Return one leg's bars in another order, its prices walked anew from its first close.

    Parameters
    ----------
    rows
        Shape (n - 1,) or (count, n - 1): the lines have so many rows.
    """
    growth = leg.adj_close[1:] / leg.adj_close[:-1]
    drift = np.where(demeaned, growth.mean() - 1.0, 0.0)
    first = np.zeros((*rows.shape[:-1], 1), dtype=rows.dtype)
    walked = np.cumprod(growth[rows - 1] - drift, axis=-1)
    close = leg.adj_close[0] * np.concatenate([first + 1.0, walked], axis=-1)
    bars = np.concatenate([first, rows], axis=-1)
    lines = {name: close * (getattr(leg, name) / leg.close)[bars] for name in BESIDE_CLOSE}
    volume = leg.volume[bars]
    return Leg(
        symbol=leg.symbol,
        **lines,
        close=close,
        adj_close=close,
        volume=volume,
        dividend=np.zeros_like(close),
        later_splits=np.ones_like(close),
    )


def _redrawn_line(line: Floats, rows: npt.NDArray[np.intp]) -> Floats:
    """Return a gauge in another order: its levels come with their sessions."""
    drawn: Floats = line[np.append(0, rows)]
    return drawn


def _mapped(market: Market, keep: Callable[[Line], Line], reports: Fundamentals | None) -> Market:
    """Return the market with every line cut the same way."""

    def cut(leg: Leg) -> Leg:
        names = [name for name in Leg.__slots__ if name != "symbol"]
        return Leg(symbol=leg.symbol, **{name: keep(getattr(leg, name)) for name in names})

    return replace(
        market,
        sessions=keep(market.sessions),
        next_sessions=keep(market.next_sessions),
        long=cut(market.long),
        short=cut(market.short),
        benchmark=None if market.benchmark is None else cut(market.benchmark),
        gauges={symbol: keep(line) for symbol, line in market.gauges.items()},
        fundamentals=reports,
    )


def _other_reports(market: Market, count: int, rng: np.random.Generator) -> Fundamentals | None:
    """Return the reports with other numbers in those that were not usable by then."""
    reports, last = market.fundamentals, market.sessions[count - 1].item()
    if reports is None:
        return None
    return Fundamentals(
        {
            company: replace(
                own,
                facts=tuple(
                    fact
                    if fact.filed < last
                    else replace(fact, value=fact.value * float(np.exp(rng.normal(0.0, 0.3))))
                    for fact in own.facts
                ),
            )
            for company, own in reports.reports.items()
        }
    )
