"""The two-leg broker. Orders for both legs in, cash, shares and ledger rows out.

Backtrader calls `TwoLegBroker.next` at the start of every bar, before the strategy decides: that
method is the session of DESIGN section 3 from financing to margin, in the order money moves. An
order is for the *pair*: both legs fill on the session after the decision, or neither does.
"""

import math
from dataclasses import dataclass
from typing import Any

import backtrader as bt

from engine.costs.borrow import borrow_fee
from engine.costs.dividend import dividend_cash
from engine.costs.model import LegCosts
from engine.errors import EngineError


@dataclass(frozen=True, slots=True, kw_only=True)
class PairOrder:
    """An intent: signed share changes of both legs, decided at a close, filled next session."""

    long_shares: float
    short_shares: float
    reason: str
    decided: float  # Backtrader date number of the deciding session
    equity_decided: float  # dollars at that close


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


@dataclass(slots=True, kw_only=True)
class HeldTrade:
    """The open round trip, as a strategy may see it at a close."""

    equity_decided: float  # dollars at the close that decided the entry
    entry_notional_usd: float  # gross, at the fill prices
    sessions_held: int = 0  # closes at which it was held


class LegBook:
    """One leg: its lines, its costs, its shares, its last mark."""

    __slots__ = ("close", "costs", "dividend", "later_splits", "mark", "open", "shares", "symbol")

    def __init__(self, data: Any, costs: LegCosts) -> None:  # a Backtrader feed
        self.symbol: str = data._name
        self.open = data.lines.open
        self.close = data.lines.close
        self.dividend = data.lines.dividend
        self.later_splits = data.lines.later_splits
        self.costs = costs
        self.shares = 0.0
        self.mark = 0.0  # close of the previous session, in dollars


