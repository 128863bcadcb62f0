"""The run page. A run in, ``index.html`` out: the numbers become a template's context here."""

import calendar
import math
import shlex
from collections.abc import Mapping
from typing import Any

import yaml

from configs.formats import listed
from configs.sentence import brief
from configs.sentence import sentence as rules_in_full
from engine.records.columns import FILL_COSTS
from engine.records.result import Result
from reports import summary
from reports.findings import finding_rows
from reports.headline import (
    ABSENT,
    BY_KEY,
    COSTS,
    MEASURES,
    cell,
    is_short,
    money,
    percent,
    written,
)
from reports.measures import attribution
from reports.measures.benchmark import Benchmark, run_benchmark
from reports.measures.capex_table import capex_rows, capex_sentence
from reports.measures.index_context import IndexContext, run_index_context
from reports.pages.canvas import Chart, embedded
from reports.pages.run import breakeven, filings, rates, rebalances, today, trade_table
from reports.pages.run.assumptions import assumptions
from reports.pages.run.calendar import fall_rows, month_rows
from reports.pages.run.charts import charts
from reports.pages.run.filing_charts import filing_charts
from reports.pages.run.index_section import capex_cells, index_chart, index_section
from reports.pages.run.whole import Whole
from reports.pages.shelf.page import VERDICTS
from reports.pages.tearsheet.page import IGNORED
from reports.pages.template import SCRIPT, environment, with_contents
from reports.wording import alarm, iso

FILINGS = "filings.csv"
SHEET = "tearsheet.html"
FILES = (
    (SHEET, "QuantStats' charts and tables of the same session returns"),
    ("result.json", "headline numbers, counts, open trade, pending orders"),
    ("ledger.csv", "one row per session: cash, positions, P&L, every cost"),
    ("fills.csv", "one row per leg filled"),
    ("trades.csv", "one row per closed round trip"),
    ("rebalances.csv", "one row per rebalance: why, the drift it found, what it cost"),
    ("signals.csv", "every signal line, whether it would enter, whether we acted"),
    (FILINGS, "one row per number of a company report that a decision rests on"),
    ("findings.json", "what the checks found"),
    ("manifest.json", "configuration, data files and hashes, versions, command"),
)
FOLDED_FROM = 40  # longer tables open on request


def run_page(
    result: Result,
    whole: Whole | None = None,
    shelf: str | None = None,
    *,
    script: str = SCRIPT.name,
    has_sheet: bool = True,
) -> str:
    """Return the whole page as HTML.

    Parameters
    ----------
    whole
        What the run is part of, with what both have around them; None for a run alone.
    shelf
        Address of the run's row on a shelf, where the verdict of an audit stands: the run's own
        folder is the same whatever else lies beside it, and its page asks the shelf. None for a run
        on no shelf.
    script
        Address of the charts' script; beside the page by default.
    has_sheet
        Whether a tear sheet lies beside the page.
    """
    drawn, context = charts(result), run_index_context(result)
    on_filings = filing_charts(result)
    on_index = None if context is None else _index_chart(result, context)
    all_drawn = (*drawn, *on_filings, *(() if on_index is None else (on_index,)))
    if whole is not None:
        shelf, script = whole.shelf, whole.script
    page = (
        environment()
        .get_template("run.html.j2")
        .render(
            **_summary_context(result),
            **_money_context(result),
            **_trade_context(result),
            **_today_context(result),
            shelf=shelf,
            verdicts=VERDICTS,
            charts=drawn,
            index_context=None if context is None else index_section(context),
            index_chart=on_index,
            filings=filings.filings_context(result),
            filing_charts=on_filings,
            capex_sentence=_capex_sentence(result),
            capex_rows=capex_cells(capex_rows(result) if context is None else ()),
            thesis_states=filings.states(result),
            figures=embedded(all_drawn),
            script=script,
            whole=whole,
            has_sheet=has_sheet,
            files=[
                *files_of(result, has_sheet=has_sheet),
                (script, "the script that draws the charts of this page"),
            ],
            ignored=IGNORED,
            manifest_lines=_manifest_lines(result.manifest),
            config_text=yaml.safe_dump(
                result.config.of_the_run(), sort_keys=False, allow_unicode=True
            ),
        )
    )
    return with_contents(page, _around(whole, shelf, has_sheet=has_sheet))


def _around(whole: Whole | None, shelf: str | None, *, has_sheet: bool) -> list[tuple[str, str]]:
    """Return what lies around the page."""
    links = [("Shelf", shelf)] if shelf is not None else []
    links += [(whole.noun.capitalize(), whole.page)] if whole is not None else []
    return [*links, ("Tear sheet", SHEET)] if has_sheet else links


def _is_waiting(result: Result) -> bool:
    """Return whether something is held, ordered or watched at the last close."""
    return bool(result.open_trades or result.pending or result.thesis)


def _today_context(result: Result) -> dict[str, Any]:
    return {
        "is_waiting": _is_waiting(result),
        "signal_sentence": today.signal_sentence(result),
        "exit_rows": today.exit_rows(result),
        "open_count": len(result.open_trades),
        "month_names": calendar.month_abbr[1:],
        "months": month_rows(result),
        "falls": fall_rows(result),
    }


