"""Strategies that cheat on purpose. Prices in, leaks an auditor must find and one honest run out.

An audit that finds nothing may be honest or dead. These are its own test: each plants one way of
knowing the future into the same rule, on the audited market, and `CleanPair` is that rule without.
They read adjusted closes only, so they run on every market.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from configs.costs import CostsConfig
from configs.schema import AlwaysSignal, RunConfig
from configs.sizing import DollarNeutralSizing
from configs.trading import AccountConfig, ExitsConfig, NeverRebalance, NoMargin, SingleEntry
from engine.body.fills import fill_order
from feeds.market import Floats
from strategies import PairStrategy
from strategies.rules.rolling import Flags, logs, rolling_zscore

WINDOW = 20  # sessions of the score: short, so that a short market tests the auditor too
HOLDING_SESSIONS = 5  # short, so that every market has many trades


class CleanPair(PairStrategy):
    """The pair entered while its spread falls against its own past. Nothing is planted.

    Entry
        Flat, and the score of ``ln(long / short)`` over `WINDOW` sessions is not above that of the
        session before: a rule that finds entries in a trend too.
    Exit
        As the skeleton.
    Sizing
        As the skeleton.
    Orders
        As the skeleton.
    """

    @classmethod
    def signal_lines(
        cls, config: RunConfig, adj_close_long: Floats, adj_close_short: Floats
    ) -> dict[str, Floats]:
        """Return the score and the skeleton's lines, shape (n,)."""
        spread = logs(adj_close_long / adj_close_short)
        lines = super().signal_lines(config, adj_close_long, adj_close_short)
        return {"score": cls.score(spread), **lines}

    @classmethod
    def warmup_sessions(cls, config: RunConfig) -> int:
        """Return the first session with a score, counted from 1."""
        return max(super().warmup_sessions(config), WINDOW)

    @staticmethod
    def score(spread: Floats) -> Floats:
        """Return the z-score over the last `WINDOW` sessions, shape (n,), NaN before warm."""
        return rolling_zscore(spread, WINDOW, WINDOW)

    @classmethod
    def entry_line(cls, config: RunConfig, lines: Mapping[str, Floats]) -> Flags:
        """Return whether the score has not risen at each close, shape (n,)."""
        score = lines["score"]
        return np.append(False, score[1:] <= score[:-1])  # the first has none before it


class PeekPair(CleanPair):
    """Knows the score of the next session: the classic off-by-one."""

    @staticmethod
    def score(spread: Floats) -> Floats:
        """Return tomorrow's score; the last session, which has no tomorrow, keeps its own."""
        honest = CleanPair.score(spread)
        return np.append(honest[1:], honest[-1])


class FullSamplePair(CleanPair):
    """Judges every session by the mean and the sd of the whole sample."""

    @staticmethod
    def score(spread: Floats) -> Floats:
        """Return the z-score over all sessions, those to come included; NaN before `WINDOW`."""
        score: Floats = (spread - spread.mean()) / spread.std(ddof=1)
        score[: WINDOW - 1] = np.nan
        return score


class CentredPair(CleanPair):
    """Judges every session by a window that lies half in its future."""

    @staticmethod
    def score(spread: Floats) -> Floats:
        """Return the z-score over the sessions around, as many as there are on either side."""
        half, score = WINDOW // 2, np.full(len(spread), np.nan)
        for t in range(WINDOW - 1, len(spread)):
            around = spread[t - half : t + half + 1]
            score[t] = (spread[t] - around.mean()) / around.std(ddof=1)
        return score


class BackFillPair(CleanPair):
    """Fills the sessions before its first score with that score."""

    @staticmethod
    def score(spread: Floats) -> Floats:
        """Return the honest score, its warm-up filled from behind."""
        score = CleanPair.score(spread)
        known = np.flatnonzero(~np.isnan(score))
        if len(known):
            score[: known[0]] = score[known[0]]
        return score


class CheatOnClosePair(CleanPair):
    """Fills its entries at the very close that decided them, and books them into that session."""

    def next(self) -> None:
        """Decide as the skeleton does, then fill an entry at once."""
        super().next()
        broker = self.broker
        done, book = broker.outcomes[-1], broker.book
        today = broker.facts
        if not done.acted or done.fill_reason:
            return
        at_close = replace(broker.terms, fills_at_open=0)
        fill_order(at_close, today, broker.rates, book, broker.tranches, broker.closed, done)
        done.long_shares = sum(held.long.shares for held in broker.held)
        done.short_shares = sum(held.short.shares for held in broker.held)
        done.long_value = done.long_shares * today.long.close
        done.short_value = done.short_shares * today.short.close
        book.equity = book.cash + (done.long_value + done.short_value)
        done.cash, done.equity = book.cash, book.equity


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """One planted strategy.

    caught_by
        Keys of the integrity checks that must flag it; none for the honest one.
    """

    name: str
    strategy_class: type[PairStrategy]
    caught_by: tuple[str, ...]


PLANTED = (
    Leak(name="peek one session", strategy_class=PeekPair, caught_by=("A1", "A2")),
    Leak(name="full-sample z", strategy_class=FullSamplePair, caught_by=("A1", "A2")),
    Leak(name="centred window", strategy_class=CentredPair, caught_by=("A1", "A2")),
    # No run can be cut before it is warm: only another future shows what was filled from behind.
    Leak(name="back-fill", strategy_class=BackFillPair, caught_by=("A2",)),
    Leak(name="cheat-on-close", strategy_class=CheatOnClosePair, caught_by=("A4",)),
    Leak(name="clean", strategy_class=CleanPair, caught_by=()),
)


def planted_config(config: RunConfig) -> RunConfig:
    """Return the plainest configuration on the same pair and dates, in which every leak trades.

    The audited one may wait for a regime, a report or a margin that never comes.
    """
    return config.model_copy(
        update={
            "fundamentals": None,
            "strategy": None,
            "signal": AlwaysSignal(kind="always"),
            "regime": None,
            "sizing": DollarNeutralSizing(kind="dollar_neutral"),
            "rebalance": NeverRebalance(kind="never"),
            "exits": ExitsConfig(holding_sessions=HOLDING_SESSIONS),
            "costs": CostsConfig(),
            "entries": SingleEntry(kind="single"),
            "account": AccountConfig(
                fill="next_close" if config.account.fill == "same_close" else config.account.fill,
                fractional=True,
                margin=NoMargin(kind="none"),
            ),
        }
    )
