"""The strategy as a competent Backtrader user writes it. Two frames in, entries and equity out.

``IdiomaticPair`` computes everything inside ``next``; ``PrecomputedPair`` reads the same signals
from lines prepared in pandas. Both take Yahoo's adjusted prices (the usual way to count dividends),
stock ``PandasData``, the stock broker and IBKR's fixed commission.
"""

from dataclasses import dataclass

import backtrader as bt
import numpy as np

WINDOW = 63
MIN_PERIODS = 63
VOL_WINDOW = 21
ENTER_BELOW = -2.0
HOLDING_SESSIONS = 126
CASH = 1_000_000.0


class IbkrFixed(bt.CommInfoBase):
    """$0.005 a share, at least $1, at most 1 % of the trade; 0.25 % a year to borrow."""

    params = (
        ("stocklike", True),
        ("commtype", bt.CommInfoBase.COMM_FIXED),
        ("interest", 0.0025),
    )

    def _getcommission(self, size, price, pseudoexec):
        shares = abs(size)
        return min(max(0.005 * shares, 1.0), 0.01 * shares * price)


class PairSkeleton(bt.Strategy):
    """Enters below the threshold, resizes on week ends, leaves after the holding period."""

    params = (("week_ends", frozenset()),)

    def __init__(self):
        self.sessions_held = 0
        self.entries = []

    def resize(self, vol_long, vol_short):
        weight_long = vol_short / (vol_long + vol_short)
        equity = self.broker.getvalue()
        # The short first: its proceeds pay for the long.
        for data, weight in ((self.data1, weight_long - 1.0), (self.data0, weight_long)):
            self.order_target_size(data, int(weight * equity / data.close[0]))

    def decide(self, z, vol_long, vol_short):
        today = self.data.datetime.date(0)
        if self.getposition(self.data0).size == 0:
            if z < ENTER_BELOW:
                self.entries.append(today)
                self.sessions_held = 0
                self.resize(vol_long, vol_short)
            return
        self.sessions_held += 1
        if self.sessions_held == HOLDING_SESSIONS:
            self.close(self.data1)
            self.close(self.data0)
        elif today in self.p.week_ends:
            self.resize(vol_long, vol_short)


class IdiomaticPair(PairSkeleton):
    def __init__(self):
        super().__init__()
        self.returns_long, self.returns_short, self.correlations = [], [], []

    def next(self):
        if len(self) == 1:
            return
        self.returns_long.append(np.log(self.data0.close[0] / self.data0.close[-1]))
        self.returns_short.append(np.log(self.data1.close[0] / self.data1.close[-1]))
        if len(self.returns_long) < WINDOW:
            return
        recent_long = np.array(self.returns_long[-WINDOW:])
        recent_short = np.array(self.returns_short[-WINDOW:])
        correlation = np.corrcoef(recent_long, recent_short)[0, 1]
        self.correlations.append(correlation)
        if len(self.correlations) < MIN_PERIODS:
            return
        history = np.array(self.correlations)
        z = (correlation - history.mean()) / history.std(ddof=1)
        vol_long = recent_long[-VOL_WINDOW:].std(ddof=1)
        vol_short = recent_short[-VOL_WINDOW:].std(ddof=1)
        self.decide(z, vol_long, vol_short)


class SignalData(bt.feeds.PandasData):
    lines = ("z", "vol_long", "vol_short")
    params = (("z", -1), ("vol_long", -1), ("vol_short", -1))


class PrecomputedPair(PairSkeleton):
    def next(self):
        z = self.data0.z[0]
        if z == z:
            self.decide(z, self.data0.vol_long[0], self.data0.vol_short[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    entries: list[str]  # ISO sessions on which an entry was decided
    equity: float


def with_signals(long_frame, short_frame):
    """Return the long frame with the signal columns that ``PrecomputedPair`` reads."""
    log_long, log_short = (np.log(f["close"]).diff() for f in (long_frame, short_frame))
    correlation = log_long.rolling(WINDOW).corr(log_short)
    history = correlation.expanding(MIN_PERIODS)
    return long_frame.assign(
        z=(correlation - history.mean()) / history.std(),
        vol_long=log_long.rolling(VOL_WINDOW).std(),
        vol_short=log_short.rolling(VOL_WINDOW).std(),
    )


def simulate_stock(strategy, feed, long_frame, short_frame, rebalance_days) -> Outcome:
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(feed(dataname=long_frame))
    cerebro.adddata(bt.feeds.PandasData(dataname=short_frame))
    cerebro.broker.setcash(CASH)
    cerebro.broker.set_checksubmit(False)
    cerebro.broker.addcommissioninfo(IbkrFixed())
    cerebro.addanalyzer(bt.analyzers.TimeReturn)
    cerebro.addstrategy(strategy, week_ends=rebalance_days)
    (done,) = cerebro.run()
    return Outcome(
        entries=[day.isoformat() for day in done.entries], equity=cerebro.broker.getvalue()
    )


def simulate_idiomatic(long_frame, short_frame, rebalance_days) -> Outcome:
    return simulate_stock(
        IdiomaticPair, bt.feeds.PandasData, long_frame, short_frame, rebalance_days
    )


def simulate_precomputed(long_frame, short_frame, rebalance_days) -> Outcome:
    """``long_frame`` comes from `with_signals`."""
    return simulate_stock(PrecomputedPair, SignalData, long_frame, short_frame, rebalance_days)
