"""What a run leaves in memory: the only thing the reports read.

Frames are made when they are first asked for: a run that is only scored never makes them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

import numpy as np
import pandas as pd

from configs.schema import RunConfig
from engine.costs.tariffs import Tariffs, load_tariffs
from engine.records.filings_read import FilingsRead
from engine.records.thesis_states import ThesisState
from feeds.market import Floats
from feeds.source import Finding
from strategies.sizing import weight_line


class HedgePnl(TypedDict):
    """Dollars of each leg's price P&L made by shares that rebalancing added or removed."""

    long: float
    short: float


class Breakeven(TypedDict):
    """What a cost would have to be for a run to net nothing; see ``engine.records.breakeven``."""

    spread_multiple: float | None
    spread_bps: float | None
    borrow_multiple: float | None
    borrow_rate: float | None


class Pending(TypedDict):
    """One leg of the order that the last session left to do."""

    symbol: str
    shares: float
    reason: str
    decided: str


OpenTrade = dict[str, Any]  # by TRADE_COLUMNS, one of which (return) no class may have


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """One finished run.

    Frames hold dates as tz-naive ``datetime64`` columns named as in the files they become.

    ledger
        ``LEDGER_COLUMNS``, one row per session. Money in dollars (``gross`` and ``net`` are dollars
        of exposure at the close), ``equity_return`` a fraction, 0.0 on the first row.
    fills
        ``FILL_COLUMNS``, one row per leg filled, in the order filled; shares signed.
    orders
        ``ORDER_COLUMNS``, one row per order for the pair as it was made, filled or not; signed
        shares to trade.
    trades
        ``TRADE_COLUMNS``, one row per *closed* round trip of the pair. ``gross_pnl`` is before
        costs (price P&L + dividends + interest), ``net_pnl`` after; ``hedge_pnl`` is the part of
        the legs' P&L made by shares that rebalancing added or removed; ``return`` is net over the
        entry's gross notional. Tranches are trades of their own.
    open_trades
        The same keys for each trade still open at the end (marked at the last close; ``exit``,
        ``exit_decided``, ``exit_reason`` None).
    rebalances
        ``REBALANCE_COLUMNS``, one row per rebalance decided: why, the drift found (a fraction),
        dollars traded and paid.
    hedge_pnl
        ``long`` and ``short``: dollars of each leg's price P&L made by shares that rebalancing
        added or removed, all trades together.
    breakeven
        The spread multiple, spread in bps and borrow rate at which net P&L is zero; None where no
        such value exists (see ``engine.records.breakeven``).
    ended
        ``ruin`` when the account was gone before the data were, else None.
    signals
        ``date``, the signal lines (floats, NaN before warm), ``entry``, ``acted`` (bool). Before
        them, where the pair may be sold, ``direction``: +1 where an entry buys it, -1 sells it.
    pending
        Orders decided on the last session: ``{symbol, shares, reason, decided}``. Never trades.
    headline
        The keys of ``result.json`` that DESIGN lists, in that order; None where undefined
        (win_rate without a closed trade).
    benchmark_returns
        Simple total returns on the ledger's sessions, first 0.0; None without a benchmark.
    closes
        ``CLOSE_COLUMNS`` on the ledger's sessions: adjusted (total-return) closes of the legs and
        the benchmark, which is NaN throughout without one.
    filings
        What was read in company reports, or None where none were.
    tariffs
        The price lists that were charged.
    thesis
        Where each configured break of the thesis stands at the last close.
    """

    config: RunConfig
    headline: dict[str, float | int | str | None]
    ledger: pd.DataFrame
    fills: pd.DataFrame
    orders: pd.DataFrame
    trades: pd.DataFrame
    open_trades: tuple[OpenTrade, ...]
    rebalances: pd.DataFrame
    hedge_pnl: HedgePnl
    breakeven: Breakeven
    ended: str | None
    signals: pd.DataFrame
    pending: tuple[Pending, ...]
    findings: tuple[Finding, ...]
    manifest: dict[str, Any]
    benchmark_returns: pd.Series | None
    closes: pd.DataFrame
    synthetic: bool
    filings: FilingsRead | None
    thesis: tuple[ThesisState, ...]
    tariffs: Tariffs = field(default_factory=load_tariffs)

    @classmethod
    def on_demand(cls, later: Mapping[str, Callable[[], Any]], **now: Any) -> "Result":
        """Return a result some of whose fields are made, once each, when they are first read.

        Parameters
        ----------
        later, now
            Every field once: how to make it, or the value itself.
        """
        result = object.__new__(cls)
        result.__dict__.update(now, _later=dict(later))
        return result

    def __getattr__(self, name: str) -> Any:
        """Make a field that was left for later."""
        later = self.__dict__.get("_later", {})
        if name not in later:
            raise AttributeError(f"a result has no {name}")
        self.__dict__[name] = later.pop(name)()
        return self.__dict__[name]

    def __getstate__(self) -> dict[str, Any]:
        """Return every field, made: what another process gets."""
        for name in list(self.__dict__.get("_later", {})):
            getattr(self, name)
        return dict(self.__dict__)

    def with_findings(self, more: Sequence[Finding]) -> "Result":
        """Return the same run with further findings."""
        result = object.__new__(type(self))
        result.__dict__.update(self.__dict__, findings=(*self.findings, *more))
        result.__dict__["_later"] = dict(self.__dict__.get("_later", {}))
        result.__dict__["_later"].pop("findings", None)
        return result

    @property
    def equity(self) -> pd.Series:
        """Equity in dollars at each close, by session."""
        return self.ledger.set_index("date")["equity"]

    @property
    def stats(self) -> pd.Series:
        """The headline numbers by name, as in ``result.json``."""
        return pd.Series(self.headline, name=self.config.name)


def weights_aimed_at(result: Result) -> Floats:
    """Return the long leg's share of gross that the sizing asks at each close; NaN if unknown."""
    lines = {
        name: result.signals[name].to_numpy(dtype=np.float64)
        for name in result.signals.columns
        if name != "date"
    }
    return weight_line(result.config.sizing, lines, len(result.signals))


def resized(rebalances: pd.DataFrame) -> pd.DataFrame:
    """Return the rebalances that traded, which every page counts.

    One that did not fill (decided on the last session, overtaken by an exit) resized nothing.
    """
    return rebalances[rebalances["traded"] > 0.0]
