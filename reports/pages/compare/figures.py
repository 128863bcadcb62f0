"""The charts of a comparison. Finished numbers in, figures out; nothing is computed here.

A variant keeps its colour, dash and marker on every chart: six of Okabe and Ito's colours (2008)
times four dashes tell 24 variants apart. Kinds of cost are grey and hatched, because a colour
means a variant.
"""

import html
import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reports.pages.canvas import PALETTE, TALL_PX, Figure, axis, canvas, draw, lay_out

Floats = npt.NDArray[np.float64]

DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up")
KINDS = (  # fill and hatch of a kind of cost, in the order of the kinds
    ("#5b6570", ""), ("#c3cad1", "/"), ("#8d98a3", "x"), ("#dfe3e7", "."), ("#a7b0b9", "-"),
)  # fmt: skip
BAND_OPACITY = 0.18
NAMED = 5  # points of a frontier that all have room for their names


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How one variant is drawn, wherever it is drawn."""

    color: str
    dash: str
    symbol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceLine:
    """One cumulative difference, points of return by session, and its band if there is one."""

    variant: str
    name: str
    values: Floats
    low: Floats | None
    high: Floats | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One variant's place between what it pays and how far its hedge strays."""

    variant: str
    cost_bps_year: float
    hedge_error: float
    note: str


def looks(names: Sequence[str]) -> dict[str, Look]:
    """Return the look of every variant, by its place in ``names``."""
    return {name: _look(place) for place, name in enumerate(names)}


def _look(place: int) -> Look:
    turn = place // len(PALETTE) % len(DASHES)
    return Look(color=PALETTE[place % len(PALETTE)], dash=DASHES[turn], symbol=SYMBOLS[turn])


def variant_lines(
    dates: Sequence[str],
    lines: Mapping[str, Floats],
    look: Mapping[str, Look],
    *,
    unit: str,
    tick: str,
    hover: str,
) -> Figure:
    """Return one line per variant on one scale; NaN leaves a gap."""
    figure = canvas(over_time=True)
    for name, values in lines.items():
        _line(figure, dates, values, name, look[name], hover)
    lay_out(figure, yaxis=axis(unit, tickformat=tick))
    return figure


def difference_lines(
    dates: Sequence[str], lines: Sequence[DifferenceLine], look: Mapping[str, Look]
) -> Figure:
    """Return cumulative differences around zero; of several, each band waits in the legend."""
    figure = canvas(over_time=True)
    for line in lines:
        drawn = look[line.variant]
        _line(figure, dates, line.values, line.name, drawn, "%{y:+.2%}")
        if line.low is None or line.high is None:
            continue
        draw(
            figure, "scatter", x=[*dates, *reversed(dates)], mode="lines", fill="toself",
            y=np.concatenate([line.high, line.low[::-1]]), line={"width": 0},
            name=html.escape(f"band of {line.name}"), fillcolor=_faint(drawn.color),
            hoverinfo="skip", visible=True if len(lines) == 1 else "legendonly",
        )  # fmt: skip
    lay_out(figure, yaxis=axis("cumulative difference (points of return)", tickformat="+.1%"))
    return figure


def stacked_costs(
    names: Sequence[str], bps_year: Mapping[str, Sequence[float]], totals: Sequence[str]
) -> Figure:
    """Return one bar per variant, stacked by kind; ``totals`` stand above the bars."""
    figure = canvas()
    bars = [html.escape(name) for name in names]
    for (kind, paid), (fill, hatch) in zip(bps_year.items(), KINDS, strict=True):
        draw(
            figure, "bar", x=bars, y=paid, name=kind,
            hovertemplate=f"%{{x}}, {kind}: %{{y:.1f}} bps<extra></extra>",
            marker={"color": fill, "line": {"color": "#3a424b", "width": 0.5},
                    "pattern": {"shape": hatch, "fillmode": "overlay", "fgcolor": "#1b1f24",
                                "size": 6, "solidity": 0.2}},
        )  # fmt: skip
    heights = [math.fsum(paid) for paid in zip(*bps_year.values(), strict=True)]
    draw(
        figure, "scatter", x=bars, y=heights, text=totals, mode="text", textposition="top center",
        cliponaxis=False, showlegend=False, hoverinfo="skip",
    )  # fmt: skip
    lay_out(
        figure,
        barmode="stack",
        xaxis={"type": "category", "automargin": True, "title": {"text": "variant", "standoff": 8}},
        yaxis=axis("costs (bps of equity a year)", rangemode="tozero"),
    )
    return figure


