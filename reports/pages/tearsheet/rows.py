"""QuantStats' tables, put right. Its page and the session returns in, the page out.

QuantStats 0.0.86 takes 35 months for three years, the whole run for ten, begins a window a session
early and counts parts of months and years as whole ones. Such rows get our numbers, and go where a
run is too short for them or no number under that name would be right.
"""

import datetime as dt
import html
import re

import numpy as np

from engine.periods import ends
from reports.headline import FEWEST_SESSIONS, percent
from reports.measures.windows import Track, by_period, trailing

LEFT_OUT = (
    "Expected Monthly", "Expected Yearly", "Treynor Ratio", "Ulcer Performance Index",
    "Serenity Index",
)  # fmt: skip
SHORT = {  # rows that a run of fewer sessions has not
    "cagr": ("CAGR\N{SMALL PERCENT SIGN}", "Calmar", "All-time (ann.)"),
    "sharpe": (
        "Sharpe", "Prob. Sharpe Ratio", "Smart Sharpe", "Sortino", "Smart Sortino", "Sortino/√2",
        "Smart Sortino/√2", "Volatility (ann.)", "Alpha",
    ),
}  # fmt: skip
_NOT_YET = "not yet"


def corrected(page: str, strategy: Track, benchmark: Track | None) -> str:
    """Return QuantStats' page with the rows of wrong windows right or gone, and parts named.

    Parameters
    ----------
    strategy, benchmark
        What QuantStats was given, on the same dates.
    """
    sessions = len(strategy.dates)
    short = [rows for key, rows in SHORT.items() if sessions < FEWEST_SESSIONS[key]]
    for row in (*LEFT_OUT, *(row for rows in short for row in rows)):
        page = _with_cells(page, row, None)
    tracks = [strategy] if benchmark is None else [benchmark, strategy]  # as its columns stand
    numbers = [{**trailing(track), **by_period(track)} for track in tracks]
    for row in numbers[0]:
        values = [each[row] for each in numbers]
        page = _with_cells(page, row, None if values == [None] * len(values) else values)
    return _parts_of_years(_unrecovered(page, strategy), strategy)


def _with_cells(page: str, row: str, values: list[float | None] | None) -> str:
    """Return the page with the cells of a row replaced by percentages; None: without the row."""
    pattern = rf"<tr><td>{re.escape(row)}</td>(?:<td>[^<]*</td>)+</tr>\n?"
    if values is None:
        return re.sub(pattern, "", page)
    shown = ("-" if value is None else percent(value) for value in values)
    cells = "".join(f"<td>{text}</td>" for text in shown)
    return re.sub(pattern, f"<tr><td>{html.escape(row)}</td>{cells}</tr>\n", page)


def _unrecovered(page: str, strategy: Track) -> str:
    """Return the page with no date at which a fall ended that has not ended with the run."""
    equity = np.cumprod(1.0 + strategy.returns)
    if equity[-1] >= equity.max():
        return page
    last = strategy.dates[-1].isoformat()
    start, table = page.partition('<div id="ddinfo">')[::2]
    table = re.sub(rf"(<tr><td>[^<]*</td>)<td>{last}</td>", rf"\1<td>{_NOT_YET}</td>", table)
    peak = int(np.flatnonzero(equity == equity.max())[-1])
    deepest = int(np.argmin(equity / np.maximum.accumulate(equity)))
    if deepest > peak:  # the deepest fall is the one that goes on
        start = re.sub(
            rf"(<tr><td>Max DD Period End</td>(?:<td>[^<]*</td>)?)<td>{last}</td></tr>",
            rf"\1<td>{_NOT_YET}</td></tr>",
            start,
        )
    return f'{start}<div id="ddinfo">{table}' if table else start


def _parts_of_years(page: str, strategy: Track) -> str:
    """Return the page with the years named of which the run saw a part."""
    first, last = strategy.dates[0], strategy.dates[-1]
    parts: dict[int, str] = {}
    if not ends(first, "year"):
        parts[first.year] = f"from {_day(first)}"
    if not ends(last, "year"):
        parts[last.year] = f"{parts.get(last.year, '')} to {_day(last)}".strip()
    for year, part in parts.items():
        page = page.replace(f"<tr><td>{year}</td>", f"<tr><td>{year} ({part})</td>")
    return page


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b}"
