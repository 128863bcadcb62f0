"""Every signal of a run, computed once. Configuration and market in, one line a signal out.

Each value uses data up to and including its session, and filings public before it.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from configs.schema import RunConfig
from engine.prepare.fundamental_lines import needed_readings
from feeds.market import Floats, Leg, Market
from strategies import PairStrategy
from strategies.rules.regime import percentile_rank
from strategies.rules.rolling import Flags
from strategies.rules.spread import Sides
from strategies.rules.thesis import is_vol_spike

EVERY_PAIR = {"vol_long", "vol_short", "vol_ratio"}
"""Lines that sizing, the hedge and the pages read of any strategy."""
TAKEN = {
    "date", "direction", "entry", "acted", "datetime", "open", "high", "low", "close", "volume",
    "openinterest", "dividend", "entry_rule", "in_regime",
}  # fmt: skip
"""Names of columns of ``signals.csv`` and of the feed that a strategy reads its lines from."""


def signal_lines(
    config: RunConfig,
    market: Market,
    readings: Mapping[str, Floats],
    strategy: type[PairStrategy],
) -> dict[str, Floats]:
    """Return the lines that ``signals.csv`` shows, shape (n,), NaN where unknown.

    Parameters
    ----------
    readings
        Of company reports; those that the run decides by are among its signals.
    strategy
        Whose own lines come first.

    Raises
    ------
    ValueError
        The strategy's lines lack one that every pair has, or are not a value a session.
    """
    own = strategy.signal_lines(
        config, prices_seen(market.long, strategy), prices_seen(market.short, strategy)
    )
    _check(own, len(market.sessions))
    return {
        **own,
        **{name: readings[name] for name in needed_readings(config)},
        **_regime_ranks(config, market),
        **_vol_index(config, market),
    }


def prices_seen(leg: Leg, strategy: type[PairStrategy]) -> Floats:
    """Return total-return closes; from the first close on where a strategy reads their level.

    Adj Close is scaled down by every later dividend: its returns are of their day, its level is
    not.
    """
    if not strategy.reads_levels:
        return leg.adj_close
    return leg.adj_close * float(leg.close[0] / leg.adj_close[0])


def checked_entries(rule: Any, sessions: int) -> Flags | Sides | None:
    """Return somebody's own entry line, or refuse what says no side at a session.

    Raises
    ------
    ValueError
        It is not a value a session, or a value is neither a flag nor +1, -1 or 0.
    """
    if rule is None:
        return None
    line = np.asarray(rule)
    if line.shape != (sessions,):
        raise ValueError(
            f"Strategy.entry_line had shape {line.shape}; expected ({sessions},), a value for "
            "every session"
        )
    if line.dtype == np.bool_:
        return line
    odd = np.flatnonzero(~np.isin(line, (-1, 0, 1)))
    if len(odd):
        raise ValueError(
            f"Strategy.entry_line was {line[odd[0]]} on session {odd[0] + 1}; expected True or "
            "False, or +1 to buy the pair, -1 to sell it, 0 for neither (compare a line with a "
            "level: NaN is below and above none)"
        )
    return line.astype(np.int8)


def _check(lines: Mapping[str, Floats], sessions: int) -> None:
    if not isinstance(lines, Mapping):
        raise ValueError(
            f"Strategy.signal_lines was a {type(lines).__name__}; expected lines by name, those of "
            "super().signal_lines(config, adj_close_long, adj_close_short) among them"
        )
    taken = sorted(TAKEN & lines.keys())
    if taken:
        raise ValueError(
            f"Strategy.signal_lines had {', '.join(taken)}; expected other names: these are "
            "columns that every run has"
        )
    lacking = sorted(EVERY_PAIR - lines.keys())
    if lacking:
        raise ValueError(
            f"Strategy.signal_lines had no {', '.join(lacking)}; expected the lines of "
            "super().signal_lines(config, adj_close_long, adj_close_short) beside its own"
        )
    for name, line in lines.items():
        if np.shape(line) != (sessions,):
            raise ValueError(
                f"Strategy.signal_lines: {name} had shape {np.shape(line)}; expected "
                f"({sessions},), a value for every session, NaN where it is not known"
            )


def spike_flags(config: RunConfig, market: Market) -> dict[str, Floats]:
    """Return ``vol_spike``, 1.0 on sessions with a spike; nothing where no index is watched."""
    spike = None if config.exits.thesis is None else config.exits.thesis.vol_spike
    if spike is None:
        return {}
    closes = market.gauges[spike.symbol]
    before = np.append(math.nan, closes[:-1])
    flags = [
        is_vol_spike(close, earlier, spike.level, spike.jump)
        for close, earlier in zip(closes.tolist(), before.tolist(), strict=True)
    ]
    return {"vol_spike": np.array(flags, dtype=np.float64)}


def _regime_ranks(config: RunConfig, market: Market) -> dict[str, Floats]:
    if config.regime is None:
        return {}
    return {
        f"regime_rank_{number}": percentile_rank(market.gauges[symbol], config.regime.window)
        for number, symbol in enumerate(config.regime.symbols)
    }


def _vol_index(config: RunConfig, market: Market) -> dict[str, Floats]:
    spike = None if config.exits.thesis is None else config.exits.thesis.vol_spike
    return {} if spike is None else {"vol_index": market.gauges[spike.symbol]}
