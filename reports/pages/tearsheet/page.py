"""The tear sheet around QuantStats. A run in, the process's order and the page out.

QuantStats draws; it does not judge. Our banner stands on top with the numbers of the ledger, and
the rows of its table that mislead are dimmed and named with the reason.
"""

import calendar
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.records.result import Result
from reports import summary
from reports.headline import BY_KEY, FEWEST_SESSIONS, cell
from reports.measures.windows import Track
from reports.pages.run.calendar import month_rows
from reports.pages.tearsheet.rows import corrected
from reports.pages.template import TEMPLATES, environment
from reports.wording import alarm, iso

BANNER_KEYS = ("cagr", "volatility", "sharpe", "sortino", "max_drawdown", "calmar")
BANNER_MARK = "<!-- schism: banner -->"
STYLE_MARK = "/* schism: style */"
TITLE_MARK = "<!-- schism: title -->"
MONTHS_MARK = "<!-- schism: months -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misleading:
    """Rows of QuantStats' table that a reader should pass over, and why."""

    rows: tuple[str, ...]
    reason: str


IGNORED = (
    Misleading(
        rows=("Time in Market",),
        reason="counts sessions whose return is not zero; ours counts sessions held.",
    ),
    Misleading(
        rows=("Smart Sharpe", "Smart Sortino", "Smart Sortino/√2"),
        reason="penalise by the absolute autocorrelation, so mean reversion is punished as trend.",
    ),
    Misleading(
        rows=("Information Ratio", "Risk-Return Ratio"),
        reason="are not annualised, unlike their neighbours.",
    ),
    Misleading(
        rows=("Risk-Adjusted Return",), reason="divides by the sessions whose return is not zero."
    ),
    Misleading(
        rows=(
            "Avg. Return", "Avg. Win", "Avg. Loss", "Win/Loss Ratio", "Profit Ratio",
            "Payoff Ratio", "Profit Factor", "Common Sense Ratio", "CPC Index", "Kelly Criterion",
            "Max Consecutive Wins", "Max Consecutive Losses", "Win Days",
        ),
        reason="count winning and losing days, not trades; see the trade table of the run page.",
    ),
    Misleading(rows=("Risk of Ruin",), reason="is 0 for any run of useful length."),
    Misleading(
        rows=("Recovery Factor",), reason="drops the sign: a loss looks like a recovery."
    ),
)  # fmt: skip


def reason_not_to_draw(result: Result) -> str | None:
    """Return why QuantStats cannot chart this run, or None if it can.

    It crashes on returns that never move, and compounding stops at a loss of the whole account.
    """
    returns = result.ledger["equity_return"].to_numpy(dtype=float)
    if not returns.any():
        return (
            "There is nothing to chart: equity did not move on any of the "
            f"{len(returns):,} sessions."
        )
    if not np.isfinite(returns).all() or (returns <= -1.0).any():
        day = iso(result.ledger["date"][~(returns > -1.0)].iloc[0])
        return (
            f"The account was ruined on {day}: equity reached zero, so its returns do not compound "
            "and the ratios below mean nothing. The run page shows the ledger up to there."
        )
    return None


def order(result: Result) -> dict[str, Any]:
    """Return what the process needs: two series on the same dates and two titles, nothing else.

    The ledger's first row is a zero return, which QuantStats needs to see a first-day drawdown.
    """
    ledger, benchmark = result.ledger, result.benchmark_returns
    pair = result.config.pair
    if benchmark is not None and len(benchmark) != len(ledger):
        raise ValueError(
            f"benchmark returns held {len(benchmark)} sessions; expected the ledger's {len(ledger)}"
        )
    return {
        "dates": ledger["date"].dt.strftime("%Y-%m-%d").tolist(),
        "returns": ledger["equity_return"].astype(float).tolist(),
        "benchmark": None if benchmark is None else benchmark.astype(float).tolist(),
        "strategy_title": f"{pair.long}/{pair.short}",
        "benchmark_title": result.config.data.benchmark or "Benchmark",
    }


def finish(result: Result, drawn: str) -> str:
    """Return QuantStats' page with our title and banner, wrong rows right and misleading dimmed."""
    drawn = corrected(drawn, *_tracks(result))
    page = _put(drawn, STYLE_MARK, (TEMPLATES / "style.css").read_text(encoding="utf-8"))
    page = _put(page, TITLE_MARK, _fragment("title.html.j2", result))
    page = _put(page, BANNER_MARK, _fragment("banner.html.j2", result))
    page = _put(page, MONTHS_MARK, _fragment("months.html.j2", result))
    page = page.replace(
        "<td>CAGR\N{SMALL PERCENT SIGN}</td>", "<td>CAGR</td>"
    )  # a glyph few fonts have
    for group in IGNORED:
        for row in group.rows:
            page = re.sub(
                rf"<tr><td>({re.escape(row)})</td>", r'<tr class="ignore"><td>\1</td>', page
            )
    return page


def _tracks(result: Result) -> tuple[Track, Track | None]:
    """Return what was ordered, to count windows on."""
    dates = [day.date() for day in result.ledger["date"]]
    returns, benchmark = result.ledger["equity_return"], result.benchmark_returns
    beside = None if benchmark is None else benchmark.to_numpy(dtype=float)
    return (
        Track(dates=dates, returns=returns.to_numpy(dtype=float)),
        None if beside is None else Track(dates=dates, returns=beside),
    )


def plain(result: Result, reason: str) -> str:
    """Return the honest page of a run that QuantStats cannot chart."""
    return environment().get_template("plain.html.j2").render(**_context(result), reason=reason)


def _put(page: str, mark: str, fragment: str) -> str:
    if page.count(mark) != 1:
        raise ValueError(
            f"tear sheet template held {page.count(mark)} of {mark!r}; expected one. "
            "Restore reports/templates/tearsheet.html"
        )
    return page.replace(mark, fragment)


def _fragment(template: str, result: Result) -> str:
    return environment().get_template(template).render(**_context(result))


def _context(result: Result) -> dict[str, Any]:
    headline = result.headline
    first, last = result.ledger["date"].iloc[0], result.ledger["date"].iloc[-1]
    return {
        "name": result.config.name,
        "synthetic_warning": alarm(
            synthetic=result.synthetic, replicates=result.config.account.replication
        ),
        "ruin": summary.ruin(result),
        "period": f"{iso(first)} to {iso(last)}",
        "sessions": len(result.ledger),
        "figures": [(BY_KEY[key].label, cell(headline, key)) for key in BANNER_KEYS],
        "ignored": IGNORED,
        "month_names": calendar.month_abbr[1:],
        "months": month_rows(result),
        "is_short": len(result.ledger) < FEWEST_SESSIONS["cagr"],
    }
