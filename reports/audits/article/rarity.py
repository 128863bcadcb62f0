"""Test 1: is today's reading rare? A signal's readings in, its place among them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Verdict = Literal["rare", "recurring", "no reading"]

RARE_AT_MOST = 0.05  # the usual one in twenty; a convention, so the caller may give another
PERCENTS = (1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0)
BIN_WIDTH = 0.25  # a power of two: whole and half levels fall on an edge exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """How often the signal read what.

    edges
        Shape (b + 1,), whole multiples of the width. A bin holds its lower edge and not its upper.
    counts
        Shape (b,), readings in each bin. Both are empty without a reading.
    today
        The bin that holds today's reading; None without one.
    """

    edges: Floats
    counts: Counts
    today: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rarity:
    """Where the last session's reading stands among all of them, its own included.

    today
        Reading of the last session; None while it has none, and so are the figures about it.
    readings
        Sessions with a reading.
    share_at_or_below
        Share of the readings at or below today's, a fraction.
    percentiles
        By percent, linear between order statistics. Empty without a reading.
    lowest, lowest_session
        The lowest reading and the first session that had it, counted from 0.
    level, share_below_level, share_at_or_below_level
        The entry level and the shares of the readings below it, and at or below it.
    verdict
        ``rare`` when at most ``rare_at_most`` of the readings are at or below today's, else
        ``recurring``.
    """

    today: float | None
    readings: int
    share_at_or_below: float | None
    percentiles: dict[float, float]
    lowest: float | None
    lowest_session: int | None
    level: float
    share_below_level: float | None
    share_at_or_below_level: float | None
    rare_at_most: float
    verdict: Verdict
    histogram: Histogram


def rarity(
    z: Floats,
    *,
    level: float,
    rare_at_most: float = RARE_AT_MOST,
    percents: Sequence[float] = PERCENTS,
    bin_width: float = BIN_WIDTH,
) -> Rarity:
    """Return how the last reading of ``z`` compares with its own history.

    Parameters
    ----------
    z
        Shape (n,), one reading a session, the last is today's; NaN where there was none.
    level
        The entry level. An entry needs a reading below it, so that one exactly at it is none.
    rare_at_most
        Share of readings at or below today's up to which today is called rare, a fraction.
    """
    known = z[~np.isnan(z)]
    today = None if len(z) == 0 or np.isnan(z[-1]) else float(z[-1])
    share = None if today is None else _share(known <= today)
    return Rarity(
        today=today,
        readings=len(known),
        share_at_or_below=share,
        percentiles={each: float(np.percentile(known, each)) for each in percents if len(known)},
        lowest=float(known.min()) if len(known) else None,
        lowest_session=int(np.nanargmin(z)) if len(known) else None,
        level=level,
        share_below_level=_share(known < level),
        share_at_or_below_level=_share(known <= level),
        rare_at_most=rare_at_most,
        verdict=verdict(share, rare_at_most),
        histogram=histogram(known, today, bin_width),
    )


def verdict(share_at_or_below: float | None, rare_at_most: float) -> Verdict:
    """Return the word for a reading with this share of all readings at or below it."""
    if share_at_or_below is None:
        return "no reading"
    return "rare" if share_at_or_below <= rare_at_most else "recurring"


def histogram(known: Floats, today: float | None, bin_width: float) -> Histogram:
    """Return the readings by bin, ``floor(z / width)``.

    Parameters
    ----------
    known
        The readings, no NaN. ``today`` is one of them, or None.
    """
    if len(known) == 0:
        return Histogram(edges=np.empty(0), counts=np.empty(0, dtype=np.int64), today=None)
    bins = np.floor(known / bin_width).astype(np.int64)
    first = int(bins.min())
    counts = np.bincount(bins - first).astype(np.int64)
    return Histogram(
        edges=bin_width * np.arange(first, first + len(counts) + 1, dtype=np.float64),
        counts=counts,
        today=None if today is None else int(np.floor(today / bin_width)) - first,
    )


def _share(claims: npt.NDArray[np.bool_]) -> float | None:
    return float(claims.mean()) if len(claims) else None
