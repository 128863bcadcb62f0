"""The comparison page. A view in, ``compare.html`` out: numbers become a template's context."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from configs.formats import listed
from reports.headline import money, percent
from reports.measures.frontier import Frontier, FrontierPoint
from reports.measures.index_context import IndexContext
from reports.pages.canvas import Chart, embedded
from reports.pages.compare.charts import caption, comparison_charts, frontier_chart
from reports.pages.compare.figures import looks
from reports.pages.compare.tables import bps, tables
from reports.pages.compare.view import ComparisonView
from reports.pages.compare.worlds import firsts, grid_table
from reports.pages.run.index_section import index_chart, index_section, sortable
from reports.pages.template import environment, with_contents
from reports.wording import alarm

MANY = 5  # variants from which a table is printed small
EXPOSURE_APART = 0.05  # of equity: below that, sizes are alike
BORDERS = {"solid": "solid", "dash": "dashed", "dot": "dotted", "dashdot": "double"}
FIRST_ROWS = (
    "Total return", "CAGR", "Sharpe", "Max drawdown", "Hedge error, median", "Costs, bps a year",
)  # fmt: skip

GALLERY_ROWS = (
    "Pair", "From", "To", "Total return", "Benchmark", "CAGR", "Sharpe", "Max drawdown",
    "Time in market", "Entries",
)  # fmt: skip


def compare_page(
    view: ComparisonView,
    *,
    title: str,
    variants: Mapping[str, str],
    sheets: Mapping[str, str],
    failed: Mapping[str, str],
    script: str,
    synthetic: bool,
    replicates: str | None,
    shelf: str | None = None,
) -> str:
    """Return the whole page as HTML.

    Parameters
    ----------
    variants, sheets
        Each variant's run page and tear sheet, as paths relative to this one.
    failed
        What stopped each variant that is not in ``view``.
    replicates
        What is to be said of variants that are replications; None of none.
    shelf
        Address of the comparison's row on a shelf; None for one on no shelf.
    script
        Path of the shared plotly script, relative to this page.
    """
    charts, index = comparison_charts(view), view.index_context
    frontiers = [_frontier(view, place, each) for place, each in enumerate(view.frontiers)]
    on_index = None if index is None else _index_chart(view, index)
    page = (
        environment()
        .get_template("compare.html.j2")
        .render(
            title=title,
            synthetic_warning=alarm(synthetic=synthetic, replicates=replicates),
            runs=[
                (name, quote(href), quote(sheets.get(name, ""))) for name, href in variants.items()
            ],
            answer=view.answer,
            first_rows=GALLERY_ROWS if view.is_gallery else FIRST_ROWS,
            is_gallery=view.is_gallery,
            failed=list(failed.items()),
            script=quote(script),
            **_head(view, len(variants) + len(failed)),
            **tables(view),
            charts=charts,
            frontiers=frontiers,
            index_context=None if index is None else index_section(index),
            index_chart=on_index,
            figures=embedded(
                each for each in (*charts, *(f["chart"] for f in frontiers), on_index) if each
            ),
        )
    )
    return with_contents(page, [] if shelf is None else [("Shelf", shelf)])


def _index_chart(view: ComparisonView, context: IndexContext) -> Chart:
    closes = f"{len(context.dates):,} closes"
    return index_chart(context, caption(view, closes, since=context.dates[0]))


def _head(view: ComparisonView, tried: int) -> dict[str, Any]:
    return {
        "names": view.names,
        "many": len(view.names) >= MANY,
        "looks": {
            name: {"color": look.color, "border": BORDERS[look.dash]}
            for name, look in looks(view.names).items()
        },
        "period": f"{view.start} to {view.end}",
        "sessions": f"{len(view.dates):,}",
        "pair": listed(dict.fromkeys(each.pair for each in view.variants))
        if view.is_gallery
        else f"long {view.long} / short {view.short}",
        "sentence": view.sentence,
        "worlds": None if view.is_gallery else grid_table(view.variants, len(view.dates)),
        "assumptions": _assumptions(view, tried),
    }


def _risk_doubts(view: ComparisonView) -> list[str]:
    """Return what hedge and exposure leave unsaid, where they do."""
    said = []
    shares = sorted({each.hedge.share for each in view.variants if each.hedge.median is not None})
    if len(shares) > 1:
        said.append(
            f"Hedge errors are of {' and of '.join(shares)} shares, which do not compare: no "
            "frontier is drawn through them."
        )
    if any(each.hedge.share == "risk" for each in view.variants):
        said.append(
            "The hedge error uses the volatilities that size the legs; risk they miss, it misses "
            "too."
        )
    for exposure, values in (
        ("gross", [each.gross_held for each in view.variants if each.gross_held is not None]),
        ("net", [each.net_held for each in view.variants if each.net_held is not None]),
    ):
        if values and max(values) - min(values) > EXPOSURE_APART:
            said.append(
                f"Mean {exposure} exposure while held runs from {percent(min(values), 0)} to "
                f"{percent(max(values), 0)} of equity: part of a difference in return is that."
            )
    return said


def _assumptions(view: ComparisonView, tried: int) -> list[str]:
    """Return what would make the comparison wrong."""
    if view.is_gallery:
        return [
            "Nothing is tested here: pairs, windows or prices differ, and a higher figure proves "
            "no rule.",
            f"{tried} stand side by side: the best of them looks better than it is.",
        ]
    trips = max(each.entries for each in view.variants)
    entered = {0: "no entry", 1: "one entry"}.get(trips, f"at most {trips} entries")
    return [
        f"One pair over one window, with {entered} a variant: another window may turn the order.",
        *_risk_doubts(view),
        "The interval and p hold if the daily differences keep their nature over the window.",
        f"{tried} variants were tried: the best of them looks better than it is.",
    ]


def _frontier(view: ComparisonView, place: int, frontier: Frontier) -> dict[str, Any]:
    world = frontier.points[0].name
    own = next(each.world for each in view.variants if each.name == world)
    return {
        "costs": firsts(view.variants)[own].name if len(view.frontiers) > 1 else None,
        "sentence": frontier.sentence,
        "chart": frontier_chart(view, frontier, f"frontier{place or ''}"),
        "rows": [
            {
                "name": point.name,
                "place": _place(point, frontier.knee),
                "numbers": [
                    sortable(point.cost_bps_year, bps),
                    sortable(point.hedge_error, percent),
                    sortable(point.turnover, lambda x: f"{x:.2f}x"),
                    sortable(point.cost_usd_year, money),
                ],
            }
            for point in frontier.points
        ],
    }


def _place(point: FrontierPoint, knee: str | None) -> str:
    """Return where a variant stands among the others."""
    if point.hedge_error is None:
        return "never held"
    if point.name == knee:
        return "beyond it, more buys little"
    return "" if point.is_efficient else "beaten by another"
