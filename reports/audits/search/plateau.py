"""A plateau or a peak? A grid and its scores in, how the best cell's neighbours did out.

A level that earns only where it stands, and nothing one step to either side, was fitted to this
history. A neighbour that came to the very same run says neither: an axis which changes nothing
there would make a plateau of any peak.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from configs.axes import Axis
from configs.cells import Cells
from configs.pairs import KEY
from engine.trials.search import Floats, Numbers

HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plateau:
    """The cells one step from the best.

    share
        Of them with at least half the best score; None where there are none.
    median
        Of their scores, the best cell's own included.
    rows
        Of the neighbours.
    same
        How many more there are that came to the best cell's own run, number by number.
    """

    share: float | None
    median: float
    rows: Numbers
    same: int = 0


def plateau(cells: Cells, scores: Floats, best: int, *, headline: Mapping[str, Floats]) -> Plateau:
    """Return how the neighbours of the best cell did.

    A neighbour differs on one axis: by one step where the axis is of numbers, at all where it is of
    named sections or words. Cells that did not run, refused or not drawn, are none, nor are those
    that are the best cell's own run once more.

    Parameters
    ----------
    best
        Row of the best cell.
    headline
        What the cells came to, by which runs are told apart.
    """
    grid = cells.grid
    here = grid.places(cells.numbers[best : best + 1])[:, 0]
    wanted = []
    for at, axis in enumerate(grid.sweep.axes):
        if axis.key == KEY:
            continue  # another pair is another bet, not a step to the side
        for place in steps(axis, int(here[at])):
            there = here.copy()
            there[at] = place
            wanted.append(int(np.ravel_multi_index(tuple(there), grid.shape)))
    beside = np.flatnonzero(np.isin(cells.numbers, wanted)).astype(np.int64)
    rows = beside[~_same_run(headline, beside, best)]
    around = np.append(scores[rows], scores[best])
    share = None
    if len(rows):
        enough = scores[rows] >= HALF * scores[best]
        share = float(enough.mean()) if scores[best] > 0.0 else 0.0
    return Plateau(
        share=share,
        median=float(np.median(around)),
        rows=rows,
        same=len(beside) - len(rows),
    )


def _same_run(headline: Mapping[str, Floats], rows: Numbers, best: int) -> npt.NDArray[np.bool_]:
    """Return which cells came to the best one's run; undefined numbers are equal."""
    same = np.full(len(rows), bool(headline))
    for line in headline.values():
        there, here = line[rows], line[best]
        same &= (there == here) | (np.isnan(there) & np.isnan(here))
    return same


def steps(axis: Axis, here: int) -> list[int]:
    """Return the places that are one step from a place on an axis."""
    count = len(axis.values)
    if all(isinstance(label, int | float) for label in axis.labels):
        order = sorted(range(count), key=lambda place: axis.values[place])
        at = order.index(here)
        return [order[place] for place in (at - 1, at + 1) if 0 <= place < count]
    return [place for place in range(count) if place != here]
