"""What every chart shares: its colours, its sizes, an empty canvas, and the claim above it.

Colours are Okabe and Ito's (2008), which colour-blind readers can tell apart. Titles stand in the
page above the chart, where they wrap on a phone. Ink and grid follow the page's light or dark
scheme in the browser.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io

BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
ORANGE = "#E69F00"
PURPLE = "#CC79A7"
SKY = "#56B4E9"
GREY = "#7a858f"  # on light and dark alike
PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)

SHARED = "shared"  # the key under which lists of sessions stand
FEW_SESSIONS = 20  # as many are written out
HEIGHT_PX = 380
TALL_PX = 520


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart of a page."""

    key: str
    title: str  # a claim, computed from what the page is about
    caption: str  # sample size, period, configuration
    figure: go.Figure


def embedded(charts: Iterable[Chart]) -> dict[str, Any]:
    """Return the figures by key as plain values, for a template's ``tojson``.

    A list of sessions stands once, under `SHARED`, and each line on it has its place there; values
    have the seven digits of a 32-bit float. Both halve a page, and ``charts.js`` undoes the first.
    """
    figures = {chart.key: json.loads(plotly.io.to_json(chart.figure)) for chart in charts}
    shared: list[list[Any]] = []
    for trace in [trace for figure in figures.values() for trace in figure["data"]]:
        sessions = trace.get("x")
        if isinstance(sessions, list) and len(sessions) > FEW_SESSIONS:
            if sessions not in shared:
                shared.append(sessions)
            trace["x"] = shared.index(sessions)
        if isinstance(trace.get("y"), dict) and trace["y"].get("dtype") == "f8":
            values = np.frombuffer(base64.b64decode(trace["y"]["bdata"]), dtype="<f8")
            data = base64.b64encode(values.astype("<f4").tobytes()).decode()
            trace["y"] = trace["y"] | {"dtype": "f4", "bdata": data}
    return {**figures, SHARED: shared} if shared else figures


def add_histogram(
    figure: go.Figure, values: Sequence[float], *, name: str, bins: int | str = "auto"
) -> None:
    """Add counts as bars of equal width; ``bins`` as of numpy. Only bars are in the script."""
    counts, edges = np.histogram(np.asarray(values, dtype=np.float64), bins=bins)
    width = float(edges[1] - edges[0])
    figure.add_trace(
        go.Bar(
            x=((edges[:-1] + edges[1:]) / 2).tolist(), y=counts.tolist(), width=0.95 * width,
            marker_color=BLUE, name=name, hovertemplate="%{x:.4~g}: %{y}<extra></extra>",
        )
    )  # fmt: skip


def canvas(height: int = HEIGHT_PX, *, over_time: bool = False) -> go.Figure:
    """Return an empty figure; one ``over_time`` has sessions on x and one hover for all lines."""
    figure = go.Figure()
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 64, "r": 12, "t": 24, "b": 48},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        yaxis={"automargin": True, "title": {"standoff": 14}},
    )
    if over_time:
        figure.update_layout(hovermode="x unified", xaxis={"type": "date", "title": "session"})
    return figure
