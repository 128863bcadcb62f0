"""Markets and configurations made by hand. Small lists in, a `Market` and a `RunConfig` out."""

from pathlib import Path

import numpy as np

from configs.schema import RunConfig
from feeds.market import Leg, Market, SideFile

FREE = {
    "commission": {"kind": "zero"},
    "spread": {"default_bps": 0.0},
    "borrow": {"default_rate": 0.0},
}


def hand_config(**sections):
    """An always-on, dollar-neutral, never-rebalanced, free pair; sections are replaced whole."""
    return RunConfig.model_validate(
        {
            "name": "hand",
            "data": {"source": "csv", "path": "unread", "start": "2024-03-21"},
            "pair": {"long": "LLL", "short": "SSS"},
            "signal": {"kind": "always"},
            "sizing": {"kind": "dollar_neutral"},
            "rebalance": {"kind": "never"},
            "exits": {},
            "costs": FREE,
            "account": {"cash": 10_000.0},
            **sections,
        }
    )


def hand_leg(
    symbol, opens, closes, *, adj_close=None, dividend=None, later_splits=None, volume=1e6
):
    """One leg; without its own ``adj_close`` the signals see the close."""
    opens, closes = np.array(opens, dtype=float), np.array(closes, dtype=float)
    return Leg(
        symbol=symbol,
        open=opens,
        high=np.maximum(opens, closes),
        low=np.minimum(opens, closes),
        close=closes,
        adj_close=closes if adj_close is None else np.array(adj_close, dtype=float),
        volume=np.full(len(closes), volume, dtype=float),
        dividend=np.zeros(len(closes)) if dividend is None else np.array(dividend, dtype=float),
        later_splits=np.ones(len(closes))
        if later_splits is None
        else np.array(later_splits, dtype=float),
    )


def hand_market(days, long, short, benchmark=None, gauges=None, fundamentals=None, config=None):
    """The legs on ``days``, the last of which is only known as the exchange's next session.

    With the files that ``config`` names beside the prices.
    """
    labels = np.array(days, dtype="datetime64[D]")
    return Market(
        sessions=labels[:-1],
        next_sessions=labels[1:],
        long=long,
        short=short,
        benchmark=benchmark,
        synthetic=False,
        findings=(),
        files=(),
        digest="0" * 64,
        gauges={name: np.array(line, dtype=float) for name, line in (gauges or {}).items()},
        fundamentals=fundamentals,
        side_files={} if config is None else side_files(config),
    )


def side_file(path):
    """A file beside the prices as a market holds it."""
    return SideFile(path=Path(path), content=Path(path).read_bytes())


def side_files(config):
    """What a market that was read for the configuration holds of its files."""
    return {name: side_file(name) for name in config.side_files}


def first_sessions(market, count):
    """The same market as it was known after ``count`` sessions."""

    def cut(leg):
        columns = {name: getattr(leg, name) for name in Leg.__slots__ if name != "symbol"}
        return Leg(symbol=leg.symbol, **{name: column[:count] for name, column in columns.items()})

    return Market(
        sessions=market.sessions[:count],
        next_sessions=market.next_sessions[:count],
        long=cut(market.long),
        short=cut(market.short),
        benchmark=None if market.benchmark is None else cut(market.benchmark),
        synthetic=market.synthetic,
        findings=market.findings,
        files=market.files,
        digest=market.digest,
        seed=market.seed,
        gauges={name: line[:count] for name, line in market.gauges.items()},
        fundamentals=None
        if market.fundamentals is None
        else market.fundamentals.public_before(market.sessions[count - 1].item()),
    )
