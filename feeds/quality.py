"""Data checks. Bars and the exchange's sessions in, findings out; no price is ever changed.

Severity ``error`` is for what cannot be trusted and stops the run; the rest reaches the page.
Relative sizes are fractions, moves are natural logs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from feeds.source import COLUMNS, Bars, Finding, Severity

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]  # datetime64[D]

ROUNDING_FRAC = 1e-5  # prices come with six significant digits, each wrong by up to 5e-6
# The official auction price may lie a little outside the range of the tape; half a percent is
# past any rounding of a price above a dollar to the cent.
OUTSIDE_RANGE_FRAC = 0.005
# The smallest dividend worth a question is five basis points. Rounding explains less than
# 2e-5: the most seen in 70,000 real bars.
ADJUSTMENT_LOG = 5e-4
STALE_SESSIONS = 3  # two equal bars occur in real indices and old stocks; three do not
# Three to two is left out: real days come as close as x0.65 (NVDA, 2004-08-06).
SPLIT_RATIOS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100)
SPLIT_LOG = 0.15  # room for the market's own move on the day of a split
# A split changes the number of shares, not the dollars that change hands; news that halves a
# price multiplies them (x3.8 for NVDA on 2004-08-06).
SPLIT_DOLLAR_VOLUME = 3.0
VOLUME_SESSIONS = 20  # one month of volume is what is usual
PARTIAL_VOLUME_FRAC = 0.2  # a closed session trades less about once in 500; half-days trade 0.4
# Fat tails pass 8 robust standard deviations once in some 500 sessions, mostly with the market.
JUMP_SDS = 8.0
JUMP_SHARED = 0.5  # a leg that made half of the other's move, in its own units, explains it
_HOLE = "fetch it again, or end the window before the hole: it is never filled"
_MOST_NAMED = 3  # dates spelled out in a text; a finding lists them all


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """The bars of one symbol inside the run, ascending, each date once; arrays of one length."""

    symbol: str
    dates: Dates
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    adj_close: Floats
    volume: Floats
    dividend: Floats
    split: Floats

    @property
    def is_index(self) -> bool:
        """Whether the symbol is an index: no shares, so no volume and no split."""
        return self.symbol.startswith("^")

    def finding(
        self, check: str, where: Flags, severity: Severity, what: str, remedy: str
    ) -> Finding | None:
        """Report the flagged bars, or None where none is."""
        return _finding(check, self.symbol, self.dates[where], severity, what, remedy)


def inspect(bars: Bars, sessions: Dates) -> tuple[Finding, ...]:
    """Check one symbol on the sessions of the run.

    Parameters
    ----------
    bars
        As the source gave them; only dates from the first to the last session are judged.
    sessions
        Every exchange session of the run, ascending, datetime64[D].

    Returns
    -------
    tuple of Finding
        In a fixed order: coverage, dates, then values. Empty for clean bars.
    """
    if len(sessions) == 0:
        raise ValueError("inspect: sessions was empty, expected at least one")
    all_dates = _dates(bars)
    inside = _inside(bars, sessions)
    found = [*_coverage(bars.symbol, all_dates, sessions)]
    if inside.any():
        found += _date_checks(bars.symbol, all_dates[inside], sessions, all_dates)
        window = _window(bars, inside)
        # A NaN compares as false: the NaN check alone reports it.
        with np.errstate(divide="ignore", invalid="ignore"):
            found += [finding for check in _CHECKS if (finding := check(window)) is not None]
    return tuple(found)


def inspect_gauge(bars: Bars, sessions: Dates) -> tuple[Finding, ...]:
    """Check an index that is read but not traded: as `inspect`, but a hole is only a warning.

    Its close is unknown there, which no rule takes for a reading; nothing is filled.
    """
    return tuple(
        replace(
            finding,
            severity="warning",
            text=finding.text.replace(_HOLE, "unknown there, and never filled: it decides nothing"),
        )
        if finding.check == "missing session"
        else finding
        for finding in inspect(bars, sessions)
    )


def inspect_pair(long_bars: Bars, short_bars: Bars, sessions: Dates) -> tuple[Finding, ...]:
    """Check the legs against each other: a jump that only one of them made.

    A one-day log return (of Adj Close) beyond ``JUMP_SDS`` robust standard deviations
    (1.4826 median absolute returns) of its leg, of which the other leg made less than the
    fraction ``JUMP_SHARED`` in its own standard deviations. Sessions that either leg lacks are
    left out; ``inspect`` reports them.
    """
    legs = [_window(bars, _inside(bars, sessions)) for bars in (long_bars, short_bars)]
    common, *rows = np.intersect1d(legs[0].dates, legs[1].dates, return_indices=True)
    if len(common) < 2:
        return ()
    moves = [
        _in_robust_sds(_log_returns(leg.adj_close[index]))
        for leg, index in zip(legs, rows, strict=True)
    ]
    found = []
    for leg, own, other in zip(legs, moves, moves[::-1], strict=True):
        alone = np.abs(other) < JUMP_SHARED * np.abs(own)
        opposite = np.sign(other) != np.sign(own)
        jumps = (np.abs(own) > JUMP_SDS) & (alone | opposite)
        what = f"moved by more than {JUMP_SDS:g} robust standard deviations without the other leg"
        remedy = "look at the day: news, or a bad price"
        days = common[1:][jumps]
        found.append(_finding("jump", leg.symbol, days, "warning", what, remedy))
    return tuple(finding for finding in found if finding is not None)


def _finding(
    check: str, symbol: str, dates: Dates, severity: Severity, what: str, remedy: str
) -> Finding | None:
    """Report ``dates`` (all of them; the text names the first few), or None without any."""
    if len(dates) == 0:
        return None
    days = tuple(str(day) for day in dates)
    named = ", ".join(days[:_MOST_NAMED])
    more = f" and {len(days) - _MOST_NAMED} more" if len(days) > _MOST_NAMED else ""
    text = f"{symbol} {what} on {named}{more}; {remedy}"
    return Finding(check=check, symbol=symbol, dates=days, severity=severity, text=text)


def _dates(bars: Bars) -> Dates:
    days: Dates = bars.frame.index.to_numpy().astype("datetime64[D]")
    return days


def _inside(bars: Bars, sessions: Dates) -> Flags:
    inside: Flags = (_dates(bars) >= sessions[0]) & (_dates(bars) <= sessions[-1])
    return inside


def _window(bars: Bars, inside: Flags) -> _Window:
    """Copy the judged bars: sorted, and of a repeated date the first, so that checks can go on."""
    dates, rows = np.unique(_dates(bars)[inside], return_index=True)
    values = bars.frame[list(COLUMNS)].to_numpy(dtype=np.float64)[inside][rows]
    arrays = {name: values[:, column] for column, name in enumerate(COLUMNS)}
    return _Window(symbol=bars.symbol, dates=dates, **arrays)


def _log_returns(prices: Floats) -> Floats:
    """Log returns, one fewer than prices; NaN where a price is not a positive number."""
    usable = np.where((prices > 0) & (prices < np.inf), prices, np.nan)
    returns: Floats = np.diff(np.log(usable))
    return returns


def _in_robust_sds(returns: Floats) -> Floats:
    """Divide by 1.4826 median absolute returns, the sd of a normal; zero for a still series."""
    known = returns[np.isfinite(returns)]
    scale = 1.4826 * float(np.median(np.abs(known))) if len(known) else 0.0
    return np.nan_to_num(returns / scale) if scale > 0 else np.zeros_like(returns)


# Dates


def _coverage(symbol: str, dates: Dates, sessions: Dates) -> Iterator[Finding]:
    """Report a window that begins before the symbol's first bar or ends after its last."""
    if len(dates) == 0 or dates.min() > sessions[-1] or dates.max() < sessions[0]:
        held = f"from {dates.min()} to {dates.max()}" if len(dates) else "on no date at all"
        text = (
            f"{symbol} has prices {held}, none in the run from {sessions[0]} to {sessions[-1]}; "
            "set data.start and data.end to dates it has, or choose another symbol"
        )
        yield _coverage_finding(symbol, sessions, text)
        return
    if dates.min() > sessions[0]:
        text = f"{symbol} has prices from {dates.min()}; set data.start to that or later"
        yield _coverage_finding(symbol, sessions[sessions < dates.min()], text)
    if dates.max() < sessions[-1]:
        text = f"{symbol} has prices to {dates.max()}; set data.end to that or earlier"
        yield _coverage_finding(symbol, sessions[sessions > dates.max()], text)


