"""The charts of an audit. Finished numbers in, plotly figures out; nothing is computed here."""

import itertools
from collections.abc import Sequence

import plotly.graph_objects as go

from reports.pages.canvas import BLUE, ORANGE, PALETTE, VERMILLION, add_histogram, canvas

Number = float | None


def histogram(
    edges: Sequence[float],
    counts: Sequence[float],
    today: int | None,
    *,
    unit: str,
    level: Number = None,
    level_label: str = "",
) -> go.Figure:
    """Return bars of counts between edges, the bar of ``today`` in another colour."""
    figure = canvas()
    centres = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
    colors = [VERMILLION if place == today else BLUE for place in range(len(counts))]
    figure.add_trace(
        go.Bar(
            x=centres, y=list(counts), marker_color=colors, name="sessions",
            width=[high - low for low, high in itertools.pairwise(edges)],
            hovertemplate="%{x:.2f}: %{y}<extra></extra>",
        )
    )  # fmt: skip
    _mark(figure, level, level_label)
    figure.update_layout(
        bargap=0.05, showlegend=False,
        xaxis={"title": unit}, yaxis={"title_text": "readings", "rangemode": "tozero"},
    )  # fmt: skip
    return figure


def entry_returns(dates: Sequence[str], horizons: dict[str, Sequence[Number]]) -> go.Figure:
    """Return one mark an entry and horizon; an incomplete one has none."""
    figure = canvas()
    for (name, values), color in zip(horizons.items(), PALETTE, strict=False):
        figure.add_trace(
            go.Scatter(
                x=list(dates), y=list(values), name=name, mode="markers",
                marker={"color": color, "size": 10, "line": {"width": 1, "color": "#ffffff"}},
                hovertemplate="%{x}: %{y:.1%}",
            )
        )  # fmt: skip
    figure.update_layout(
        xaxis={"type": "date", "title": "entry"},
        yaxis={"title_text": "forward return (%)", "tickformat": ".0%"},
    )
    return figure


def after_best(removed: Sequence[int], means: Sequence[Number]) -> go.Figure:
    """Return the mean that is left after the best k entries are gone."""
    figure = canvas()
    figure.add_trace(
        go.Scatter(
            x=list(removed), y=list(means), mode="lines+markers", line={"color": BLUE},
            name="mean of the rest", hovertemplate="without the best %{x}: %{y:.1%}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(
        showlegend=False,
        xaxis={"title": "best entries removed", "dtick": 1},
        yaxis={"title_text": "mean forward return (%)", "tickformat": ".0%"},
    )
    return figure


def drift_bars(lookbacks: Sequence[str], percentiles: dict[str, Sequence[Number]]) -> go.Figure:
    """Return percentiles of a drift, grouped by how many sessions it had."""
    figure = canvas()
    for (name, values), color in zip(percentiles.items(), PALETTE, strict=False):
        figure.add_trace(
            go.Bar(
                x=list(lookbacks), y=list(values), name=name, marker_color=color,
                hovertemplate=f"%{{x}}, {name}: %{{y:.1%}}<extra></extra>",
            )
        )  # fmt: skip
    figure.update_layout(
        barmode="group", xaxis={"type": "category", "title": "sessions since the hedge was set"},
        yaxis={"title_text": "drift of the volatility ratio (%)", "tickformat": ".0%"},
    )  # fmt: skip
    return figure


def chance(values: Sequence[float], observed: Number, *, unit: str) -> go.Figure:
    """Return the distribution of what chance gave, and where the run stands in it."""
    figure = canvas()
    add_histogram(figure, values, name="resampled paths")
    _mark(figure, observed, "this run")
    figure.update_layout(
        showlegend=False, xaxis={"title": unit},
        yaxis={"title_text": "paths", "rangemode": "tozero"},
    )  # fmt: skip
    return figure


def _mark(figure: go.Figure, value: Number, label: str) -> None:
    """Draw a named vertical line, if there is a value."""
    if value is not None:
        figure.add_vline(
            x=value, line_dash="dash", line_color=ORANGE, line_width=2, annotation_text=label,
            annotation_position="top left",
        )  # fmt: skip
