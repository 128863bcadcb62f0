"""How often was it tried? The lines of a ledger and the trial that is judged in, a count out.

What counts is every distinct configuration on the same two symbols, whichever is long, over a
window that shares a day with the one that is judged, itself included. Two configurations are one
when all that makes a run is equal: a name, a folder of prices and a benchmark make none; a window
asked for does. Cells of a grid are the product of its axes' values, so that a run inside a grid,
and what two grids share, count once. Where cells are not named (drawn ones), the same search asked
again counts once, and anything else anew: too many rather than too few. So does a search over a
universe, whole, on each of its pairs: which of them is judged was chosen from all.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.trials.trial import ABSENT, Axes, Trial, text_of, value_at, without

NOT_THE_RULE = ("source", "path", "benchmark")  # below ``data``
MOST_TOLD = 5  # lines that are named, each in a warning
MOST_PIECES = 20_000  # into which grids are cut to see what they share; beyond it they share none

Box = tuple[frozenset[str], ...]  # the values on each axis, as texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line of the ledger.

    when
        UTC, ISO, to the second.
    trial
        None: the command ran with ``--no-ledger``, and this line says so.
    """

    when: str
    command: str
    trial: Trial | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a ledger of trials tells.

    skipped
        Lines that are none of ours, or torn: where and why.
    unreadable
        Why the whole could not be read; None where it could, or is not there yet.
    """

    records: tuple[Record, ...] = ()
    skipped: tuple[str, ...] = ()
    unreadable: str | None = None

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Every trial that is recorded."""
        return tuple(each.trial for each in self.records if each.trial is not None)


NOTHING = Tried()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCount:
    """How many trials a figure is deflated by, and who says so.

    ledger
        Distinct configurations by the ledger, the one that is judged among them; None: unreadable.
    declared
        ``audit.trials``.
    unrecorded
        Commands that ran with ``--no-ledger``, on whatever pair: not counted.
    sentence
        All of it in words.
    doubts
        What could not be read of the ledger.
    """

    trials: int
    by: Literal["ledger", "audit.trials"]
    ledger: int | None
    declared: int
    unrecorded: int
    sentence: str
    doubts: tuple[str, ...]


def count_trials(tried: Tried, own: Trial, declared: int) -> TrialCount:
    """Return how often was tried, by the ledger or as declared if that is more.

    Parameters
    ----------
    own
        The trial that is judged, whether the ledger has it already or not.
    declared
        ``audit.trials``.
    """
    known = None
    if tried.unreadable is None:
        known = distinct([*(each for each in tried.trials if each.overlaps(own)), own])
    is_ledger = known is not None and known >= declared
    unrecorded = sum(each.trial is None for each in tried.records)
    return TrialCount(
        trials=known if known is not None and is_ledger else declared,
        by="ledger" if is_ledger else "audit.trials",
        ledger=known,
        declared=declared,
        unrecorded=unrecorded,
        sentence=_sentence(known, declared, own, unrecorded, len(tried.skipped)),
        doubts=_doubts(tried),
    )


def _doubts(tried: Tried) -> tuple[str, ...]:
    """Return what has to be known before the count is believed; of many bad lines the first."""
    if tried.unreadable is not None:
        return (f"the ledger of trials, {tried.unreadable}",)
    named = tried.skipped[:MOST_TOLD]
    lines = [f"the ledger of trials: {text}: kept, not counted" for text in named]
    more = len(tried.skipped) - len(named)
    return (
        *lines,
        *([f"the ledger of trials: {_counted(more, 'more such line')}"] if more else []),
    )


def _sentence(known: int | None, declared: int, own: Trial, unrecorded: int, skipped: int) -> str:
    """Return the count and whose it is in a sentence."""
    where = f"on {own.pair}, whichever leg is long, over windows that overlap this one"
    if known is None:
        text = "The ledger of trials cannot be read: how often this was tried is not known"
    elif known < declared:
        text = (
            f"{_counted(declared, 'trial')}, as audit.trials says: more than the {known:,} that "
            f"the ledger of trials knows {where}"
        )
    elif known == 1:
        text = f"1 trial: the ledger of trials knows no other configuration {where}"
    else:
        text = (
            f"{_counted(known, 'trial')}: the distinct configurations that the ledger of trials "
            f"knows {where}, itself included"
        )
    if unrecorded:
        text += f"; {_counted(unrecorded, 'command')} with --no-ledger not counted"
    if skipped:
        text += f"; {_counted(skipped, 'line')} of it not read and not counted"
    return f"{text}."


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@dataclass(slots=True)
class _Family:
    """Trials that differ on the axes alone: grids with how many of their cells ran, and points."""

    grids: list[tuple[Box, int]] = field(default_factory=list)
    points: set[Box] = field(default_factory=set)
    windows: set[tuple[str, str]] = field(default_factory=set)


