"""The charts of an audit. Finished numbers in, figures out; nothing is computed here."""

import itertools
from collections.abc import Sequence

from reports.pages.canvas import (
    BLUE,
    ORANGE,
    PALETTE,
    VERMILLION,
    Figure,
    add_histogram,
    add_level,
    axis,
    canvas,
    draw,
    lay_out,
)

Number = float | None


def histogram(
    edges: Sequence[float],
    counts: Sequence[float],
    today: int | None,
    *,
    unit: str,
    level: Number = None,
    level_label: str = "",
) -> Figure:
    """Return bars of counts between edges, the bar of ``today`` in another colour."""
    figure = canvas()
    centres = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
    colors = [VERMILLION if place == today else BLUE for place in range(len(counts))]
    draw(
        figure, "bar", x=centres, y=counts, marker={"color": colors}, name="sessions",
        width=[high - low for low, high in itertools.pairwise(edges)],
        hovertemplate="%{x:.2f}: %{y}<extra></extra>",
    )  # fmt: skip
    _mark(figure, level, level_label)
    lay_out(
        figure, bargap=0.05, showlegend=False,
        xaxis=axis(unit), yaxis=axis("readings", rangemode="tozero"),
    )  # fmt: skip
    return figure


def entry_returns(dates: Sequence[str], horizons: dict[str, Sequence[Number]]) -> Figure:
    """Return one mark an entry and horizon; an incomplete one has none."""
    figure = canvas()
    for (name, values), color in zip(horizons.items(), PALETTE, strict=False):
        draw(
            figure, "scatter", x=dates, y=values, name=name, mode="markers",
            marker={"color": color, "size": 10, "line": {"width": 1, "color": "#ffffff"}},
            hovertemplate="%{x}: %{y:.1%}",
        )  # fmt: skip
    lay_out(
        figure,
        xaxis=axis("entry", type="date"),
        yaxis=axis("forward return (%)", tickformat=".0%"),
    )
    return figure


def after_best(removed: Sequence[int], means: Sequence[Number]) -> Figure:
    """Return the mean that is left after the best k entries are gone."""
    figure = canvas()
    draw(
        figure, "scatter", x=removed, y=means, mode="lines+markers", line={"color": BLUE},
        name="mean of the rest", hovertemplate="without the best %{x}: %{y:.1%}<extra></extra>",
    )  # fmt: skip
    lay_out(
        figure,
        showlegend=False,
        xaxis=axis("best entries removed", dtick=1),
        yaxis=axis("mean forward return (%)", tickformat=".0%"),
    )
    return figure


def drift_bars(lookbacks: Sequence[str], percentiles: dict[str, Sequence[Number]]) -> Figure:
    """Return percentiles of a drift, grouped by how many sessions it had."""
    figure = canvas()
    for (name, values), color in zip(percentiles.items(), PALETTE, strict=False):
        draw(
            figure, "bar", x=lookbacks, y=values, name=name, marker={"color": color},
            hovertemplate=f"%{{x}}, {name}: %{{y:.1%}}<extra></extra>",
        )  # fmt: skip
    lay_out(
        figure,
        barmode="group",
        xaxis=axis("sessions since the hedge was set", type="category"),
        yaxis=axis("drift of the volatility ratio (%)", tickformat=".0%"),
    )
    return figure


def chance(values: Sequence[float], observed: Number, *, unit: str) -> Figure:
    """Return the distribution of what chance gave, and where the run stands in it."""
    figure = canvas()
    add_histogram(figure, values, name="resampled paths")
    _mark(figure, observed, "this run")
    lay_out(figure, showlegend=False, xaxis=axis(unit), yaxis=axis("paths", rangemode="tozero"))
    return figure


def _mark(figure: Figure, value: Number, label: str) -> None:
    """Draw a named vertical line, if there is a value."""
    if value is not None:
        line = {"dash": "dash", "color": ORANGE, "width": 2}
        add_level(figure, value, label, of="x", line=line)
