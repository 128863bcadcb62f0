"""Where a run is cut. A finished run in, the sessions after which its future is taken away out.

A cut is the number of sessions kept. None is the whole run, which would compare it with itself; and
none is shorter than the first live session, on which the signals are known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.records.result import Result
from reports.audits.integrity.trace import DECIDED, orders_by_session
from reports.audits.subject import Subject

Floats = npt.NDArray[np.float64]

BEFORE_WARM = 2  # sessions: a cut that leaves nearly the whole warm-up in the future


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many cuts of each sort at most, and how many futures on how many cuts.

    witnesses
        How many of the cuts run in Backtrader where the others are compiled: 1, or none.
    asked
        How a sentence begins that says how many there were.
    """

    decisions: int
    near: int
    random: int
    future_cuts: int
    futures: int
    witnesses: int = 1
    asked: str = ""


FULL = Counts(decisions=20, near=20, random=10, future_cuts=12, futures=3)
QUICK = Counts(decisions=6, near=4, random=2, future_cuts=4, futures=2, asked="Quick audit: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """Chosen cuts, ascending; one may be of several sorts.

    decisions
        The last session kept decided an order: entries and exits before rebalances.
    near
        It was nearest to the entry level, or to where the trigger changes.
    random
        Drawn.
    live
        The first on which every signal is known; None where that is the whole run.
    """

    decisions: tuple[int, ...]
    near: tuple[int, ...]
    random: tuple[int, ...]
    live: int | None

    @property
    def all(self) -> tuple[int, ...]:
        """Every cut once, ascending."""
        live = () if self.live is None else (self.live,)
        return tuple(sorted({*self.decisions, *self.near, *self.random, *live}))


def cuts_of(subject: Subject, base: Result, counts: Counts) -> Cuts:
    """Return where to cut a finished run."""
    whole, live = len(base.ledger), first_live(subject, base)
    rng = np.random.default_rng([base.config.audit.seed, 1])
    between = np.arange(live, whole)
    drawn = rng.choice(between, size=min(counts.random, len(between)), replace=False)
    orders = orders_by_session(base)
    decided = sorted(place + 1 for place in orders)
    decided = [cut for cut in decided if subject.shortest_sessions <= cut < whole]
    urgent = [
        cut for cut in decided if any(order.reason != "rebalance" for order in orders[cut - 1])
    ]
    others = [cut for cut in decided if cut not in set(urgent)]
    chosen = spread(urgent, counts.decisions)
    chosen += spread(others, counts.decisions - len(chosen))
    return Cuts(
        decisions=tuple(sorted(chosen)),
        near=tuple(sorted(_nearest(base, live, whole, counts.near))),
        random=tuple(sorted(drawn.tolist())),
        live=live if live < whole else None,
    )


def future_cuts(cuts: Cuts, whole: int, most: int) -> tuple[int, ...]:
    """Return the cuts after which another future is tried, ascending.

    One lies in the warm-up: only there does a line show that was filled from behind.
    """
    early = [] if whole <= BEFORE_WARM else [BEFORE_WARM]
    live = [] if cuts.live is None else [cuts.live]
    fixed = list(dict.fromkeys(early + live))
    others = sorted({*cuts.decisions, *cuts.near, *cuts.random} - set(fixed))
    return tuple(sorted(fixed + spread(others, most - len(fixed))))


def first_live(subject: Subject, base: Result) -> int:
    """Return the first session, counted from 1, on which every signal of a run is known.

    The shortest run that the engine takes where some signal is known on none.
    """
    named = base.signals.drop(columns=["date", *DECIDED], errors="ignore")
    signals = named.to_numpy(dtype=np.float64)
    known = np.flatnonzero(~np.isnan(signals).any(axis=1))
    first = int(known[0]) + 1 if len(known) else 0
    return max(subject.shortest_sessions, first, 1)


def first_decision(base: Result) -> int:
    """Return the first session, counted from 1, that triggered or ordered; beyond the end: none."""
    triggered = np.flatnonzero(base.signals["entry"].to_numpy(dtype=bool)).tolist()
    places: list[int] = [len(base.ledger), *orders_by_session(base), *triggered]
    return min(places) + 1


def spread(values: Sequence[int], most: int) -> list[int]:
    """Return at most so many of the values, evenly spread over them."""
    if most <= 0:
        return []
    if len(values) <= most:
        return list(values)
    places = np.linspace(0, len(values) - 1, most).round().astype(int)
    return [values[place] for place in places.tolist()]


def _nearest(base: Result, live: int, whole: int, most: int) -> list[int]:
    """Return the cuts whose last session was nearest to another decision; ties evenly spread."""
    distance = _distances(base)[live - 1 : whole - 1]
    if not np.isfinite(distance).any():
        return []
    order = np.argsort(distance, kind="stable")[: int(np.isfinite(distance).sum())]
    last = distance[order[min(most, len(order)) - 1]]
    closer = [int(place) for place in order if distance[place] < last]
    tied = [int(place) for place in order if distance[place] == last]
    return [place + live for place in closer + spread(tied, most - len(closer))]


def _distances(base: Result) -> Floats:
    """Return how far each session was from triggering otherwise; shape (n,), infinite: unknown."""
    signal, signals = base.config.signal, base.signals
    if signal.kind == "correlation" and "z" in signals:
        z = signals["z"].to_numpy(dtype=np.float64)
        return np.where(np.isnan(z), np.inf, np.abs(z - signal.enter_below))
    entry = signals["entry"].to_numpy(dtype=bool)
    changed = np.flatnonzero(entry[1:] != entry[:-1])
    if not len(changed):
        return np.full(len(entry), np.inf)
    sides = np.concatenate([changed, changed + 1])  # the sessions on both sides of a change
    away: Floats = np.abs(np.arange(len(entry))[:, None] - sides).min(axis=1).astype(np.float64)
    return away
