"""What changed between two downloads of one history. Old and new bars in, findings out.

Levels are no guide: every later split and dividend re-bases all of them. So we compare what
re-basing leaves alone: returns, and prices as a share of the same session's close.
"""

import numpy as np
import pandas as pd

from feeds.source import Bars, Finding

TOLERANCE = 1e-4  # a basis point; Yahoo's own rounding stays below a thousandth of it


def rewrites(old: Bars, new: Bars) -> tuple[Finding, ...]:
    """Report how ``new`` contradicts ``old`` on the sessions up to the end of ``old``.

    Sessions in both are compared: a difference above ``TOLERANCE``, or a price where there was a
    hole (or the other way round), is a ``rewritten_history``. Sessions that are gone are
    ``vanished_sessions``, sessions new in the middle ``appeared_sessions``. All are warnings: a
    past result that used them will not repeat.
    """
    before, after = _one_row_each(old.frame), _one_row_each(new.frame)
    after = after.loc[(after.index >= before.index[0]) & (after.index <= before.index[-1])]
    since = f"the snapshot that ends {before.index[-1].date()}"
    common = before.index.intersection(after.index)
    findings = [_changed(new.symbol, before.loc[common], after.loc[common], since)]
    for check, verb, days in (
        ("vanished_sessions", "no longer gives", before.index.difference(after.index)),
        ("appeared_sessions", "now also gives", after.index.difference(before.index)),
    ):
        dates = _iso(days)
        text = (
            f"{new.symbol}: the source {verb} {_sessions(len(dates))} of {since}; "
            "earlier results that reach over them will not repeat"
        )
        findings.append(_warning(check, new.symbol, dates, text))
    return tuple(finding for finding in findings if finding.dates)


def _changed(symbol: str, before: pd.DataFrame, after: pd.DataFrame, since: str) -> Finding:
    """Compare two frames on one index; a finding without dates means they agree."""
    old, new = _invariants(before), _invariants(after)
    # A hole on one side only has no number, but is the largest change there is.
    difference = (new - old).abs().mask(new.isna() ^ old.isna(), np.inf)
    largest = difference.max(axis="columns").fillna(0.0).to_numpy()
    dates = _iso(before.index[largest > TOLERANCE])
    text = ""
    if dates:
        row = int(largest.argmax())
        column = difference.columns[int(difference.iloc[row].fillna(0.0).to_numpy().argmax())]
        size = "a price where there was none, or none where there was one"
        if np.isfinite(largest[row]):
            size = f"{largest[row]:.4%}"
        text = (
            f"{symbol}: the source rewrote {_sessions(len(dates))} since {since}; the largest "
            f"difference is {size} ({column}, {_iso(before.index[[row]])[0]}); "
            "earlier results on them will not repeat"
        )
    return _warning("rewritten_history", symbol, dates, text)


def _invariants(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of each session that a later split or dividend does not touch."""
    close = frame["close"]
    return pd.DataFrame(
        {
            "close-to-close return": close.pct_change(fill_method=None),
            "adjusted return": frame["adj_close"].pct_change(fill_method=None),
            "open over close": frame["open"] / close,
            "high over close": frame["high"] / close,
            "low over close": frame["low"] / close,
            "dividend over close": frame["dividend"] / close,
            "split ratio": frame["split"],
        }
    )


def _one_row_each(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame in date order, the last of any duplicates: they are another check's job."""
    return frame.loc[~frame.index.duplicated(keep="last")].sort_index()


def _iso(days: pd.Index) -> tuple[str, ...]:
    return tuple(day.date().isoformat() for day in days)


def _sessions(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"


def _warning(check: str, symbol: str, dates: tuple[str, ...], text: str) -> Finding:
    return Finding(check=check, symbol=symbol, dates=dates, severity="warning", text=text)
