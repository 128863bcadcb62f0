"""Panels on one time axis. Finished numbers in, a plotly figure out; nothing is computed here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from reports.measures.pair_lines import Span
from reports.pages.canvas import BLUE, GREEN, ORANGE, PALETTE, VERMILLION, canvas
from reports.pages.run.figures import Level, Marks

Floats = npt.NDArray[np.float64]

PANEL_PX, LEGEND_PX, NAME_PX, FOOT_PX = 140, 30, 30, 48
GAP = 0.06  # of the height, between panels: room for the next one's name
HELD = {1: BLUE, -1: ORANGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel: lines in one unit by name, with level lines and marked sessions.

    ``color`` is the first line's; ``height`` is a multiple of the others'.
    """

    name: str
    lines: Mapping[str, Floats]
    hover: str = ".2f"
    ticks: str = ""
    levels: Sequence[Level] = ()
    marks: Sequence[Marks] = ()
    color: str = BLUE
    height: float = 1.0
    has_legend: bool = False


def panels(dates: Sequence[str], stacked: Sequence[Panel], spans: Sequence[Span]) -> go.Figure:
    """Return the panels from top to bottom, with the held spans shaded through all of them."""
    heights = sum(panel.height for panel in stacked)
    figure = canvas(round(PANEL_PX * heights) + LEGEND_PX + NAME_PX + FOOT_PX, over_time=True)
    unit = (1.0 - GAP * (len(stacked) - 1)) / heights
    top = 1.0
    for number, panel in enumerate(stacked, start=1):
        bottom = max(top - panel.height * unit, 0.0)
        _draw(figure, dates, panel, number, (round(bottom, 4), round(top, 4)))
        top = bottom - GAP
    for span in spans:
        figure.add_shape(
            type="rect", xref="x", yref="paper", x0=span.entry, x1=span.exit or dates[-1],
            y0=0.0, y1=1.0, fillcolor=HELD[span.direction], opacity=0.12, line_width=0,
            layer="below",
        )  # fmt: skip
    figure.update_layout(
        margin_t=LEGEND_PX + NAME_PX, legend_y=1.0 + NAME_PX / figure.layout.height
    )
    figure.update_layout(xaxis={"anchor": f"y{len(stacked)}" if len(stacked) > 1 else "y"})
    return figure


def _draw(
    figure: go.Figure,
    dates: Sequence[str],
    panel: Panel,
    number: int,
    domain: tuple[float, float],
) -> None:
    axis = "" if number == 1 else str(number)
    for (name, values), color in zip(
        panel.lines.items(), (panel.color, *PALETTE[1:]), strict=False
    ):
        figure.add_trace(
            go.Scatter(
                x=dates, y=values, name=name, mode="lines", yaxis=f"y{axis}",
                line={"color": color, "width": 1.3}, showlegend=panel.has_legend,
                hovertemplate=f"%{{y:{panel.hover}}}",
            )
        )  # fmt: skip
    for mark in panel.marks:
        figure.add_trace(
            go.Scatter(
                x=mark.dates, y=mark.values, name=mark.name, mode="markers", yaxis=f"y{axis}",
                marker={
                    "symbol": mark.symbol, "size": 10, "color": mark.color,
                    "line": {"width": 1, "color": "#ffffff"},
                },
                showlegend=panel.has_legend, hovertemplate=f"%{{y:{panel.hover}}}",
            )
        )  # fmt: skip
    for level in panel.levels:
        figure.add_hline(
            y=level.value, yref=f"y{axis}", line_dash="dash", line_color=ORANGE, line_width=1.3,
            annotation_text=level.label, annotation_position="bottom left",
            annotation_font_size=11,
        )  # fmt: skip
    figure.add_annotation(
        text=panel.name, xref="paper", yref="paper", x=0.0, y=domain[1], xanchor="left",
        yanchor="bottom", showarrow=False, font_size=12,
    )  # fmt: skip
    figure.update_layout(
        {
            f"yaxis{axis}": {
                "domain": domain, "anchor": "x", "tickformat": panel.ticks, "nticks": 5,
                "title": "",
            }
        }
    )  # fmt: skip


def entries_and_exits(
    entries: tuple[Sequence[str], Sequence[float | None]],
    exits: tuple[Sequence[str], Sequence[float | None]],
) -> list[Marks]:
    """Return the marks of fills: up for an entry, down for an exit; nothing without any."""
    return [
        Marks(name=name, dates=days, values=values, symbol=symbol, color=color)
        for name, (days, values), symbol, color in (
            ("entry", entries, "triangle-up", GREEN),
            ("exit", exits, "triangle-down", VERMILLION),
        )
        if days
    ]
