"""Bars that look wrong. The rows of one symbol in, findings out.

Past believing is an error; what a real market has done, if seldom, is a warning with its dates.
Every comparison flags what it cannot compare.
"""

from collections.abc import Iterator

import numpy as np

from feeds.prices.history import (
    VOLUME_SESSIONS,
    Floats,
    History,
    gaps,
    log_moves,
    total_moves,
    usual_size,
)
from feeds.source import Finding, Severity

ROUNDING_FRAC = 1e-5  # prices come with six significant digits, each wrong by up to 5e-6
# The official auction price may lie a little outside the range of the tape; half a percent is
# past any rounding of a price above a dollar to the cent.
OUTSIDE_RANGE_FRAC = 0.005
STALE_SESSIONS = 3  # two equal bars occur in real indices and old stocks; three do not
STALE_CLOSES = 5  # three equal closes in a row occur, five do not
PARTIAL_VOLUME_FRAC = 0.2  # a closed session trades less about once in 500; half-days trade 0.4
# AMZN's open of 1999-01-13 stood 17 % above both closes, 3.4 standard deviations; that of
# 2015-07-24, after earnings, 9 % above the nearer.
OPEN_SDS = 6.0
OPEN_LOG = 0.12
# ^VIX made x2.16 on 2018-02-05, and stood x1.4 above both neighbours on 2024-08-05.
GAUGE_JUMP_LOG = 0.92  # x2.5
GAUGE_SPIKE_LOG = 0.59  # x1.8 from the day before and to the day after


def odd_bars(bars: History) -> Iterator[Finding]:
    """Yield what is odd within bars and between neighbours, in a fixed order."""
    checks = (_high_below_low, _outside_range, _slightly_outside_range, _open_alone, _gauge_jump)
    for check in (*checks, _no_volume, _stale, _stale_close, _partial_last):
        finding = check(bars)
        if finding is not None:
            yield finding


def _high_below_low(bars: History) -> Finding | None:
    bad = ~(bars.high >= bars.low)
    return bars.finding(
        "high below low", bad, "error", "has a high below its low", "correct the source"
    )


def _beyond_range(bars: History) -> Floats:
    """How far open or close lies outside the bar's range, as a fraction of the close."""
    above = np.maximum(bars.open, bars.close) - bars.high
    below = bars.low - np.minimum(bars.open, bars.close)
    beyond: Floats = np.maximum(above, below) / np.abs(bars.close)
    return beyond


def _outside_range(bars: History) -> Finding | None:
    bad = ~(_beyond_range(bars) <= OUTSIDE_RANGE_FRAC)
    what = f"has an open or close more than {OUTSIDE_RANGE_FRAC:.1%} outside its high and low"
    return bars.finding("outside range", bad, "error", what, "correct the source")


def _slightly_outside_range(bars: History) -> Finding | None:
    beyond = _beyond_range(bars)
    odd = (beyond > ROUNDING_FRAC) & (beyond <= OUTSIDE_RANGE_FRAC)
    what = f"has an open or close up to {OUTSIDE_RANGE_FRAC:.1%} outside its high and low"
    remedy = "small, but the source contradicts itself"
    return bars.finding("outside range", odd, "warning", what, remedy)


def _open_alone(bars: History) -> Finding | None:
    """Report opens far from the close before and the close after, on the same side of both."""
    if bars.is_index:  # computed from last trades, and never filled at
        return None
    gap, back = gaps(bars), np.log(bars.open / bars.close)
    least = np.maximum(OPEN_SDS * usual_size(total_moves(bars)), OPEN_LOG)
    near = (np.abs(gap) <= least) | (np.abs(back) <= least) | (np.sign(gap) != np.sign(back))

    def value(row: int) -> str:
        closes = f"{bars.before(row):.6g} and {bars.close[row]:.6g}"
        return f"open {bars.open[row]:.6g} between closes {closes}"

    what = "has an open far from the closes around it"
    remedy = "an order would have been filled there: look at the day"
    return bars.finding("open alone", bars.linked & ~near, "warning", what, remedy, value)


def _gauge_jump(bars: History) -> Finding | None:
    """Report closes of an index that jump as none has, or that one day's neighbours deny."""
    if not bars.is_index:
        return None
    move = log_moves(bars.close)
    after = np.concatenate((move[1:], [np.nan]))
    spike = (np.minimum(np.abs(move), np.abs(after)) > GAUGE_SPIKE_LOG) & (move * after < 0)
    jump = np.abs(move) > GAUGE_JUMP_LOG
    back = np.concatenate((np.zeros(1, dtype=np.bool_), spike[:-1]))  # told by the day before

    def value(row: int) -> str:
        return f"{bars.before(row):.6g} to {bars.close[row]:.6g}"

    what = "jumps as no index of volatility or prices has"
    remedy = "what reads it is wrong by as much: look at the day, or correct the source"
    odd = bars.linked & ((jump & ~back) | spike)
    return bars.finding("gauge jump", odd, "warning", what, remedy, value)


def _no_volume(bars: History) -> Finding | None:
    odd = ~(bars.volume > 0) & (not bars.is_index) & (not bars.has_no_volumes)
    remedy = "an order of ours would not have been filled"
    return bars.finding("volume 0", odd, "warning", "traded no share", remedy)


def _stale(bars: History) -> Finding | None:
    """Report runs of at least ``STALE_SESSIONS`` bars with the same open, high, low and close."""
    rows = np.column_stack([bars.open, bars.high, bars.low, bars.close])
    stale = _repeats(rows) >= STALE_SESSIONS
    severity: Severity = "info" if bars.is_index else "warning"
    what = f"repeats one bar {STALE_SESSIONS} sessions or more"
    return bars.finding("stale run", stale, severity, what, "the price may not be a price")


def _stale_close(bars: History) -> Finding | None:
    """Report closes that stand still while the bars around them do not."""
    rows = np.column_stack([bars.open, bars.high, bars.low, bars.close])
    still = _repeats(bars.close[:, None]) >= STALE_CLOSES
    reported = _repeats(rows) >= STALE_SESSIONS
    what = f"repeats one close {STALE_CLOSES} sessions or more"
    remedy = "the price may not be a price"
    return bars.finding("stale close", still & ~reported, "warning", what, remedy)


def _repeats(rows: Floats) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """How many equal rows in a row each row belongs to."""
    changes = (np.diff(rows, axis=0) != 0).any(axis=1)
    run = np.cumsum(np.concatenate((np.zeros(1, dtype=np.bool_), changes)))
    return np.asarray(np.bincount(run)[run])


def _partial_last(bars: History) -> Finding | None:
    """Report a last bar that looks as if its session had not closed when it was taken."""
    rows = np.flatnonzero(bars.inside)
    if bars.is_index or len(rows) <= VOLUME_SESSIONS:
        return None
    month, end = rows[-1 - VOLUME_SESSIONS : -1], rows[-1]
    usual = np.median(bars.volume[month])
    thin = not bars.has_no_volumes and not bars.volume[end] >= PARTIAL_VOLUME_FRAC * usual
    flat = bars.high[end] == bars.low[end] and (bars.high > bars.low)[month].all()
    last = np.zeros(len(bars.dates), dtype=np.bool_)
    last[end] = thin or flat
    what = f"has one price, or under {PARTIAL_VOLUME_FRAC:.0%} of its usual volume, in its last bar"
    remedy = "perhaps it was taken before the close"
    return bars.finding("partial last bar", last, "warning", what, remedy)
