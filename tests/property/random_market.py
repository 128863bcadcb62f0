"""Invented pairs. Choices in, a market (or the folder it was read from) out.

Every choice goes through ``choose(options)``: a Hypothesis draw where a failure should shrink, a
seeded generator where a fixed list of cases is wanted. Sessions come from the oracle's calendar,
so that the engine's own is judged with the rest.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from feeds.market import Leg, Market
from tests.oracle.nyse import next_session

Choose = Callable[[Sequence[Any]], Any]

LONG, SHORT = "LLL", "SSS"
BEFORE, AFTER = 4, 3  # sessions in the files on either side of the run
# Each start is followed by a closure that no weekday rule knows: 11 September, Sandy, the funeral
# of President Bush, Juneteenth on a Monday; the last crosses a year that begins on a Saturday.
STARTS = (
    date(2001, 8, 27),
    date(2012, 10, 15),
    date(2018, 11, 20),
    date(2022, 5, 24),
    date(2021, 12, 1),
)
HEADER = "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits"


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomLeg:
    """One invented symbol; every array has one value per session of the files."""

    symbol: str
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    adj_close: np.ndarray
    dividend: np.ndarray
    split: np.ndarray
    volume: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomPair:
    """Two legs and ^VIX on the same sessions; the run is all but the first and the last few."""

    sessions: tuple[date, ...]
    long: RandomLeg
    short: RandomLeg
    gauge: RandomLeg

    @property
    def start(self) -> date:
        return self.sessions[BEFORE]

    @property
    def end(self) -> date:
        return self.sessions[-AFTER - 1]


def random_pair(choose: Choose, *, sessions: int | None = None) -> RandomPair:
    """Return two correlated random walks with dividends and splits."""
    length = choose((45, 70, 110)) if sessions is None else sessions
    days = [choose(STARTS)]
    while len(days) < BEFORE + length + AFTER:
        days.append(next_session(days[-1]))
    rng = np.random.default_rng(choose(range(10_000)))
    loading = choose((0.0, 0.5, 0.9))
    market = rng.standard_normal(len(days))
    shocks = rng.standard_normal((2, len(days)))
    legs = [
        _random_leg(choose, rng, symbol, loading * market + math.sqrt(1 - loading**2) * shock)
        for symbol, shock in zip((LONG, SHORT), shocks, strict=True)
    ]
    return RandomPair(
        sessions=tuple(days), long=legs[0], short=legs[1], gauge=_random_gauge(rng, len(days))
    )


def _random_gauge(rng: np.random.Generator, count: int) -> RandomLeg:
    """Return ^VIX: an index, so without volume, dividends or splits."""
    close = six_digits(20 * np.exp(0.2 * rng.standard_normal(count)))
    nothing = np.zeros(count)
    return RandomLeg(
        symbol="^VIX",
        open=close,
        high=close,
        low=close,
        close=close,
        adj_close=close,
        dividend=nothing,
        split=nothing,
        volume=nothing,
    )


def _random_leg(
    choose: Choose, rng: np.random.Generator, symbol: str, noise: np.ndarray
) -> RandomLeg:
    """Return one leg whose daily log returns are ``noise`` times a chosen volatility."""
    level = choose((50.0, 7.0, 640.0, 0.02, 700_000.0))
    vol = choose((0.015, 0.002, 0.04))
    close = level * np.exp(np.cumsum(vol * noise))
    opened = close * np.exp(vol * rng.standard_normal(len(close)) / 3)
    close, opened = six_digits(close), six_digits(opened)
    dividend = np.zeros(len(close))
    every = choose((10, 3, 0))
    if every:
        dividend[every::every] = six_digits(close[every::every] * choose((0.004, 0.03)))
    split = np.zeros(len(close))
    for place in choose(((), (0.3,), (0.5, 0.7), (0.99,))):  # the last lies after the run
        split[int(place * len(close))] = choose((2.0, 10.0, 0.25))
    kept = 1 - dividend[1:] / close[:-1]
    factor = np.append(np.cumprod(kept[::-1])[::-1], 1.0)
    # Dollars a session: more than any order, some orders, or most of them.
    usual_usd = choose((1e9, 3e7, 6e6))
    turnover_usd = usual_usd * np.exp(0.4 * rng.standard_normal(len(close)))
    volume = np.maximum(np.round(turnover_usd / close), 1.0)
    if usual_usd < 1e7:  # nobody trades it every eleventh session
        volume[5::11] = 0.0
    return RandomLeg(
        symbol=symbol,
        open=opened,
        high=np.maximum(opened, close),
        low=np.minimum(opened, close),
        close=close,
        adj_close=six_digits(close * factor),
        dividend=dividend,
        split=split,
        volume=volume,
    )


def six_digits(values: np.ndarray) -> np.ndarray:
    """Round to the significant digits that Yahoo's prices come with."""
    return np.array([float(f"{value:.6g}") for value in values])


