"""The charts of a run. Finished numbers in, plotly figures out; nothing is computed here."""

import html
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from reports.pages.canvas import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALETTE,
    TALL_PX,
    VERMILLION,
    canvas,
)

Floats = npt.NDArray[np.float64]

MARK_PX, SMALL_MARK_PX, MANY_MARKS = 12, 7, 30
LOWER = (0.0, 0.30)
UPPER = (0.36, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A horizontal line that means something."""

    value: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Sessions to point at on a line, and how."""

    name: str
    dates: Sequence[str]
    values: Sequence[float | None]
    symbol: str
    color: str


def equity_with_drawdown(
    dates: Sequence[str], equity_usd: Floats, drawdown: Floats, beside_usd: Mapping[str, Floats]
) -> go.Figure:
    """Return equity in dollars above, drawdown as a fraction <= 0 beneath, on one time axis.

    ``beside_usd`` has what the same dollars became elsewhere, by name, drawn grey.
    """
    figure = canvas(TALL_PX, over_time=True)
    figure.add_trace(_line(dates, equity_usd, "equity", BLUE, hover="%{y:$,.0f}"))
    for name, dollars in beside_usd.items():
        line = _line(dates, dollars, html.escape(name), GREY, hover="%{y:$,.0f}")
        figure.add_trace(line.update(line_dash="dot"))
    figure.add_trace(
        go.Scatter(
            x=dates, y=drawdown, name="drawdown", yaxis="y2", line_color=VERMILLION, line_width=1.2,
            fill="tozeroy", hovertemplate="%{y:.2%}",
        )
    )  # fmt: skip
    figure.update_layout(
        xaxis_anchor="y2",
        yaxis={"domain": UPPER, "title": "equity (USD)", "tickformat": "$~s"},
        yaxis2={"domain": LOWER, "title": "drawdown (%)", "tickformat": ".1%", "anchor": "x"},
    )
    return figure


def cumulative_pnl(dates: Sequence[str], lines: Mapping[str, Floats]) -> go.Figure:
    """Return cumulative dollars, one line per name."""
    figure = canvas(over_time=True)
    for (name, values), color in zip(lines.items(), PALETTE, strict=False):
        figure.add_trace(_line(dates, values, name, color, hover="%{y:$,.0f}"))
    figure.update_layout(yaxis={"title": "cumulative P&L (USD)", "tickformat": "$~s"})
    return figure


def signal_lines(
    dates: Sequence[str],
    lines: Mapping[str, Floats],
    *,
    unit: str,
    levels: Sequence[Level] = (),
    marks: Sequence[Marks] = (),
) -> go.Figure:
    """Return signal lines in one unit, with level lines and marked sessions."""
    figure = canvas(over_time=True)
    for (name, values), color in zip(lines.items(), PALETTE, strict=False):
        figure.add_trace(_line(dates, values, name, color, hover="%{y:.4f}", width=1.2))
    _point_at(figure, marks, hover="%{y:.3f}")
    for level in levels:
        figure.add_hline(
            y=level.value, line_dash="dash", line_color=ORANGE, line_width=1.5,
            annotation_text=level.label, annotation_position="bottom left",
        )  # fmt: skip
    figure.update_layout(yaxis={"title": unit})
    return figure


def fraction_lines(
    dates: Sequence[str],
    lines: Mapping[str, Floats],
    *,
    unit: str,
    levels: Sequence[Level] = (),
    marks: Sequence[Marks] = (),
) -> go.Figure:
    """Return lines of fractions as percent, with level lines and marked sessions; NaN is a gap."""
    figure = signal_lines(dates, lines, unit=unit, levels=levels, marks=marks)
    figure.update_traces(hovertemplate="%{y:.1%}")
    figure.update_layout(yaxis_tickformat=",.0%")
    return figure


def stacked_quarters(quarters: Sequence[str], billions: Mapping[str, Floats]) -> go.Figure:
    """Return one bar a quarter, stacked by company; NaN leaves its part out."""
    figure = canvas()
    for (name, values), color in zip(billions.items(), itertools.cycle(PALETTE)):
        figure.add_trace(
            go.Bar(
                x=list(quarters), y=values, name=name, marker_color=color,
                hovertemplate=f"{html.escape(name)} %{{x}}: %{{y:$,.1f}}bn<extra></extra>",
            )
        )  # fmt: skip
    figure.update_layout(
        barmode="stack",
        xaxis={"type": "category", "title": "calendar quarter", "nticks": 16},
        yaxis={"title": "capital expenditure (USD bn)", "tickformat": "$,.0f"},
    )
    return figure


def exposure(
    dates: Sequence[str], gross_frac: Floats, net_frac: Floats, marks: Sequence[Marks] = ()
) -> go.Figure:
    """Return gross and net exposure as fractions of equity, with marked sessions."""
    figure = canvas(over_time=True)
    figure.add_trace(_line(dates, gross_frac, "gross", BLUE, hover="%{y:,.1%}"))
    figure.add_trace(_line(dates, net_frac, "net", VERMILLION, hover="%{y:,.1%}"))
    _point_at(figure, marks, hover="%{y:,.1%}")
    figure.update_layout(yaxis={"title": "exposure (% of equity)", "tickformat": ",.0%"})
    return figure


def index_growth(dates: Sequence[str], lines: Mapping[str, Floats]) -> go.Figure:
    """Return growth since the start of the year, one dashed grey line per symbol, fractions.

    Grey, because on a comparison's page a colour means a variant.
    """
    figure = canvas(over_time=True)
    for (name, values), dash in zip(lines.items(), ("solid", "dash", "dot"), strict=True):
        drawn = _line(dates, values, html.escape(name), GREY, hover="%{y:+.2%}")
        figure.add_trace(drawn.update(line_dash=dash))
    figure.update_layout(yaxis={"title_text": "growth since the start (%)", "tickformat": "+.0%"})
    return figure


def cost_bars(kinds: Sequence[str], dollars: Sequence[float]) -> go.Figure:
    """Return one bar per kind of cost, positive dollars paid, in the order given."""
    figure = canvas()
    figure.add_trace(
        go.Bar(
            x=list(kinds), y=list(dollars), marker_color=BLUE, name="paid",
            texttemplate="%{y:$,.2f}", textposition="outside", cliponaxis=False,
            hovertemplate="%{x}: %{y:$,.2f}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(
        xaxis={"type": "category", "title": "kind of cost"},
        yaxis={"title": "paid over the run (USD)", "tickformat": "$~s", "rangemode": "tozero"},
        showlegend=False,
    )
    return figure


def waterfall(
    labels: Sequence[str], dollars: Sequence[float], is_total: Sequence[bool]
) -> go.Figure:
    """Return steps of signed dollars from top to bottom; a total restates the sum so far."""
    figure, reached, starts, colors = canvas(TALL_PX), 0.0, [], []
    for usd, total in zip(dollars, is_total, strict=True):
        starts.append(0.0 if total else reached)
        colors.append(BLUE if total else GREEN if usd >= 0.0 else VERMILLION)
        reached = usd if total else reached + usd
    figure.add_trace(
        go.Bar(
            orientation="h", y=list(labels), x=list(dollars), base=starts, name="P&L",
            marker_color=colors, hovertemplate="%{y}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(
        xaxis={"title": "cumulative P&L (USD)", "tickformat": "$~s", "nticks": 6},
        yaxis={
            "title": {"text": "piece of P&L (USD)", "standoff": 8}, "type": "category",
            "autorange": "reversed", "automargin": True, "showgrid": False,
        },
        showlegend=False,
    )  # fmt: skip
    return figure


def _point_at(figure: go.Figure, marks: Sequence[Marks], *, hover: str) -> None:
    """Add marked sessions; many marks are drawn smaller."""
    for mark in marks:
        size = MARK_PX if len(mark.dates) <= MANY_MARKS else SMALL_MARK_PX
        figure.add_trace(
            go.Scatter(
                x=mark.dates, y=mark.values, name=mark.name, mode="markers",
                marker={
                    "symbol": mark.symbol, "size": size, "color": mark.color,
                    "line": {"width": 1, "color": "#ffffff"},
                },
                hovertemplate=hover,
            )
        )  # fmt: skip


def _line(
    dates: Sequence[str], values: Floats, name: str, color: str, *, hover: str, width: float = 1.6
) -> go.Scatter:
    return go.Scatter(
        x=dates, y=values, name=name, mode="lines", line={"color": color, "width": width},
        hovertemplate=hover,
    )  # fmt: skip
