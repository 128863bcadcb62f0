"""The aligned market of one run. Checked bars of two legs and a benchmark in, arrays out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from feeds.filings.fundamentals import Fundamentals
from feeds.source import DataError, Finding

Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]  # datetime64[D]

ORDINAL_OF_1970 = 719_163  # datetime.date(1970, 1, 1).toordinal(): Backtrader counts from year 1


def sessions_of(ordinals: npt.NDArray[Any]) -> Dates:
    """Return the sessions behind day numbers (``date.toordinal``), shape (n,)."""
    return (ordinals.astype(np.int64) - ORDINAL_OF_1970).astype("datetime64[D]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One symbol on the sessions of the run; every array has one value per session, no NaN.

    But for ``volume``: NaN where nobody tells it. Zero is told: nobody traded.
    ``later_splits`` is the product of the split ratios *after* the session: divide split-adjusted
    shares by it to get the shares that traded that day.
    """

    symbol: str
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    adj_close: Floats
    volume: Floats
    dividend: Floats
    later_splits: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """Where one symbol came from, for the manifest."""

    symbol: str
    origin: str
    sha256: str
    dialect: str | None = None  # what a price file was taken for


@dataclass(frozen=True, slots=True, kw_only=True)
class SideFile:
    """A file that a configuration names beside the prices, as it was when the market was read."""

    path: Path
    content: bytes

    @property
    def sha256(self) -> str:
        """Of the content, hex."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Everything the engine may read: nothing is read from disk once a market is there.

    ``sessions`` are the exchange sessions of the run; ``next_sessions[i]`` is the exchange's
    session after ``sessions[i]`` (a calendar fact, known in advance, also for the last one).
    """

    sessions: Dates
    next_sessions: Dates
    long: Leg
    short: Leg
    benchmark: Leg | None
    synthetic: bool
    findings: tuple[Finding, ...]
    files: tuple[DataFile, ...]
    digest: str  # sha256 over the files and the window
    seed: int | None = None  # of the sample generator
    # Closes of further symbols (^VIX), NaN on sessions without one.
    gauges: Mapping[str, Floats] = field(default_factory=dict)
    fundamentals: Fundamentals | None = None
    # Borrow and interest series, announcements, fee tables: by the name in the configuration.
    side_files: Mapping[str, SideFile] = field(default_factory=dict)

    def side_file(self, name: str) -> SideFile:
        """Return a file that a configuration names, as it was read with the market.

        Raises
        ------
        DataError
            The market was read for configurations that do not name it.
        """
        if name not in self.side_files:
            raise DataError(
                f"{name}: was not read with the market; expected a configuration that the market "
                "was read for (read it again for this one)"
            )
        return self.side_files[name]
