"""Would any other dates have done as well? Pair returns and entries in, placebo percentiles out.

Two placebos, each with the number of entries, the holds and the directions of the real ones. The
circular shift keeps the entries' distances, so it asks about the dates; random entries ask about
the distances too.

Not a rerun of the strategy: a placebo holds for as long as the real entry did, whatever its exit
rule would have said, and pays no cost. The real entries are measured the same way.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from reports.statistics.inference import resampling_p
from reports.statistics.sample import ROUNDING, Floats, finite

Whole = npt.NDArray[np.int64]
Kind = Literal["circular shift", "random entries"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """When the strategy was in, and on which side.

    first
        Shape (m,): place in the returns of the first session whose return an entry earns. A signal
        at the close of t that fills at the open of t+1 earns from t+1.
    hold_sessions
        Shape (m,): number of returns it earns, at least 1.
    direction
        Shape (m,): 1 for holding the pair, -1 for holding it the other way round.
    """

    first: Whole
    hold_sessions: Whole
    direction: Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Placebo:
    """The real entries among placebo ones; returns are means per entry, fractions.

    chance
        Shape (count,): mean return per entry of each placebo.
    percentile
        0-100: share of placebos that did worse, beyond rounding.
    p_value
        ``(1 + placebos at least as good) / (count + 1)``.
    """

    kind: Kind
    observed: float
    chance: Floats
    percentile: float
    p_value: float


def circular_shift(returns: npt.ArrayLike, entries: Entries) -> Placebo:
    """Return the real entries' place among all shifts of them through the same history.

    All n - 1 shifts are made, none drawn: what leaves at the end comes back at the start. If the
    dates meant nothing and the returns were stationary, each of the n positions would be equally
    likely to be the real one. Shifts of a few sessions resemble it, so the test is slow to
    convince when holds are long.

    Parameters
    ----------
    returns
        Shape (n,), return of holding the pair, each session from the first on which the strategy
        could have entered; whatever the strategy held. NaN is refused.
    """
    values = _checked(returns, entries)
    sessions = len(values)
    walk = np.concatenate([[0.0], np.cumsum(np.concatenate([values, values]))])
    totals = np.zeros(sessions)
    rows = zip(entries.first, entries.hold_sessions, entries.direction, strict=True)
    for first, hold, direction in rows:
        starts = (first + np.arange(sessions)) % sessions
        totals += direction * (walk[starts + hold] - walk[starts])
    means = totals / len(entries.first)
    return _placebo("circular shift", float(means[0]), means[1:])


def random_entries(
    returns: npt.ArrayLike, entries: Entries, *, draws: int, rng: np.random.Generator
) -> Placebo:
    """Return the real entries' place among entries on random dates.

    Where no two real holds overlap, placebo holds do not either: every arrangement of them in the
    history, in any order, is equally likely. Where real ones do overlap (tranches), each placebo
    hold is placed by itself, anywhere it fits.

    Parameters
    ----------
    returns
        As in `circular_shift`.
    draws
        Placebo histories, 1,000 or more for a 95th percentile.
    """
    values = _checked(returns, entries)
    if draws < 1:
        raise ValueError(f"draws was {draws}; expected at least 1")
    walk = np.concatenate([[0.0], np.cumsum(values)])
    holds, directions = entries.hold_sessions, entries.direction
    overlap = _overlap(entries)
    chance = np.empty(draws)
    for draw in range(draws):
        if overlap:
            order = np.arange(len(holds))
            starts = rng.integers(0, len(values) - holds + 1)
        else:
            order = rng.permutation(len(holds))
            starts = _apart(len(values), holds[order], rng)
        gains = walk[starts + holds[order]] - walk[starts]
        chance[draw] = float((directions[order] * gains).mean())
    real = directions * (walk[entries.first + holds] - walk[entries.first])
    return _placebo("random entries", float(real.mean()), chance)


def _apart(sessions: int, holds: Whole, rng: np.random.Generator) -> Whole:
    """Return starts of holds, in the order given, that do not overlap: each set equally likely.

    Shrink every hold to one place, choose places, and stretch them again.
    """
    free = sessions - int(holds.sum())
    places = np.sort(rng.choice(free + len(holds), size=len(holds), replace=False))
    stretched = np.concatenate([[0], np.cumsum(holds - 1)[:-1]])
    return np.asarray(places + stretched, dtype=np.int64)


def _overlap(entries: Entries) -> bool:
    order = np.argsort(entries.first, kind="stable")
    ends = entries.first[order] + entries.hold_sessions[order]
    return bool((ends[:-1] > entries.first[order][1:]).any())


def _checked(returns: npt.ArrayLike, entries: Entries) -> Floats:
    """Return the returns, or refuse entries that do not lie within them."""
    values = finite("returns", returns)
    first, holds, directions = entries.first, entries.hold_sessions, entries.direction
    is_shaped = len(first) == len(holds) == len(directions) > 0 and len(values) > 1
    fits = is_shaped and bool(
        ((first >= 0) & (holds >= 1) & (first + holds <= len(values))).all()
        and (np.abs(directions) == 1).all()
    )
    if not fits:
        raise ValueError(
            f"entries were {first.tolist()}, held {holds.tolist()}, directions "
            f"{directions.tolist()}, within {len(values)} returns; expected at least one, all "
            "within, holds of at least 1 and directions of 1 or -1. Leave out the holds that are "
            "not complete, and report how many"
        )
    return values


def _placebo(kind: Kind, observed: float, chance: Floats) -> Placebo:
    """Return the place of one mean among others; equal but for rounding counts as as good."""
    slack = ROUNDING * max(1.0, float(np.abs(chance).max(initial=0.0)))
    return Placebo(
        kind=kind,
        observed=observed,
        chance=chance,
        percentile=100.0 * float((chance < observed - slack).mean()),
        p_value=resampling_p(observed - slack, chance),
    )
