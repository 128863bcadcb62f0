"""Many symbols on one calendar, each over its own life. A source in, arrays with NaN out.

A symbol may begin late or end early: it has NaN there, and that is said. One with a hole, a split
that its prices were not adjusted for or another fault inside its life is left out by name.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from configs.distance import DistanceFile
from feeds import calendar
from feeds.assemble import leg_of, open_source, side_file
from feeds.market import DataFile, Dates, Leg, SideFile
from feeds.prices.history import Request, history
from feeds.prices.inspection import inside
from feeds.prices.quality import inspect
from feeds.prices.two_legs import same_series
from feeds.source import Bars, DataError
from feeds.universe import bars_of, source_of

ALIKE = 0.95  # correlation of returns from which two series may be one under two names


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Symbols on the sessions of the exchange, NaN before and after their lives.

    ended, began
        The last session of those that end early, the first of those that begin late.
    left_out
        Why, by symbol.
    """

    sessions: Dates
    legs: Mapping[str, Leg]
    began: Mapping[str, str]
    ended: Mapping[str, str]
    left_out: Mapping[str, str]
    files: tuple[DataFile, ...]
    side_files: Mapping[str, SideFile]
    synthetic: bool

    @property
    def digest(self) -> str:
        """Sha256 (hex) of the files and the window."""
        text = "\n".join(f"{each.symbol} {each.sha256}" for each in self.files)
        text += f"\n{self.sessions[0]} {self.sessions[-1]}"
        return hashlib.sha256(text.encode()).hexdigest()


def read_panel(asked: DistanceFile, progress: Callable[[str], None] = lambda step: None) -> Panel:
    """Return the symbols that pairs are formed of.

    Raises
    ------
    ConfigError, DataError
        There are too many, or fewer than two that can be read and trusted.
    """
    data = asked.data
    source = source_of(asked.symbols, open_source(data))
    bars, left_out = bars_of(asked.symbols, source, progress)
    lasts = [each.frame.index.max().date() for each in bars.values()]
    if not lasts:
        _refuse(left_out)
    sessions = calendar.sessions(data.start, data.end or max(lasts))
    kept: dict[str, Bars] = {}
    for symbol, each in bars.items():
        fault = _fault(each, asked, sessions)
        if fault is None:
            kept[symbol] = each
        else:
            left_out[symbol] = fault
    for symbol, why in _twins(kept, sessions).items():
        left_out[symbol] = why
        del kept[symbol]
    if len(kept) < 2:
        _refuse(left_out)
    lives = {symbol: _life(each, sessions) for symbol, each in kept.items()}
    files = tuple(
        DataFile(symbol=symbol, origin=each.origin, sha256=each.sha256, dialect=each.dialect)
        for symbol, each in sorted(kept.items())
    )
    return Panel(
        sessions=sessions,
        legs={symbol: leg_of(_spread(kept[symbol], sessions), sessions) for symbol in sorted(kept)},
        began={name: str(own[0]) for name, own in lives.items() if own[0] > sessions[0]},
        ended={name: str(own[-1]) for name, own in lives.items() if own[-1] < sessions[-1]},
        left_out=dict(sorted(left_out.items())),
        files=files,
        side_files={
            name: side_file(Path(name)) for name in asked.of_pair("AAAAA", "ZZZZZ").side_files
        },
        synthetic=any(each.synthetic for each in kept.values()),
    )


def _refuse(left_out: Mapping[str, str]) -> None:
    why = "; ".join(f"{name}: {reason}" for name, reason in list(left_out.items())[:3])
    raise DataError(f"no two symbols could be read and trusted; expected at least two ({why})")


def _life(bars: Bars, sessions: Dates) -> Dates:
    """Return the sessions from a symbol's first bar to its last."""
    days = bars.frame.index.to_numpy().astype("datetime64[D]")
    own: Dates = sessions[(sessions >= days.min()) & (sessions <= days.max())]
    return own


def _spread(bars: Bars, sessions: Dates) -> Bars:
    """Return bars with a row, NaN, for the sessions before and after a symbol's life."""
    days = bars.frame.index.union(pd.DatetimeIndex(sessions.astype("M8[s]")))
    return replace(bars, frame=bars.frame.reindex(days))


def _fault(bars: Bars, asked: DistanceFile, sessions: Dates) -> str | None:
    """Return what cannot be trusted of a symbol's own life; None where all can."""
    own = _life(bars, sessions)
    if len(own) == 0:
        return f"has no price from {sessions[0]} to {sessions[-1]}"
    days = asked.data.confirm.get(bars.symbol, ())
    request = Request(confirmed=np.array(days, dtype="datetime64[D]"))
    findings = [*inside(bars.findings, own), *inspect(bars, own, request)]
    errors = [each.text for each in findings if each.severity == "error"]
    return errors[0] if errors else None


def _twins(bars: Mapping[str, Bars], sessions: Dates) -> dict[str, str]:
    """Return symbols that are an earlier one under another name: the closest pair of all."""
    closes = pd.DataFrame({name: each.frame["adj_close"] for name, each in sorted(bars.items())})
    with np.errstate(all="ignore"):
        moves = pd.DataFrame(np.log(closes.to_numpy()), columns=closes.columns).diff()
        alike = moves.corr().to_numpy() > ALIKE
    names = [str(name) for name in closes.columns]
    twins: dict[str, str] = {}
    for one, other in zip(*np.nonzero(np.triu(alike, 1)), strict=True):
        pair = names[one], names[other]
        if set(pair) & set(twins):
            continue
        with np.errstate(all="ignore"):
            same = next(same_series((history(bars[pair[0]], sessions),
                                     history(bars[pair[1]], sessions))), None)  # fmt: skip
        if same is not None:
            twins[pair[1]] = same.text
    return twins
