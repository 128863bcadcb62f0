"""What one session is made of: the facts it may see, what is held, what it did.

Plain dataclasses for Backtrader and for readers; ``dtype_of`` makes numpy records of the same
fields for the compiled loop, so that the two cannot drift apart. Inside, None is NaN or `NONE`.

Shares are split-adjusted and signed, money is dollars, costs are positive, days are ordinals
(``datetime.date.toordinal``). Everything in `Today` is known at its close.
"""

import dataclasses
import enum
import math
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from strategies.cost_columns import Costs, FillCosts, total

Floats = npt.NDArray[np.float64]
Record = TypeVar("Record")

NONE = -1  # no day, no trigger, no limit of sessions


class Reason(enum.IntEnum):
    """Why an order was made; an exit's reason names the trade's end.

    Beside its number a reason has its meaning on pages and whether dollars made or lost bring it
    about: another quotation of the same prices moves those by a little.
    """

    meaning: str
    is_by_dollars: bool

    def __new__(cls, number: int, meaning: str = "", is_by_dollars: bool = False) -> "Reason":
        """Make a member of its number, which is all that compiled code knows of it."""
        member = int.__new__(cls, number)
        member._value_, member.meaning, member.is_by_dollars = number, meaning, is_by_dollars
        return member

    NOTHING = 0
    ENTRY = 1
    REBALANCE = 2
    MARGIN_CALL = 3, "the broker's margin call left nothing", True
    BUY_IN = 4, "the shares sold short were recalled"
    RUIN = 5, "the account was gone; marked at that close"
    STOP_LOSS = 6, "the loss reached its limit", True
    TRAILING_STOP = 7, "P&L fell too far below its best close", True
    PRICE_STOP = 8, "the thesis' own stop: the loss reached its limit", True
    PRICE_TRAIL = 9, "the thesis' own stop: P&L fell too far below its best close", True
    VOL_SPIKE = 10, "volatility spiked"
    CAPEX_ROLLOVER = 11, "the spenders stopped raising their capex"
    SUPPLIER_STALLS = 12, "the long company stopped growing"
    MARGIN_HOLDS = 13, "the short company's margin had its quarters and did not fall"
    FLAT_OVER = 14, "a night to be flat over was coming"
    Z_ABOVE = 15, "z recovered"
    HOLDING_SESSIONS = 16, "held for the configured sessions"
    TAKE_PROFIT = 17, "the profit reached its target", True
    REVERSAL = 18, "one side of the spread ended and the other entered by the same order"
    Z_STOP = 19, "the spread ran away"
    HEDGE_FLIPPED = 20, "the hedge ratio was not positive: both legs would be on one side"
    Z_BACK = 21, "the spread came back"
    HALF_LIVES = 22, "its half-lives were over"
    OWN = 100  # and above: reasons that somebody's own strategy gives


class Note(enum.IntEnum):
    """What a reader must learn of a session, one bit each (texts: ``engine.records.notes``)."""

    RUIN = 1 << 0
    MARGIN_CALL = 1 << 1
    ENTRY_REFUSED = 1 << 2
    REBALANCE_REFUSED = 1 << 3
    ENTRY_SCALED = 1 << 4
    REBALANCE_SCALED = 1 << 5
    ORDER_CUT = 1 << 6
    HARD_TO_BORROW = 1 << 7
    ORDER_WORKED = 1 << 8
    ENTRY_UNSIZED = 1 << 9
    REBALANCE_UNSIZED = 1 << 10
    ENTRY_TOO_SMALL = 1 << 11
    REBALANCE_TOO_SMALL = 1 << 12
    ENTRY_CLIPPED = 1 << 13
    REBALANCE_CLIPPED = 1 << 14
    ENTRY_CAPPED = 1 << 15
    REBALANCE_CAPPED = 1 << 16
    BELOW_MIN_TRADE = 1 << 17
    ENTRY_BARRED = 1 << 18
    NO_VOLUME = 1 << 19
    MARGIN_DEEPENED = 1 << 20


@dataclass(slots=True)
class Bar:
    """One leg's session: prices of a split-adjusted share, and what it traded as."""

    open: float = 0.0
    close: float = 0.0
    volume: float = math.nan  # split-adjusted shares; NaN where nobody tells it
    dividend: float = 0.0  # a share, with its ex-date here
    later_splits: float = 1.0  # product of the split ratios after the session


@dataclass(slots=True)
class Today:
    """One session's facts, all that its decision may see. NaN where a line is unknown."""

    day: int = 0
    nights: int = 0  # calendar days since the session before; 0 on the first
    month: int = 0  # a number that changes with the calendar month
    number: int = 0  # sessions before it
    long: Bar = field(default_factory=Bar)
    short: Bar = field(default_factory=Bar)
    # What the signal lines say.
    z: float = math.nan
    vol_long: float = math.nan
    vol_short: float = math.nan
    vol_ratio: float = math.nan
    covariance: float = math.nan
    beta: float = math.nan
    hedge_ratio: float = math.nan  # units of x against one of y
    hedge_weight: float = math.nan  # the long leg's share of gross that it asks
    half_life: float = math.nan  # of the spread, in sessions
    # What the filings public before it say.
    capex_growth: float = math.nan
    revenue_growth_long: float = math.nan
    gross_margin_short: float = math.nan
    margin_quarter: float = math.nan
    intensity: float = math.nan
    intensity_reference: float = math.nan
    size_multiple: float = math.nan
    # What the calendar, the announcements and the volatility index say.
    due: int = 0  # one bit a dated trigger, by its place
    flat_due: int = 0
    vol_spike: int = 0


