"""Execution. One order for the pair and one session's prices in, fills out.

Both legs trade on the same session or neither does, and on none on which one of them did not trade
at all. Under a participation cap an order takes what the session's volume allows, both legs in
proportion, and the rest stays with it.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.book import Change, Fill, PairOrder, Tranche
from engine.costs.model import FillCosts, LegCosts, OrderBill
from engine.errors import EngineError
from strategies.rules import sizing
from strategies.sums import total

LONG, SHORT = 0, 1  # legs in a pair of numbers
OPENING = ("entry", "rebalance")  # orders that an exit or a margin call cuts short


@dataclass(frozen=True, slots=True, kw_only=True)
class FillPrices:
    """The mids at which a session fills the pair, in dollars."""

    session: float  # date number
    number: int  # sessions since the run's first
    long: float
    short: float
    at_open: bool  # whether they are the open's


class LegBook:
    """One leg: its lines, its costs, its last mark."""

    __slots__ = ("close", "costs", "dividend", "later_splits", "mark", "open", "symbol", "volume")

    def __init__(self, data: Any, costs: LegCosts) -> None:  # a Backtrader feed
        self.symbol: str = data._name
        self.open = data.lines.open
        self.close = data.lines.close
        self.volume = data.lines.volume
        self.dividend = data.lines.dividend
        self.later_splits = data.lines.later_splits
        self.costs = costs
        self.mark = 0.0  # close of the previous session, in dollars


class Execution:
    """Fills orders for the pair and keeps the tranches they open and close.

    Parameters
    ----------
    long, short
        The legs.
    fractional
        Whether parts of a share may trade.
    """

    def __init__(self, *, long: LegBook, short: LegBook, fractional: bool) -> None:
        self.long = long
        self.short = short
        self.fractional = fractional
        self.held: list[Tranche] = []
        self.closed: list[Tranche] = []
        self.working: PairOrder | None = None
        self.fills: list[Fill] = []
        # Every order as it was made: date number, reason, signed shares of the long and short leg.
        self.orders: list[tuple[float, str, float, float]] = []
        self.notes: list[tuple[float, str, str]] = []  # (date number, check, what was done)
        self._month = (0, 0, 0.0)  # year, month, as-traded shares filled in it

    def work(self, order: PairOrder) -> None:
        """Take a new order, to be filled from the next session on.

        Raises
        ------
        EngineError
            Another order is being worked that the new one may not cut short.
        """
        if self.working is not None:
            old = self.working.reason
            if old not in OPENING or order.reason in OPENING:
                raise EngineError(f"{order.reason}: {old} was being worked, expected no order")
            self.note(order.decided, "order_cut", f"the rest of the {old} was cancelled")
        self.working = order
        self.orders.append((order.decided, order.reason, order.long_shares, order.short_shares))

    def due(self) -> PairOrder | None:
        """Return the order that this session may fill, if any; one that waits waits one less."""
        order = self.working
        if order is not None and order.waits > 0:
            order.waits -= 1
            return None
        return order

    def hurry(self) -> None:
        """Fill the order being worked from the next session on: who demands it does not wait."""
        assert self.working is not None
        self.working.waits = 0

    def close_ruined(self, session: float) -> None:
        """End every open tranche at the mark of the session that ruined the account."""
        for tranche in self.held:
            tranche.exit_reason = "ruin"
            tranche.exit_decided = tranche.exited = session
        self.closed += self.held
        self.held = []
        self.working = None

    def fill(
        self, session: float, number: int, long_price: float, short_price: float, *, at_open: bool
    ) -> list[Fill]:
        """Execute what this session takes of the working order; return the fills, sells first.

        Parameters
        ----------
        session, number
            The session's date number and its count from the run's first.
        long_price, short_price
            The mids at which both legs trade.
        at_open
            Whether they are the open's.

        Raises
        ------
        EngineError
            A price is not a positive number.
        """
        order = self.working
        assert order is not None
        at = FillPrices(
            session=session, number=number, long=long_price, short=short_price, at_open=at_open
        )
        executed = self._executable(order, at)
        if executed is None:
            return []
        fills = []
        for leg, price, side in self._sides(at):
            if not (math.isfinite(price) and price > 0.0):
                day = dt.date.fromordinal(int(at.session))
                raise EngineError(f"{day}: {leg.symbol} fill price was {price}, expected > 0")
            parts = [change[side] for change in executed]
            shares = total(parts)
            if shares != 0.0:
                costs = self._charge(order.bills, leg, shares, price, at)
                fills.append(self._filled(order, leg, shares, price, at.session, costs))
                self._share_out(order, parts, costs)
        self._settle(order, executed, at)
        fills.sort(key=lambda fill: fill.shares > 0.0)
        self.fills.extend(fills)
        return fills

    def takes(self, order: PairOrder) -> float:
        """Return the share of an order, in [0, 1], that this session's volume takes."""
        return min(
            self.long.costs.fillable(order.long_shares, self.long.volume[0]),
            self.short.costs.fillable(order.short_shares, self.short.volume[0]),
        )

    def cost_of(self, changes: Sequence[Change], at: FillPrices) -> float:
        """Return what filling these as the working order would cost, in dollars; none is booked."""
        assert self.working is not None
        bills = {symbol: replace(bill) for symbol, bill in self.working.bills.items()}
        month, usd = self._month, 0.0
        for leg, price, side in self._sides(at):
            shares = total((change.long, change.short)[side] for change in changes)
            if shares != 0.0:
                usd += self._charge(bills, leg, shares, price, at).total_usd
        self._month = month
        return usd

    def _sides(self, at: FillPrices) -> tuple[tuple[LegBook, float, int], ...]:
        return (self.long, at.long, LONG), (self.short, at.short, SHORT)

    def _executable(self, order: PairOrder, at: FillPrices) -> list[tuple[float, float]] | None:
        """Return the shares of each change that trade now, both legs in proportion, or None."""
        long_left, short_left = order.long_shares, order.short_shares
        if short_left < 0.0 and self.short.costs.no_short_opened[at.number]:
            self.note(at.session, "hard_to_borrow", f"{order.reason} cancelled: no borrow")
            self.working = None
            return None
        takes = self.takes(order)
        if takes >= 1.0:
            return [(change.long, change.short) for change in order.changes]
        executed = [self._part(change, takes) for change in order.changes]
        long_now, short_now = (total(part[side] for part in executed) for side in (LONG, SHORT))
        found = "a session without volume" if takes == 0.0 else "less volume than it needs"
        self.note(at.session, "order_worked", f"{order.reason} found {found}: worked on")
        if long_now == short_now == 0.0:
            return None
        lacks_a_leg = (long_left != 0.0 and long_now == 0.0) or (
            short_left != 0.0 and short_now == 0.0
        )
        # Not a share of one leg: to open, then none of the other. Where both are held a leg of few
        # shares follows later, or an exit would wait for ever.
        is_opening = any(change.tranche.is_flat for change in order.changes)
        return None if lacks_a_leg and is_opening else executed

    def _charge(
        self, bills: dict[str, OrderBill], leg: LegBook, shares: float, price: float, at: FillPrices
    ) -> FillCosts:
        """Return the costs of one execution; it counts towards its order and the month's volume."""
        day = dt.date.fromordinal(int(at.session))
        if (day.year, day.month) != self._month[:2]:
            self._month = (day.year, day.month, 0.0)
        bill = bills.setdefault(leg.symbol, OrderBill(self._month[2]))
        later_splits = leg.later_splits[0]
        costs = leg.costs.fill_costs(
            at.number, shares, price, later_splits, leg.volume[0], at.at_open, bill
        )
        self._month = (day.year, day.month, self._month[2] + abs(shares) / later_splits)
        return costs

    def _filled(
        self,
        order: PairOrder,
        leg: LegBook,
        shares: float,
        price: float,
        session: float,
        costs: FillCosts,
    ) -> Fill:
        return Fill(
            date=session,
            symbol=leg.symbol,
            shares=shares,
            price=price,
            reason=order.reason,
            commission=costs.commission,
            fees=costs.fees,
            spread=costs.spread,
            impact=costs.impact,
            decided=order.decided,
        )

    def _share_out(self, order: PairOrder, parts: list[float], costs: FillCosts) -> None:
        """Book one leg's costs to the tranches that traded, by their shares."""
        traded = total(abs(part) for part in parts)
        for change, part in zip(order.changes, parts, strict=True):
            share = abs(part) / traded
            change.tranche.commission += costs.commission * share
            change.tranche.fees += costs.fees * share
            change.tranche.spread += costs.spread * share
            change.tranche.impact += costs.impact * share

    def _settle(
        self, order: PairOrder, executed: list[tuple[float, float]], at: FillPrices
    ) -> None:
        """Move the shares into the tranches; open, close and finish what is complete."""
        order.parts += 1
        for change, (long, short) in zip(order.changes, executed, strict=True):
            tranche = change.tranche
            change.long -= long
            change.short -= short
            tranche.long.trade(long, order.reason)
            tranche.short.trade(short, order.reason)
            if order.reason == "entry":
                tranche.entry_notional_usd += abs(long) * at.long + abs(short) * at.short
                if tranche.entered is None:
                    tranche.entered = at.session
                    self.held.append(tranche)
            elif tranche.is_flat:
                tranche.exited = at.session
                if tranche.exit_reason is None:  # a margin call that left nothing
                    tranche.exit_reason, tranche.exit_decided = order.reason, order.decided
                self.held.remove(tranche)
                self.closed.append(tranche)
        if order.is_done:
            self.working = None

    def _part(self, change: Change, takes: float) -> tuple[float, float]:
        """Return what a session that takes so much of a change fills of it."""
        long, short = (leg.later_splits[0] for leg in (self.long, self.short))
        return (
            sizing.part_taken(change.long, takes, long, self.fractional),
            sizing.part_taken(change.short, takes, short, self.fractional),
        )

    def cut(self, leg: LegBook, shares: float) -> float:
        """Return shares that may trade today: whole ones as traded, unless fractions may."""
        return sizing.cut_shares(shares, leg.later_splits[0], self.fractional)

    def change_to(self, tranche: Tranche, long: float, short: float) -> Change:
        """Return what is to trade to bring a tranche to so many signed shares a leg."""
        legs = ((self.long, long, tranche.long), (self.short, short, tranche.short))
        changes = (
            sizing.shares_to_trade(target, own.shares, leg.later_splits[0], self.fractional)
            for leg, target, own in legs
        )
        return Change(tranche, *changes)

    def reduced(self, tranche: Tranche, kept: float) -> Change:
        """Return the change that cuts a tranche to a share of itself, both legs or the whole."""
        long = self.cut(self.long, tranche.long.shares * kept)
        short = self.cut(self.short, tranche.short.shares * kept)
        if long == 0.0 or short == 0.0:  # not a share of one leg: then none of the other
            long = short = 0.0
        return self.change_to(tranche, long, short)

    def note(self, session: float, check: str, text: str) -> None:
        """Keep something a reader must learn; it becomes a finding."""
        self.notes.append((session, check, text))
