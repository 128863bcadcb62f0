"""Scores over two axes, as a table that reads without colour. Cells and scores in, rows out.

Every number is written. Colour repeats it: blue above the middle of the scale, orange below it, a
pair that colour-blind readers tell apart, darker the further from it.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from configs.axes import Axis
from configs.cells import Cells
from configs.pairs import KEY
from engine.trials.search import Floats, Numbers

MOST_SHOWN = 24  # values of an axis that a table shows; of more, evenly spread ones
HIGH = (0, 114, 178)  # Okabe and Ito's blue and vermillion
LOW = (213, 94, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """One entry: its number as text, and the colours that repeat it; empty where nothing ran."""

    text: str
    style: str
    is_best: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """One table: ``rows`` of a label and entries, under ``columns``.

    told
        What the other axes are at.
    """

    down: str
    across: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]
    caption: str
    left_out: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPair:
    """Two axes twice: the others at the best cell, and averaged over all their values."""

    key: str
    at_best: HeatMap
    averaged: HeatMap


def heat_pairs(cells: Cells, scores: Floats, best: int) -> tuple[HeatPair, ...]:
    """Return a table for every two axes that vary; for a single one, of that alone."""
    grid = cells.grid
    axes = grid.sweep.axes
    places = grid.places(cells.numbers)
    shown = [at for at, axis in enumerate(axes) if axis.key != KEY]  # of pairs there is a list
    if not shown:
        return ()
    varying = [at for at in shown if len(axes[at].values) > 1] or shown[:1]
    pairs = list(itertools.combinations(varying, 2)) or [(varying[0], varying[0])]
    low, high = float(scores.min()), float(scores.max())
    tables = []
    for number, (one, other) in enumerate(pairs):
        others = [at for at in range(len(axes)) if at not in (one, other)]
        same = np.ones(len(scores), dtype=bool)
        for at in others:
            same &= places[at] == places[at, best]
        down, across = sorted((one, other), key=lambda at: -len(axes[at].values))
        fixed = ", ".join(f"{axes[at].key} = {axes[at].labels[places[at, best]]}" for at in others)
        made = [
            _map(axes, places, scores, rows, (down, across), best, (low, high), caption)
            for rows, caption in (
                (same, f"The others as in the best cell: {fixed}." if others else "Every cell."),
                (np.ones(len(scores), dtype=bool), "Mean over all values of the others."),
            )
        ]
        tables.append(HeatPair(key=f"heat-{number}", at_best=made[0], averaged=made[1]))
    return tuple(tables)


def _map(
    axes: tuple[Axis, ...],
    places: Numbers,
    scores: Floats,
    rows: np.ndarray[tuple[int], np.dtype[np.bool_]],
    pair: tuple[int, int],
    best: int,
    scale: tuple[float, float],
    caption: str,
) -> HeatMap:
    down, across = pair
    is_single = down == across
    shown_down = _shown(len(axes[down].values), int(places[down, best]))
    shown_across = [0] if is_single else _shown(len(axes[across].values), int(places[across, best]))
    column = np.zeros(len(scores), dtype=np.int64) if is_single else places[across]
    shape = (len(axes[down].values), 1 if is_single else len(axes[across].values))
    sums, counts = np.zeros(shape), np.zeros(shape)
    np.add.at(sums, (places[down, rows], column[rows]), scores[rows])
    np.add.at(counts, (places[down, rows], column[rows]), 1.0)
    means = np.divide(sums, counts, out=np.full(shape, np.nan), where=counts > 0.0)
    home = (int(places[down, best]), int(column[best]))
    hidden = (shape[0] - len(shown_down), shape[1] - len(shown_across))
    return HeatMap(
        down=axes[down].key,
        across="" if is_single else axes[across].key,
        columns=tuple(
            "score" if is_single else str(axes[across].labels[at]) for at in shown_across
        ),
        rows=tuple(
            (
                str(axes[down].labels[i]),
                tuple(_entry(float(means[i, j]), scale, (i, j) == home) for j in shown_across),
            )
            for i in shown_down
        ),
        caption=caption,
        left_out=f"Shown are {MOST_SHOWN} of the values of a longer axis." if any(hidden) else "",
    )


def _shown(count: int, home: int) -> list[int]:
    """Return the places to show: all, or evenly spread ones and the best cell's own."""
    if count <= MOST_SHOWN:
        return list(range(count))
    spread = np.linspace(0, count - 1, MOST_SHOWN).round().astype(int).tolist()
    return sorted({*spread, home})


def _entry(value: float, scale: tuple[float, float], is_best: bool) -> HeatCell:
    if value != value:
        return HeatCell(text="", style="", is_best=False)
    low, high = scale
    middle = 0.0 if low < 0.0 < high else (low + high) / 2
    end, color = (high, HIGH) if value >= middle else (low, LOW)
    depth = 0.0 if end == middle else min(abs((value - middle) / (end - middle)), 1.0)
    share = 0.85 * depth
    mixed = [round(255 + (channel - 255) * share) for channel in color]
    ink = "#ffffff" if share > 0.6 else "#1b1f24"
    text = f"{value:z,.0f}" if max(abs(low), abs(high)) >= 1_000 else f"{value:z.2f}"
    style = f"background:rgb({mixed[0]},{mixed[1]},{mixed[2]});color:{ink}"
    return HeatCell(text=text, style=style, is_best=is_best)
