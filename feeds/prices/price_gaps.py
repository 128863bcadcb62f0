"""What a price file lacks. Its values in; the columns every run needs and findings on the gaps out.

Only two things are worked out: dividends, where Adj Close tells them, and split-adjusted prices,
where the file's own splits do. Everything else that is missing is said, with what it does.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from feeds.prices.dialects import (
    ADJ_CLOSE,
    CLOSE,
    DIVIDEND,
    HIGH,
    LOW,
    OPEN,
    SPLIT,
    VOLUME,
    Dialect,
)
from feeds.prices.price_cells import Written
from feeds.prices.price_dividends import MOST_FRAC, ROUNDING_FRAC, derived
from feeds.source import COLUMNS, Finding, Severity

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

WORDS = {ADJ_CLOSE: "adjusted close", VOLUME: "volume", DIVIDEND: "dividends", SPLIT: "splits"}
_UNPAID = "held long it is not credited with them, held short it is not charged"
_CASH = "signals take each ex-date's fall for a loss"
_REMEDY = "use a file with Dividends and Adj Close columns"
UNDER_LOW_FRAC = 0.005  # an auction's price may lie that far outside the tape's
_MOST_NAMED = 3  # days spelled out in a text; a finding lists them all
_ALL = np.ones(1, dtype=np.bool_)  # a column that is not there is blank throughout


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """Every column of the ``Bars`` contract, ascending, and what there is to say about it."""

    frame: pd.DataFrame
    lacks: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What every finding on one file shares."""

    symbol: str
    days: Sequence[dt.date]

    def finding(
        self, check: str, severity: Severity, text: str, where: Flags | None = None
    ) -> Finding:
        """Report something of the file, or of the rows flagged."""
        rows: Sequence[int] = [] if where is None else np.flatnonzero(where).tolist()
        dates = tuple(str(self.days[row]) for row in rows)
        return Finding(
            check=check,
            symbol=self.symbol,
            dates=dates,
            severity=severity,
            text=f"{self.symbol} {text}",
        )


def completed(written: Written, dialect: Dialect, symbol: str) -> Completed:
    """Return the bars of a file, and a finding for whatever was missing or left out.

    Parameters
    ----------
    written
        Ascending by day, each once.

    Returns
    -------
    Completed
        Prices and volumes that are not told stay NaN; a day without a word on dividends or splits
        had none.
    """
    lacks = tuple(name for field, name in WORDS.items() if written.blank.get(field, _ALL).all())
    values = {field: column.copy() for field, column in written.numbers.items()}
    said = _Said(symbol=symbol, days=written.days)
    findings = _left_out(written, said)
    count = len(written.days)
    for field in (DIVIDEND, SPLIT):
        values[field] = np.nan_to_num(values.get(field, np.zeros(count)), nan=0.0, posinf=np.inf)
    values.setdefault(VOLUME, np.full(count, np.nan))
    if symbol.startswith("^"):  # an index: no shares, so none of what it lacks is missing
        values.setdefault(ADJ_CLOSE, values[CLOSE].copy())
        if WORDS[VOLUME] in lacks:
            values[VOLUME] = np.zeros(count)
        lacks = ()
    else:
        findings += _as_traded(values, dialect, lacks, said)
        findings += _closes(values, dialect, lacks, written, said)
        findings += _others(dialect, lacks, said)
    days = pd.DatetimeIndex(np.array(written.days, dtype="datetime64[us]"), name="date")
    frame = pd.DataFrame({name: values[name] for name in COLUMNS}, index=days)
    return Completed(frame=frame, lacks=lacks, findings=tuple(findings))


def _left_out(written: Written, said: _Said) -> list[Finding]:
    """Report rows given twice, lines of words, and cells of actions left blank among others."""
    findings = []
    if written.again:
        where = np.array([day in written.again for day in said.days])
        text = f"has the same row twice on {written.again[0]}: one is read"
        findings.append(said.finding("row_twice", "info", text, where))
    if written.unread:
        text = f"has {written.unread} lines of words around its rows, which are not read"
        findings.append(said.finding("notes", "info", text))
    for field in (DIVIDEND, SPLIT):
        blank = written.blank.get(field, _ALL)
        if blank.any() and not blank.all():
            text = f"has {int(blank.sum()):,} blank cells of {WORDS[field]}: none on those days"
            findings.append(said.finding("blank_cells", "info", text))
    return findings


def _as_traded(
    values: dict[str, Floats], dialect: Dialect, lacks: tuple[str, ...], said: _Said
) -> list[Finding]:
    """Turn prices as traded into those of today's shares, by the splits the file lists."""
    if dialect.basis != "as traded" or WORDS[SPLIT] in lacks:
        return []
    ratios = np.where(values[SPLIT] > 0.0, values[SPLIT], 1.0)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        later = np.append(np.cumprod(ratios[::-1])[::-1][1:], 1.0)
        for field in (OPEN, HIGH, LOW, CLOSE, DIVIDEND):
            values[field] = values[field] / later
        values[VOLUME] = values[VOLUME] * later
    is_split = values[SPLIT] > 0.0
    if not is_split.any():
        return []
    text = (
        f"has prices as traded: {int(is_split.sum())} splits in the file turned them, its volumes "
        "and its dividends into those of today's shares"
    )
    return [said.finding("as_traded", "info", text, is_split)]


