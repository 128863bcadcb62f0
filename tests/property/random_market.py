"""Invented pairs and configurations. Choices in, a market (or the folder it was read from) out.

Every choice goes through ``choose(options)``: a Hypothesis draw where a failure should shrink, a
seeded generator where a fixed list of cases is wanted. Sessions come from the oracle's calendar,
so that the engine's own is judged with the rest.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from configs.schema import RunConfig
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
    volume: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomPair:
    """Two legs on the same sessions; the run is all but the first and the last few of them."""

    sessions: tuple[date, ...]
    long: RandomLeg
    short: RandomLeg

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
    return RandomPair(sessions=tuple(days), long=legs[0], short=legs[1])


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
    return RandomLeg(
        symbol=symbol,
        open=opened,
        high=np.maximum(opened, close),
        low=np.minimum(opened, close),
        close=close,
        adj_close=six_digits(close * factor),
        dividend=dividend,
        split=split,
        volume=1e6,
    )


def six_digits(values: np.ndarray) -> np.ndarray:
    """Round to the significant digits that Yahoo's prices come with."""
    return np.array([float(f"{value:.6g}") for value in values])


def random_config(choose: Choose, pair: RandomPair, **fixed: Any) -> RunConfig:
    """Return a configuration for the pair; ``fixed`` sections replace the chosen ones."""
    sections = {
        "name": "random",
        "data": {"source": "csv", "path": "prices", "start": pair.start, "end": pair.end},
        "pair": {"long": LONG, "short": SHORT},
        "signal": _signal(choose),
        "sizing": {
            "kind": choose(("inverse_vol", "dollar_neutral")),
            "window": choose((2, 5, 21)),
            "gross": choose((1.0, 0.3, 2.0)),
        },
        "rebalance": {"kind": choose(("weekly", "monthly", "quarterly", "daily", "never"))},
        "exits": {},
        "costs": {
            "commission": _commission(choose),
            "spread": {"default_bps": choose((3.0, 0.0)), LONG: choose((2.0, 80.0))},
            "borrow": {"default_rate": choose((0.0025, 0.0)), SHORT: choose((0.01, 0.9))},
        },
        "account": {
            "cash": choose((1_000_000.0, 100_000.0, 12_345_678.9)),
            "fill": choose(("next_open", "next_close")),
            "fractional": choose((False, True)),
        },
    }
    sections["exits"] = {
        "holding_sessions": choose((7, 1, 20, None)),
        "stop_loss": choose((None, 0.01)),
    }
    if sections["signal"]["kind"] == "correlation":
        sections["exits"]["z_above"] = choose((None, 0.6))
    return RunConfig.model_validate(sections | fixed)


def _signal(choose: Choose) -> dict[str, Any]:
    if choose(("correlation", "always")) == "always":
        return {"kind": "always"}
    return {
        "kind": "correlation",
        "window": choose((5, 3, 21)),
        "zscore": choose(("expanding", "rolling")),
        "min_periods": choose((10, 3)),
        "zscore_window": choose((15, 30)),
        "enter_below": choose((-0.5, 0.3, -1.5)),
    }


def _commission(choose: Choose) -> dict[str, Any]:
    return choose(
        (
            {"kind": "zero"},
            {"kind": "bps", "bps": 1.5},
            {"kind": "per_share", "per_share_usd": 0.01, "min_usd": 2.0},
            {"kind": "ibkr_fixed"},
        )
    )


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
        volume=np.full(len(leg.close), leg.volume)[run],
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
    return replace(market, sessions=sessions, next_sessions=following, **legs)


def write_folder(folder: Path, pair: RandomPair) -> None:
    """Write both legs as Yahoo-shaped files."""
    for leg in (pair.long, pair.short):
        rows = zip(
            pair.sessions, leg.open, leg.high, leg.low, leg.close, leg.adj_close,
            [leg.volume] * len(leg.close), leg.dividend, leg.split, strict=True,
        )  # fmt: skip
        lines = [",".join([str(day), *(repr(float(v)) for v in rest)]) for day, *rest in rows]
        (folder / f"{leg.symbol}.csv").write_text("\n".join((HEADER, *lines)) + "\n")
