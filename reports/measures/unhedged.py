"""What rebalancing changed. A run in, its exposure beside that of its entry shares left alone out.

Nobody would have held the entry shares unhedged; they are shown because the P&L of the shares that
rebalancing added or removed (`Result.hedge_pnl`) is measured against them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.records.result import Result, resized

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """At closes while held, over the account's equity as it was, fractions; NaN if unknown."""

    gross_most: float
    net_least: float
    net_most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhedged:
    """What rebalancing made and did.

    hedge_usd
        P&L of the shares that rebalancing added or removed, before its costs.
    held, alone
        Exposure as held, and of the entry shares left alone from entry to exit. The latter cannot
        be read off the fills where an order also ended the trade before (a reversal).
    """

    hedge_usd: float
    held: Exposure
    alone: Exposure


def unhedged(result: Result) -> Unhedged | None:
    """Return the comparison; None where rebalancing never changed a position."""
    hedge = result.hedge_pnl["long"] + result.hedge_pnl["short"]
    if resized(result.rebalances).empty or hedge == 0.0:
        return None
    ledger = result.ledger
    chosen = ((ledger["gross"] > 0.0) & (ledger["equity"] > 0.0)).to_numpy()
    equity = ledger["equity"].to_numpy(dtype=np.float64)[chosen]
    as_held = ledger[["long_value", "short_value"]].to_numpy(dtype=np.float64)[chosen]
    return Unhedged(
        hedge_usd=hedge,
        held=_exposure(as_held, equity),
        alone=_exposure(_alone(result)[chosen], equity),
    )


def _exposure(legs: Floats, equity: Floats) -> Exposure:
    net = legs.sum(axis=1) / equity
    return Exposure(
        gross_most=float((np.abs(legs).sum(axis=1) / equity).max()),
        net_least=float(net.min()),
        net_most=float(net.max()),
    )


def _alone(result: Result) -> Floats:
    """Return dollars of each leg's entry shares at each close, shape (n, 2); NaN if unknown."""
    ledger, pair = result.ledger, result.config.pair
    dates = ledger["date"].to_numpy()
    entries = result.fills[result.fills["reason"] == "entry"]
    trades: list[Mapping[Any, Any]] = [*result.trades.to_dict("records"), *result.open_trades]
    shares = np.zeros((len(dates), 2))
    for trade in trades:
        left = trade["exit"]
        held = dates >= np.datetime64(pd.Timestamp(trade["entry"]))
        if not pd.isna(left):
            held &= dates < np.datetime64(pd.Timestamp(left))
        bought = entries[entries["decided"] == trade["entry_decided"]]
        for leg, symbol in enumerate((pair.long, pair.short)):
            own = bought.loc[bought["symbol"] == symbol, "shares"]
            shares[held, leg] += np.nan if own.empty else float(own.sum())
    dollars = np.zeros_like(shares)
    for leg, side in enumerate(("long", "short")):
        had = ledger[f"{side}_shares"].to_numpy(dtype=np.float64)
        value = ledger[f"{side}_value"].to_numpy(dtype=np.float64)
        price = np.divide(value, had, out=np.full(len(had), np.nan), where=had != 0.0)
        held = shares[:, leg] != 0.0
        dollars[held, leg] = shares[held, leg] * price[held]
    return dollars