def _coverage_finding(symbol: str, lacking: Dates, text: str) -> Finding:
    days = tuple(str(day) for day in lacking)
    return Finding(check="coverage", symbol=symbol, dates=days, severity="error", text=text)


def _date_checks(symbol: str, dates: Dates, sessions: Dates, all_dates: Dates) -> Iterator[Finding]:
    """Report dates that are missing, extra, repeated or out of order, inside the coverage."""
    covered = sessions[(sessions >= all_dates.min()) & (sessions <= all_dates.max())]
    unique, counts = np.unique(dates, return_counts=True)
    late = dates[1:][dates[1:] < dates[:-1]]
    for check, wrong, what, remedy in (
        ("missing session", np.setdiff1d(covered, unique), "has no bar", _HOLE),
        (
            "extra date",
            np.setdiff1d(unique, sessions),
            "has a bar, and the exchange no session,",
            "correct the source",
        ),
        ("duplicate date", unique[counts > 1], "has more than one bar", "correct the source"),
        ("date order", np.unique(late), "goes back in time", "sort the source by date"),
    ):
        finding = _finding(check, symbol, wrong, "error", what, remedy)
        if finding is not None:
            yield finding


# Values


def _nan(window: _Window) -> Finding | None:
    """Report any value that is not a finite number."""
    bad = ~np.isfinite(np.column_stack([getattr(window, name) for name in COLUMNS]))
    names = ", ".join(name for name, hit in zip(COLUMNS, bad.any(axis=0), strict=True) if hit)
    remedy = "correct the source, or fetch it again"
    return window.finding("NaN", bad.any(axis=1), "error", f"has no number for {names}", remedy)


