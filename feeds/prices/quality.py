"""Data checks. Bars and the exchange's sessions in, findings out; no price is ever changed.

Severity ``error`` is for what cannot be trusted and stops the run; the rest reaches the page.
Relative sizes are fractions, moves are natural logs. What cannot be compared is an error: numbers
that cannot be (`possible`) are refused first, so that every later check compares numbers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from feeds.prices.adjusted_close import contradiction
from feeds.prices.history import Dates, History, Request, days_of, finding, history
from feeds.prices.odd_bars import odd_bars
from feeds.prices.possible import impossible
from feeds.prices.two_legs import jumps_alone, same_series
from feeds.prices.unadjusted import unadjusted
from feeds.source import Bars, Finding

_HOLE = "fetch it again, or end the window before the hole: it is never filled"
_NOBODY = Request()
_NOTHING: Mapping[str, Dates] = {}


def inspect(bars: Bars, sessions: Dates, request: Request = _NOBODY) -> tuple[Finding, ...]:
    """Check one symbol on the sessions of the run.

    Parameters
    ----------
    bars
        As the source gave them. Rows outside the run only tell what is usual; their splits and
        dividends are judged too.
    sessions
        Every exchange session of the run, ascending, datetime64[D].
    request
        What is known beside the bars. Without the other leg only jumps past any real one are taken
        for a split.

    Returns
    -------
    tuple of Finding
        In a fixed order: coverage, dates, then values. Empty for clean bars.
    """
    if len(sessions) == 0:
        raise ValueError("inspect: sessions was empty, expected at least one")
    all_dates = days_of(bars)
    findings = [*_coverage(bars.symbol, all_dates, sessions)]
    rows = history(bars, sessions)
    if rows.inside.any():
        inside = (all_dates >= sessions[0]) & (all_dates <= sessions[-1])
        findings += _date_checks(bars.symbol, all_dates[inside], sessions, all_dates)
        # Rows outside the run may hold anything: what is compared with them and cannot be is told.
        with np.errstate(all="ignore"):
            findings += [*impossible(rows)] or [*_judged(rows, request)]
    return tuple(findings)


def inspect_gauge(bars: Bars, sessions: Dates) -> tuple[Finding, ...]:
    """Check an index that is read but not traded: as `inspect`, but a hole is only a warning.

    Its close is unknown there, which no rule takes for a reading; nothing is filled.
    """
    unknown = "unknown there, and never filled: it decides nothing"
    return tuple(
        replace(each, severity="warning", text=each.text.replace(_HOLE, unknown))
        if each.check == "missing session"
        else each
        for each in inspect(bars, sessions)
    )


def inspect_pair(
    long_bars: Bars, short_bars: Bars, sessions: Dates, confirmed: Mapping[str, Dates] = _NOTHING
) -> tuple[Finding, ...]:
    """Check the legs, each of which `inspect` has passed, against each other."""
    legs = history(long_bars, sessions), history(short_bars, sessions)
    with np.errstate(all="ignore"):
        return (*same_series(legs), *jumps_alone(legs, confirmed))


def _judged(rows: History, request: Request) -> Iterator[Finding]:
    """Yield what numbers that can be say when they are compared."""
    yield from unadjusted(rows, request)
    contradicted = contradiction(rows, request)
    if contradicted is not None:
        yield contradicted
    yield from odd_bars(rows)
    yield from _confirmed(rows, request)


def _confirmed(rows: History, request: Request) -> Iterator[Finding]:
    """Yield which confirmed moves were taken, and which confirm nothing."""
    taken = rows.inside & np.isin(rows.dates, request.confirmed)
    what = "is taken at its word"
    remedy = "data.confirm says that the move is real, so it is not judged as a split"
    unread = np.setdiff1d(request.confirmed, rows.dates[rows.linked])
    lost, why = "has no move in the run", "data.confirm names it: nothing was confirmed"
    findings = (
        rows.finding("confirmed", taken & rows.linked, "warning", what, remedy, rows.move_told),
        finding("confirmed", rows.symbol, unread, "warning", lost, why),
    )
    yield from (each for each in findings if each is not None)


def _coverage(symbol: str, dates: Dates, sessions: Dates) -> Iterator[Finding]:
    """Report a window that begins before the symbol's first bar or ends after its last."""
    if len(dates) == 0 or dates.min() > sessions[-1] or dates.max() < sessions[0]:
        held = f"from {dates.min()} to {dates.max()}" if len(dates) else "on no date at all"
        text = (
            f"{symbol} has prices {held}, none in the run from {sessions[0]} to {sessions[-1]}; "
            "set data.start and data.end to dates it has, or choose another symbol"
        )
        yield _coverage_finding(symbol, sessions, text)
        return
    if dates.min() > sessions[0]:
        text = f"{symbol} has prices from {dates.min()}; set data.start to that or later"
        yield _coverage_finding(symbol, sessions[sessions < dates.min()], text)
    if dates.max() < sessions[-1]:
        text = f"{symbol} has prices to {dates.max()}; set data.end to that or earlier"
        yield _coverage_finding(symbol, sessions[sessions > dates.max()], text)


def _coverage_finding(symbol: str, lacking: Dates, text: str) -> Finding:
    days = tuple(str(day) for day in lacking)
    return Finding(check="coverage", symbol=symbol, dates=days, severity="error", text=text)


def _date_checks(symbol: str, dates: Dates, sessions: Dates, all_dates: Dates) -> Iterator[Finding]:
    """Report dates that are missing, extra, repeated or out of order, inside the coverage."""
    covered = sessions[(sessions >= all_dates.min()) & (sessions <= all_dates.max())]
    unique, counts = np.unique(dates, return_counts=True)
    late = dates[1:][dates[1:] < dates[:-1]]
    for check, wrong, what, remedy in (
        ("missing session", np.setdiff1d(covered, unique), "has no bar", _HOLE),
        (
            "extra date",
            np.setdiff1d(unique, sessions),
            "has a bar, and the exchange no session,",
            "correct the source",
        ),
        ("duplicate date", unique[counts > 1], "has more than one bar", "correct the source"),
        ("date order", np.unique(late), "goes back in time", "sort the source by date"),
    ):
        odd = finding(check, symbol, wrong, "error", what, remedy)
        if odd is not None:
            yield odd
