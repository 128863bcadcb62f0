"""The book. Tranches of the pair and what each made and paid.

A tranche is one round trip: opened by an entry, resized by rebalances, closed by an exit. A run
with single entries holds at most one. The account's position is the sum of its tranches.
"""

from dataclasses import dataclass, field
from typing import Any

from strategies.sums import total


@dataclass(slots=True, kw_only=True)
class TrancheLeg:
    """One leg of a tranche, in signed split-adjusted shares."""

    shares: float = 0.0
    base: float = 0.0  # what the entry bought: the rest is the hedge's doing
    pnl: float = 0.0  # from prices, dollars
    hedge_pnl: float = 0.0  # the part of it made by shares that rebalancing added or removed

    def carry(self, move: float) -> float:
        """Book a price move of the shares held; return its dollars."""
        made = self.shares * move
        self.pnl += made
        self.hedge_pnl += (self.shares - self.base) * move
        return made

    def trade(self, change: float, reason: str) -> None:
        """Take new shares at a fill.

        An entry's shares are the base, a rebalance leaves the base as it is, anything else
        reduces base and hedge in proportion.
        """
        before = self.shares
        self.shares = before + change
        if reason == "entry":
            self.base = self.shares
        elif reason != "rebalance":
            self.base = self.base * (self.shares / before) if before != 0.0 else 0.0


@dataclass(slots=True, kw_only=True)
class Tranche:
    """One round trip of the pair, as a strategy may see it at a close and as it is reported."""

    decided: float  # Backtrader date number of the session that decided the entry
    entered: float | None = None  # first fill
    fit: float = 1.0  # share of its target that initial margin allowed at the entry
    entry_notional_usd: float = 0.0  # gross, at the entry's fill prices
    sessions_held: int = 0  # closes at which it was held
    best_pnl_usd: float = 0.0  # highest P&L at a close since the entry, at least 0
    long: TrancheLeg = field(default_factory=TrancheLeg)
    short: TrancheLeg = field(default_factory=TrancheLeg)
    dividends: float = 0.0
    interest: float = 0.0
    commission: float = 0.0
    fees: float = 0.0
    spread: float = 0.0
    impact: float = 0.0
    borrow: float = 0.0
    exit_reason: str | None = None
    exit_decided: float | None = None
    exited: float | None = None

    @property
    def costs_usd(self) -> float:
        """Everything paid so far, positive dollars."""
        return self.commission + self.fees + self.spread + self.impact + self.borrow

    @property
    def gross_pnl_usd(self) -> float:
        """Prices, dividends and interest so far, before costs."""
        return self.long.pnl + self.short.pnl + self.dividends + self.interest

    @property
    def pnl_usd(self) -> float:
        """P&L after costs since the entry was decided."""
        return self.gross_pnl_usd - self.costs_usd

    @property
    def is_flat(self) -> bool:
        """Whether neither leg holds shares."""
        return self.long.shares == 0.0 and self.short.shares == 0.0


@dataclass(slots=True)
class Change:
    """What is left to trade of one tranche, in signed shares a leg."""

    tranche: Tranche
    long: float
    short: float


@dataclass(slots=True, kw_only=True)
class PairOrder:
    """An intent for both legs, decided at a close, filled from the next session on.

    Without a participation cap it fills whole at once; with one, what is left of it is worked over
    the following sessions, both legs in proportion.
    """

    reason: str  # entry, rebalance, an exit's name, margin_call, buy_in
    decided: float
    changes: list[Change]
    bills: dict[str, Any] = field(default_factory=dict)  # symbol -> OrderBill
    parts: int = 0  # sessions that filled some of it
    waits: int = 0  # sessions to let pass before the first fill

    @property
    def long_shares(self) -> float:
        """Signed shares of the long leg still to trade."""
        return total(change.long for change in self.changes)

    @property
    def short_shares(self) -> float:
        """Signed shares of the short leg still to trade."""
        return total(change.short for change in self.changes)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to trade."""
        return all(change.long == 0.0 and change.short == 0.0 for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One leg's execution. Shares signed, costs positive dollars."""

    date: float
    symbol: str
    shares: float
    price: float
    reason: str
    commission: float
    fees: float
    spread: float
    impact: float
    decided: float
