"""The contract every price source keeps. A symbol in, its whole daily history out."""

from dataclasses import dataclass
from typing import Literal, Protocol

import pandas as pd

from configs.errors import DataError as DataError

COLUMNS = ("open", "high", "low", "close", "adj_close", "volume", "dividend", "split")

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a data check saw; reaches ``findings.json`` and the run page.

    Severity ``error`` stops the run. ``dates`` are ISO sessions, ascending.
    """

    check: str
    symbol: str
    dates: tuple[str, ...]
    severity: Severity
    text: str


class UntrustedError(DataError):
    """Data that a check refused; ``findings`` is all that was found by then."""

    def __init__(self, message: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(message)
        self.findings = findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Daily bars of one symbol, as the source gave them: nothing filled, nothing dropped.

    ``frame`` is indexed by tz-naive midnight dates (ascending unless the source is at fault) with
    the float64 ``COLUMNS``: open, high, low, close are split-adjusted dollars; adj_close is also
    dividend-adjusted; volume is split-adjusted shares; dividend is split-adjusted dollars on the
    ex-date; split is the ratio on its date (10.0 for ten-for-one) and 0.0 on other days.
    """

    symbol: str
    frame: pd.DataFrame
    origin: str  # the file or cache entry, for the manifest
    sha256: str  # of the bytes the bars were read from
    synthetic: bool = False
    findings: tuple[Finding, ...] = ()  # what the source itself noticed (rewritten history, ...)
    dialect: str | None = None  # what a file was taken for, and how it was written
    lacks: tuple[str, ...] = ()  # columns that nobody told, in words


class Source(Protocol):
    """Where bars come from."""

    def bars(self, symbol: str) -> Bars:
        """Return everything the source holds on ``symbol``.

        Raises
        ------
        DataError
            The symbol cannot be had; the message names it and the remedy.
        """
        ...
