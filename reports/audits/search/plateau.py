"""A plateau or a peak? A grid and its scores in, how the best cell's neighbours did out.

A level that earns only where it stands, and nothing one step to either side, was fitted to this
history.
"""

from dataclasses import dataclass

import numpy as np

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
    """

    share: float | None
    median: float
    rows: Numbers


def plateau(cells: Cells, scores: Floats, best: int) -> Plateau:
    """Return how the neighbours of the best cell did.

    A neighbour differs on one axis: by one step where the axis is of numbers, at all where it is of
    named sections or words. Cells that did not run, refused or not drawn, are none.

    Parameters
    ----------
    best
        Row of the best cell.
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
    rows = np.flatnonzero(np.isin(cells.numbers, wanted)).astype(np.int64)
    around = np.append(scores[rows], scores[best])
    share = None
    if len(rows):
        enough = scores[rows] >= HALF * scores[best]
        share = float(enough.mean()) if scores[best] > 0.0 else 0.0
    return Plateau(share=share, median=float(np.median(around)), rows=rows)


def steps(axis: Axis, here: int) -> list[int]:
    """Return the places that are one step from a place on an axis."""
    count = len(axis.values)
    if all(isinstance(label, int | float) for label in axis.labels):
        order = sorted(range(count), key=lambda place: axis.values[place])
        at = order.index(here)
        return [order[place] for place in (at - 1, at + 1) if 0 <= place < count]
    return [place for place in range(count) if place != here]
