"""What every chart shares: its colours, its sizes, an empty canvas, and the claim above it.

Colours are Okabe and Ito's (2008), which colour-blind readers can tell apart. Titles stand in the
page above the chart, where they wrap on a phone. Ink and grid follow the page's light or dark
scheme in the browser.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

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
    """Return the figures by key as plain values, for a template's ``tojson``."""
    return {chart.key: json.loads(plotly.io.to_json(chart.figure)) for chart in charts}


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
