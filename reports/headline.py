"""The headline numbers in words. A key of ``result.json`` in, its label, definition and text out.

This is the one place where fractions become percent and floats become money.
"""

import math
from dataclasses import dataclass
from typing import Literal

from engine.records.columns import COST_TEXTS
from engine.records.columns import COSTS as COSTS

Unit = Literal["usd", "percent", "ratio", "multiple", "count", "date"]
Number = float | int | str | None

ABSENT = "n/a"
# A year has 248 sessions (2001) to 254. Growth over less is not told as growth a year, and what is
# scaled to a year from less than a month says nothing of a year. Here it is decided for all pages.
YEAR_SESSIONS, MONTH_SESSIONS = 248, 19
FEWEST_SESSIONS = {
    "cagr": YEAR_SESSIONS,
    "calmar": YEAR_SESSIONS,
    "volatility": MONTH_SESSIONS,
    "sharpe": MONTH_SESSIONS,
    "sortino": MONTH_SESSIONS,
    "turnover": MONTH_SESSIONS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What one headline number is called, how it is written and what it means."""

    key: str
    label: str
    unit: Unit
    meaning: str


def _measure(key: str, label: str, unit: Unit, meaning: str) -> Measure:
    return Measure(key=key, label=label, unit=unit, meaning=meaning)


MEASURES = (
    _measure("start", "First session", "date", "The run's first session of data."),
    _measure("end", "Last session", "date", "The run's last session of data."),
    _measure("sessions", "Sessions", "count", "Exchange sessions in the ledger."),
    _measure("final_equity", "Final equity", "usd", "Cash plus both legs at the last close."),
    _measure(
        "total_return", "Total return", "percent", "Final equity over opening cash, less one."
    ),
    _measure(
        "cagr",
        "CAGR",
        "percent",
        "The total return as growth a year of 252 sessions; not told of less than a year.",
    ),
    _measure(
        "volatility",
        "Volatility",
        "percent",
        "Sample standard deviation of session returns, annualised by the square root of 252; idle "
        "sessions count.",
    ),
    _measure(
        "sharpe",
        "Sharpe",
        "ratio",
        "Mean over standard deviation of session returns, annualised; risk-free rate 0.",
    ),
    _measure(
        "sortino", "Sortino", "ratio", "As Sharpe, over the downside deviation below 0 instead."
    ),
    _measure(
        "max_drawdown", "Max drawdown", "percent", "Deepest fall of equity below its running peak."
    ),
    _measure(
        "calmar",
        "Calmar",
        "ratio",
        "CAGR over the size of the max drawdown; not of less than a year.",
    ),
    _measure(
        "time_in_market",
        "Time in market",
        "percent",
        "Share of sessions that end holding the pair.",
    ),
    _measure("turnover", "Turnover", "multiple", "Notional traded over mean equity, a year."),
    _measure("entries", "Entries", "count", "Entries filled, of trades closed and still open."),
    _measure("trades_closed", "Trades closed", "count", "Round trips of the pair, both legs out."),
    _measure(
        "win_rate", "Win rate", "percent", "Closed trades with a positive net P&L, of all closed."
    ),
    *(_measure(key, label, "usd", meaning) for key, (label, meaning) in COST_TEXTS.items()),
    _measure("dividends", "Dividends", "usd", "Received on the long leg less paid on the short."),
    _measure("interest", "Interest", "usd", "Earned on positive cash less paid on negative cash."),
    _measure("gross_pnl", "Gross P&L", "usd", "Net P&L with the costs above added back."),
    _measure("net_pnl", "Net P&L", "usd", "Final equity less opening cash: what is left."),
)


def money(value: float, cents: bool = True) -> str:
    """Return dollars with thousands separators; the sign stands before the dollar."""
    digits = 2 if cents else 0
    text = f"{abs(value):,.{digits}f}"
    sign = "-" if value < 0 and any(c in text for c in "123456789") else ""
    return f"{sign}${text}"


def percent(value: float, digits: int = 2) -> str:
    """Return a fraction as percent, with a minus only where a digit differs from zero."""
    return f"{value * 100:z,.{digits}f}%"


def written(value: Number, unit: Unit) -> str:
    """Return ``value`` as a page shows it; undefined or not finite is ``n/a``."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ABSENT
    if isinstance(value, str):
        return value
    match unit:
        case "usd":
            return money(value)
        case "percent":
            return percent(value)
        case "ratio":
            return f"{value:z.2f}"
        case "multiple":
            return f"{value:z.2f}x"
        case "count":
            return f"{value:,.0f}"
        case "date":
            return str(value)


def is_short(key: str, sessions: Number) -> bool:
    """Return whether a run of so many sessions is too short for a headline number."""
    return isinstance(sessions, int) and sessions < FEWEST_SESSIONS.get(key, 0)


def shown(key: str, value: Number, sessions: Number) -> str:
    """Return a headline number of a run of so many sessions as a page shows it."""
    return ABSENT if is_short(key, sessions) else written(value, BY_KEY[key].unit)


def cell(headline: dict[str, Number], key: str) -> str:
    """Return one headline number as a page shows it."""
    return shown(key, headline[key], headline.get("sessions"))


BY_KEY = {measure.key: measure for measure in MEASURES}
