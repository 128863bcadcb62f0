"""Pairs by distance (Gatev, Goetzmann and Rouwenhorst, 2006). Prices in; pairs and positions out.

Prices are total-return closes. What is formed sees the formation period only, what is decided at
the close of *t* sees prices up to *t*.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from strategies.rules.rolling import Floats

Positions = npt.NDArray[np.int64]  # +1 long the first and short the second, -1 the reverse, 0 flat


@dataclass(frozen=True, slots=True, kw_only=True)
class Formed:
    """One pair of symbols, by place, and how its normalised prices differed.

    distance
        Sum of squared differences over the formation period.
    sd
        Sample standard deviation (ddof 1) of the differences.
    """

    first: int
    second: int
    distance: float
    sd: float


def closest_pairs(prices: Floats, most: int) -> list[Formed]:
    """Return the closest pairs, ascending by distance, then by place.

    Each symbol's partner is the one with the least sum of squared differences between the two
    normalised prices; the pairs of symbols and partners, each once, are ranked. A symbol may be
    the partner of several.

    Parameters
    ----------
    prices
        Shape (symbols, n), total-return closes of the formation period; NaN is refused.
    most
        How many pairs at most; there may be fewer.
    """
    if not np.isfinite(prices).all():
        raise ValueError("closest_pairs: prices had NaN, expected a price of every session")
    indices = prices / prices[:, :1]
    partners: dict[tuple[int, int], float] = {}
    for place, own in enumerate(indices):
        squares = ((indices - own) ** 2).sum(axis=1)
        squares[place] = np.inf
        partner = int(np.argmin(squares))
        if np.isfinite(squares[partner]):
            partners[min(place, partner), max(place, partner)] = float(squares[partner])
    ranked = sorted(partners, key=lambda pair: (partners[pair], pair))[:most]
    return [
        Formed(
            first=one,
            second=other,
            distance=partners[one, other],
            sd=float((indices[one] - indices[other]).std(ddof=1)),
        )
        for one, other in ranked
    ]


def differences(first: Floats, second: Floats) -> Floats:
    """Return how two normalised prices differ, shape (n,); both begin at 1."""
    apart: Floats = first / first[0] - second / second[0]
    return apart


def positions(apart: Floats, sd: float, open_at: float) -> Positions:
    """Return what is held after each close, shape (n,); nothing after the last.

    Opened where the prices differ by more than ``open_at`` standard deviations, the cheaper one
    bought and the dearer one sold; closed where they cross. Both may happen at one close.
    """
    held = np.zeros(len(apart), dtype=np.int64)
    side = 0
    for t, gap in enumerate(apart.tolist()[:-1]):
        if side * gap >= 0.0:  # bought at gap < 0, sold at gap > 0: they have crossed, or flat
            side = 0
        if side == 0 and abs(gap) > open_at * sd:
            side = -1 if gap > 0.0 else 1
        held[t] = side
    return held


def a_day_later(held: Positions) -> Positions:
    """Return the same decisions filled at the next close; nothing is held after the last."""
    later = np.append(0, held[:-1])
    later[-1] = 0
    return later
