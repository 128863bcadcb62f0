"""The two-leg broker. Orders for both legs in, cash, shares and ledger rows out.

Backtrader calls `TwoLegBroker.next` at the start of every bar, before the strategy decides: that
method is the session of DESIGN section 3 from financing to margin, in the order money moves. An
order is for the *pair*: both legs fill on the same session, or neither does.
"""

import math
from collections.abc import Sequence
from typing import Any

import backtrader as bt

from engine.book import Change, PairOrder, Tranche
from engine.costs.borrow import borrow_fee
from engine.costs.dividend import dividend_cash
from engine.costs.model import LegCosts
from engine.errors import EngineError
from engine.execution import OPENING, Execution, FillPrices, LegBook
from engine.interest import InterestRates
from engine.margin import MarginRules
from engine.margin_call import deepened
from strategies.sums import total

Target = tuple[Tranche, float, float]  # signed shares of the long and the short leg


class TwoLegBroker(bt.broker.BrokerBase):
    """Fills pairs, books every cent, marks at the close, calls margin.

    Parameters
    ----------
    long_data, short_data
        The legs' feeds (see ``feeds.lines``).
    long_costs, short_costs
        What each leg costs, session by session.
    interest
        What cash earns and owes, or None.
    margin
        The margin rules, or None.
    cash
        Opening dollars.
    fill
        ``next_open`` or ``next_close``: the price of the session after the decision.
    fractional
        Whether parts of a share may trade.
    lag_sessions
        Sessions that an order of the strategy waits beyond the next one; the lender and the
        margin desk do not wait.
    """

    def __init__(
        self,
        *,
        long_data: Any,
        short_data: Any,
        long_costs: LegCosts,
        short_costs: LegCosts,
        interest: InterestRates | None,
        margin: MarginRules | None,
        cash: float,
        fill: str,
        fractional: bool,
        lag_sessions: int = 0,
    ) -> None:
        super().__init__()
        self.lag_sessions = lag_sessions
        self.long = LegBook(long_data, long_costs)
        self.short = LegBook(short_data, short_costs)
        self.desk = Execution(long=self.long, short=self.short, fractional=fractional)
        self.interest = interest
        self.margin = margin
        self.cash = self.startingcash = cash  # Backtrader asks for the latter
        self.equity = cash
        self.fills_at_open = fill == "next_open"
        self.is_ruined = False
        self.rows: list[tuple[float, ...]] = []
        self.carried_usd: dict[int, float] = {}  # gross at the prices of a fill, by row
        self._clock = long_data.lines.datetime
        self._last_session = math.nan

    def next(self) -> None:
        """Run one session: financing, dividends, fills, mark, margin. Then the strategy decides."""
        session, number = self._clock[0], len(self.rows)
        long, short = self.long, self.short
        long_close, short_close = long.close[0], short.close[0]
        long_pnl = short_pnl = dividends = interest = borrow = 0.0
        commission = fees = spread = impact = 0.0

        # 1. and 2. What the night since the previous close cost and paid.
        if number > 0:
            days = round(session - self._last_session)
            interest = self._night_interest(number, days)
            for tranche in self.desk.held:
                fee = borrow_fee(
                    tranche.long.shares, long.mark, long.costs.borrow_rate_annual[number], days
                ) + borrow_fee(
                    tranche.short.shares, short.mark, short.costs.borrow_rate_annual[number], days
                )
                paid = dividend_cash(tranche.long.shares, long.dividend[0])
                paid += dividend_cash(tranche.short.shares, short.dividend[0])
                tranche.borrow += fee
                tranche.dividends += paid
                borrow += fee
                dividends += paid
            self.cash += dividends + interest - borrow

        # 3. The pair decided at an earlier close, sells first, carried on from the fill price.
        working = self.desk.due()
        if working is not None:
            at_open = self.fills_at_open or working.reason == "margin_call"
            long_price = long.open[0] if at_open else long_close
            short_price = short.open[0] if at_open else short_close
            carried = 0.0
            for tranche in self.desk.held:
                long_pnl += tranche.long.carry(long_price - long.mark)
                short_pnl += tranche.short.carry(short_price - short.mark)
                carried += tranche.long.shares * long_price - tranche.short.shares * short_price
            self.carried_usd[number] = carried
            if working.reason == "margin_call":
                self._deepen(session, number, long_price, short_price)
            for fill in self.desk.fill(session, number, long_price, short_price, at_open=at_open):
                commission += fill.commission
                fees += fill.fees
                spread += fill.spread
                impact += fill.impact
                self.cash -= fill.shares * fill.price
            self.cash -= commission + fees + spread + impact
            long.mark, short.mark = long_price, short_price

        # 4. Mark.
        long_shares = short_shares = 0.0
        for tranche in self.desk.held:
            long_pnl += tranche.long.carry(long_close - long.mark)
            short_pnl += tranche.short.carry(short_close - short.mark)
            long_shares += tranche.long.shares
            short_shares += tranche.short.shares
            tranche.sessions_held += 1
            tranche.best_pnl_usd = max(tranche.best_pnl_usd, tranche.pnl_usd)
        long_value, short_value = long_shares * long_close, short_shares * short_close
        self.equity = self.cash + (long_value + short_value)
        long.mark, short.mark = long_close, short_close
        self._last_session = session
        self.rows.append(
            (session, self.cash, long_shares, short_shares, long_value, short_value, self.equity,
             long_pnl, short_pnl, dividends, commission, fees, spread, impact, borrow, interest)
        )  # fmt: skip

        # 5. Ruin, margin, buy-in.
        if self.desk.held or not self.equity > 0.0:
            self._check(session, number, long_value, -short_value)

    def _check(self, session: float, number: int, long_value: float, short_value: float) -> None:
        """End a ruined run; order what margin or the lender of the shares demands.

        Either demand takes the place of whatever was being worked, except of an exit.
        """
        if not self.equity > 0.0:
            self.is_ruined = True
            self.desk.close_ruined(session)
            self.desk.note(
                session, "ruin", f"equity was {self.equity:,.2f} dollars: the run ends here"
            )
            self.cerebro.runstop()
            return
        if self.desk.working is not None and self.desk.working.reason not in OPENING:
            return
        held = self.desk.held
        if short_value > 0.0 and self.short.costs.bought_in[number]:
            self.order_exit([(tranche, "buy_in") for tranche in held])
            self.desk.hurry()
            return
        if self.margin is None:
            return
        kept = self.margin.kept(self.equity, long_value, short_value)
        if kept < 1.0:
            self.desk.note(session, "margin_call", f"the book was cut to {kept:.4f} of itself")
            changes = [self.desk.reduced(tranche, kept) for tranche in held]
            self.desk.work(PairOrder(reason="margin_call", decided=session, changes=changes))

    def _deepen(self, session: float, number: int, long_open: float, short_open: float) -> None:
        """Cut a margin call deeper where its fill at the open would not cure it."""
        assert self.margin is not None
        at = FillPrices(
            session=session, number=number, long=long_open, short=short_open, at_open=True
        )
        held = self.desk.held
        equity = self.cash + (
            total(tranche.long.shares for tranche in held) * at.long
            + total(tranche.short.shares for tranche in held) * at.short
        )
        kept = deepened(self.desk, self.margin, equity, at)
        if kept is not None:
            self.desk.note(
                session,
                "margin_deepened",
                f"the fill's prices and costs cut the book to {kept:.4f} of itself",
            )

    # What a strategy may ask and order, at the close.

    @property
    def held(self) -> list[Tranche]:
        """The open round trips."""
        return self.desk.held

    @property
    def is_idle(self) -> bool:
        """Whether no order is being worked."""
        return self.desk.working is None

    @property
    def may_exit(self) -> bool:
        """Whether an exit may be ordered: an entry or a rebalance being worked gives way to it."""
        return self.desk.working is None or self.desk.working.reason in OPENING

    def order_entry(self, long_target: float, short_target: float) -> bool:
        """Order a new tranche of signed target shares; return whether it was ordered.

        Under margin rules a tranche that does not fit is scaled down or refused, with a note. The
        share that fitted stays with the tranche: a rebalance does not outgrow its entry.
        """
        if long_target == 0.0 or short_target == 0.0:
            return False  # a leg without a share would leave the other one naked
        tranche = Tranche(decided=self._clock[0])
        held = total(
            abs(t.long.shares) * self.long.mark + abs(t.short.shares) * self.short.mark
            for t in self.desk.held
        )
        tranche.fit, fitting = self._fitting([(tranche, long_target, short_target)], held, "entry")
        for _, long, short in fitting:
            self._work("entry", [Change(tranche, long, short)])
        return bool(fitting)

    def order_targets(self, targets: Sequence[Target]) -> bool:
        """Order the held tranches to signed target shares; return whether anything is to trade."""
        if any(long == 0.0 or short == 0.0 for _, long, short in targets):
            return False  # a leg without a share would leave the other one naked
        _, fitting = self._fitting(targets, 0.0, "rebalance")
        changes = [self.desk.change_to(*target) for target in fitting]
        if all(change.long == 0.0 and change.short == 0.0 for change in changes):
            return False
        self._work("rebalance", changes)
        return True

    def order_exit(self, leaving: Sequence[tuple[Tranche, str]]) -> None:
        """Order tranches to nothing, each with its reason; cuts short what is being worked."""
        for tranche, reason in leaving:
            tranche.exit_reason, tranche.exit_decided = reason, self._clock[0]
        changes = [Change(t, -t.long.shares, -t.short.shares) for t, _ in leaving]
        self._work(leaving[0][1], changes)

    def _work(self, reason: str, changes: list[Change]) -> None:
        self.desk.work(
            PairOrder(
                reason=reason, decided=self._clock[0], changes=changes, waits=self.lag_sessions
            )
        )

    def _fitting(
        self, targets: Sequence[Target], held: float, what: str
    ) -> tuple[float, Sequence[Target]]:
        """Return what initial margin allows of the targets: their share, and the cut targets.

        Nothing where margin refuses, or where a leg would be left without a share.

        Parameters
        ----------
        held
            Gross dollars beside the targets that stay as they are.
        """
        wanted = total(
            abs(long) * self.long.mark + abs(short) * self.short.mark for _, long, short in targets
        )
        if self.margin is None:
            return 1.0, targets
        allowed = self.margin.scale(self.equity, held + wanted, 0.0)
        if allowed >= 1.0:
            return 1.0, targets
        session, cut = self._clock[0], self.desk.cut
        share = max(allowed * (held + wanted) - held, 0.0) / wanted
        scaled = [
            (tranche, cut(self.long, long * share), cut(self.short, short * share))
            for tranche, long, short in targets
        ]
        if self.margin.refuses or any(long == 0.0 or short == 0.0 for _, long, short in scaled):
            self.desk.note(
                session, "margin_refused", f"{what} did not fit initial margin: not made"
            )
            return 0.0, []
        self.desk.note(session, "margin_scaled", f"{what} was scaled to {share:.4f} of itself")
        return share, scaled

    # Financing.

    def _night_interest(self, number: int, days: int) -> float:
        """Return the night's interest and book it to the tranches by their gross exposure."""
        if self.interest is None:
            return 0.0
        held = self.desk.held
        values = [(t.long.shares * self.long.mark, t.short.shares * self.short.mark) for t in held]
        proceeds = -total(min(long, 0.0) + min(short, 0.0) for long, short in values)
        interest = self.interest.of_night(self.cash, proceeds, number, days)
        gross = total(abs(long) + abs(short) for long, short in values)
        for tranche, (long, short) in zip(held, values, strict=True):
            tranche.interest += interest * (abs(long) + abs(short)) / gross
        return interest

    # What Backtrader itself asks of a broker.

    def getcash(self) -> float:
        """Return cash in dollars; negative when longs cost more than the account holds."""
        return self.cash

    def getvalue(self, datas: Any = None) -> float:
        """Return equity in dollars at the last close."""
        return self.equity

    def getposition(self, data: Any) -> Any:
        """Return Backtrader's position of one leg, at the last mark."""
        if data._name == self.long.symbol:
            return bt.Position(total(t.long.shares for t in self.held), self.long.mark)
        return bt.Position(total(t.short.shares for t in self.held), self.short.mark)

    def get_notification(self) -> None:
        """Return nothing: the strategy reads fills and trades from the broker itself."""

    def buy(self, *args: Any, **kwargs: Any) -> None:
        """Refuse a one-legged order."""
        raise EngineError("buy/sell of one leg was called; expected order_entry for both legs")

    sell = buy
