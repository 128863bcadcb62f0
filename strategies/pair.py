"""The skeleton every pair strategy shares. Bars and signal lines in, pair orders out."""

from typing import Any

import backtrader as bt
import numpy as np

from configs.schema import RunConfig
from configs.trading import TrancheEntries
from strategies.hedge import Hedge, Resize
from strategies.pair_sizing import PairSizing, needs_covariance, warmup_sessions
from strategies.rules import sizing
from strategies.rules.entries import may_open_tranche
from strategies.rules.exits import exit_reason
from strategies.rules.regime import is_compressed
from strategies.rules.rolling import (
    Floats,
    log_returns,
    rolling_covariance,
    rolling_volatility,
)
from strategies.sums import total
from strategies.thesis import Thesis


class PairStrategy(bt.Strategy):
    """Long one leg, short the other, one decision a session.

    Entry
        `is_triggered` at the close of *t*, in the configured regime, and flat; with tranches, also
        beside those held, at least ``gap_days`` after the last. Not while the thesis is broken.
        Subclasses say when.
    Exit
        The first reason of ``strategies.rules.exits`` that holds at the close of *t*, a tranche.
    Sizing
        ``weight * gross * equity_t / close_t`` shares a leg, whole as traded; see
        ``strategies.pair_sizing``.
    Orders
        One order for the pair, filled from *t+1* on; on a due rebalance the same sizing again.
        Reads only index 0 of its lines: what is known at the close of *t*.
    """

    params = (("config", None),)

    @classmethod
    def signal_lines(
        cls, config: RunConfig, adj_close_long: Floats, adj_close_short: Floats
    ) -> dict[str, Floats]:
        """Return every signal line, shape (n,), each value known at the close of its session.

        Volatilities are per-session sample sds of total-return log returns; NaN before warm.
        """
        window = config.sizing.window
        long_returns, short_returns = log_returns(adj_close_long), log_returns(adj_close_short)
        vol_long = rolling_volatility(long_returns, window)
        vol_short = rolling_volatility(short_returns, window)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(vol_short > 0.0, vol_long / vol_short, np.nan)
        lines = {"vol_long": vol_long, "vol_short": vol_short, "vol_ratio": ratio}
        if needs_covariance(config.sizing):
            lines["covariance"] = rolling_covariance(long_returns, short_returns, window)
        if config.sizing.kind == "beta_neutral":
            pairs = zip(lines["covariance"], vol_short, strict=True)
            lines["beta"] = np.array([sizing.beta(both, short) for both, short in pairs])
        return lines

    @classmethod
    def warmup_sessions(cls, config: RunConfig) -> int:
        """Return the first session, counted from 1, on which an entry can be decided."""
        regime = 1 if config.regime is None else config.regime.window
        return max(warmup_sessions(config.sizing), regime)

    def __init__(self) -> None:
        config: RunConfig = self.p.config
        self.config = config
        self.exits = config.exits
        self.long, self.short = self.datas[0], self.datas[1]
        self._day = self.long.lines.datetime
        self._long_close, self._short_close = self.long.lines.close, self.short.lines.close
        self._flat_due = self.long.lines.flat_due
        self._tranches = config.entries if isinstance(config.entries, TrancheEntries) else None
        share = self._tranches.gross_each if self._tranches else 1.0
        self.sizing = PairSizing(config.sizing, share, self.long.lines)
        self.thesis = Thesis(config.exits.thesis, self.long.lines)
        asked = 0 if config.regime is None else len(config.regime.symbols)
        self._ranks = [getattr(self.long.lines, f"regime_rank_{n}") for n in range(asked)]
        self._last_accepted: int | None = None
        self._warm_from = self.warmup_sessions(config)
        self.hedge = Hedge(config.rebalance, self.long.lines)
        self.triggered: list[bool] = []  # per session: would it trigger
        self.acted: list[bool] = []  # per session: was an entry decided
        self.resizes: list[tuple[float, Resize]] = []  # (date number, why) of each rebalance
        self.notes: list[tuple[float, str, str]] = []  # (date number, check, what was not done)

    def is_triggered(self) -> bool:
        """Return whether the entry rule holds at this close."""
        raise NotImplementedError

    def z(self) -> float:
        """Return the z-score exits may look at; NaN for a strategy without one."""
        return float("nan")

    def next(self) -> None:
        """Decide at the close of *t*: exit, else entry, else rebalance."""
        acted, held = False, self.broker.held
        triggered = self.is_triggered() and self.is_in_regime()
        if triggered and not self.sizing.is_sizable():
            triggered = False
            if not held and len(self.long) >= self._warm_from:
                self._note("not_sized", "entry: what sizes the pair is unknown, no order was made")
        leaving = []
        if held and self.broker.may_exit:
            leaving = [(t, why) for t in held if (why := self.reason_to_leave(t)) is not None]
        if leaving:
            self.broker.order_exit(leaving)
        elif self.broker.is_idle:
            acted = triggered and self.may_enter(len(held)) and self.order_entry()
            if not acted and held and self.hedge.is_maintained:
                self.maintain(held)
        self.triggered.append(triggered)
        self.acted.append(acted)

    def reason_to_leave(self, tranche: Any) -> str | None:  # the broker's open round trip
        """Return why a tranche ends at this close, or None."""
        return exit_reason(
            sessions_held=tranche.sessions_held,
            z=self.z(),
            pnl_usd=tranche.pnl_usd,
            best_pnl_usd=tranche.best_pnl_usd,
            entry_notional_usd=tranche.entry_notional_usd,
            holding_sessions=self.exits.holding_sessions,
            z_above=self.exits.z_above,
            stop_loss=self.exits.stop_loss,
            trailing_stop=self.exits.trailing_stop,
            take_profit=self.exits.take_profit,
            must_be_flat=bool(self._flat_due[0]),
            thesis=self.thesis.reason(tranche) if self.thesis.is_asked else None,
        )

    def may_enter(self, held: int) -> bool:
        """Return whether a trigger at this close may open a trade beside the ``held`` ones."""
        if self._flat_due[0]:
            return False
        broken = self.thesis.bars_entry() if self.thesis.is_asked else None
        if broken is not None:
            if held == 0:
                self._note("entry_barred", f"entry: {broken} holds, no order was made")
            return False
        if self._tranches is None:
            return held == 0
        rule = self._tranches
        return may_open_tranche(
            int(self._day[0]), self._last_accepted, rule.gap_days, held, rule.max_open
        )

    def is_in_regime(self) -> bool:
        """Return whether every index of the configured regime is compressed at this close."""
        regime = self.config.regime
        return regime is None or all(
            is_compressed(rank[0], regime.percentile_below) for rank in self._ranks
        )

    def order_entry(self) -> bool:
        """Order a new trade at its target; return whether an order was made."""
        target = self._target("entry")
        if target is None or not self.broker.order_entry(*target):
            return False
        self._last_accepted = int(self._day[0])
        self.hedge.sized()
        self.thesis.entered(self._day[0])
        return True

    def maintain(self, held: Any) -> None:  # the broker's open round trips
        """Order the held trades back to target when a rebalance is due and worth its size."""
        long_close, short_close = self._long_close[0], self._short_close[0]
        long_value = total(t.long.shares for t in held) * long_close
        short_value = -total(t.short.shares for t in held) * short_close
        is_sizable = self.sizing.is_sizable()
        weight = self.sizing.long_weight() if is_sizable else float("nan")
        resize = self.hedge.due(long_value, short_value, weight)
        if resize is None:
            return
        if not is_sizable:
            self._note("not_sized", "rebalance: what sizes the pair is unknown, no order was made")
            return
        targets = [(t, target) for t in held if (target := self._target("rebalance", t.fit))]
        if len(targets) < len(held):
            return
        long_trade = abs(total(long for _, (long, _) in targets) * long_close - long_value)
        short_trade = abs(-total(short for _, (_, short) in targets) * short_close - short_value)
        if max(long_trade, short_trade) < resize.min_trade_usd:
            self._note("below_min_trade", "rebalance: smaller than min_trade_usd, not made")
            return
        if self.broker.order_targets([(tranche, *target) for tranche, target in targets]):
            self.hedge.sized()
            self.resizes.append((self._day[0], resize))

    def _target(self, what: str, fit: float = 1.0) -> tuple[float, float] | None:
        """Return the signed target shares of one trade, or None where a leg would get none.

        A target of no shares in a leg would leave a naked book: then nothing is ordered, and the
        session becomes a finding.

        Parameters
        ----------
        fit
            Share of the target that initial margin allowed at the trade's entry.
        """
        weight, equity = self.sizing.long_weight(), self.broker.equity
        gross = self.sizing.gross() * fit
        long_shares = self._leg_target(self.long, weight, gross, equity)
        short_shares = self._leg_target(self.short, 1.0 - weight, gross, equity)
        if long_shares == 0.0 or short_shares == 0.0:
            self._note("not_sized", f"{what}: less than one share a leg, no order was made")
            return None
        for check, text in self.sizing.limits():
            self._note(check, f"{what}: {text}")
        return long_shares, -short_shares

    def _leg_target(self, leg: Any, weight: float, gross: float, equity: float) -> float:
        return sizing.target_shares(
            weight,
            gross,
            equity,
            leg.lines.close[0],
            leg.lines.later_splits[0],
            self.config.account.fractional,
        )

    def _note(self, check: str, text: str) -> None:
        self.notes.append((self._day[0], check, text))