def _not_positive(window: _Window) -> Finding | None:
    """Report prices of zero or less, and volumes, dividends or splits below zero."""
    prices = (window.open, window.high, window.low, window.close, window.adj_close)
    amounts = (window.volume, window.dividend, window.split)
    bad = np.any([price <= 0 for price in prices] + [amount < 0 for amount in amounts], axis=0)
    what = "has a price of zero or less, or a negative volume, dividend or split,"
    return window.finding("zero or negative", bad, "error", what, "correct the source")


def _high_below_low(window: _Window) -> Finding | None:
    bad: Flags = window.high < window.low
    what = "has a high below its low"
    return window.finding("high below low", bad, "error", what, "correct the source")


def _beyond_range(window: _Window) -> Floats:
    """How far open or close lies outside the bar's range, as a fraction of the close."""
    above = np.maximum(window.open, window.close) - window.high
    below = window.low - np.minimum(window.open, window.close)
    beyond: Floats = np.maximum(above, below) / np.abs(window.close)
    return beyond


def _outside_range(window: _Window) -> Finding | None:
    bad: Flags = _beyond_range(window) > OUTSIDE_RANGE_FRAC
    what = f"has an open or close more than {OUTSIDE_RANGE_FRAC:.1%} outside its high and low"
    return window.finding("outside range", bad, "error", what, "correct the source")


def _slightly_outside_range(window: _Window) -> Finding | None:
    beyond = _beyond_range(window)
    odd = (beyond > ROUNDING_FRAC) & (beyond <= OUTSIDE_RANGE_FRAC)
    what = f"has an open or close up to {OUTSIDE_RANGE_FRAC:.1%} outside its high and low"
    remedy = "small, but the source contradicts itself"
    return window.finding("outside range", odd, "warning", what, remedy)


