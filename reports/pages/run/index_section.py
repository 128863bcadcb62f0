"""What the index hides, for a page. An `IndexContext` in, a chart and a table's cells out."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from reports.headline import ABSENT, percent
from reports.measures.capex_table import CapexRow, billions, capex_sentence
from reports.measures.index_context import CALM_BENCHMARK, IndexContext
from reports.pages.canvas import Chart
from reports.pages.run import figures

Cell = tuple[str, str]  # what a table sorts by, what it shows


def index_chart(context: IndexContext, caption: str) -> Chart:
    """Return the legs' growth beside the benchmark's; ``caption`` is the page's own."""
    return Chart(
        key="index",
        title=f"{context.long} and {context.short} are {abs(context.spread) * 100:.1f} points "
        f"apart; {context.benchmark} moved {percent(context.growth[context.benchmark][-1], 1)}",
        caption=caption,
        figure=figures.index_growth(context.dates, context.growth),
    )


def index_section(context: IndexContext) -> dict[str, Any]:
    """Return the section's sentence and tables for ``index_context.html.j2``."""
    return {
        "sentence": context.sentence,
        "symbols": (context.long, context.short, context.benchmark),
        "base": context.dates[0],
        "end": context.dates[-1],
        "starts_with_year": context.starts_with_year,
        "calm": percent(CALM_BENCHMARK, 1),
        "calm_sessions": f"{context.calm_sessions:,}",
        "sessions": f"{len(context.dates) - 1:,}",
        "growth": [(symbol, percent(line[-1])) for symbol, line in context.growth.items()],
        "spread": f"{context.spread * 100:+.2f}",
        "capex_sentence": capex_sentence(context.capex),
        "capex_rows": capex_cells(context.capex),
        "apart": [
            (
                session.date,
                [
                    sortable(session.long_return, percent),
                    sortable(session.short_return, percent),
                    sortable(session.benchmark_return, percent),
                    sortable(session.gap, lambda gap: f"{gap * 100:+.2f}"),
                ],
            )
            for session in context.apart
        ],
    }


def capex_cells(rows: Sequence[CapexRow]) -> list[dict[str, Any]]:
    """Return the spenders' rows for ``capex_table.html.j2``."""
    return [
        {
            "company": row.company,
            "quarter_end": row.quarter_end,
            "filed": row.filed,
            "numbers": [
                sortable(row.before_usd, billions),
                sortable(row.now_usd, billions),
                sortable(row.growth, lambda growth: f"{growth * 100:+.0f}%"),
            ],
        }
        for row in rows
    ]


def sortable(value: float | None, text: Callable[[float], str]) -> Cell:
    """Return a number as a table sorts and shows it; nothing and a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "", ABSENT
    return repr(float(value)), text(value)