def drift_lines(
    dates: Sequence[str],
    lines: Mapping[str, Floats],
    marks: Mapping[str, Sequence[str]],
    look: Mapping[str, Look],
    *,
    unit: str,
    waiting: Collection[str] = (),
) -> Figure:
    """Return each variant's drift by session, its rebalances marked on its own line.

    ``marks`` holds the sessions that decided a rebalance; each must be one of ``dates``. A click on
    a variant in the legend takes its marks along; those ``waiting`` are drawn on that click only.
    """
    figure = variant_lines(dates, lines, look, unit=unit, tick=".0%", hover="%{y:.2%}")
    for line in figure["data"]:
        line["legendgroup"] = line["name"]
    place = {date: i for i, date in enumerate(dates)}
    for name, decided in marks.items():
        if not decided:
            continue
        draw(
            figure, "scatter", x=decided, y=[lines[name][place[date]] for date in decided],
            mode="markers", name=html.escape(f"{name} rebalances"), legendgroup=html.escape(name),
            showlegend=False, hoverinfo="skip",
            marker={"color": look[name].color, "symbol": f"{look[name].symbol}-open",
                    "size": 7, "line": {"width": 1.5}},
        )  # fmt: skip
    hidden = {html.escape(name) for name in waiting}
    for trace in figure["data"]:
        if trace["legendgroup"] in hidden:
            trace["visible"] = "legendonly"
    lay_out(figure, height=TALL_PX, yaxis={"rangemode": "tozero"})
    return figure


def frontier(
    points: Sequence[Point], look: Mapping[str, Look], *, knee: str | None, unit: str
) -> Figure:
    """Return cost against hedge error, one named point per variant, the knee ringed.

    Of many only the knee, the cheapest and the dearest are named on it: neighbours by cost nearly
    touch, and the table and the pointer name the rest.
    """
    figure = canvas(TALL_PX)
    paid = [point.cost_bps_year for point in points]
    for point, side in zip(points, itertools.cycle(("top", "bottom"))):
        drawn, ringed = look[point.variant], point.variant == knee
        text = html.escape(point.variant)
        if len(points) > NAMED and not ringed and point.cost_bps_year not in (min(paid), max(paid)):
            text = ""
        draw(
            figure, "scatter", x=[point.cost_bps_year], y=[point.hedge_error], mode="markers+text",
            name=html.escape(point.variant), text=[text], textposition=f"{side} center",
            marker={"color": drawn.color, "symbol": drawn.symbol, "size": 18 if ringed else 11,
                    "line": {"width": 3 if ringed else 0, "color": "#888888"}},
            hovertemplate=f"{html.escape(point.note)}<extra></extra>", cliponaxis=False,
        )  # fmt: skip
    lay_out(
        figure,
        showlegend=False,
        xaxis=axis("costs (bps of equity a year)", tickformat=".1f"),
        yaxis=axis(unit, tickformat=".1%", rangemode="tozero"),
    )
    return figure


def _line(
    figure: Figure, dates: Sequence[str], values: Floats, name: str, look: Look, hover: str
) -> None:
    draw(
        figure, "scatter", x=dates, y=values, name=html.escape(name), mode="lines",
        hovertemplate=hover, line={"color": look.color, "dash": look.dash, "width": 1.6},
    )  # fmt: skip


def _faint(color: str) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{BAND_OPACITY})"
