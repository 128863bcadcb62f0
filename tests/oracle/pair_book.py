"""Trades and orders of the pair. Every dollar booked to a trade in, its row of trades.csv out."""

import math
from dataclasses import dataclass, field

LEGS = ("long", "short")
GAINS = ("long_pnl", "short_pnl", "dividends", "interest")
HEDGE = ("long_hedge_pnl", "short_hedge_pnl")  # a part of the gains, not beside them
COSTS = ("commission", "fees", "spread", "impact", "borrow")


CRUMB = 1e-6  # of a share of the day: what rounding leaves of sums of split shares


def lots_of(today: dict, config: dict) -> dict[str, float]:
    """Return how many split-adjusted shares one share of the day is; 0 where fractions trade."""
    whole = not config["account"]["fractional"]
    return {leg: today[leg].later_splits if whole else 0.0 for leg in LEGS}


def whole_lots(shares: float, lot: float) -> float:
    """Return shares cut toward zero to whole lots; as they are where there is no lot."""
    if not lot:
        return shares
    count = abs(shares) / lot
    nearest = round(count)
    if not math.isclose(count, nearest, rel_tol=1e-12):
        nearest = math.floor(count)
    return math.copysign(nearest * lot, shares)


def step(before: float, after: float, lot: float) -> float:
    """Return what is to trade from one position to another: no crumbs of a share."""
    if not lot:  # fractions trade: what rounding leaves of a position is no crumb of a share
        return 0.0 if math.isclose(after, before, rel_tol=1e-12) else after - before
    change = after - before
    return 0.0 if abs(change) < CRUMB * lot else change


def no_shares() -> dict[str, float]:
    """Return an empty position."""
    return dict.fromkeys(LEGS, 0)


def no_dollars() -> dict[str, list[float]]:
    """Return an empty list of dollars per column."""
    return {name: [] for name in (*GAINS, *HEDGE, *COSTS)}


class ExactSum:
    """What ``math.fsum`` gives of all that was added, kept as terms that do not overlap.

    Shewchuk (1997), "Adaptive Precision Floating-Point Arithmetic": no addition loses a bit.
    """

    def __init__(self) -> None:
        self._terms: list[float] = []

    def add(self, usd: float) -> None:
        """Take one more number into the sum."""
        kept = 0
        for term in self._terms:
            large, small = (usd, term) if abs(usd) >= abs(term) else (term, usd)
            usd = large + small
            lost = small - (usd - large)
            if lost:
                self._terms[kept] = lost
                kept += 1
        self._terms[kept:] = [usd]

    def rounded(self) -> float:
        """Return the number nearest to the sum."""
        return math.fsum(self._terms)


