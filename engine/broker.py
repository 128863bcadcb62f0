"""Backtrader drives the body. One bar in, one session of ``engine.body`` out.

Backtrader calls `TwoLegBroker.next` at the start of every bar, before the strategy decides.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import backtrader as bt

from engine.body.scores import Totals, tally
from engine.body.session import begin, fill_at_once, session
from engine.body.terms import Rates, Terms, room
from engine.errors import EngineError
from engine.notices import Notices
from strategies.decide import Rules, act, decide
from strategies.orders import may_exit
from strategies.records import Bar, Book, Outcome, Reason, Today, Tranche


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One decision as the strategy asked for it.

    session
        Counted from 0.
    z
        What ``exits.z_above`` looked at.
    leaving
        Of each held trade its reason to leave, 0 for none; None: the configured exits decide.
    """

    session: int
    side: int
    z: float
    leaving: tuple[int, ...] | None


class Shown:
    """A session's facts as a strategy may see them at its close: all but later splits.

    Only ``z`` may be set, by a strategy that has one of its own.
    """

    __slots__ = ("_facts",)

    def __init__(self, facts: Today) -> None:
        object.__setattr__(self, "_facts", facts)

    def __getattr__(self, name: str) -> Any:
        """Return a fact; a bar has NaN for the splits that come after it."""
        fact = getattr(self._facts, name)
        return replace(fact, later_splits=math.nan) if isinstance(fact, Bar) else fact

    def __setattr__(self, name: str, value: Any) -> None:
        """Take the strategy's own z-score."""
        if name != "z":
            raise AttributeError(f"today.{name} is a fact; only z may be set")
        self._facts.z = float(value)


class TwoLegBroker(bt.broker.BrokerBase):
    """The account of a run in Backtrader: fills pairs, books every cent, calls margin.

    Parameters
    ----------
    long_data, short_data
        The legs' feeds (see ``feeds.lines``).
    terms
        What the run asks.
    days, rates
        Facts and dated costs of every session; a session sees its own.
    """

    def __init__(
        self,
        *,
        long_data: Any,
        short_data: Any,
        terms: Terms,
        days: list[Today],
        rates: list[Rates],
    ) -> None:
        super().__init__()
        self.terms, self._days, self._dated_rates = terms, days, rates
        self.startingcash = terms.cash  # Backtrader asks for it
        self.book = Book()
        begin(terms, self.book)
        self.tranches = [Tranche() for _ in range(room(terms))]
        self.closed: list[Tranche] = []
        self.outcomes: list[Outcome] = []
        self.totals = Totals()
        self.own_reasons: list[str] = []  # that somebody's own strategy gave for leaving
        self.calls: list[Call] = []  # every decision asked for, in order
        self.notices: Notices | None = None  # for a strategy that listens
        self._symbols = long_data._name, short_data._name
        self._clock = long_data.lines.datetime

    def next(self) -> None:
        """Run one session: financing, dividends, fills, mark, margin. Then the strategy decides."""
        number, book = len(self.outcomes), self.book
        today, outcome = self._days[number], Outcome()
        assert self._clock[0] == today.day, "a bar of another session"
        while len(self.closed) <= book.closed + book.held:
            self.closed.append(Tranche())
        rates = self._dated_rates[number]
        session(self.terms, today, rates, book, self.tranches, self.closed, outcome)
        self.outcomes.append(outcome)
        if self.notices is not None:
            self.notices.take(outcome)
        if not self.terms.fills_at_once or book.is_ruined:
            tally(self.totals, outcome)
        if book.is_ruined:
            self.cerebro.runstop()

    # What a strategy may ask and order, at the close.

    @property
    def today(self) -> Shown:
        """The facts of the session that is closing, as a strategy may see them."""
        return Shown(self.facts)

    @property
    def facts(self) -> Today:
        """The facts of the session that is closing, with those that only a fill needs."""
        return self._days[len(self.outcomes) - 1]

    @property
    def rates(self) -> Rates:
        """The dated costs of the session that is closing."""
        return self._dated_rates[len(self.outcomes) - 1]

    @property
    def held(self) -> list[Tranche]:
        """The open round trips."""
        return self.tranches[: self.book.held]

    def decide(self, side: int, leaves: Callable[[Tranche], str | None] | None = None) -> None:
        """Decide at this close: exit, else entry, else rebalance.

        Parameters
        ----------
        side
            +1 where the entry rule, in its regime, would buy the pair, -1 sell it, 0 for neither.
        leaves
            Somebody's own exits: the reason to leave a held trade, or None.
        """
        leaving = None
        if leaves is not None:
            free = may_exit(self.book)
            given = [leaves(tranche) if free else None for tranche in self.held]
            leaving = tuple(0 if each is None else self._number_of(each) for each in given)
        place, outcome = len(self.outcomes) - 1, self.outcomes[-1]
        today = self.facts
        self.calls.append(Call(session=place, side=side, z=today.z, leaving=leaving))
        decide_as_asked(self.terms.rules, today, self.book, self.tranches, outcome, side, leaving)
        self._fill_at_once(today, outcome)

    def _fill_at_once(self, today: Today, outcome: Outcome) -> None:
        """Fill what was just decided, where a replication asks for it."""
        if self.terms.fills_at_once:
            fill_at_once(
                self.terms, today, self.rates, self.book, self.tranches, self.closed, outcome
            )
            tally(self.totals, outcome)
            if self.notices is not None:
                self.notices.take(outcome)

    def _number_of(self, reason: str) -> int:
        """Return the number that stands for a reason, ours or somebody's own."""
        if reason.upper() in Reason.__members__:
            return Reason[reason.upper()]
        if reason not in self.own_reasons:
            self.own_reasons.append(reason)
        return Reason.OWN + self.own_reasons.index(reason)

    # What Backtrader itself asks of a broker.

    @property
    def cash(self) -> float:
        """Cash in dollars; negative when longs cost more than the account holds."""
        return self.book.cash

    @property
    def equity(self) -> float:
        """Equity in dollars at the last close."""
        return self.book.equity

    def getcash(self) -> float:
        """Return `cash`."""
        return self.book.cash

    def getvalue(self, datas: Any = None) -> float:
        """Return `equity`."""
        return self.book.equity

    def getposition(self, data: Any) -> Any:
        """Return Backtrader's position of one leg, at the last mark."""
        outcome = self.outcomes[-1] if self.outcomes else Outcome()
        if data._name == self._symbols[0]:
            return bt.Position(outcome.long_shares, self.book.long_mark)
        return bt.Position(outcome.short_shares, self.book.short_mark)

    def get_notification(self) -> Any:
        """Return a filled order that the strategy was not told of; None when it was told all."""
        return None if self.notices is None else self.notices.next()

    def buy(self, *args: Any, **kwargs: Any) -> None:
        """Refuse a one-legged order."""
        raise EngineError("buy/sell of one leg was called; expected a decision for both legs")

    sell = buy


def decide_as_asked(
    rules: Rules,
    today: Today,
    book: Book,
    tranches: list[Tranche],
    outcome: Outcome,
    side: int,
    leaving: Sequence[int] | None,
) -> None:
    """Decide by the configured exits, or by the reasons that somebody's own strategy gave."""
    if leaving is None:
        decide(rules, today, book, tranches, outcome, side)
        return
    for tranche, reason in zip(tranches, leaving, strict=False):  # those held stand first
        tranche.leaving = reason
    act(rules, today, book, tranches, outcome, side)
