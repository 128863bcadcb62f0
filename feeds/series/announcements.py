"""Nights with news. Announcement dates (CSV) and the exchange's sessions in, event nights out.

A night is the one that follows a session's close. An announcement after the close (AMC) of a day
falls into that day's night, one before the open (BMO) into the night before; when the session is
not given we take both.
"""

import datetime as dt
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from feeds.market import Dates, SideFile
from feeds.series.side_file import rows_of
from feeds.source import DataError, Finding

_COLUMNS = ("ticker", "announce_date", "session")
MOST_DAYS_APART = 140  # announcements of a quarterly reporter; a year's end takes longest

When = Literal["AMC", "BMO", "unknown"]
# What vendors write, in small letters and without what stands between them ("time-after-hours",
# "After Market Close", "BeforeMarket"). A word beside these is refused, never guessed.
_AFTER = re.compile(
    r"(?:time)?(?:amc|(?:after|aft|post)(?:the)?(?:us|regular)?(?:market|mkt|trading)?"
    r"(?:hours?|bell|session|clos(?:e|es|ed|ing))?(?:amc)?)"
)
_BEFORE = re.compile(
    r"(?:time)?(?:bmo|(?:before|bef|pre)(?:the)?(?:us|regular)?(?:market|mkt|trading)?"
    r"(?:hours?|bell|session|open(?:s|ing)?)?(?:bmo)?)"
)
_NOT_GIVEN = re.compile(
    r"(?:na|nan|none|null|tas|tns|tba|tbd|un(?:known|specified|confirmed|supplied)"
    r"|(?:time)?not(?:given|known|supplied|specified|available))?"
)
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d)?\s*(?P<half>[ap])?\.?(?:m\.?)?"
    r"\s*(?:e[sd]?t|new york|america/new_york)?",
    re.IGNORECASE,
)
_OPENS, _CLOSES = dt.time(9, 30), dt.time(16, 0)
_EARLIEST_CLOCK = dt.time(5, 0)  # nobody announces earlier: an afternoon, another zone, no time
_REMEDY = "expected AMC, BMO or a vendor's word for them, or nothing where it is not known"

Said = tuple[dt.date, When]


def event_nights(
    file: SideFile, symbols: tuple[str, ...], sessions: Dates, next_sessions: Dates
) -> npt.NDArray[np.bool_]:
    """Return, per session, whether the night after its close has an announcement.

    Dates are taken to be known in advance, as companies announce them weeks before.

    Parameters
    ----------
    symbols
        Whose announcements count.
    sessions, next_sessions
        Shape (n,): each session and the exchange's session after it.

    Raises
    ------
    DataError
        The file has no ticker, announce_date and session columns, a row of the
        symbols has a bad date or a session that is neither, or none is of any of the symbols.
    """
    said = _announcements(file, symbols)
    if not any(said.values()):
        raise DataError(f"{file.path}: no announcement of {', '.join(symbols)}; expected some")
    nights = np.zeros(len(sessions), dtype=bool)
    for day_said, when in sorted({each for own in said.values() for each in own}):
        day = np.datetime64(day_said)
        if when != "BMO":
            nights |= (sessions <= day) & (day < next_sessions)
        if when != "AMC":
            nights |= (sessions < day) & (day <= next_sessions)
    return nights


def announcement_findings(
    file: SideFile, symbols: Sequence[str], first: dt.date, last: dt.date
) -> tuple[Finding, ...]:
    """Report symbols of which the file tells nothing, wholly or for a part of the run.

    Parameters
    ----------
    first, last
        First and last session of the run.

    Raises
    ------
    DataError
        As `event_nights`, but for a file that tells of no symbol.
    """
    findings: list[Finding] = []
    for symbol, said in _announcements(file, symbols).items():
        days = sorted({first, last, *(day for day, _ in said if first <= day <= last)})
        most = dt.timedelta(days=MOST_DAYS_APART)
        silent = [(since, until) for since, until in pairwise(days) if until - since > most]
        if not said:
            text = f"{file.path}: has no announcement of {symbol}; no night was kept flat for it"
            findings.append(_silence(symbol, (first, last), text))
        elif silent:
            listing = "; ".join(f"{since} to {until}" for since, until in silent)
            text = (
                f"{file.path}: has no announcement of {symbol} for more than "
                f"{MOST_DAYS_APART} days ({listing}); no night was kept flat for it there"
            )
            dates = tuple(sorted({day for span in silent for day in span}))
            findings.append(_silence(symbol, dates, text))
    return tuple(findings)


def _silence(symbol: str, days: Sequence[dt.date], text: str) -> Finding:
    return Finding(
        check="earnings_missing",
        symbol=symbol,
        dates=tuple(day.isoformat() for day in days),
        severity="warning",
        text=text,
    )


def _announcements(file: SideFile, symbols: Sequence[str]) -> dict[str, set[Said]]:
    """Return the days of each symbol and when on them; tickers are compared without their case."""
    said: dict[str, set[Said]] = {symbol: set() for symbol in symbols}
    for place, row in rows_of(file.content, file.path, _COLUMNS):
        own = said.get(row["ticker"].strip().upper())
        if own is not None:
            own.add((_day(row["announce_date"], place), _when(row["session"], place)))
    return said


def _day(text: str, place: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise DataError(
            f"{place}: announce_date was {text!r}; expected a day like 2024-01-05"
        ) from None


def _when(text: str, place: str) -> When:
    """Return on which side of the session an announcement was."""
    clock = _CLOCK.fullmatch(text.strip())
    if clock is not None:
        return _at(clock, text, place)
    word = re.sub(r"[\s\-_/.,()?]", "", text).casefold()
    if _NOT_GIVEN.fullmatch(word):
        return "unknown"
    if _AFTER.fullmatch(word):
        return "AMC"
    if _BEFORE.fullmatch(word):
        return "BMO"
    raise DataError(f"{place}: session was {text!r}; {_REMEDY}")


def _at(clock: re.Match[str], text: str, place: str) -> When:
    """Return the side of the session a New York clock time is on."""
    hour, minute, half = int(clock["hour"]), int(clock["minute"]), (clock["half"] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + 12 * (half == "p")
    elif half:
        hour = 24  # 13 p.m.
    if hour > 23 or minute > 59:
        raise DataError(f"{place}: session was {text!r}, which is no time of day; {_REMEDY}")
    time = dt.time(hour, minute)
    if time < _EARLIEST_CLOCK:
        raise DataError(
            f"{place}: session was {text!r}, an hour of the night in New York; {_REMEDY}, or a "
            "time there like 16:05 or 4:05 PM"
        )
    if _OPENS <= time < _CLOSES:
        raise DataError(
            f"{place}: session was {text!r}, while the exchange is open in New York; {_REMEDY} (an "
            "empty cell counts for the nights on both sides)"
        )
    return "BMO" if time < _OPENS else "AMC"