@dataclass(slots=True)
class LegHeld:
    """One leg of a trade, in signed shares."""

    shares: float = 0.0
    base: float = 0.0  # what the entry bought: the rest is the hedge's doing
    pnl: float = 0.0  # from prices, dollars
    hedge_pnl: float = 0.0  # the part of it made by shares that rebalancing added or removed
    to_trade: float = 0.0  # of the order being worked
    now: float = 0.0  # of that, in this session


@dataclass(slots=True)
class Tranche(Costs):
    """One round trip of the pair: opened by an entry, resized, closed by an exit.

    A run with single entries holds at most one. ``pnl_usd`` is what a strategy may read of it.
    """

    direction: int = 1  # +1 buys the long leg and sells the short one, -1 the reverse
    decided: int = NONE
    entered: int = NONE  # day of the first fill
    fit: float = 1.0  # share of its target that initial margin allowed at the entry
    entry_notional_usd: float = 0.0  # gross, at the entry's fill prices
    sessions_held: int = 0  # closes at which it was held
    best_pnl_usd: float = 0.0  # highest P&L at a close since the entry, at least 0
    margin_at_entry: float = math.nan  # the short company's, when the entry was decided
    quarter_at_entry: float = math.nan
    half_life_at_entry: float = math.nan  # of the spread, in sessions
    long: LegHeld = field(default_factory=LegHeld)
    short: LegHeld = field(default_factory=LegHeld)
    dividends: float = 0.0
    interest: float = 0.0
    is_changing: int = 0  # by the order being worked
    leaving: int = 0  # reason found at this close
    exit_reason: int = 0
    exit_decided: int = NONE
    exited: int = NONE

    @property
    def pnl_usd(self) -> float:
        """P&L after costs since the entry was decided."""
        return pnl_usd(self)


@dataclass(slots=True)
class Bill:
    """What one leg's order has traded and was charged so far: minimums are per order."""

    is_open: int = 0
    month_shares: float = 0.0  # the account's as-traded volume this month before the order
    shares: float = 0.0  # as traded
    notional_usd: float = 0.0
    commission_usd: float = 0.0


@dataclass(slots=True)
class Book:
    """The account between two sessions; its trades lie beside it, the held ones first."""

    cash: float = 0.0
    equity: float = 0.0
    long_mark: float = 0.0  # last price at which the leg was carried
    short_mark: float = 0.0
    held: int = 0  # so many of the tranches are held; an entry being worked lies behind them
    opening: int = 0  # 1 while a tranche that holds nothing yet lies behind them
    closed: int = 0
    won: int = 0  # of the closed ones
    is_ruined: int = 0
    month: int = 0
    month_shares: float = 0.0  # as traded, filled in that month
    last_accepted: int = NONE  # day of the last entry decided
    ratio_at_sizing: float = math.nan
    # The order being worked; the tranches hold what is left of it.
    reason: int = 0
    decided: int = NONE
    delay_sessions: int = 0  # sessions to let pass before the first fill
    long_bill: Bill = field(default_factory=Bill)
    short_bill: Bill = field(default_factory=Bill)


@dataclass(slots=True)
class LegFill(FillCosts):
    """One leg's execution and what it cost. Shares signed."""

    shares: float = 0.0
    price: float = 0.0


@dataclass(slots=True)
class Outcome(Costs):
    """What one session did: its row of the ledger, its fills, its decision, its notes."""

    day: int = 0
    cash: float = 0.0
    long_shares: float = 0.0
    short_shares: float = 0.0
    long_value: float = 0.0
    short_value: float = 0.0
    equity: float = 0.0
    long_pnl: float = 0.0
    short_pnl: float = 0.0
    dividends: float = 0.0
    interest: float = 0.0
    long: LegFill = field(default_factory=LegFill)
    short: LegFill = field(default_factory=LegFill)
    fill_reason: int = 0  # of the order that traded today; NOTHING where none did
    fill_decided: int = NONE
    triggered: int = 0  # would an entry be made: +1 to buy the pair, -1 to sell it
    acted: int = 0  # was one ordered
    order_reason: int = 0  # what the margin desk, the lender or the decision ordered
    order_long: float = 0.0  # signed shares of that order
    order_short: float = 0.0
    resized_by: int = NONE  # place of the trigger of a rebalance
    drift: float = 0.0
    notes: int = 0
    noted_reason: int = 0  # the order that a note is about
    barred_by: int = 0
    kept: float = 0.0  # share of the book that a margin call left
    deepened_to: float = 0.0  # and what its fill, at other prices, left
    carried_usd: float = 0.0  # gross dollars that were carried to the prices of a fill
    fit: float = 0.0  # share of an order that initial margin allowed