def _split_look_alike(window: _Window) -> Finding | None:
    """Report a price that moves as a split would move it: it was not adjusted for that split.

    The close, dividend added back, moves by the split the source records on the day; or by a
    factor near a usual split ratio or its inverse, and either Adj Close does not move with it or
    no more dollars than usual change hands.
    """
    if window.is_index:
        return None
    size = np.abs(_log_returns(window.close) + _dividend_log(window))
    recorded = np.abs(np.log(np.where(window.split[1:] > 0, window.split[1:], 1.0)))
    as_recorded = (recorded > 2 * SPLIT_LOG) & (np.abs(size - recorded) < SPLIT_LOG)
    usual = np.log(np.array(SPLIT_RATIOS, dtype=np.float64))
    alike = (np.abs(size[:, None] - usual) < SPLIT_LOG).any(axis=1)
    still = np.abs(_log_returns(window.adj_close)) < SPLIT_LOG
    bad = as_recorded | (alike & (still | _usual_dollars(window, alike)))
    what = "moves as by a split that its prices were not adjusted for"
    remedy = "fetch it again, or adjust the source"
    return window.finding("split look-alike", _from_second(bad), "error", what, remedy)


def _usual_dollars(window: _Window, asked: Flags) -> Flags:
    """Whether the dollars traded are usual, from the second bar on; False where not asked."""
    dollars = window.close * window.volume
    usual = np.zeros_like(asked)
    for row in np.flatnonzero(asked) + 1:
        month = dollars[max(0, row - VOLUME_SESSIONS) : row]
        usual[row - 1] = dollars[row] < SPLIT_DOLLAR_VOLUME * np.median(month)
    return usual


def _from_second(flags: Flags) -> Flags:
    """Place flags of day-to-day moves on the later day of each."""
    return np.concatenate((np.zeros(1, dtype=np.bool_), flags))


def _dividend_log(window: _Window) -> Floats:
    """Log factor by which a day's dividend lowers its close: ``-ln(1 - D_t / close_{t-1})``.

    The factor of Yahoo's Adj Close (CRSP's convention). NaN where the dividend is not below the
    close before it.
    """
    kept = 1 - window.dividend[1:] / window.close[:-1]
    factor: Floats = -np.log(np.where(kept > 0, kept, np.nan))
    return factor


def _adjustment(window: _Window) -> Finding | None:
    """Report where Adj Close moves otherwise than the close and the dividend of the day say."""
    expected = _log_returns(window.close) + _dividend_log(window)
    odd = np.abs(_log_returns(window.adj_close) - expected) > ADJUSTMENT_LOG
    what = "has an Adj Close that its close and dividend do not explain"
    remedy = "signals see the one and money the other: a distribution may be missing"
    return window.finding("adjusted close", _from_second(odd), "warning", what, remedy)


def _no_volume(window: _Window) -> Finding | None:
    odd = (window.volume == 0) & (not window.is_index)
    remedy = "an order of ours would not have been filled"
    return window.finding("volume 0", odd, "warning", "traded no share", remedy)


def _stale(window: _Window) -> Finding | None:
    """Report runs of at least ``STALE_SESSIONS`` bars with the same open, high, low and close."""
    bars = np.column_stack([window.open, window.high, window.low, window.close])
    changes = (np.diff(bars, axis=0) != 0).any(axis=1)
    run = np.cumsum(_from_second(changes))  # the number of the run each bar belongs to
    stale = np.bincount(run)[run] >= STALE_SESSIONS
    severity: Severity = "info" if window.is_index else "warning"
    what = f"repeats one bar {STALE_SESSIONS} sessions or more"
    return window.finding("stale run", stale, severity, what, "the price may not be a price")


def _partial_last(window: _Window) -> Finding | None:
    """Report a last bar that looks as if its session had not closed when it was taken."""
    if window.is_index or len(window.dates) <= VOLUME_SESSIONS:
        return None
    month = slice(-1 - VOLUME_SESSIONS, -1)
    thin = window.volume[-1] < PARTIAL_VOLUME_FRAC * np.median(window.volume[month])
    flat = window.high[-1] == window.low[-1] and (window.high > window.low)[month].all()
    last = np.zeros(len(window.dates), dtype=np.bool_)
    last[-1] = thin or flat
    what = f"has one price, or under {PARTIAL_VOLUME_FRAC:.0%} of its usual volume, in its last bar"
    remedy = "perhaps it was taken before the close"
    return window.finding("partial last bar", last, "warning", what, remedy)


_CHECKS: tuple[Callable[[_Window], Finding | None], ...] = (
    _nan,
    _not_positive,
    _high_below_low,
    _outside_range,
    _split_look_alike,
    _slightly_outside_range,
    _adjustment,
    _no_volume,
    _stale,
    _partial_last,
)
