"""What paying for trades buys. Costs and hedge errors in, where more buys little out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from reports.headline import percent

LEAST_POINTS = 3  # two points are a line, which has no knee
SAME = 1e-9  # of the chart's side: nearer than this, two distances are the same


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierPoint:
    """One variant: what it trades, how far its hedge strays, what it pays.

    name
        The variant.
    turnover
        Notional traded over mean equity, a year.
    hedge_error
        Median over sessions held, a fraction; None when nothing was held.
    cost_usd_year, cost_bps_year
        All costs a year, in dollars and in basis points of mean equity.
    is_efficient
        No other variant has less of both cost and hedge error (or less of one, no more of the
        other).
    """

    name: str
    turnover: float
    hedge_error: float | None
    cost_usd_year: float
    cost_bps_year: float
    is_efficient: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """The points by cost, the knee's name (None where there is none) and both in words."""

    points: tuple[FrontierPoint, ...]
    knee: str | None
    sentence: str


def frontier(points: Sequence[FrontierPoint]) -> Frontier:
    """Return the points in order of cost and the knee of cost against hedge error.

    All of one set of prices: what another broker asks is no trade-off of a rule.
    """
    ordered = sorted(points, key=lambda point: (point.cost_bps_year, point.hedge_error or 0.0))
    judged = tuple(replace(point, is_efficient=_is_efficient(point, ordered)) for point in ordered)
    best = knee(judged)
    return Frontier(points=judged, knee=best, sentence=_sentence(judged, best))


def knee(points: Sequence[FrontierPoint]) -> str | None:
    """Return the variant beyond which paying more buys little: furthest below the chord.

    Both axes are scaled to run from 0 to 1.

    The chord joins the variant that pays least a year with the one that pays most (of several, the
    one with the least error): turnover that costs nothing is no price. None with fewer than three
    measured points, where paying more does not bring less error (nothing to trade off), where no
    point lies below the chord, and where two are equally far.
    """
    measured = [
        (p.name, p.cost_bps_year, p.hedge_error) for p in points if p.hedge_error is not None
    ]
    if len(measured) < LEAST_POINTS:
        return None
    cost = np.array([cost for _, cost, _ in measured])
    error = np.array([error for _, _, error in measured])
    if np.ptp(cost) == 0.0 or np.ptp(error) == 0.0:
        return None
    x, y = (cost - cost.min()) / np.ptp(cost), (error - error.min()) / np.ptp(error)
    left, right = float(y[x == 0.0].min()), float(y[x == 1.0].min())
    if right >= left:
        return None
    below = left + (right - left) * x - y  # proportional to the distance from the chord
    furthest = float(below.max())
    as_far = np.flatnonzero(below >= furthest - SAME)  # both ends are, when none is below
    return measured[int(as_far[0])][0] if len(as_far) == 1 else None


def _is_efficient(point: FrontierPoint, points: Sequence[FrontierPoint]) -> bool:
    """Return whether no point has less of one and no more of the other."""
    if point.hedge_error is None:
        return False
    return not any(
        other.hedge_error is not None
        and other.cost_bps_year <= point.cost_bps_year
        and other.hedge_error <= point.hedge_error
        and (other.cost_bps_year, other.hedge_error) != (point.cost_bps_year, point.hedge_error)
        for other in points
    )


def _sentence(points: Sequence[FrontierPoint], best: str | None) -> str:
    """Return beyond which variant paying more buys little, and what the ends pay and get."""
    measured = [point for point in points if point.hedge_error is not None]
    count = len(measured)
    if count < LEAST_POINTS:
        return (
            f"Where paying more stops to help takes {LEAST_POINTS} variants that held the pair to "
            f"tell; {'none' if count == 0 else count} did."
        )
    if best is None and len({point.cost_bps_year for point in measured}) == 1:
        return f"All {count} variants pay the same: a tighter hedge has no price here."
    if best is None:
        return (
            f"None of {count} variants stands out as the one beyond which paying more buys little."
        )
    place = next(point for point in measured if point.name == best)
    said = (
        f"Beyond {best}, paying more buys little: it pays {place.cost_bps_year:.1f} bps a year to "
        f"be {_points(place.hedge_error)} off target at the median close."
    )
    ends = [
        _end(end, place, which)
        for end, which in ((measured[-1], "pays most"), (measured[0], "pays least"))
        if end.name != best
    ]
    return " ".join([said, *ends])


def _end(end: FrontierPoint, place: FrontierPoint, which: str) -> str:
    """Return what an end of the frontier pays and errs beside the knee."""
    paid = end.cost_bps_year - place.cost_bps_year
    cost = f"{abs(paid):.1f} bps a year {'more' if paid >= 0.0 else 'less'}"
    return f"{end.name}, which {which}, pays {cost} to be {_points(end.hedge_error)} off."


def _points(fraction: float | None) -> str:
    assert fraction is not None  # only measured points are spoken of
    return f"{percent(fraction, 1).removesuffix('%')} points"
