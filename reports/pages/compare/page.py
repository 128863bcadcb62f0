"""The comparison page. A view in, ``compare.html`` out: numbers become a template's context."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from configs.formats import listed
from reports.headline import ABSENT, BY_KEY, COSTS, Number, Unit, money, percent, shown, written
from reports.measures.frontier import Frontier, FrontierPoint
from reports.measures.index_context import IndexContext
from reports.pages.canvas import Chart, embedded
from reports.pages.compare.answer import answer
from reports.pages.compare.charts import caption, comparison_charts, frontier_chart, less
from reports.pages.compare.figures import looks
from reports.pages.compare.view import ComparisonView, PairReading, VariantNumbers
from reports.pages.compare.worlds import firsts, grid_table, setting
from reports.pages.run.index_section import index_chart, index_section, sortable
from reports.pages.template import environment, with_contents
from reports.wording import alarm

MANY = 5  # variants from which a table is printed small
CHANCE = 0.05  # of p at most this much by luck alone
HASH_DIGITS = 12
ALL = "all"
EXPOSURE_APART = 0.05  # of equity: below that, sizes are alike
BORDERS = {"solid": "solid", "dash": "dashed", "dot": "dotted", "dashdot": "double"}
HEADLINE = (
    "total_return", "cagr", "volatility", "sharpe", "max_drawdown", "time_in_market", "turnover",
    "entries", "trades_closed",
)  # fmt: skip

FIRST_ROWS = (
    "Total return", "CAGR", "Sharpe", "Max drawdown", "Hedge error, median", "Costs, bps a year",
)  # fmt: skip

GALLERY_ROWS = (
    "Pair", "From", "To", "Total return", "Benchmark", "CAGR", "Sharpe", "Max drawdown",
    "Time in market", "Entries",
)  # fmt: skip

Cell = tuple[str, str]  # what a column sorts by, empty for no value, and what it shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure, read from a variant."""

    label: str
    meaning: str
    unit: Unit
    value: Callable[[VariantNumbers], Number]


