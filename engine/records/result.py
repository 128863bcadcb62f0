"""What a run leaves in memory: the only thing the reports read."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from configs.schema import RunConfig
from engine.costs.tariffs import Tariffs, load_tariffs
from engine.records.filings_read import FilingsRead
from engine.records.thesis_states import ThesisState
from feeds.source import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
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
        ``date``, the signal lines (floats, NaN before warm), ``entry``, ``acted`` (bool).
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
    open_trades: tuple[dict[str, Any], ...]
    rebalances: pd.DataFrame
    hedge_pnl: dict[str, float]
    breakeven: dict[str, float | None]
    ended: str | None
    signals: pd.DataFrame
    pending: tuple[dict[str, Any], ...]
    findings: tuple[Finding, ...]
    manifest: dict[str, Any]
    benchmark_returns: pd.Series | None
    closes: pd.DataFrame
    synthetic: bool
    filings: FilingsRead | None
    thesis: tuple[ThesisState, ...]
    tariffs: Tariffs = field(default_factory=load_tariffs)


def resized(rebalances: pd.DataFrame) -> pd.DataFrame:
    """Return the rebalances that traded, which every page counts.

    One that did not fill (decided on the last session, overtaken by an exit) resized nothing.
    """
    return rebalances[rebalances["traded"] > 0.0]