class TwoLegBroker(bt.broker.BrokerBase):
    """Fills pairs, books every cent, marks at the close.

    Parameters
    ----------
    long_data, short_data
        The legs' feeds (see ``feeds.lines``).
    long_costs, short_costs
        What each leg costs.
    cash
        Opening dollars.
    fill
        ``next_open`` or ``next_close``: the price of the session after the decision.
    """

    def __init__(
        self,
        *,
        long_data: Any,
        short_data: Any,
        long_costs: LegCosts,
        short_costs: LegCosts,
        cash: float,
        fill: str,
    ) -> None:
        super().__init__()
        self.long = LegBook(long_data, long_costs)
        self.short = LegBook(short_data, short_costs)
        self.cash = self.startingcash = cash  # Backtrader asks for the latter
        self.equity = cash
        self.fills_at_open = fill == "next_open"
        self.held: HeldTrade | None = None
        self.pending: PairOrder | None = None
        self.rows: list[tuple[float, ...]] = []
        self.fills: list[Fill] = []
        self._clock = long_data.lines.datetime
        self._last_session = math.nan

    def next(self) -> None:
        """Run one session: financing, dividends, fills, mark, margin. Then the strategy decides."""
        session = self._clock[0]
        long, short = self.long, self.short
        long_close, short_close = long.close[0], short.close[0]
        borrow = dividends = long_pnl = short_pnl = 0.0

        # 1. and 2. What holding the position since the previous close cost and paid.
        if self.held is not None:
            days = round(session - self._last_session)
            for leg in (long, short):
                borrow += borrow_fee(leg.shares, leg.mark, leg.costs.borrow_rate_annual, days)
                dividends += dividend_cash(leg.shares, leg.dividend[0])
            long_pnl = long.shares * (long_close - long.mark)
            short_pnl = short.shares * (short_close - short.mark)
            self.cash += dividends - borrow

        # 3. The pair decided at the previous close, sells first.
        commission = spread = 0.0
        if self.pending is not None:
            for fill in self._fill_pair(self.pending, session):
                commission += fill.commission
                spread += fill.spread
                self.cash -= fill.shares * fill.price + fill.commission + fill.spread
                if fill.symbol == long.symbol:
                    long_pnl += fill.shares * (long_close - fill.price)
                else:
                    short_pnl += fill.shares * (short_close - fill.price)
            self.pending = None

        # 4. Mark.
        long_value, short_value = long.shares * long_close, short.shares * short_close
        self.equity = self.cash + (long_value + short_value)
        long.mark, short.mark = long_close, short_close
        if self.held is not None:
            self.held.sessions_held += 1
        self._last_session = session
        self.rows.append(
            (session, self.cash, long.shares, short.shares, long_value, short_value, self.equity,
             long_pnl, short_pnl, dividends, commission, 0.0, spread, 0.0, borrow, 0.0)
        )  # fmt: skip

        # 5. Margin: until a margin model is configured, only an account that is gone stops the run.
        if not self.equity > 0.0:
            raise EngineError(
                f"{bt.num2date(session).date()}: equity was {self.equity:,.2f} dollars, expected "
                "> 0; the account is ruined (lower sizing.gross or set exits.stop_loss)"
            )

    def order_pair(self, long_target: float, short_target: float, reason: str) -> bool:
        """Order both legs to signed target shares, decided now, filled next session.

        Returns whether there is anything to trade.
        """
        if self.pending is not None:
            raise EngineError(f"order_pair: {self.pending.reason} was still pending, expected none")
        long_change = long_target - self.long.shares
        short_change = short_target - self.short.shares
        if long_change == 0.0 and short_change == 0.0:
            return False
        self.pending = PairOrder(
            long_shares=long_change,
            short_shares=short_change,
            reason=reason,
            decided=self._clock[0],
            equity_decided=self.equity,
        )
        return True

    def _fill_pair(self, order: PairOrder, session: float) -> list[Fill]:
        """Execute both legs at this session's price, sells first, and book the shares."""
        fills = [
            self._fill_leg(leg, change, order, session)
            for leg, change in ((self.long, order.long_shares), (self.short, order.short_shares))
            if change != 0.0
        ]
        fills.sort(key=lambda fill: fill.shares > 0.0)
        self.fills.extend(fills)
        is_flat = self.long.shares == 0.0 and self.short.shares == 0.0
        if is_flat:
            self.held = None
        elif self.held is None:
            self.held = HeldTrade(
                equity_decided=order.equity_decided,
                entry_notional_usd=sum(abs(fill.shares) * fill.price for fill in fills),
            )
        return fills

    def _fill_leg(self, leg: LegBook, change: float, order: PairOrder, session: float) -> Fill:
        """Execute one leg; the price is the mid, the costs are separate dollars."""
        price = leg.open[0] if self.fills_at_open else leg.close[0]
        if not (math.isfinite(price) and price > 0.0):
            raise EngineError(
                f"{bt.num2date(session).date()}: {leg.symbol} fill price was {price}, expected > 0"
            )
        leg.shares += change
        return Fill(
            date=session,
            symbol=leg.symbol,
            shares=change,
            price=price,
            reason=order.reason,
            commission=leg.costs.commission(change, price, leg.later_splits[0]),
            fees=0.0,
            spread=leg.costs.spread(change, price),
            impact=0.0,
            decided=order.decided,
        )

    # What Backtrader itself asks of a broker.

    def getcash(self) -> float:
        """Return cash in dollars; negative when longs cost more than the account holds."""
        return self.cash

    def getvalue(self, datas: Any = None) -> float:
        """Return equity in dollars at the last close."""
        return self.equity

    def getposition(self, data: Any) -> Any:
        """Return Backtrader's position of one leg, at the last mark."""
        leg = self.long if data._name == self.long.symbol else self.short
        return bt.Position(leg.shares, leg.mark)

    def get_notification(self) -> None:
        """Return nothing: the strategy reads fills and trades from the broker itself."""

    def buy(self, *args: Any, **kwargs: Any) -> None:
        """Refuse a one-legged order."""
        raise EngineError("buy/sell of one leg was called; expected order_pair for both legs")

    sell = buy