def distinct(trials: Iterable[Trial]) -> int:
    """Return how many different configurations trials are."""
    each_once = {(each.config_sha256, each.strategy_sha256): each for each in trials}.values()
    unnamed = sum(each.cells or 1 for each in each_once if each.cells and each.axes is None)
    named = [each for each in each_once if each.cells is None or each.axes is not None]
    keys = sorted({key for each in named for key in each.axes or {}})
    apart = [key for key in keys if not any(key.startswith(f"{other}.") for other in keys)]
    families: dict[str, _Family] = {}
    for each in named:
        settings = _of_the_rule(each)
        family = families.setdefault(text_of(without(settings, apart)), _Family())
        box = tuple(_values(settings, each.axes or {}, key) for key in apart)
        if each.cells is None:
            family.points.add(box)
        else:
            family.grids.append((box, each.cells))
            family.windows.add((each.start, each.end))
    return unnamed + sum(_distinct(family) for family in families.values())


def _of_the_rule(trial: Trial) -> dict[str, Any]:
    """Return the settings by which two configurations are told apart."""
    settings = without(trial.settings, ["name", *(f"data.{key}" for key in NOT_THE_RULE)])
    if trial.strategy_sha256 is not None:  # the code, wherever it lies
        settings = {**without(settings, ["strategy.file"]), "code": trial.strategy_sha256}
    return settings


def _values(settings: Mapping[str, Any], axes: Axes, key: str) -> frozenset[str]:
    """Return the values at a key: an axis', those of axes below it put together, or the one."""
    if key in axes:
        return frozenset(text_of(value) for value in axes[key])
    below = [axis for axis in axes if axis.startswith(f"{key}.")]
    whole = value_at(settings, key)
    if not below or whole is ABSENT:
        return frozenset([text_of(whole)])
    found = set()
    for values in itertools.product(*(axes[axis] for axis in below)):
        section = whole
        for axis, value in zip(below, values, strict=True):
            section = _with(section, axis.removeprefix(f"{key}.").split("."), value)
        found.add(text_of(section))
    return frozenset(found)


def _with(section: Any, parts: Sequence[str], value: Any) -> Any:
    """Return a section with one of its keys replaced."""
    if not parts:
        return value
    inner = section if isinstance(section, Mapping) else {}
    return {**inner, parts[0]: _with(inner.get(parts[0]), parts[1:], value)}


def _distinct(family: _Family) -> int:
    """Return how many cells and points there are, each once.

    Of a grid only the number of cells that ran is known, not which were refused. A cell is refused
    for what it asks: on one window two grids refuse the same ones, on several they may not.
    """
    alone = [p for p in family.points if not any(_holds(box, p) for box, _ in family.grids)]
    if not family.grids:
        return len(alone)
    ran = [count for _, count in family.grids]
    refused = [max(_size(box) - count, 0) for box, count in family.grids]
    surely = max(refused) if len(family.windows) == 1 else min(refused)
    together = _size_of_all(sorted({box for box, _ in family.grids}, key=_size, reverse=True))
    return max(min(together - surely, sum(ran)), max(ran)) + len(alone)


def _holds(box: Box, point: Box) -> bool:
    return all(mine >= theirs for mine, theirs in zip(box, point, strict=True))


def _size(box: Box) -> int:
    return math.prod(len(values) for values in box)


def _size_of_all(boxes: Sequence[Box]) -> int:
    """Return how many cells some boxes have together, what they share once."""
    apart: list[Box] = []
    for box in boxes:
        pieces = [box]
        for other in apart:
            if len(apart) + len(pieces) > MOST_PIECES:
                break
            pieces = [rest for piece in pieces for rest in _minus(piece, other)]
        apart += pieces
    return sum(_size(box) for box in apart)


def _minus(box: Box, other: Box) -> Iterator[Box]:
    """Yield boxes, no two sharing a cell, that are what is left of a box without another."""
    if any(mine.isdisjoint(theirs) for mine, theirs in zip(box, other, strict=True)):
        yield box
        return
    shared = list(box)
    for at, theirs in enumerate(other):
        outside = box[at] - theirs
        if outside:
            yield (*shared[:at], outside, *box[at + 1 :])
        shared[at] = box[at] & theirs