def _closes(
    values: dict[str, Floats],
    dialect: Dialect,
    lacks: tuple[str, ...],
    written: Written,
    said: _Said,
) -> list[Finding]:
    """Complete adjusted closes and dividends, or say what their absence does."""
    if dialect.basis == "total return":
        values[ADJ_CLOSE], values[DIVIDEND] = values[CLOSE].copy(), np.zeros(len(said.days))
        text = (
            "has prices from which dividends are already taken (yfinance's auto_adjust): they are "
            "part of the price's move and not booked as cash, and shares are counted at prices "
            "nobody paid; download with auto_adjust=False to book them"
        )
        return [said.finding("total_return_prices", "warning", text)]
    if WORDS[ADJ_CLOSE] not in lacks:
        return _derived(values, written, said) if WORDS[DIVIDEND] in lacks else []
    values[ADJ_CLOSE] = values[CLOSE].copy()
    with np.errstate(invalid="ignore"):
        below = values[CLOSE] < values[LOW] * (1 - UNDER_LOW_FRAC)
        pays = values[DIVIDEND] > 0.0
    if below.mean() > 0.5:  # not a bad day: another kind of price
        text = (
            f"has a Close under its Low on {int(below.sum()):,} of {len(below):,} rows: Close is "
            "adjusted for dividends, Open, High and Low are not; export all four alike"
        )
        return [said.finding("mixed_adjustment", "error", text, below)]
    serves = said.finding("no_adjusted_close", "info", "has no Adj Close: Close serves for it")
    if pays.any():
        text = (
            "lists dividends and has no Adj Close: where Close is adjusted for them (yfinance's "
            "history() unless auto_adjust=False) they would count twice, and nothing tells whether "
            "it is; save it with auto_adjust=False, or with an Adj Close column"
        )
        return [said.finding("dividends_twice", "error", text, pays), serves]
    if WORDS[DIVIDEND] not in lacks:
        return [serves]
    known = {
        "unknown": "Close serves for Adj Close: if the vendor took dividends from it (stooq and "
        "yfinance do unless asked not to), they are in the price's move; if not, ",
    }.get(dialect.basis, "")
    text = f"has no dividends and no Adj Close: {known}{_UNPAID}, and {_CASH}; {_REMEDY}"
    return [said.finding("no_dividends", "warning", text)]


def _derived(values: dict[str, Floats], written: Written, said: _Said) -> list[Finding]:
    """Derive the dividends from both closes, and say how well they are known."""
    close, adj_close = values[CLOSE], values[ADJ_CLOSE]
    paid = derived(close, adj_close, written.cells[CLOSE], written.cells[ADJ_CLOSE])
    values[DIVIDEND] = paid.dividends
    findings = []
    for where, what in (
        (
            paid.too_large,
            "has an Adj Close that fell behind Close as by a dividend of over "
            f"{MOST_FRAC:.0%} of the price: a split that Close is not adjusted for, or a rare "
            "payment",
        ),
        (paid.backwards, "has an Adj Close that moves against Close as no dividend makes it"),
    ):
        if where.any():
            days = ", ".join(str(said.days[row]) for row in np.flatnonzero(where)[:_MOST_NAMED])
            text = f"{what}, on {days}; {_REMEDY}, or correct the source"
            findings.append(said.finding("adjusted close", "error", text, where))
    pays = paid.dividends > 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        known_to, frac = paid.known_to.max(), np.nan_to_num(paid.known_to / close).max()
        is_adjusted = bool((np.abs(adj_close / close - 1.0) > frac).any())
    off = f"known to within ${known_to:.1g}; what is smaller is not seen"
    if not pays.any():
        text = (
            f"lists no dividends, and its Adj Close shows none ({off}): none is booked. If it paid "
            f"any, {_UNPAID}"
        )
        severity: Severity = "info" if is_adjusted else "warning"
        return [*findings, said.finding("derived_dividends", severity, text)]
    named = ", ".join(
        f"{said.days[row]} {paid.dividends[row]:g}" for row in np.flatnonzero(pays)[:_MOST_NAMED]
    )
    more = int(pays.sum()) - _MOST_NAMED
    text = (
        f"lists no dividends: {int(pays.sum())} are derived from Close and Adj Close and booked on "
        f"their ex-dates ({named}{f' and {more} more' if more > 0 else ''}), {off}, and whatever "
        "else the vendor adjusts for counts as cash"
    )
    severity = "info" if frac <= ROUNDING_FRAC else "warning"
    return [*findings, said.finding("derived_dividends", severity, text, pays)]


def _others(dialect: Dialect, lacks: tuple[str, ...], said: _Said) -> list[Finding]:
    """Say what a run is without splits or volumes."""
    findings = []
    if WORDS[SPLIT] in lacks:
        shares = "whole shares and fees a share count today's shares, not those traded then"
        if dialect.basis == "as traded":
            text = f"has prices as traded and lists no splits: one in the run stops it; {shares}"
            findings.append(said.finding("no_splits", "warning", text))
        else:
            text = f"lists no splits: {shares}; a split that prices show stops the run"
            findings.append(said.finding("no_splits", "info", text))
    if WORDS[VOLUME] in lacks:
        text = (
            "tells no volumes: whether an order would have filled is not known, and no share of "
            "volume, impact or thin session can be judged; use a file with a Volume column"
        )
        findings.append(said.finding("no_volume", "warning", text))
    return findings