OWN_ROWS = (
    Row(label="Fills", meaning="Legs filled.", unit="count", value=lambda v: v.fills),
    Row(
        label="Rebalances", meaning="Of the hedge, those that traded.", unit="count",
        value=lambda v: v.rebalances,
    ),
    Row(
        label="Hedge error, median", unit="percent", value=lambda v: v.hedge.median,
        meaning="Points between the long leg's share and half, over the closes at which the pair "
        "was held (a beta or a capex multiple aims at another share). It is of risk (dollars times "
        "volatility) for inverse-vol sizing, of dollars for the others.",
    ),
    Row(
        label="Hedge error, 95th percentile", meaning="One close in twenty was further off.",
        unit="percent", value=lambda v: v.hedge.percentile_95,
    ),
    Row(
        label="Gross exposure while held", unit="percent", value=lambda v: v.gross_held,
        meaning="Mean over equity, at the closes at which the pair was held.",
    ),
    Row(
        label="Net exposure while held", meaning="The same, long less short.", unit="percent",
        value=lambda v: v.net_held,
    ),
    Row(
        label="Beta", meaning="Slope of daily returns on the benchmark's, all sessions.",
        unit="ratio", value=lambda v: v.beta,
    ),
    Row(
        label="Beta while held", meaning="The same, over the sessions in which the pair was held.",
        unit="ratio", value=lambda v: v.beta_held,
    ),
    Row(
        label="Costs", meaning=f"{listed(COSTS).capitalize()}.", unit="usd",
        value=lambda v: v.cost_usd,
    ),
    Row(
        label="Costs, bps a year", meaning="Over mean equity, a year of 252 sessions.",
        unit="ratio", value=lambda v: v.cost_bps_year,
    ),
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
            answer=view.sentence if view.is_gallery else answer(view.variants, view.pairs),
            first_rows=GALLERY_ROWS if view.is_gallery else FIRST_ROWS,
            is_gallery=view.is_gallery,
            readings=_readings(view),
            failed=list(failed.items()),
            script=quote(script),
            **_head(view, len(variants) + len(failed)),
            **_tables(view),
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


def _tables(view: ComparisonView) -> dict[str, Any]:
    return {
        "settings": _settings(view),
        "digests": [each.config_sha256[:HASH_DIGITS] for each in view.variants],
        "measures": [
            ("Pair", "Long / short.", [each.pair for each in view.variants]),
            ("From", "First session.", [each.start for each in view.variants]),
            ("To", "Last session.", [each.end for each in view.variants]),
            *_headline_rows(view),
            (
                "Benchmark",
                "What it returned in the same window.",
                [_benchmark(each) for each in view.variants],
            ),
            *(
                (row.label, row.meaning, [written(row.value(v), row.unit) for v in view.variants])
                for row in OWN_ROWS
            ),
        ],
        "differences": _differences(view),
        "method": _method(view),
        "costs": [
            _cost_table(
                view,
                "Dollars over the run",
                lambda each: {**each.costs_usd, ALL: each.cost_usd},
                money,
            ),
            _cost_table(
                view,
                "Basis points of mean equity a year",
                lambda each: {**each.costs_bps_year, ALL: each.cost_bps_year},
                _bps,
            ),
        ],
    }


def _cost_table(
    view: ComparisonView,
    unit: str,
    paid: Callable[[VariantNumbers], dict[str, float]],
    text: Callable[[float], str],
) -> dict[str, Any]:
    """Return one unit's table: a row for each kind, a cell for each variant."""
    columns = [paid(each) for each in view.variants]
    rows = {kind: [sortable(column[kind], text) for column in columns] for kind in (*COSTS, ALL)}
    return {"unit": unit, "totals": rows.pop(ALL), "rows": list(rows.items())}


def _benchmark(variant: VariantNumbers) -> str:
    if variant.benchmark_return is None:
        return ABSENT
    return f"{percent(variant.benchmark_return)} ({variant.benchmark})"


def _readings(view: ComparisonView) -> list[tuple[str, list[str]]]:
    """Return a row for each figure of a gallery's signals, a cell for each variant."""
    readings = view.readings or ()
    if not readings:
        return []
    horizon = max(each.horizon_sessions or 0 for each in readings)
    rows: tuple[tuple[str, Unit, Callable[[PairReading], Number]], ...] = (
        ("z today", "ratio", lambda each: each.today),
        ("Readings at or below it", "percent", lambda each: each.share_at_or_below),
        ("5th percentile of z", "ratio", lambda each: each.percentile_5),
        ("Lowest z", "ratio", lambda each: each.lowest),
        ("At or below the entry level", "percent", lambda each: each.share_at_or_below_level),
        ("Volatility, long over short", "ratio", lambda each: each.vol_ratio),
        ("Signals", "count", lambda each: each.entries),
        (f"Signals {horizon} sessions ago or more", "count", lambda each: each.complete),
        ("Their mean since", "percent", lambda each: each.forward_mean),
        ("Of them won", "percent", lambda each: each.win_rate),
    )
    cells = [
        (label, [written(read(each), unit) for each in readings]) for label, unit, read in rows
    ]
    why = [each.reason or "" for each in readings]
    return [("No z", why), *cells] if any(why) else cells


def _headline_rows(view: ComparisonView) -> list[tuple[str, str, list[str]]]:
    """Return the measures that are attributes of a variant under their headline key."""
    return [
        (
            BY_KEY[key].label,
            BY_KEY[key].meaning,
            [shown(key, getattr(each, key), each.sessions) for each in view.variants],
        )
        for key in HEADLINE
    ]


def _settings(view: ComparisonView) -> list[tuple[str, list[str]]]:
    """Return each key on which any variant differs, and its value everywhere."""
    first = {change.key: change.first for each in view.variants for change in each.changes}
    here = [{change.key: change.here for change in each.changes} for each in view.variants]
    return [(key, [setting(own.get(key, value)) for own in here]) for key, value in first.items()]


def _differences(view: ComparisonView) -> list[dict[str, Any]]:
    return [
        {
            "name": less(pair),
            "sentence": pair.sentence,
            "numbers": [
                sortable(pair.annualised, percent),
                sortable(pair.low, percent),
                sortable(pair.high, percent),
                sortable(pair.p_value, lambda p: f"{p:.3f}"),
                sortable(pair.p_holm, lambda p: f"{p:.3f}"),
                sortable(pair.sessions, lambda n: f"{n:,.0f}"),
                sortable(pair.sessions_differing, lambda n: f"{n:,.0f}"),
                sortable(pair.cost_bps_year, lambda bps: f"{bps:+.1f}"),
            ],
        }
        for pair in view.pairs
    ]


def _method(view: ComparisonView) -> str:
    if not view.pairs:
        return ""
    blocks = sorted({pair.block_sessions for pair in view.pairs if pair.block_sessions is not None})
    said = (
        "Daily equity return of one less the other, annualised by 252. Paired stationary bootstrap "
        f"of {view.pairs[0].resamples:,} resamples, seed {view.seed}; 95% percentile interval, "
        "two-sided p."
    )
    if blocks:
        span = f"{blocks[0]}" if len(blocks) == 1 else f"{blocks[0]} to {blocks[-1]}"
        said += f" Runs of {span} sessions on average are drawn together."
    tested = sum(pair.p_value is not None for pair in view.pairs)
    if tested > 1:
        said += (
            f" Of {tested} tests, {CHANCE * tested:.1f} would show p at most {CHANCE} by luck "
            "alone if nothing differed: corrected is Holm's (1979) p for so many."
        )
    return said


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
                    sortable(point.cost_bps_year, _bps),
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


def _bps(value: float) -> str:
    return f"{value:.1f}"
