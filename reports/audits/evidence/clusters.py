"""E0: how many independent entries? A run in; its trades, in clusters that share their time, out.

Two trades whose holding intervals share a session live through the same news there: together they
are one observation, not two.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from configs.audit import AuditConfig
from engine.records.result import Result
from reports.audits.evidence.rating import Block, at_least, block
from reports.audits.wording import counted
from reports.statistics.sample import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One round trip, closed or still open; sessions by their place in the ledger.

    decided, entry, exit
        The session of the decision, of the first fill, and of the last one; None while open.
    hold_sessions
        Closes at which it was held.
    net_pnl_usd
        After costs; an open trade's is marked at the last close.
    notional_usd
        Gross, at the entry's fills.
    cluster
        Its place among the clusters.
    """

    decided: int
    entry: int
    exit: int | None
    hold_sessions: int
    net_pnl_usd: float
    notional_usd: float
    cluster: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Trades that overlap in time, directly or through others.

    first
        ISO date of its first entry.
    return_frac
        Net P&L over the gross notional of its entries.
    """

    first: str
    trades: int
    net_pnl_usd: float
    return_frac: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What a run's entries came to, in the order entered."""

    trades: tuple[Trade, ...]
    clusters: tuple[Cluster, ...]

    @property
    def returns(self) -> Floats:
        """Each cluster's net return on its notional, shape (k,)."""
        return np.array([cluster.return_frac for cluster in self.clusters], dtype=np.float64)

    @property
    def still_open(self) -> int:
        """Trades without an exit."""
        return sum(trade.exit is None for trade in self.trades)

    @property
    def median_hold_sessions(self) -> int:
        """Median hold of the trades, rounded up; at least 1."""
        holds = [trade.hold_sessions for trade in self.trades]
        return max(1, math.ceil(np.median(holds))) if holds else 1


def outcomes(result: Result) -> Outcomes:
    """Return the trades of a run, closed and open, and the clusters they form.

    Intervals are closed, ``[entry, exit]``: a trade that is entered on the session on which another
    is left shares that session with it. An open trade lasts to the end.
    """
    dates = result.ledger["date"]
    closed: list[dict[Any, Any]] = result.trades.to_dict("records")
    rows: list[dict[Any, Any]] = [*closed, *result.open_trades]
    rows.sort(key=lambda row: (row["entry"], row["entry_decided"]))
    decided, entries, exits = (
        _places(dates, [row[name] for row in rows]) for name in ("entry_decided", "entry", "exit")
    )
    trades: list[Trade] = []
    cluster, until = -1, -1
    for place, row in enumerate(rows):
        leave = None if pd.isna(row["exit"]) else exits[place]
        if entries[place] > until:
            cluster += 1
        until = max(until, len(dates) if leave is None else leave)
        trades.append(_trade(row, decided[place], entries[place], leave, cluster))
    clusters = [_cluster(dates, list(own)) for _, own in groupby(trades, lambda own: own.cluster)]
    return Outcomes(trades=tuple(trades), clusters=tuple(clusters))


def independent_entries(audit: AuditConfig, entered: Outcomes) -> Block:
    """Return E0: the number of clusters; fewer than the second threshold tell nothing."""
    count, trades = len(entered.clusters), len(entered.trades)
    rating = at_least(count, audit.thresholds.clusters)
    text = f"{counted(count, 'independent entry', 'independent entries')}"
    text += f" of {counted(trades, 'trade')}"
    if trades > count:
        text += "; trades that overlap count once"
    if entered.still_open:
        text += f"; {entered.still_open} still open, marked at the last close"
    if rating == "against":
        text += f": fewer than {audit.thresholds.clusters[1]} cannot tell skill from luck"
    return block(
        "E0",
        audit,
        rating,
        measured=f"{count}",
        sentence=f"{text}.",
        numbers={
            "clusters": count,
            "trades": trades,
            "still_open": entered.still_open,
            "list": [
                {
                    "first": cluster.first,
                    "trades": cluster.trades,
                    "net_pnl_usd": cluster.net_pnl_usd,
                    "return": cluster.return_frac,
                }
                for cluster in entered.clusters
            ],
        },
    )


def _places(dates: "pd.Series[Any]", days: list[Any]) -> list[int]:
    """Return the place in the ledger of each day, pandas timestamps; -1 for none."""
    places: list[int] = pd.Index(dates).get_indexer(pd.DatetimeIndex(days)).tolist()
    return places


def _trade(
    row: Mapping[Any, Any], decided: int, entry: int, leave: int | None, cluster: int
) -> Trade:
    return Trade(
        decided=decided,
        entry=entry,
        exit=leave,
        hold_sessions=int(row["sessions"]),
        net_pnl_usd=float(row["net_pnl"]),
        notional_usd=float(row["entry_gross_notional"]),
        cluster=cluster,
    )


def _cluster(dates: "pd.Series[Any]", trades: list[Trade]) -> Cluster:
    pnl = math.fsum(trade.net_pnl_usd for trade in trades)
    return Cluster(
        first=f"{dates.iloc[trades[0].entry]:%Y-%m-%d}",
        trades=len(trades),
        net_pnl_usd=pnl,
        return_frac=pnl / math.fsum(trade.notional_usd for trade in trades),
    )
