"""The skeleton every pair strategy shares. Bars and signal lines in, pair orders out."""

from typing import Any, ClassVar

import backtrader as bt
import numpy as np

from configs.schema import RunConfig
from strategies.rules import sizing
from strategies.rules.exits import exit_reason
from strategies.rules.rolling import Floats, log_returns, rolling_volatility


class PairStrategy(bt.Strategy):
    """Long one leg, short the other, one decision a session.

    Entry
        Flat and `is_triggered` at the close of *t*. Subclasses say when.
    Exit
        The first of stop loss, signal recovery and holding time that holds at the close of *t*.
    Sizing
        ``trunc(weight * gross * equity_t / close_t)`` shares a leg; weights from `long_weight`.
    Orders
        One pair order, filled on *t+1*; on the sessions of the rebalance schedule the same sizing
        again. Reads only index 0 of its lines: what is known at the close of *t*.
    """

    params = (("config", None),)

    SIGNALS: ClassVar[tuple[str, ...]] = ("vol_long", "vol_short", "vol_ratio")

    @classmethod
    def signal_lines(
        cls, config: RunConfig, adj_close_long: Floats, adj_close_short: Floats
    ) -> dict[str, Floats]:
        """Return every signal line, shape (n,), each value known at the close of its session.

        Volatilities are per-session sample sds of total-return log returns; NaN before warm.
        """
        window = config.sizing.window
        vol_long = rolling_volatility(log_returns(adj_close_long), window)
        vol_short = rolling_volatility(log_returns(adj_close_short), window)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(vol_short > 0.0, vol_long / vol_short, np.nan)
        return {"vol_long": vol_long, "vol_short": vol_short, "vol_ratio": ratio}

    @classmethod
    def warmup_sessions(cls, config: RunConfig) -> int:
        """Return the first session, counted from 1, on which an entry can be decided."""
        return config.sizing.window + 1 if config.sizing.kind == "inverse_vol" else 1

    def __init__(self) -> None:
        config: RunConfig = self.p.config
        self.config = config
        self.exits = config.exits
        self.long, self.short = self.datas[0], self.datas[1]
        self._long_close, self._short_close = self.long.lines.close, self.short.lines.close
        self._vol_long, self._vol_short = self.long.lines.vol_long, self.long.lines.vol_short
        self._rebalance_due = self.long.lines.rebalance_due
        self._is_inverse_vol = config.sizing.kind == "inverse_vol"
        self.triggered: list[bool] = []  # per session: would it trigger
        self.acted: list[bool] = []  # per session: was an entry decided
        self.unsizable: list[tuple[float, str]] = []  # (date number, what could not be sized)

    def is_triggered(self) -> bool:
        """Return whether the entry rule holds at this close."""
        raise NotImplementedError

    def z(self) -> float:
        """Return the z-score exits may look at; NaN for a strategy without one."""
        return float("nan")

    def next(self) -> None:
        """Decide at the close of *t*: exit, else entry, else rebalance."""
        triggered = self.is_sizable() and self.is_triggered()
        acted = False
        held = self.broker.held
        if held is not None:
            reason = self.reason_to_leave(held)
            if reason is not None:
                self.broker.order_pair(0.0, 0.0, reason)
            elif self._rebalance_due[0]:
                self.order_targets("rebalance")
        elif triggered:
            acted = self.order_targets("entry")
        self.triggered.append(triggered)
        self.acted.append(acted)

    def reason_to_leave(self, held: Any) -> str | None:  # the broker's open trade
        """Return why the open trade ends at this close, or None."""
        return exit_reason(
            sessions_held=held.sessions_held,
            z=self.z(),
            pnl_usd=self.broker.equity - held.equity_decided,
            entry_notional_usd=held.entry_notional_usd,
            holding_sessions=self.exits.holding_sessions,
            z_above=self.exits.z_above,
            stop_loss=self.exits.stop_loss,
        )

    def is_sizable(self) -> bool:
        """Return whether the sizing's inputs are warm and positive at this close."""
        return not self._is_inverse_vol or (self._vol_long[0] > 0.0 and self._vol_short[0] > 0.0)

    def long_weight(self) -> float:
        """Return the long leg's share of gross exposure at this close."""
        if self._is_inverse_vol:
            return sizing.inverse_vol_weight(self._vol_long[0], self._vol_short[0])
        return sizing.dollar_neutral_weight()

    def order_targets(self, reason: str) -> bool:
        """Order both legs to their targets; return whether an order was made.

        A target of no shares in a leg would leave a naked book: then nothing is ordered, and the
        session is kept in ``unsizable`` for the findings.
        """
        if not self.is_sizable():
            self.unsizable.append((self.long.datetime[0], f"{reason}: a leg did not move"))
            return False
        weight, gross = self.long_weight(), self.config.sizing.gross
        equity, fractional = self.broker.equity, self.config.account.fractional
        long_shares = sizing.target_shares(weight, gross, equity, self._long_close[0], fractional)
        short_shares = sizing.target_shares(
            1.0 - weight, gross, equity, self._short_close[0], fractional
        )
        if long_shares == 0.0 or short_shares == 0.0:
            self.unsizable.append((self.long.datetime[0], f"{reason}: less than one share a leg"))
            return False
        return bool(self.broker.order_pair(long_shares, -short_shares, reason))
