"""The charts of a comparison. Finished numbers in, plotly figures out; nothing is computed here.

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
import plotly.graph_objects as go

from reports.pages.canvas import PALETTE, TALL_PX, canvas

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
) -> go.Figure:
    """Return one line per variant on one scale; NaN leaves a gap."""
    figure = canvas(over_time=True)
    for name, values in lines.items():
        figure.add_trace(_line(dates, values, name, look[name], hover))
    figure.update_layout(yaxis={"title_text": unit, "tickformat": tick})
    return figure


def difference_lines(
    dates: Sequence[str], lines: Sequence[DifferenceLine], look: Mapping[str, Look]
) -> go.Figure:
    """Return cumulative differences around zero; of several, each band waits in the legend."""
    figure = canvas(over_time=True)
    for line in lines:
        drawn = look[line.variant]
        figure.add_trace(_line(dates, line.values, line.name, drawn, "%{y:+.2%}"))
        if line.low is None or line.high is None:
            continue
        figure.add_trace(
            go.Scatter(
                x=[*dates, *reversed(dates)], y=np.concatenate([line.high, line.low[::-1]]),
                name=html.escape(f"band of {line.name}"), fill="toself", mode="lines",
                line_width=0, fillcolor=_faint(drawn.color), hoverinfo="skip",
                visible=True if len(lines) == 1 else "legendonly",
            )
        )  # fmt: skip
    figure.update_layout(
        yaxis={"title_text": "cumulative difference (points of return)", "tickformat": "+.1%"}
    )
    return figure


def stacked_costs(
    names: Sequence[str], bps_year: Mapping[str, Sequence[float]], totals: Sequence[str]
) -> go.Figure:
    """Return one bar per variant, stacked by kind; ``totals`` stand above the bars."""
    figure = canvas()
    bars = [html.escape(name) for name in names]
    for (kind, paid), (fill, hatch) in zip(bps_year.items(), KINDS, strict=True):
        figure.add_trace(
            go.Bar(
                x=bars, y=list(paid), name=kind, hovertemplate=f"%{{x}}, {kind}: %{{y:.1f}} bps"
                "<extra></extra>",
                marker={"color": fill, "line": {"color": "#3a424b", "width": 0.5},
                        "pattern": {"shape": hatch, "fillmode": "overlay", "fgcolor": "#1b1f24",
                                    "size": 6, "solidity": 0.2}},
            )
        )  # fmt: skip
    heights = [math.fsum(paid) for paid in zip(*bps_year.values(), strict=True)]
    figure.add_trace(
        go.Scatter(
            x=bars, y=heights, text=list(totals), mode="text", textposition="top center",
            cliponaxis=False, showlegend=False, hoverinfo="skip",
        )
    )  # fmt: skip
    figure.update_layout(
        barmode="stack",
        xaxis={"type": "category", "automargin": True, "title": {"text": "variant", "standoff": 8}},
        yaxis={"title_text": "costs (bps of equity a year)", "rangemode": "tozero"},
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
) -> go.Figure:
    """Return each variant's drift by session, its rebalances marked on its own line.

    ``marks`` holds the sessions that decided a rebalance; each must be one of ``dates``. A click on
    a variant in the legend takes its marks along; those ``waiting`` are drawn on that click only.
    """
    figure = variant_lines(dates, lines, look, unit=unit, tick=".0%", hover="%{y:.2%}")
    for line in figure.data:
        line.legendgroup = line.name
    place = {date: i for i, date in enumerate(dates)}
    for name, decided in marks.items():
        if not decided:
            continue
        figure.add_trace(
            go.Scatter(
                x=list(decided), y=[lines[name][place[date]] for date in decided], mode="markers",
                name=html.escape(f"{name} rebalances"), legendgroup=html.escape(name),
                showlegend=False, hoverinfo="skip",
                marker={"color": look[name].color, "symbol": f"{look[name].symbol}-open",
                        "size": 7, "line": {"width": 1.5}},
            )
        )  # fmt: skip
    hidden = {html.escape(name) for name in waiting}
    figure.for_each_trace(
        lambda trace: trace.update(visible="legendonly"), lambda trace: trace.legendgroup in hidden
    )
    figure.update_layout(height=TALL_PX, yaxis_rangemode="tozero")
    return figure


def frontier(
    points: Sequence[Point], look: Mapping[str, Look], *, knee: str | None, unit: str
) -> go.Figure:
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
        figure.add_trace(
            go.Scatter(
                x=[point.cost_bps_year], y=[point.hedge_error], mode="markers+text", text=[text],
                name=html.escape(point.variant), textposition=f"{side} center", cliponaxis=False,
                marker={"color": drawn.color, "symbol": drawn.symbol, "size": 18 if ringed else 11,
                        "line": {"width": 3 if ringed else 0, "color": "#888888"}},
                hovertemplate=f"{html.escape(point.note)}<extra></extra>",
            )
        )  # fmt: skip
    figure.update_layout(
        showlegend=False,
        xaxis={"title": "costs (bps of equity a year)", "tickformat": ".1f"},
        yaxis={"title_text": unit, "tickformat": ".1%", "rangemode": "tozero"},
    )
    return figure


def _line(dates: Sequence[str], values: Floats, name: str, look: Look, hover: str) -> go.Scatter:
    return go.Scatter(
        x=list(dates), y=values, name=html.escape(name), mode="lines", hovertemplate=hover,
        line={"color": look.color, "dash": look.dash, "width": 1.6},
    )  # fmt: skip


def _faint(color: str) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{BAND_OPACITY})"