def market_of(pair: RandomPair) -> Market:
    """Return the run's market straight from the arrays, through no file and no check."""
    run = slice(BEFORE, len(pair.sessions) - AFTER)
    days = np.array(pair.sessions, dtype="datetime64[D]")
    return Market(
        sessions=days[run],
        next_sessions=days[run.start + 1 : run.stop + 1],
        long=_leg(pair.long, run),
        short=_leg(pair.short, run),
        benchmark=None,
        synthetic=False,
        findings=(),
        files=(),
        digest="",
        gauges={"^VIX": pair.gauge.close[run]},
    )


def _leg(leg: RandomLeg, run: slice) -> Leg:
    later = [
        math.prod(ratio for ratio in leg.split[row + 1 :] if ratio > 0)
        for row in range(len(leg.split))
    ]
    return Leg(
        symbol=leg.symbol,
        open=leg.open[run],
        high=leg.high[run],
        low=leg.low[run],
        close=leg.close[run],
        adj_close=leg.adj_close[run],
        volume=leg.volume[run],
        dividend=leg.dividend[run],
        later_splits=np.array(later, dtype=np.float64)[run],
    )


def scaled(market: Market, factor: float) -> Market:
    """Return the same market quoted in a unit ``factor`` times smaller."""
    legs = {}
    for name, leg in (("long", market.long), ("short", market.short)):
        prices = ("open", "high", "low", "close", "adj_close", "dividend")
        legs[name] = replace(leg, **{price: getattr(leg, price) * factor for price in prices})
    return replace(market, **legs)


def first_sessions(market: Market, count: int) -> Market:
    """Return the market as it was known at the close of its ``count``-th session."""
    legs = {}
    for name, leg in (("long", market.long), ("short", market.short)):
        lines = {line: getattr(leg, line)[:count] for line in Leg.__slots__ if line != "symbol"}
        legs[name] = replace(leg, **lines)
    sessions, following = market.sessions[:count], market.next_sessions[:count]
    gauges = {symbol: closes[:count] for symbol, closes in market.gauges.items()}
    return replace(market, sessions=sessions, next_sessions=following, gauges=gauges, **legs)


def write_folder(folder: Path, pair: RandomPair) -> None:
    """Write both legs and ^VIX as Yahoo-shaped files, and the files a configuration may name."""
    for leg in (pair.long, pair.short, pair.gauge):
        rows = zip(
            pair.sessions, leg.open, leg.high, leg.low, leg.close, leg.adj_close,
            leg.volume, leg.dividend, leg.split, strict=True,
        )  # fmt: skip
        lines = [",".join([str(day), *(repr(float(v)) for v in rest)]) for day, *rest in rows]
        (folder / f"{leg.symbol}.csv").write_text("\n".join((HEADER, *lines)) + "\n")
    first, *later = (pair.sessions[int(place * len(pair.sessions))] for place in (0, 0.4, 0.6))
    for name, rates in (("rates", (0.02, 0.08, 0.0)), ("borrow", (0.01, 0.4, 0.05))):
        lines = [f"{day},{rate}" for day, rate in zip((first, *later), rates, strict=True)]
        (folder / f"{name}.csv").write_text("\n".join(("date,rate", *lines)) + "\n")
    news = ["ticker,announce_date,session"]
    for number, place in enumerate((0.2, 0.45, 0.55, 0.7)):
        day = pair.sessions[int(place * len(pair.sessions))] + timedelta(days=number % 2)
        news.append(f"{(LONG, SHORT)[number % 2]},{day},{('AMC', 'BMO', '', 'AMC')[number]}")
    (folder / "news.csv").write_text("\n".join(news) + "\n")
