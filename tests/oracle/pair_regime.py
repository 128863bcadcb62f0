"""Gauges of the market's mood. A folder of index files in, whether risk is priced low out."""

import math
from datetime import date
from pathlib import Path

from tests.oracle.pair_data import rows_of, text_of

Gauges = dict[str, list[float | None]]  # closes by symbol, one a session


def read_gauges(folder: str, config: dict, sessions: list[date]) -> Gauges:
    """Return the closes of every symbol that the regime or a spike looks at, unknown in a hole."""
    regime, spike = config["regime"], config["exits"]["thesis"]["price"]["vol_spike"]
    symbols = set() if regime is None else set(regime["symbols"])
    if spike is not None:
        symbols.add(spike["symbol"])
    return {symbol: read_closes(folder, symbol, sessions) for symbol in sorted(symbols)}


def read_closes(folder: str, symbol: str, sessions: list[date]) -> list[float | None]:
    """Return one symbol's close on each session; None where the file has none."""
    rows = rows_of(text_of(Path(folder) / f"{symbol}.csv"))
    closes = {row["Date"]: float(row["Close"] or "nan") for row in rows}
    listed = [closes.get(session.isoformat(), math.nan) for session in sessions]
    return [None if math.isnan(close) else close for close in listed]


def percentile_rank(closes: list[float | None], window: int) -> float | None:
    """Return the percentage of the last known closes at or below the one that ends the list."""
    known = [close for close in closes if close is not None][-window:]
    if closes[-1] is None or len(known) < window:
        return None
    return 100 * sum(close <= closes[-1] for close in known) / window


def regime_lines(gauges: Gauges, config: dict) -> dict:
    """Return one rank a symbol, in the order asked, and the close of the index that may spike.

    Every list of closes ends at this session.
    """
    regime, spike = config["regime"], config["exits"]["thesis"]["price"]["vol_spike"]
    lines = {} if spike is None else {"vol_index": gauges[spike["symbol"]][-1]}
    if regime is None:
        return lines
    ranks = [percentile_rank(gauges[symbol], regime["window"]) for symbol in regime["symbols"]]
    return lines | {f"regime_rank_{place}": rank for place, rank in enumerate(ranks)}


def is_compressed(reading: dict, regime: dict | None) -> bool:
    """Say whether every gauge stands low in its own past; without a regime it always does."""
    if regime is None:
        return True
    ranks = [reading[f"regime_rank_{place}"] for place in range(len(regime["symbols"]))]
    return all(rank is not None and rank < regime["percentile_below"] for rank in ranks)


def is_spike(closes: list[float | None], spike: dict) -> bool:
    """Say whether a gauge closed too high, or too far above the close of the session before."""
    today, before = closes[-1], closes[-2] if len(closes) > 1 else None
    if today is None:
        return False
    if spike["level"] is not None and today >= spike["level"]:
        return True
    if spike["jump"] is None or before is None:
        return False
    return today / before - 1 >= spike["jump"]
