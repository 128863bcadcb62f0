"""The charts of a search. Finished numbers in, figures out; nothing is computed here."""

from collections.abc import Mapping, Sequence

from reports.pages.canvas import (
    BLUE,
    GREEN,
    PURPLE,
    VERMILLION,
    Figure,
    add_histogram,
    add_level,
    axis,
    canvas,
    draw,
    lay_out,
)

BINS = 30


def null_and_best(best: Sequence[float], observed: float, unit: str) -> Figure:
    """Return how often each best score came on histories without an edge, and the observed."""
    figure = canvas()
    add_histogram(figure, best, name="best on a history", bins=BINS)
    line = {"color": VERMILLION, "dash": "dash", "width": 3}
    add_level(figure, observed, "best observed", of="x", line=line)
    lay_out(figure, showlegend=False, xaxis=axis(unit), yaxis=axis("histories", rangemode="tozero"))
    return figure


def walk(dates: Sequence[str], lines: Mapping[str, Sequence[float]]) -> Figure:
    """Return equity lines, opening at 1, told apart by colour and dash."""
    figure = canvas(over_time=True)
    looks = zip((VERMILLION, BLUE, GREEN, PURPLE), ("solid", "dash", "dot", "dashdot"), strict=True)
    for (name, values), (color, dash) in zip(lines.items(), looks, strict=False):
        line = {"color": color, "dash": dash, "width": 2}
        draw(
            figure, "scatter", x=dates, y=values, name=name, mode="lines", line=line,
            hovertemplate="%{y:.3f}",
        )  # fmt: skip
    lay_out(figure, yaxis=axis("equity, opening at 1"))
    return figure