@dataclass(slots=True, kw_only=True)
class Trade:
    """One round trip, in the making or closed: a tranche, or the only one there is."""

    entry_decided: str
    fit: float = 1.0  # the share of its target that margin had room for when it was entered
    entry_margin: float | None = None  # the short company's, as known when the entry was decided
    entry_margin_quarter: int | None = None
    direction: int = 1  # +1 buys the long leg, -1 sells it
    entry_half_life: float | None = None  # of the spread, as known when the entry was decided
    entry: str | None = None
    entry_notional_usd: float = 0.0
    sessions_held: int = 0
    best_pnl_usd: float = 0.0
    shares: dict[str, float] = field(default_factory=no_shares)
    entry_shares: dict[str, float] = field(default_factory=no_shares)  # what is left of them
    dollars: dict[str, list[float]] = field(default_factory=no_dollars)
    net: ExactSum = field(default_factory=ExactSum)  # of gains and costs
    exit: str | None = None
    exit_decided: str | None = None
    exit_reason: str | None = None

    def book(self, column: str, usd: float) -> None:
        """Put dollars into a column, and into the net if they are no part of another column."""
        self.dollars[column].append(usd)
        if column not in HEDGE:
            self.net.add(-usd if column in COSTS else usd)

    def sum_of(self, column: str) -> float:
        """Return everything booked to a column."""
        return math.fsum(self.dollars[column])

    def net_pnl(self) -> float:
        """Return what the trade made so far, after costs."""
        return self.net.rounded()

    def ride(self, leg: str, step: float) -> None:
        """Book a price change; what the entry's shares did not make, the hedge made."""
        self.book(f"{leg}_pnl", self.shares[leg] * step)
        hedge_shares = self.shares[leg] - self.entry_shares[leg]
        self.book(f"{leg}_hedge_pnl", hedge_shares * step)

    def change(self, leg: str, shares: float, reason: str) -> None:
        """Take a fill into the position."""
        before, after = self.shares[leg], self.shares[leg] + shares
        self.shares[leg] = after
        if reason == "entry":
            self.entry_shares[leg] = after
        elif reason != "rebalance":
            # Exits and margin calls take from entry and hedge alike.
            self.entry_shares[leg] *= after / before if before else 0

    def is_flat(self) -> bool:
        """Say whether nothing is held."""
        return not any(self.shares.values())

    def row(self) -> dict:
        """Return the row of trades.csv; without an exit, the trade so far."""
        gone = self.exit is not None
        net = self.net_pnl()
        return {
            "entry": self.entry,
            "exit": self.exit,
            "entry_decided": self.entry_decided,
            "exit_decided": self.exit_decided if gone else None,
            "sessions": self.sessions_held,
            "exit_reason": self.exit_reason if gone else None,
            "gross_pnl": math.fsum(usd for name in GAINS for usd in self.dollars[name]),
            "long_pnl": self.sum_of("long_pnl"),
            "short_pnl": self.sum_of("short_pnl"),
            "hedge_pnl": math.fsum(self.sum_of(name) for name in HEDGE),
            **{name: self.sum_of(name) for name in COSTS},
            "dividends": self.sum_of("dividends"),
            "interest": self.sum_of("interest"),
            "net_pnl": net,
            "entry_gross_notional": self.entry_notional_usd,
            "return": net / self.entry_notional_usd,
            "direction": self.direction,
        }


@dataclass(slots=True, kw_only=True)
class Order:
    """What is left to trade of each trade it concerns, since one decision."""

    reason: str
    decided: str
    parts: list[tuple[Trade, dict[str, float]]]
    bills: dict = field(default_factory=dict)  # one a leg

    def left(self, leg: str) -> float:
        """Return the signed shares of a leg still to trade."""
        return sum(left[leg] for _, left in self.parts)

    def is_open(self) -> bool:
        """Say whether anything is left."""
        return any(shares for _, left in self.parts for shares in left.values())

    def opens(self, trade: Trade) -> bool:
        """Say whether it is this trade's entry; a reversal also ends others."""
        return self.reason == "entry" or (self.reason == "reversal" and not trade.exit_reason)

    def gives_way(self) -> bool:
        """Say whether an exit or a margin call may take its place."""
        return self.reason in ("entry", "rebalance")


@dataclass(slots=True, kw_only=True)
class Book:
    """The account: cash, open and closed trades, the order being worked."""

    cash: float
    held: list[Trade] = field(default_factory=list)
    closed: list[Trade] = field(default_factory=list)
    order: Order | None = None
    month: tuple[int, int] = (0, 0)
    month_shares: float = 0.0  # as traded in that month
    last_entry: str | None = None  # the day it was decided
    vol_ratio: float | None = None  # at the last sizing
    rebalances: list[dict] = field(default_factory=list)

    def shares(self, leg: str) -> float:
        """Return the signed shares of one leg over all trades."""
        return sum(trade.shares[leg] for trade in self.held)

    def place(
        self, reason: str, decided: str, wanted: list[tuple[Trade, dict]], lots: dict
    ) -> bool:
        """Order trades from what they hold to what is wanted; say whether anything is to trade."""
        parts = [
            (trade, {leg: step(trade.shares[leg], target[leg], lots[leg]) for leg in LEGS})
            for trade, target in wanted
        ]
        order = Order(reason=reason, decided=decided, parts=parts)
        if not order.is_open():
            return False
        self.order = order
        return True
