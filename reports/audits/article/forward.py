"""Test 2: what came after the entries? Triggers, closes and volatilities in, forward returns out.

The trigger and the hedge are known at the close of *t*. What follows is not: nothing here may
decide anything.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.records.result import Result
from reports.audits.article.stability import volatility_ratio

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]  # datetime64[D]

GAP_DAYS = 21  # calendar days; the article's
HORIZONS = (21, 63, 126)  # sessions: one month, three and six
SAME = 1e-12  # returns no further apart are equal but for rounding, and have no spread to test


@dataclass(frozen=True, slots=True, kw_only=True)
class PairHistory:
    """A pair session by session, oldest first; every array of shape (n,).

    long, short
        Adjusted (total-return) closes.
    vol_long, vol_short
        Sample sd of each leg's last log returns, known at the close; NaN before warm.
    direction
        +1 where an entry buys the pair, -1 where it sells it; None: always bought.
    """

    sessions: Dates
    long: Floats
    short: Floats
    vol_long: Floats
    vol_short: Floats
    direction: Floats | None = None

    def __post_init__(self) -> None:
        lengths = {
            name: len(getattr(self, name))
            for name in ("sessions", "long", "short", "vol_long", "vol_short", "direction")
            if getattr(self, name) is not None
        }
        if len(set(lengths.values())) > 1:
            raise ValueError(
                f"PairHistory: lengths were {lengths}; expected one; give every array on the same "
                "sessions"
            )

    def side(self, entry: int) -> int:
        """Return +1 where an entry at this place buys the pair, -1 where it sells it."""
        return 1 if self.direction is None else int(self.direction[entry])


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One independent entry.

    session
        Its place among the sessions, counted from 0.
    hedge_ratio
        Dollars of the short leg per dollar of the long one at *t*; None where a volatility is
        unknown or zero.
    direction
        +1 bought the pair, -1 sold it.
    by_horizon
        The forward return at each horizon, a log return of the long leg's dollars, times the
        direction; None where the horizon is not complete or there is no hedge ratio.
    """

    date: str
    session: int
    cluster: str
    hedge_ratio: float | None
    direction: int
    by_horizon: dict[int, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Entries that share a label, at one horizon; means are None of nothing.

    entries, complete
        How many it has, and how many of them have a return.
    total, mean
        Of its own returns.
    complete_without, mean_without
        Of the returns of every other cluster: the figure if these entries had not been.
    """

    label: str
    entries: int
    complete: int
    total: float
    mean: float | None
    complete_without: int
    mean_without: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterBest:
    """What is left of the returns after the best ``removed`` of them are gone.

    last_removed
        Name of the last one removed; None while none is.
    """

    removed: int
    last_removed: str | None
    total: float
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeAveraged:
    """Whether the total stands on a few entries.

    steps
        With 0, 1, .. all of the best returns removed.
    k_star
        How many must go until the rest adds up to nothing or less: 0 when it does already. None
        without a return.
    k_star_chance
        How often as few would do if the edge were genuine. Comes from elsewhere: None until the
        caller puts it in.
    """

    steps: tuple[AfterBest, ...]
    k_star: int | None
    k_star_chance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The complete returns at one horizon. Log returns as fractions; None where undefined.

    complete, unfinished, undefined
        Entries with a return, those whose horizon ends after the last session, and those without a
        hedge ratio. They add up to all entries; the figures are over the complete ones.
    overlapping
        Complete entries that begin before the complete one before them has ended. The t test takes
        all for independent; the more overlap, the smaller its p compared with the true one.
    sd
        Sample standard deviation; None of fewer than two.
    win_rate
        Share above zero.
    t_statistic, p_value
        One sample against a mean of zero, two-sided. None of fewer than two and of equal returns.
    """

    horizon_sessions: int
    complete: int
    unfinished: int
    undefined: int
    overlapping: int
    mean: float | None
    median: float | None
    sd: float | None
    win_rate: float | None
    t_statistic: float | None
    p_value: float | None
    clusters: tuple[Cluster, ...]
    de_averaged: DeAveraged


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardTest:
    """Every entry, and what the entries came to at each horizon (sessions)."""

    entries: tuple[Entry, ...]
    horizons: dict[int, Horizon]


def pair_history(result: Result) -> PairHistory:
    """Return the closes and volatilities of a run."""
    closes, signals = result.closes, result.signals
    return PairHistory(
        sessions=closes["date"].to_numpy().astype("datetime64[D]"),
        long=closes["long"].to_numpy(dtype=np.float64),
        short=closes["short"].to_numpy(dtype=np.float64),
        vol_long=signals["vol_long"].to_numpy(dtype=np.float64),
        vol_short=signals["vol_short"].to_numpy(dtype=np.float64),
        direction=signals["direction"].to_numpy(dtype=np.float64)
        if "direction" in signals
        else None,
    )


def independent_entries(
    sessions: Dates, triggered: Bools, *, gap_days: int = GAP_DAYS
) -> tuple[int, ...]:
    """Return the places of the triggers that count.

    The first does, then each next one at least ``gap_days`` calendar days after the last that
    counted. Triggers in between are not remembered.
    """
    days = sessions.astype("datetime64[D]").astype(np.int64)
    counted: list[int] = []
    for place in np.flatnonzero(triggered).tolist():
        if not counted or days[place] - days[counted[-1]] >= gap_days:
            counted.append(place)
    return tuple(counted)


def calendar_years(sessions: Dates, entries: Sequence[int]) -> tuple[str, ...]:
    """Return the calendar year of each entry: the article's clusters."""
    years = sessions[list(entries)].astype("datetime64[Y]")
    return tuple(str(year) for year in years)


def forward_returns(history: PairHistory, entries: Sequence[int], horizon_sessions: int) -> Floats:
    """Return what each entry's hedge made by the close of *t+h*, shape (entries,).

    ``ln(L_{t+h} / L_t) - (s_L / s_S) ln(S_{t+h} / S_t)``, both volatilities of *t*: the hedge is
    set once and left alone; the reverse where the entry sold the pair. NaN where the sessions end
    before *t+h*, and without a hedge ratio.
    """
    if horizon_sessions < 1:
        raise ValueError(
            f"forward_returns: horizon_sessions was {horizon_sessions}; expected at least 1; a "
            "return needs a later close"
        )
    ratio = volatility_ratio(history.vol_long, history.vol_short)
    returns = np.full(len(entries), math.nan)
    for place, entry in enumerate(entries):
        end = entry + horizon_sessions
        if end < len(history.sessions):
            long = math.log(history.long[end] / history.long[entry])
            short = math.log(history.short[end] / history.short[entry])
            returns[place] = history.side(entry) * (long - ratio[entry] * short)
    return returns


def forward_test(
    history: PairHistory,
    entries: Sequence[int],
    *,
    horizons: Sequence[int] = HORIZONS,
    clusters: Sequence[str] | None = None,
) -> ForwardTest:
    """Return what came after the entries, at each horizon.

    Parameters
    ----------
    entries
        Places among the sessions, rising; none is a valid answer too.
    clusters
        A label for each entry, by which they are grouped; their calendar years by default.
    """
    labels = calendar_years(history.sessions, entries) if clusters is None else tuple(clusters)
    if len(labels) != len(entries):
        raise ValueError(
            f"forward_test: clusters had {len(labels)} labels; expected {len(entries)}, one for "
            "each entry"
        )
    dates = tuple(str(day) for day in history.sessions[list(entries)])
    returns = {each: forward_returns(history, entries, each) for each in horizons}
    places = np.asarray(entries, dtype=np.int64)
    last = len(history.sessions) - 1
    return ForwardTest(
        entries=_entries(history, entries, labels, dates, returns),
        horizons={
            each: _horizon(each, values, places + each, last, labels, dates)
            for each, values in returns.items()
        },
    )


def drop_best(names: Sequence[str], returns: Floats) -> DeAveraged:
    """Return what is left as the best returns go, one by one; of equal ones the first goes first.

    Parameters
    ----------
    names
        One for each return, to say which went.
    returns
        Shape (n,), no NaN.
    """
    order = np.argsort(-returns, kind="stable")
    steps = []
    for removed in range(len(order) + 1):
        rest = returns[order[removed:]]
        steps.append(
            AfterBest(
                removed=removed,
                last_removed=names[order[removed - 1]] if removed else None,
                total=math.fsum(rest),
                mean=_mean(rest),
            )
        )
    k_star = next(step.removed for step in steps if step.total <= 0.0)  # of no return, 0 is left
    return DeAveraged(steps=tuple(steps), k_star=k_star if len(returns) else None)


def student_t(returns: Floats) -> tuple[float, float] | None:
    """Return t and its two-sided p for a mean of zero: ``t = mean / (sd / sqrt(n))``, n - 1 df.

    None of fewer than two returns and of equal ones, which have no spread to compare a mean with.
    """
    if len(returns) < 2 or np.ptp(returns) <= SAME:
        return None
    from scipy.special import stdtr  # two tenths of a second that only this needs

    t = float(returns.mean() / (returns.std(ddof=1) / math.sqrt(len(returns))))
    return t, 2.0 * float(stdtr(len(returns) - 1, -abs(t)))


def _entries(
    history: PairHistory,
    entries: Sequence[int],
    labels: tuple[str, ...],
    dates: tuple[str, ...],
    returns: dict[int, Floats],
) -> tuple[Entry, ...]:
    ratio = volatility_ratio(history.vol_long, history.vol_short)
    return tuple(
        Entry(
            date=dates[i],
            session=int(entry),
            cluster=labels[i],
            hedge_ratio=_known(ratio[entry]),
            direction=history.side(entry),
            by_horizon={each: _known(values[i]) for each, values in returns.items()},
        )
        for i, entry in enumerate(entries)
    )


def _horizon(
    horizon_sessions: int,
    returns: Floats,
    horizon_ends: npt.NDArray[np.int64],
    last_session: int,
    labels: tuple[str, ...],
    dates: tuple[str, ...],
) -> Horizon:
    is_complete = ~np.isnan(returns)
    complete, ends = returns[is_complete], horizon_ends[is_complete]
    unfinished = int((horizon_ends > last_session).sum())
    tested = student_t(complete)
    return Horizon(
        horizon_sessions=horizon_sessions,
        complete=len(complete),
        unfinished=unfinished,
        undefined=len(returns) - len(complete) - unfinished,
        overlapping=int((np.diff(ends) < horizon_sessions).sum()),
        mean=_mean(complete),
        median=float(np.median(complete)) if len(complete) else None,
        sd=float(complete.std(ddof=1)) if len(complete) > 1 else None,
        win_rate=float((complete > 0.0).mean()) if len(complete) else None,
        t_statistic=None if tested is None else tested[0],
        p_value=None if tested is None else tested[1],
        clusters=tuple(_cluster(label, labels, returns) for label in dict.fromkeys(labels)),
        de_averaged=drop_best([dates[i] for i in np.flatnonzero(is_complete)], complete),
    )


def _cluster(label: str, labels: tuple[str, ...], returns: Floats) -> Cluster:
    is_own = np.array([each == label for each in labels])
    is_complete = ~np.isnan(returns)
    own, others = returns[is_own & is_complete], returns[~is_own & is_complete]
    return Cluster(
        label=label,
        entries=int(is_own.sum()),
        complete=len(own),
        total=math.fsum(own),
        mean=_mean(own),
        complete_without=len(others),
        mean_without=_mean(others),
    )


def _mean(returns: Floats) -> float | None:
    return float(returns.mean()) if len(returns) else None


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
