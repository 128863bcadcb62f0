"""The legs against each other: jumps of one alone, and one series under two names."""

from collections.abc import Iterator, Mapping

import numpy as np

from feeds.prices.history import Dates, Floats, History, finding
from feeds.source import Finding

# Fat tails pass 8 robust standard deviations once in some 500 sessions, mostly with the market.
JUMP_SDS = 8.0
JUMP_SHARED = 0.5  # a leg that made half of the other's move, in its own units, explains it
# Two funds on one index differ by a basis point on most days; a copy on none but for edits.
SAME_FRAC = 0.95
SIX_DIGITS_FRAC = 5e-6  # most that six significant digits are wrong by
TELLING = 4.0  # a move is compared where it is this many times its rounding
FEWEST_TELLING = 3


def jumps_alone(legs: tuple[History, History], confirmed: Mapping[str, Dates]) -> Iterator[Finding]:
    """Yield a warning for each leg that jumped without the other.

    A one-day log return (of Adj Close) beyond ``JUMP_SDS`` robust standard deviations
    (1.4826 median absolute returns) of its leg, of which the other leg made less than the
    fraction ``JUMP_SHARED`` in its own standard deviations. Sessions that either leg lacks are
    left out; other checks report them. A day in ``confirmed`` is known.
    """
    common, closes = _common(legs, "adj_close")
    if len(common) < 2:
        return
    moves = [_in_robust_sds(np.diff(np.log(prices))) for prices in closes]
    for leg, own, other in zip(legs, moves, moves[::-1], strict=True):
        shared = (np.abs(other) >= JUMP_SHARED * np.abs(own)) & (np.sign(other) == np.sign(own))
        jumps = ~(np.abs(own) <= JUMP_SDS) & ~shared
        days = np.setdiff1d(common[1:][jumps], confirmed.get(leg.symbol, common[:0]))
        what = f"moved by more than {JUMP_SDS:g} robust standard deviations without the other leg"
        remedy = "look at the day: news, or a bad price"
        jump = finding("jump", leg.symbol, days, "warning", what, remedy)
        if jump is not None:
            yield jump


def same_series(legs: tuple[History, History]) -> Iterator[Finding]:
    """Yield an error where one leg is the other under another name, or a multiple of it.

    On ``SAME_FRAC`` of the days that move by more than rounding the returns are equal within it.
    """
    for column in ("close", "adj_close"):
        common, (long, short) = _common(legs, column)
        rounding = _rounding_frac(long) + _rounding_frac(short)
        room = rounding[1:] + rounding[:-1]
        moves = np.diff(np.log(long)), np.diff(np.log(short))
        telling = np.maximum(*np.abs(moves)) > TELLING * room
        if telling.sum() < FEWEST_TELLING:
            continue
        equal = ~(np.abs(moves[0] - moves[1]) > room)[telling]
        if equal.mean() < SAME_FRAC:
            continue
        names = f"{legs[0].symbol}/{legs[1].symbol}"
        days = tuple(str(day) for day in common[1:][telling][equal])
        text = (
            f"{names} is one series under two names: {equal.sum()} of {telling.sum()} moves of its "
            f"{column} are equal, {days[0]} to {days[-1]}; check what the files hold, a pair needs "
            "two different legs"
        )
        yield Finding(check="same series", symbol=names, dates=days, severity="error", text=text)
        return


def _common(legs: tuple[History, History], column: str) -> tuple[Dates, list[Floats]]:
    """Return the days inside the run that both legs have, and the column of each on them."""
    days = [leg.dates[leg.inside] for leg in legs]
    common = np.intersect1d(days[0], days[1])
    values = [
        getattr(leg, column)[leg.inside][np.isin(own, common)]
        for leg, own in zip(legs, days, strict=True)
    ]
    return common, values


def _in_robust_sds(returns: Floats) -> Floats:
    """Divide by 1.4826 median absolute returns, the sd of a normal; zero for a still series."""
    scale = 1.4826 * float(np.median(np.abs(returns)))
    return np.zeros_like(returns) if scale == 0 else returns / scale


def _rounding_frac(prices: Floats) -> Floats:
    """Return how wrong each price may be for the decimals that the series is told with."""
    for decimals in range(2, 7):  # nobody quotes coarser than cents
        unit = 10.0**-decimals
        if np.abs(prices / unit - np.rint(prices / unit)).max(initial=0.0) < 1e-4:
            return np.maximum(unit / 2 / prices, SIX_DIGITS_FRAC)
    return np.full_like(prices, SIX_DIGITS_FRAC)
