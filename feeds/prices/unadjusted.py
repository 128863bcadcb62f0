"""Prices that move as a split would move them. One symbol, and the other leg, in; findings out.

Prices are split-adjusted by contract, so a split must not show in them. A recorded one is compared
with the day's move whatever its ratio. A jump that nothing records is judged by what a split does
and news does not: it comes overnight, without the other leg, and no more shares and dollars than
usual change hands. Any ratio p:q is plausible, a spin-off's 1.281 too, so none is listed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from feeds.prices.history import (
    Flags,
    Floats,
    History,
    Request,
    finding,
    gaps,
    history,
    is_busy,
    total_moves,
    usual_size,
)
from feeds.source import Bars, Finding

# In nature: the worst day of MSFT, NVDA, AMZN, META or GOOG since 1986 is x0.65. Two for one, and
# a day's own move, is beyond.
LARGE_LOG = 0.54
# News that halves a price multiplies dollars and shares alike (x3.8 for NVDA on 2004-08-06).
LARGE_BUSY = 3.0
# Smaller jumps are news more often, and news then trades less: x2.4 on NVDA's of 2002-07-31
# (-32 % overnight), x1.8 on that of 2024-02-22 (+11 %).
MIDDLE_LOG, MIDDLE_SDS, MIDDLE_BUSY = 0.17, 4.0, 2.0  # six for five and more
SMALL_LOG, SMALL_SDS, SMALL_BUSY = 0.08, 6.0, 1.5  # one share in ten; less is lost in the noise
# The other leg explains a move of which it made half, or two of its own standard deviations, in
# either direction: a fund of VIX futures rises where shares fall.
SHARED, SHARED_SDS = 0.5, 2.0
# No market has opened further away, nor a fund on it in its own units: beyond, both legs may lack
# the same split.
MARKET_GAP_LOG, MARKET_GAP_SDS = 0.17, 6.0
ADJACENT_DAYS = 7  # the longest closure, of September 2001
EVIDENCE = 4.0  # log likelihood ratio, e^4 is 55 to 1
_REMEDY = "fetch it again, or adjust the source"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moves:
    """Signed log moves of one symbol by row, dividends added back, and what is usual of them."""

    day: Floats  # close to close
    gap: Floats  # close to open
    usual_day: Floats
    usual_gap: Floats


def unadjusted(bars: History, request: Request) -> Iterator[Finding]:
    """Yield an error for splits that show and a warning for those of which nobody can tell.

    A day that ``request.confirmed`` names is not judged: somebody knows its move to be real.
    """
    if bars.is_index:
        return
    # Over a hole there is no move to compare.
    apart = np.diff(bars.dates, prepend=bars.dates[:1]) > np.timedelta64(ADJACENT_DAYS, "D")
    day, gap = (np.where(apart, np.nan, each) for each in (total_moves(bars), gaps(bars)))
    moves = _Moves(day=day, gap=gap, usual_day=usual_size(day), usual_gap=usual_size(gap))
    shown, undecided = _recorded(bars, moves)
    jumped = _unrecorded(bars, moves, request)
    confirmed = np.isin(bars.dates, request.confirmed)
    bad = (shown | jumped) & ~confirmed
    days = ", ".join(str(day) for day in bars.dates[bad & bars.inside])
    remedy = f"{_REMEDY}; if the move is real, set data.confirm: {{{bars.symbol}: [{days}]}}"
    what = "moves as by a split that its prices were not adjusted for"
    findings = [bars.finding("split look-alike", bad, "error", what, remedy, bars.move_told)]
    later = bad & ~bars.inside
    what = "records a split after the run that its prices were not adjusted for"
    remedy_later = f"shares as traded are unknown: {_REMEDY}"
    findings.append(
        finding("split look-alike", bars.symbol, bars.dates[later], "error", what, remedy_later)
    )
    what = "records a split too small to tell from its prices whether they are adjusted for it"
    remedy = "compare the day with another source"
    unclear = undecided & ~confirmed
    findings.append(
        bars.finding("split undecided", unclear, "warning", what, remedy, bars.move_told)
    )
    untold = bars.dates[unclear & ~bars.inside]
    what = "records a split after the run that no bar beside it tells to be adjusted for"
    remedy = "it is taken to be: shares as traded rest on it"
    findings.append(finding("split undecided", bars.symbol, untold, "info", what, remedy))
    yield from (each for each in findings if each is not None)


def _recorded(bars: History, moves: _Moves) -> tuple[Flags, Flags]:
    """Flag recorded splits that show in the price, and those of which nobody can tell.

    The log likelihood ratio of "moved by the ratio" to "did not", of the whole day and of the
    night, each against what is usual.
    """
    size = np.abs(np.log(np.where(bars.split > 0, bars.split, 1.0)))
    # What came before the run leaves nothing of it in doubt.
    asked = (size > 0) & (np.cumsum(bars.inside) > bars.inside)

    def evidence(move: Floats, usual: Floats) -> Floats:
        seen = np.abs(move)
        ratio: Floats = (seen**2 - (seen - size) ** 2) / (2 * usual**2)
        return ratio

    day, night = evidence(moves.day, moves.usual_day), evidence(moves.gap, moves.usual_gap)
    both = day + night
    shown = asked & ((both > EVIDENCE) | ((day > EVIDENCE) & ~(night < -EVIDENCE)))
    clear = (both < -EVIDENCE) & (day < EVIDENCE)
    return shown, asked & ~shown & ~clear


def _unrecorded(bars: History, moves: _Moves, request: Request) -> Flags:
    """Flag jumps inside the run that look like a split that nothing records."""
    size = np.abs(moves.day)
    flags = np.zeros(len(size), dtype=np.bool_)
    large = bars.linked & ~(size < LARGE_LOG)
    for row in np.flatnonzero(large).tolist():
        flags[row] = not is_busy(bars, row, LARGE_BUSY)
    if request.other is None:
        return flags
    alone = bars.linked & ~large & ~_shared(bars, moves, request.other)
    alone &= ~(np.abs(moves.gap) < np.maximum(size / 2, SMALL_LOG))
    for row in np.flatnonzero(alone & (size > SMALL_LOG)).tolist():
        is_small = size[row] <= MIDDLE_LOG
        sds, busy = (SMALL_SDS, SMALL_BUSY) if is_small else (MIDDLE_SDS, MIDDLE_BUSY)
        unusual = size[row] > sds * moves.usual_day[row]
        flags[row] = unusual and not is_busy(bars, row, busy)
    return flags


def _shared(bars: History, moves: _Moves, other: Bars) -> Flags:
    """Flag days on which the other leg moved too, as far as a market opens away from a close.

    A day that the other leg lacks is refused for that; it says nothing of this one.
    """
    theirs = history(other, bars.dates[[0, -1]])
    day = total_moves(theirs)
    in_units = day / usual_size(day)
    rows = np.searchsorted(theirs.dates, bars.dates)
    rows = np.minimum(rows, len(theirs.dates) - 1)
    seen = np.where(theirs.dates[rows] == bars.dates, in_units[rows], np.nan)
    least = np.minimum(SHARED * np.abs(moves.day) / moves.usual_day, SHARED_SDS)
    nearest = np.maximum(MARKET_GAP_LOG, MARKET_GAP_SDS * moves.usual_gap)
    shared: Flags = np.isnan(seen) | (np.abs(seen) >= least) & (np.abs(moves.gap) <= nearest)
    return shared
