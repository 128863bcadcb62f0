"""The charts of a search. Finished numbers in, plotly figures out; nothing is computed here."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from reports.pages.canvas import BLUE, GREEN, PURPLE, VERMILLION, add_histogram, canvas

BINS = 30


def null_and_best(best: Sequence[float], observed: float, unit: str) -> go.Figure:
    """Return how often each best score came on histories without an edge, and the observed."""
    figure = canvas()
    add_histogram(figure, best, name="best on a history", bins=BINS)
    figure.add_vline(
        x=observed, line={"color": VERMILLION, "dash": "dash", "width": 3},
        annotation_text="best observed", annotation_position="top",
    )  # fmt: skip
    figure.update_layout(
        showlegend=False,
        xaxis={"title": unit}, yaxis={"title_text": "histories", "rangemode": "tozero"},
    )  # fmt: skip
    return figure


def walk(dates: Sequence[str], lines: Mapping[str, Sequence[float]]) -> go.Figure:
    """Return equity lines, opening at 1, told apart by colour and dash."""
    figure = canvas(over_time=True)
    looks = zip((VERMILLION, BLUE, GREEN, PURPLE), ("solid", "dash", "dot", "dashdot"), strict=True)
    for (name, values), (color, dash) in zip(lines.items(), looks, strict=False):
        figure.add_trace(
            go.Scatter(
                x=list(dates), y=list(values), name=name, mode="lines",
                line={"color": color, "dash": dash, "width": 2},
                hovertemplate="%{y:.3f}",
            )
        )  # fmt: skip
    figure.update_layout(yaxis={"title_text": "equity, opening at 1"})
    return figure
