"""The tables of a comparison. A view in, rows of labelled cells out, for ``compare.html.j2``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from configs.formats import listed
from reports.headline import ABSENT, BY_KEY, COSTS, Number, Unit, money, percent, shown, written
from reports.pages.compare.charts import less
from reports.pages.compare.view import ComparisonView, PairReading, VariantNumbers
from reports.pages.compare.worlds import setting
from reports.pages.run.index_section import sortable

CHANCE = 0.05  # of p at most this much by luck alone
HASH_DIGITS = 12
ALL = "all"
HEADLINE = (
    "total_return", "cagr", "volatility", "sharpe", "max_drawdown", "time_in_market", "turnover",
    "entries", "trades_closed",
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


def tables(view: ComparisonView) -> dict[str, Any]:
    """Return every table of a comparison, a gallery's readings among them."""
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
        "readings": _readings(view),
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
                bps,
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


def bps(value: float) -> str:
    """Return basis points as a table has them."""
    return f"{value:.1f}"
