"""Prices for the oracle. A folder of Yahoo-shaped files in, one list of bars per leg out."""

import csv
import math
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import StringIO
from itertools import pairwise
from pathlib import Path

from tests.oracle.nyse import sessions_between


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One session of one leg: split-adjusted prices, dollars per split-adjusted share."""

    session: date
    open: float
    close: float
    adj_close: float
    volume: float  # split-adjusted shares; NaN where the file does not say
    dividend: float
    later_splits: float  # product of the split ratios dated strictly after this session


def as_date(value: object) -> date:
    """Read a YAML date, which the loader may have left as text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def text_of(file: str | Path) -> str:
    """Return a file as it is now."""
    with Path(file).open(newline="") as handle:
        return handle.read()


@lru_cache(maxsize=32)
def rows_of(text: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a CSV; the same text is parsed once, and nobody writes to its rows."""
    return tuple(csv.DictReader(StringIO(text, newline="")))


def read_bars(folder: str, symbol: str) -> tuple[Bar, ...]:
    """Read a whole file, oldest session first."""
    return bars_of(text_of(Path(folder) / f"{symbol}.csv"))


@lru_cache(maxsize=32)
def bars_of(text: str) -> tuple[Bar, ...]:
    """Return every bar of a file's text, oldest session first."""
    rows = sorted(csv.DictReader(StringIO(text, newline="")), key=lambda row: row["Date"])
    bars = []
    later_splits = 1.0
    for row in reversed(rows):
        bars.append(
            Bar(
                session=date.fromisoformat(row["Date"]),
                open=float(row["Open"]),
                close=float(row["Close"]),
                adj_close=float(row["Adj Close"]),
                volume=float(row["Volume"] or "nan"),
                dividend=float(row["Dividends"]),
                later_splits=later_splits,
            )
        )
        # Yahoo writes 0 on the sessions without a split.
        later_splits *= float(row["Stock Splits"]) or 1.0
    return tuple(reversed(bars))


def read_pair(folder: str, config: dict) -> dict[str, list[Bar]]:
    """Read both legs from data.start to data.end; a hole in either is refused."""
    start = as_date(config["data"]["start"])
    legs = {}
    for leg in ("long", "short"):
        bars = read_bars(folder, config["pair"][leg])
        end = bars[-1].session if config["data"]["end"] is None else as_date(config["data"]["end"])
        legs[leg] = [bar for bar in bars if start <= bar.session <= end]
    dates = {leg: [bar.session for bar in bars] for leg, bars in legs.items()}
    if not dates["long"]:
        raise ValueError(f"oracle: no session from {start} in {folder}; widen data.start..data.end")
    expected = sessions_between(dates["long"][0], dates["long"][-1])
    for leg, computed in dates.items():
        if computed != expected:
            odd = min(set(computed) ^ set(expected), default=None)
            raise ValueError(
                f"oracle: the {leg} leg and NYSE differ, first on {odd}; mend the file"
            )
    return legs


def log_returns(bars: list[Bar]) -> list[float]:
    """Return total-return log returns; element k joins session k to session k + 1."""
    return [math.log(after.adj_close / before.adj_close) for before, after in pairwise(bars)]


def read_gauge(folder: str, config: dict, sessions: list[date]) -> list[float]:
    """Return the closes of ^VIX on the sessions, or nothing when no cost looks at it."""
    if config["costs"]["spread"].get("measure") != "^VIX":
        return []
    closes = {bar.session: bar.close for bar in read_bars(folder, "^VIX")}
    return [closes[session] for session in sessions]


def rate_in_force(file: str, day: date) -> float:
    """Return the rate of a date,rate file that was dated last on or before a day."""
    since = [row for row in rows_of(text_of(file)) if date.fromisoformat(row["date"]) <= day]
    return float(max(since, key=lambda row: row["date"])["rate"])


def read_announcements(file: str, symbols: list[str]) -> list[tuple[date, str]]:
    """Return the day and the time of day (BMO, AMC or nothing) of some companies' news."""
    rows = [row for row in rows_of(text_of(file)) if row["ticker"] in symbols]
    return [(date.fromisoformat(row["announce_date"]), row["session"]) for row in rows]