def _tiles(result: Result, benchmark: Benchmark | None) -> list[tuple[str, str]]:
    """Return the six figures of the first screen; of less than a year, returns for growth."""
    headline = result.headline
    is_brief = is_short("cagr", headline["sessions"])
    grown = "total_return" if is_brief else "cagr"
    keys = ("net_pnl", grown, "sharpe", "max_drawdown", "time_in_market")
    tiles = [(BY_KEY[key].label, cell(headline, key)) for key in keys]
    if benchmark is not None:
        value = benchmark.total_return if is_brief else benchmark.cagr
        tiles.append((f"{benchmark.symbol}, {BY_KEY[grown].label}", written(value, "percent")))
    return tiles


def _capex_sentence(result: Result) -> str:
    """Return what the spenders spent; where a decision needs it and none is known, that."""
    unknown = "No quarter is known of every spender." if result.config.reads_spenders else ""
    return capex_sentence(capex_rows(result)) or unknown


def files_of(result: Result, *, has_sheet: bool = True) -> tuple[tuple[str, str], ...]:
    """Return the files of one run and what each holds; without reports it has no file of them."""
    is_there = {SHEET: has_sheet, FILINGS: result.filings is not None}
    return tuple(each for each in FILES if is_there.get(each[0], True))


def _index_chart(result: Result, context: IndexContext) -> Chart:
    period = f"{context.dates[0]} to {context.dates[-1]}"
    digest = result.config.digest()[:12]
    caption = f"n = {len(context.dates):,} closes; {period}; config {digest}"
    return index_chart(context, caption)


def _summary_context(result: Result) -> dict[str, Any]:
    headline, dates = result.headline, result.ledger["date"]
    benchmark = run_benchmark(result)
    return {
        "name": result.config.name,
        "synthetic_warning": alarm(
            synthetic=result.synthetic, replicates=result.config.account.replication
        ),
        "period": f"{iso(dates.iloc[0])} to {iso(dates.iloc[-1])}",
        "sessions": f"{len(dates):,}",
        "ruin": summary.ruin(result),
        "lead": summary.outcome(result),
        "details": summary.details(result),
        "assumptions": assumptions(result),
        "result_sentence": summary.result_sentence(result, benchmark),
        "rules": brief(result.config),
        "rules_in_full": rules_in_full(result.config),
        "tiles": _tiles(result, benchmark),
        "headline": [
            (measure.label, cell(headline, measure.key), measure.meaning) for measure in MEASURES
        ],
    }


def _money_context(result: Result) -> dict[str, Any]:
    return {
        "pieces": [
            (piece.kind, piece.label, money(piece.usd)) for piece in attribution.pieces(result)
        ],
        "hedge_note": rebalances.hedge_note(result),
        "margins": breakeven.margins(result),
        "costs": _cost_rows(result),
        "rates": rates.rates(result),
        "charged": rates.charged(result),
        "cost_kinds": COSTS,
        "fill_costs": listed(FILL_COSTS),
        "rebalance_sentence": rebalances.sentence(result),
        "rebalance_reasons": rebalances.by_reason(result),
        "rebalances": rebalances.rows(result),
    }


def _trade_context(result: Result) -> dict[str, Any]:
    return {
        "trade_columns": trade_table.labels(result),
        "shown_columns": trade_table.shown_columns(result),
        "trades": trade_table.trade_rows(result),
        "exits": trade_table.exits(result),
        "folded_from": FOLDED_FROM,
        "pending": [
            (order["symbol"], f"{order['shares']:+,g}", order["reason"], iso(order["decided"]))
            for order in result.pending
        ],
        "fills": f"{len(result.fills):,}",
        "fill_reasons": [
            (str(reason), f"{count:,}")
            for reason, count in result.fills["reason"].value_counts().sort_index().items()
        ],
        "findings": finding_rows(result),
    }


def _cost_rows(result: Result) -> list[tuple[str, str, str]]:
    """Return kind, dollars and share of gross P&L of each cost, and of their sum."""
    gross = summary.gross_pnl(result)
    paid = {kind: float(result.ledger[kind].sum()) for kind in COSTS}
    paid["all costs"] = math.fsum(paid.values())
    shares = {kind: summary.cost_share(usd, gross) for kind, usd in paid.items()}
    return [
        (kind, money(usd), ABSENT if (share := shares[kind]) is None else percent(share))
        for kind, usd in paid.items()
    ]


def _manifest_lines(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the manifest's facts, but for the configuration, which has its own box."""
    command = manifest.get("command", "")
    lines = [("command", command if isinstance(command, str) else shlex.join(command))]
    lines += [
        (key.replace("_", " "), str(manifest[key]))
        for key in ("config_sha256", "data_sha256", "git_commit", "seed")
        if manifest.get(key) is not None
    ]
    lines += [
        (f"data: {entry['symbol']}", f"{entry['origin']} (sha256 {entry['sha256']})")
        for entry in manifest.get("data", [])
    ]
    lines += [
        (f"version: {package}", str(version))
        for package, version in sorted(manifest.get("versions", {}).items())
    ]
    return lines + [("warning", str(text)) for text in manifest.get("warnings", [])]