def pnl_usd(tranche: Tranche) -> float:
    """Return a trade's P&L after costs since its entry was decided, at the last mark."""
    gross = tranche.long.pnl + tranche.short.pnl + tranche.dividends + tranche.interest
    return gross - total(tranche)


# The same fields, as numpy records and as columns.


@cache
def dtype_of(record: type) -> np.dtype[Any]:
    """Return the numpy record type with a dataclass's fields, nested ones and tuples too."""
    hints = typing.get_type_hints(record)
    parts: list[Any] = []
    for each in dataclasses.fields(record):
        kind = hints[each.name]
        if typing.get_origin(kind) is tuple:
            assert isinstance(each.default, tuple)  # which gives the length
            parts.append((each.name, _scalar(typing.get_args(kind)[0]), (len(each.default),)))
        elif dataclasses.is_dataclass(kind):
            parts.append((each.name, dtype_of(kind)))  # type: ignore[arg-type]
        else:
            parts.append((each.name, _scalar(kind)))
    return np.dtype(parts, align=True)


def _scalar(kind: type) -> str:
    return "f8" if kind is float else "i8"


def as_array(records: Sequence[Any], kind: type) -> npt.NDArray[np.void]:
    """Return dataclasses as an array of numpy records."""
    return np.array([_values(record) for record in records], dtype=dtype_of(kind))


def _values(record: Any) -> tuple[Any, ...]:
    own = (getattr(record, each.name) for each in dataclasses.fields(record))
    return tuple(_values(value) if dataclasses.is_dataclass(value) else value for value in own)


@cache
def leaves(kind: type) -> tuple[str, ...]:
    """Return the dotted names of a dataclass's numbers, nested ones where they stand."""
    hints = typing.get_type_hints(kind)
    names: list[str] = []
    for each in dataclasses.fields(kind):
        inner = hints[each.name]
        if dataclasses.is_dataclass(inner):
            names += [f"{each.name}.{name}" for name in leaves(inner)]  # type: ignore[arg-type]
        else:
            names.append(each.name)
    return tuple(names)


def columns_of(records: Sequence[Any] | npt.NDArray[np.void], kind: type) -> dict[str, Floats]:
    """Return one float column a number, by dotted name, of dataclasses or of numpy records."""
    names = leaves(kind)
    if isinstance(records, np.ndarray):
        return {name: _field(records, name).astype(np.float64) for name in names}
    rows = np.array([*map(attrgetter(*names), records)], dtype=np.float64)
    return dict(zip(names, rows.reshape(-1, len(names)).T, strict=True))


def _field(records: npt.NDArray[np.void], name: str) -> npt.NDArray[Any]:
    for part in name.split("."):
        records = records[part]
    return records


def array_of(kind: type, columns: Mapping[str, npt.ArrayLike], count: int) -> Any:
    """Return ``count`` numpy records with the given columns, the others at their defaults."""
    records = np.repeat(_default(kind), count)
    for name, column in columns.items():
        _field(records, name)[:] = column
    return records


@cache
def _default(kind: type) -> npt.NDArray[np.void]:
    """Return one record with every field at its default."""
    return as_array([kind()], kind)


def shared_objects_of(kind: type[Record], records: npt.NDArray[np.void]) -> list[Record]:
    """Return numpy records as dataclasses, one a stretch of equal ones: not to be written to."""
    if len(records) == 0:
        return []
    rows = np.ascontiguousarray(records).view(np.uint8).reshape(len(records), -1)
    begins = np.flatnonzero(np.append(True, (rows[1:] != rows[:-1]).any(axis=1)))
    made = objects_of(kind, records[begins])
    lengths = np.diff(begins, append=len(records)).tolist()
    return [each for each, length in zip(made, lengths, strict=True) for _ in range(length)]


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """Return the types of a dataclass's fields by name."""
    return typing.get_type_hints(kind)


def objects_of(kind: type[Record], records: npt.NDArray[np.void]) -> list[Record]:
    """Return numpy records as dataclasses: Python reads their attributes twenty times faster."""
    hints = _hints(kind)  # type: ignore[arg-type]
    columns: list[Sequence[Any]] = []
    for each in dataclasses.fields(kind):  # type: ignore[arg-type]
        inner, column = hints[each.name], records[each.name]
        if dataclasses.is_dataclass(inner):
            columns.append(objects_of(inner, column))  # type: ignore[arg-type]
        elif column.ndim > 1:
            columns.append([tuple(row) for row in column.tolist()])
        else:
            columns.append(_listed(column))
    return list(map(kind, *columns))


def _listed(column: npt.NDArray[Any]) -> Sequence[Any]:
    """Return a column as Python numbers; one for all where it does not change."""
    first = column[0].item() if len(column) else 0.0
    same = np.isnan(column) if math.isnan(first) else column == first
    return [first] * len(column) if same.all() else column.tolist()
