"""The charts of a run. Finished numbers in, figures out; nothing is computed here."""

import html
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reports.pages.canvas import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALETTE,
    TALL_PX,
    VERMILLION,
    Figure,
    add_level,
    axis,
    canvas,
    draw,
    lay_out,
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
) -> Figure:
    """Return equity in dollars above, drawdown as a fraction <= 0 beneath, on one time axis.

    ``beside_usd`` has what the same dollars became elsewhere, by name, drawn grey.
    """
    figure = canvas(TALL_PX, over_time=True)
    _line(figure, dates, equity_usd, "equity", BLUE, hover="%{y:$,.0f}")
    for name, dollars in beside_usd.items():
        _line(figure, dates, dollars, html.escape(name), GREY, hover="%{y:$,.0f}", dash="dot")
    draw(
        figure, "scatter", x=dates, y=drawdown, name="drawdown", yaxis="y2", mode="lines",
        line={"color": VERMILLION, "width": 1.2}, fill="tozeroy", hovertemplate="%{y:.2%}",
    )  # fmt: skip
    lay_out(
        figure,
        xaxis={"anchor": "y2"},
        yaxis=axis("equity (USD)", domain=UPPER, tickformat="$~s"),
        yaxis2=axis("drawdown (%)", domain=LOWER, tickformat=".1%", anchor="x"),
    )
    return figure


def cumulative_pnl(dates: Sequence[str], lines: Mapping[str, Floats]) -> Figure:
    """Return cumulative dollars, one line per name."""
    figure = canvas(over_time=True)
    for (name, values), color in zip(lines.items(), PALETTE, strict=False):
        _line(figure, dates, values, name, color, hover="%{y:$,.0f}")
    lay_out(figure, yaxis=axis("cumulative P&L (USD)", tickformat="$~s"))
    return figure


def fraction_lines(
    dates: Sequence[str],
    lines: Mapping[str, Floats],
    *,
    unit: str,
    levels: Sequence[Level] = (),
    marks: Sequence[Marks] = (),
) -> Figure:
    """Return lines of fractions as percent, with level lines and marked sessions; NaN is a gap."""
    figure = canvas(over_time=True)
    for (name, values), color in zip(lines.items(), PALETTE, strict=False):
        _line(figure, dates, values, name, color, hover="%{y:.1%}", width=1.2)
    _point_at(figure, marks, hover="%{y:.1%}")
    for level in levels:
        add_level(
            figure, level.value, level.label, line={"dash": "dash", "color": ORANGE, "width": 1.5}
        )
    lay_out(figure, yaxis=axis(unit, tickformat=",.0%"))
    return figure


def stacked_quarters(quarters: Sequence[str], billions: Mapping[str, Floats]) -> Figure:
    """Return one bar a quarter, stacked by company; NaN leaves its part out."""
    figure = canvas()
    for (name, values), color in zip(billions.items(), itertools.cycle(PALETTE)):
        draw(
            figure, "bar", x=quarters, y=values, name=name, marker={"color": color},
            hovertemplate=f"{html.escape(name)} %{{x}}: %{{y:$,.1f}}bn<extra></extra>",
        )  # fmt: skip
    lay_out(
        figure,
        barmode="stack",
        xaxis=axis("calendar quarter", type="category", nticks=16),
        yaxis=axis("capital expenditure (USD bn)", tickformat="$,.0f"),
    )
    return figure


def exposure(
    dates: Sequence[str], gross_frac: Floats, net_frac: Floats, marks: Sequence[Marks] = ()
) -> Figure:
    """Return gross and net exposure as fractions of equity, with marked sessions."""
    figure = canvas(over_time=True)
    _line(figure, dates, gross_frac, "gross", BLUE, hover="%{y:,.1%}")
    _line(figure, dates, net_frac, "net", VERMILLION, hover="%{y:,.1%}")
    _point_at(figure, marks, hover="%{y:,.1%}")
    lay_out(figure, yaxis=axis("exposure (% of equity)", tickformat=",.0%"))
    return figure


def index_growth(dates: Sequence[str], lines: Mapping[str, Floats]) -> Figure:
    """Return growth since the start of the year, one dashed grey line per symbol, fractions.

    Grey, because on a comparison's page a colour means a variant.
    """
    figure = canvas(over_time=True)
    for (name, values), dash in zip(lines.items(), ("solid", "dash", "dot"), strict=True):
        _line(figure, dates, values, html.escape(name), GREY, hover="%{y:+.2%}", dash=dash)
    lay_out(figure, yaxis=axis("growth since the start (%)", tickformat="+.0%"))
    return figure


def cost_bars(kinds: Sequence[str], dollars: Sequence[float]) -> Figure:
    """Return one bar per kind of cost, positive dollars paid, in the order given."""
    figure = canvas()
    draw(
        figure, "bar", x=kinds, y=dollars, marker={"color": BLUE}, name="paid",
        texttemplate="%{y:$,.2f}", textposition="outside", cliponaxis=False,
        hovertemplate="%{x}: %{y:$,.2f}<extra></extra>",
    )  # fmt: skip
    lay_out(
        figure,
        xaxis=axis("kind of cost", type="category"),
        yaxis=axis("paid over the run (USD)", tickformat="$~s", rangemode="tozero"),
        showlegend=False,
    )
    return figure


def waterfall(labels: Sequence[str], dollars: Sequence[float], is_total: Sequence[bool]) -> Figure:
    """Return steps of signed dollars from top to bottom; a total restates the sum so far."""
    figure, reached, starts, colors = canvas(TALL_PX), 0.0, [], []
    for usd, total in zip(dollars, is_total, strict=True):
        starts.append(0.0 if total else reached)
        colors.append(BLUE if total else GREEN if usd >= 0.0 else VERMILLION)
        reached = usd if total else reached + usd
    draw(
        figure, "bar", orientation="h", y=labels, x=dollars, base=starts, name="P&L",
        marker={"color": colors}, hovertemplate="%{y}<extra></extra>",
    )  # fmt: skip
    lay_out(
        figure,
        xaxis=axis("cumulative P&L (USD)", tickformat="$~s", nticks=6),
        yaxis=axis("piece of P&L (USD)", type="category", autorange="reversed", showgrid=False),
        showlegend=False,
    )
    return figure


def _point_at(figure: Figure, marks: Sequence[Marks], *, hover: str) -> None:
    """Add marked sessions; many marks are drawn smaller."""
    for mark in marks:
        size = MARK_PX if len(mark.dates) <= MANY_MARKS else SMALL_MARK_PX
        draw(
            figure, "scatter", x=mark.dates, y=mark.values, name=mark.name, mode="markers",
            marker={
                "symbol": mark.symbol, "size": size, "color": mark.color,
                "line": {"width": 1, "color": "#ffffff"},
            },
            hovertemplate=hover,
        )  # fmt: skip


def _line(
    figure: Figure,
    dates: Sequence[str],
    values: Floats,
    name: str,
    color: str,
    *,
    hover: str,
    width: float = 1.6,
    dash: str = "solid",
) -> None:
    draw(
        figure, "scatter", x=dates, y=values, name=name, mode="lines", hovertemplate=hover,
        line={"color": color, "width": width, "dash": dash},
    )  # fmt: skip
