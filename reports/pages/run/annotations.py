"""What stands beside a chart of a run: its caption, and sessions to point at on a line."""

from collections.abc import Iterable

import pandas as pd

from engine.records.result import Result
from reports.pages.canvas import GREEN, VERMILLION
from reports.pages.run import figures
from reports.wording import iso


def caption(result: Result, sample: str) -> str:
    """Return sample size, period and configuration hash as one line."""
    dates = result.ledger["date"]
    return (
        f"n = {sample}; {iso(dates.iloc[0])} to {iso(dates.iloc[-1])}; "
        f"config {result.config.digest()[:12]}"
    )


def decision_marks(result: Result, dates: pd.Series, line: Iterable[float]) -> list[figures.Marks]:
    """Return the decisions to enter and to leave, on a line of one value a session."""
    values = list(line)
    chosen = result.trades["exit_reason"] != "ruin"
    left = result.trades.loc[chosen, "exit_decided"]
    entered = [*result.trades["entry_decided"], *(t["entry_decided"] for t in result.open_trades)]
    return [
        *marked(dates, values, "entry decided", entered, "triangle-up", GREEN),
        *marked(dates, values, "exit decided", left, "triangle-down", VERMILLION),
    ]


def marked(
    dates: pd.Series,
    line: Iterable[float],
    name: str,
    days: Iterable[object],
    symbol: str,
    color: str,
) -> list[figures.Marks]:
    """Return marks on a line of one value a session, each session once; nothing without days."""
    marked = sorted({date for day in days if (date := iso(day)) is not None})
    if not marked:
        return []
    value_on = dict(zip(dates.map(iso), line, strict=True))
    values = [value_on.get(date) for date in marked]
    return [figures.Marks(name=name, dates=marked, values=values, symbol=symbol, color=color)]
