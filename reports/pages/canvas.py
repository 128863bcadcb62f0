"""What every chart shares: its colours, its sizes, an empty canvas, and the claim above it.

Colours are Okabe and Ito's (2008), which colour-blind readers can tell apart. Titles stand in the
page above the chart, where they wrap on a phone. Ink and grid follow the page's light or dark
scheme in the browser. A figure is the JSON that plotly's script draws: the package would take
longer to check it than a run takes, so the tests do.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.to_json import plain

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


Figure = dict[str, Any]
"""``data``, a list of traces, and ``layout``, by plotly's own names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart of a page."""

    key: str
    title: str  # a claim, computed from what the page is about
    caption: str  # sample size, period, configuration
    figure: Figure


def embedded(charts: Iterable[Chart]) -> dict[str, Any]:
    """Return the figures by key as plain values, for a template's ``tojson``.

    A list of sessions stands once, under `SHARED`, and each line on it has its place there; arrays
    have the seven digits of a 32-bit float. Both halve a page, and ``charts.js`` undoes the first.
    """
    shared: list[object] = []
    figures = {
        chart.key: {
            "data": [_embedded(trace, shared) for trace in chart.figure["data"]],
            "layout": plain(chart.figure["layout"]),
        }
        for chart in charts
    }
    return {**figures, SHARED: shared} if shared else figures


def _embedded(trace: dict[str, Any], shared: list[object]) -> dict[str, Any]:
    made: dict[str, Any] = {
        name: _packed(value) if isinstance(value, np.ndarray) else plain(value)
        for name, value in trace.items()
    }
    sessions = made.get("x")
    if isinstance(sessions, list) and len(sessions) > FEW_SESSIONS:
        if sessions not in shared:
            shared.append(sessions)
        made["x"] = shared.index(sessions)
    return made


def _packed(values: np.ndarray[Any, Any]) -> dict[str, str]:
    """Return numbers as plotly's script unpacks them; NaN is a gap there."""
    return {"dtype": "f4", "bdata": base64.b64encode(values.astype("<f4").tobytes()).decode()}


def canvas(height: int = HEIGHT_PX, *, over_time: bool = False) -> Figure:
    """Return an empty figure; one ``over_time`` has sessions on x and one hover for all lines."""
    figure: Figure = {
        "data": [],
        "layout": {
            "height": height,
            "margin": {"l": 64, "r": 12, "t": 24, "b": 48},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "yaxis": {"automargin": True, "title": {"standoff": 14}},
        },
    }
    if over_time:
        lay_out(figure, hovermode="x unified", xaxis=axis("session", type="date"))
    return figure


def draw(figure: Figure, kind: str, **values: Any) -> None:
    """Add a trace of one ``kind``: ``scatter`` or ``bar``, all that is in the script."""
    figure["data"].append({"type": kind, **values})


def lay_out(figure: Figure, **changes: Any) -> None:
    """Change the layout; of a mapping that stands there, only the keys given."""
    _merge(figure["layout"], changes)


def _merge(old: dict[str, Any], new: Mapping[str, Any]) -> None:
    for name, value in new.items():
        if isinstance(value, Mapping) and isinstance(old.get(name), dict):
            _merge(old[name], value)
        else:
            old[name] = value


def axis(title: str, **more: Any) -> dict[str, Any]:
    """Return the layout of an axis with a title."""
    return {"title": {"text": title}, **more}


def add_level(
    figure: Figure, value: float, label: str, *, of: str = "y", line: Mapping[str, Any]
) -> None:
    """Draw a named line across the figure at a value of an axis: ``x``, ``y``, ``y2``, ..."""
    layout = figure["layout"]
    upright = of == "x"
    along, across = ("y", "x") if upright else ("x", "y")
    span = {f"{along}ref": f"{along} domain", f"{along}0": 0, f"{along}1": 1}
    at = {f"{across}ref": of, f"{across}0": value, f"{across}1": value}
    layout.setdefault("shapes", []).append({"type": "line", **span, **at, "line": dict(line)})
    place = {"x": value, "xref": "x", "y": 1, "yref": "y domain", "xanchor": "right"}
    if not upright:
        place = {"x": 0, "xref": "x domain", "y": value, "yref": of, "xanchor": "left"}
    add_words(figure, label, **place, yanchor="top", font={"size": 11})


def add_words(figure: Figure, text: str, **place: Any) -> None:
    """Write ``text`` on the figure."""
    annotations = figure["layout"].setdefault("annotations", [])
    annotations.append({"text": text, "showarrow": False, **place})


def add_histogram(
    figure: Figure, values: Sequence[float], *, name: str, bins: int | str = "auto"
) -> None:
    """Add counts as bars of equal width; ``bins`` as of numpy."""
    counts, edges = np.histogram(np.asarray(values, dtype=np.float64), bins=bins)
    width = float(edges[1] - edges[0])
    draw(
        figure, "bar", x=((edges[:-1] + edges[1:]) / 2).tolist(), y=counts.tolist(),
        width=0.95 * width, marker={"color": BLUE}, name=name,
        hovertemplate="%{x:.4~g}: %{y}<extra></extra>",
    )  # fmt: skip
