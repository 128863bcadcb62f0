"""Panels on one time axis. Finished numbers in, a figure out; nothing is computed here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reports.measures.pair_lines import Span
from reports.pages.canvas import (
    BLUE,
    GREEN,
    ORANGE,
    PALETTE,
    VERMILLION,
    Figure,
    add_level,
    add_words,
    canvas,
    draw,
    lay_out,
)
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


def panels(dates: Sequence[str], stacked: Sequence[Panel], spans: Sequence[Span]) -> Figure:
    """Return the panels from top to bottom, with the held spans shaded through all of them."""
    heights = sum(panel.height for panel in stacked)
    height = round(PANEL_PX * heights) + LEGEND_PX + NAME_PX + FOOT_PX
    figure = canvas(height, over_time=True)
    unit = (1.0 - GAP * (len(stacked) - 1)) / heights
    top = 1.0
    for number, panel in enumerate(stacked, start=1):
        bottom = max(top - panel.height * unit, 0.0)
        _draw(figure, dates, panel, number, (round(bottom, 4), round(top, 4)))
        top = bottom - GAP
    held = [
        {
            "type": "rect", "xref": "x", "yref": "paper", "x0": span.entry,
            "x1": span.exit or dates[-1], "y0": 0, "y1": 1, "fillcolor": HELD[span.direction],
            "opacity": 0.12, "line": {"width": 0}, "layer": "below",
        }
        for span in spans
    ]  # fmt: skip
    lay_out(
        figure,
        shapes=[*figure["layout"].get("shapes", ()), *held],
        margin={"t": LEGEND_PX + NAME_PX},
        legend={"y": 1.0 + NAME_PX / height},
        xaxis={"anchor": _axis(len(stacked))},
    )
    return figure


def _axis(number: int) -> str:
    return "y" if number == 1 else f"y{number}"


def _draw(
    figure: Figure,
    dates: Sequence[str],
    panel: Panel,
    number: int,
    domain: tuple[float, float],
) -> None:
    of = _axis(number)
    shared = {
        "yaxis": of, "showlegend": panel.has_legend, "hovertemplate": f"%{{y:{panel.hover}}}",
    }  # fmt: skip
    for (name, values), color in zip(
        panel.lines.items(), (panel.color, *PALETTE[1:]), strict=False
    ):
        line = {"color": color, "width": 1.3}
        draw(figure, "scatter", x=dates, y=values, name=name, mode="lines", line=line, **shared)
    for mark in panel.marks:
        draw(
            figure, "scatter", x=mark.dates, y=mark.values, name=mark.name, mode="markers",
            marker={
                "symbol": mark.symbol, "size": 10, "color": mark.color,
                "line": {"width": 1, "color": "#ffffff"},
            },
            **shared,
        )  # fmt: skip
    for level in panel.levels:
        line = {"dash": "dash", "color": ORANGE, "width": 1.3}
        add_level(figure, level.value, level.label, of=of, line=line)
    add_words(
        figure, panel.name, xref="paper", yref="paper", x=0, y=domain[1], xanchor="left",
        yanchor="bottom", font={"size": 12},
    )  # fmt: skip
    name = of.replace("y", "yaxis")
    lay_out(
        figure,
        **{name: {"domain": domain, "anchor": "x", "tickformat": panel.ticks, "nticks": 5}},
    )


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
