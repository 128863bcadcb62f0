"""Everything a run used and did, session by session. A run in, its trace out; two compared.

Trades alone do not show a leak: a run that peeks one session trades as its shorter self does on
most cuts. So every signal line is compared, what was decided, what was ordered and what was held.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.prepare.prepared import Prepared
from engine.records.recorded import Recorded
from engine.records.result import Result
from feeds.market import sessions_of
from reports.audits.check import Difference
from strategies.records import Reason

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

TOLERANCE = 1e-9  # relative
SIGNAL, DECISION = "signal line", "decision"  # how the names of a trace's lines begin
DECIDED = ("direction", "entry", "acted")  # columns of the signals that hold what was decided
BOOK = {"long_shares": "position, long leg", "short_shares": "position, short leg",
        "equity": "equity"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order for the pair as it was made; signed shares to trade."""

    reason: str
    long_shares: float
    short_shares: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A run's states.

    sessions
        ISO dates.
    lines
        Shape (n,) each, by what a reader would call it: the signals, NaN where unknown, then what
        was decided (1.0 for yes).
    orders
        By session, counted from 0, in the order made; sessions without one are not there.
    book
        Shape (n,) each: shares and equity at the close.
    """

    sessions: tuple[str, ...]
    lines: dict[str, Floats]
    orders: dict[int, tuple[Order, ...]]
    book: dict[str, Floats]


def trace_of(result: Result) -> Trace:
    """Return the trace of a finished run."""
    signals, ledger = result.signals, result.ledger
    names = [name for name in signals.columns if name not in ("date", *DECIDED)]
    lines = {f"{SIGNAL} {name}": _floats(signals[name]) for name in names}
    decided = [name for name in DECIDED if name in signals.columns]
    lines |= {f"{DECISION} ({name})": _floats(signals[name]) for name in decided}
    return Trace(
        sessions=iso_dates(ledger["date"]),
        lines=lines,
        orders=orders_by_session(result),
        book={name: _floats(ledger[column]) for column, name in BOOK.items()},
    )


def trace_of_recorded(prepared: Prepared, run: Recorded) -> Trace:
    """Return the same trace of a run of which no frame was made."""
    made = run.sessions
    count, orders = len(made["day"]), np.flatnonzero(made["order_reason"] != Reason.NOTHING)
    lines = {f"{SIGNAL} {name}": line[:count] for name, line in prepared.signals.items()}
    ways = {} if prepared.config.directions == (1,) else {"direction": made["triggered"]}
    decided = {**ways, "entry": made["triggered"] != 0.0, "acted": made["acted"] > 0.0}
    lines |= {f"{DECISION} ({name})": line.astype(np.float64) for name, line in decided.items()}
    return Trace(
        sessions=tuple(sessions_of(made["day"]).astype(str).tolist()),
        lines=lines,
        orders={
            int(place): (
                Order(
                    reason=run.reason(made["order_reason"][place]),
                    long_shares=float(made["order_long"][place]) + 0.0,
                    short_shares=float(made["order_short"][place]) + 0.0,
                ),
            )
            for place in orders.tolist()
        },
        book={name: made[column] for column, name in BOOK.items()},
    )


def orders_by_session(result: Result) -> dict[int, tuple[Order, ...]]:
    """Return every order as it was made, by the session that decided it, counted from 0."""
    orders = result.orders
    places = np.searchsorted(result.ledger["date"].to_numpy(), orders["decided"].to_numpy())
    made: dict[int, list[Order]] = {}
    columns = (orders[name] for name in ("reason", "long_shares", "short_shares"))
    for place, reason, long, short in zip(places.tolist(), *columns, strict=True):
        # Adding 0.0 makes -0.0 a zero like the others: the hash reads the text.
        order = Order(reason=reason, long_shares=long + 0.0, short_shares=short + 0.0)
        made.setdefault(place, []).append(order)
    return {place: tuple(own) for place, own in made.items()}


def iso_dates(dates: pd.Series) -> tuple[str, ...]:
    """Return dates as text."""
    return tuple(dates.dt.strftime("%Y-%m-%d"))


def first_difference(
    expected: Trace, actual: Trace, *, sessions: int | None = None, tolerance: float = TOLERANCE
) -> Difference | None:
    """Return where two traces first part, or None.

    Of one session the signals come first, then the decision, the orders and the book: causes before
    what they caused.

    Parameters
    ----------
    sessions
        How many of the first to compare; None for all of both.
    tolerance
        Relative. Two unknown values are the same, an unknown and a known one are not.
    """
    lengths = len(expected.sessions), len(actual.sessions)
    count = max(lengths) if sessions is None else min(sessions, max(lengths))
    both = min(count, *lengths)
    candidates = [
        *_column_differences(expected.lines, actual.lines, both, tolerance),
        *_order_differences(expected.orders, actual.orders, both, tolerance),
        *_column_differences(expected.book, actual.book, both, tolerance),
    ]
    if candidates:
        place, what, before, now = min(candidates, key=lambda each: each[0])  # the first of a tie
        return Difference(session=expected.sessions[place], what=what, expected=before, actual=now)
    return _ended(expected, actual, both) if both < count else None


def digest(trace: Trace) -> str:
    """Return the sha256 (hex) of a trace, to the last bit."""
    mark = hashlib.sha256("\n".join(trace.sessions).encode())
    for columns in (trace.lines, trace.book):
        for name in sorted(columns):
            # One way to write "unknown" and one to write zero: both have several bit patterns.
            values = np.where(np.isnan(columns[name]), np.nan, columns[name]) + 0.0
            mark.update(name.encode() + values.tobytes())
    mark.update(repr(sorted(trace.orders.items())).encode())
    return mark.hexdigest()


def differs(expected: Floats, actual: Floats, tolerance: float = TOLERANCE) -> Flags:
    """Return where two lines are not the same number, or only one of them is known; shape (n,)."""
    with np.errstate(invalid="ignore"):  # infinity less infinity
        gap = np.abs(expected - actual)
    allowed = tolerance * np.maximum(np.abs(expected), np.abs(actual))
    is_close = (gap <= allowed) & np.isfinite(expected) & np.isfinite(actual)
    is_unknown = np.isnan(expected) & np.isnan(actual)
    same: Flags = (expected == actual) | is_close | is_unknown
    return ~same


_Candidate = tuple[int, str, str, str]  # session, what, expected, found


def _column_differences(
    expected: dict[str, Floats], actual: dict[str, Floats], count: int, tolerance: float
) -> list[_Candidate]:
    """Return the first difference of each column; a column that only one has differs at once."""
    candidates = []
    for name in [*expected, *(name for name in actual if name not in expected)]:
        one, other = expected.get(name), actual.get(name)
        if one is None or other is None:
            candidates.append((0, name, _there(one), _there(other)))
            continue
        places = np.flatnonzero(differs(one[:count], other[:count], tolerance))
        if len(places):
            first = int(places[0])
            candidates.append((first, name, *_texts(float(one[first]), float(other[first]), name)))
    return candidates


def _order_differences(
    expected: dict[int, tuple[Order, ...]],
    actual: dict[int, tuple[Order, ...]],
    count: int,
    tolerance: float,
) -> list[_Candidate]:
    for place in sorted({*expected, *actual}):
        if place >= count:
            break
        one, other = expected.get(place, ()), actual.get(place, ())
        if not _same_orders(one, other, tolerance):
            return [(place, "order", _orders_text(one), _orders_text(other))]
    return []


def _same_orders(expected: tuple[Order, ...], actual: tuple[Order, ...], tolerance: float) -> bool:
    if [order.reason for order in expected] != [order.reason for order in actual]:
        return False
    one, other = (
        np.array([(each.long_shares, each.short_shares) for each in orders], dtype=np.float64)
        for orders in (expected, actual)
    )
    return not differs(one, other, tolerance).any()


def _ended(expected: Trace, actual: Trace, both: int) -> Difference:
    """Return that one of two traces stops before the other."""
    goes_on, has_ended = "the run goes on", "the run has ended"
    if len(expected.sessions) > both:
        session, before, now = expected.sessions[both], goes_on, has_ended
    else:
        session, before, now = actual.sessions[both], has_ended, goes_on
    return Difference(session=session, what="the run", expected=before, actual=now)


def _texts(expected: float, actual: float, name: str) -> tuple[str, str]:
    """Return two values as text that tells them apart."""
    if name.startswith(DECISION):
        return _yes_no(expected), _yes_no(actual)
    short = (f"{expected:.10g}", f"{actual:.10g}")
    return short if short[0] != short[1] else (repr(expected), repr(actual))


def _yes_no(value: float) -> str:
    return "yes" if value else "no"


def _there(line: Floats | None) -> str:
    return "no such line" if line is None else "a line"


def _orders_text(orders: tuple[Order, ...]) -> str:
    texts = [
        f"{order.reason} of {order.long_shares:+,.10g} and {order.short_shares:+,.10g} shares"
        for order in orders
    ]
    return "; ".join(texts) or "no order"


def _floats(column: pd.Series) -> Floats:
    return column.to_numpy(dtype=np.float64)
