"""The cells of a search. Axes in; which run, which are refused and why, each one's config out.

A cell is a number in the grid's order: the last axis varies fastest. Each section of the
configuration is checked once for each of its own settings, and shared by all cells that have it;
the rules across sections are asked of every cell, once.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ValidationError, create_model

from configs.axes import Axis
from configs.errors import ConfigError
from configs.explain import explained
from configs.fields import Model
from configs.load import Document, replaced
from configs.pairs import KEY, at_pair, overrides_beside
from configs.schema import RunConfig
from configs.sweep import MOST_CELLS, Sample, Sweep

Numbers = npt.NDArray[np.int64]
LARGEST_GRID = 2**62
MOST_KEPT = 1_000  # configurations of cells
MOST_AT_ONCE = 10_000  # cells whose settings are numbers of Python at the same time
MOST_REASONS = 1_000  # kept apart; a search with more different ones says "other reasons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """What a search runs.

    numbers
        Of the cells that the schema takes, ascending.
    asked
        How many there were, refused ones too.
    refused
        How many were refused, by reason.
    """

    grid: "Grid"
    numbers: Numbers
    asked: int
    refused: dict[str, int]

    def settings(self, keys: Sequence[str]) -> tuple[Numbers, Numbers]:
        """Return a row for each different setting of some keys, and which each cell has.

        Parameters
        ----------
        keys
            Dotted; each stands for all that is below it, and is what its axes make of it.
        """
        paths = [tuple(key.split(".")) for key in keys]
        varying = [at for at, axis in enumerate(self.grid.sweep.axes) if axis.reaches(paths)]
        if not varying:
            return np.zeros(1, dtype=np.int64), np.zeros(len(self.numbers), dtype=np.int64)
        return distinct(list(self.grid.places(self.numbers)[varying]))

    def configs(self, rows: Numbers) -> Iterator[RunConfig]:
        """Yield the configurations of some rows, one at a time."""
        for some in np.array_split(rows, len(rows) // MOST_AT_ONCE + 1):
            yield from self.grid.taken(self.numbers[some])


@dataclass(slots=True)
class Grid:
    """A search's axes, and the sections they come to, checked once each."""

    sweep: Sweep
    shape: tuple[int, ...] = field(init=False)
    sections: dict[str, tuple[int, ...]] = field(init=False)  # the axes of each section that varies
    _known: dict[tuple[str, int], Any] = field(init=False, default_factory=dict)
    _configs: dict[int, RunConfig] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        axes = self.sweep.axes
        self.shape = tuple(len(axis.values) for axis in axes)
        tops = dict.fromkeys(axis.path[0] for axis in axes)
        self.sections = {
            top: tuple(at for at, axis in enumerate(axes) if axis.path[0] == top) for top in tops
        }

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as the search's axes; sections are checked again where they arrive."""
        return Grid, (self.sweep,)

    @property
    def size(self) -> int:
        """Cells of the whole grid."""
        return math.prod(self.shape)

    def places(self, numbers: Numbers) -> Numbers:
        """Return each cell's place on each axis, shape (axes, cells)."""
        return np.array(np.unravel_index(numbers, self.shape), dtype=np.int64)

    def settings(self, numbers: Numbers) -> dict[str, Numbers]:
        """Return which setting of each section that varies each cell has."""
        places = self.places(numbers)
        by_section: dict[str, Numbers] = {}
        for top, axes in self.sections.items():
            setting = np.zeros(len(numbers), dtype=np.int64)
            for at in axes:
                setting = setting * self.shape[at] + places[at]
            by_section[top] = setting
        return by_section

    def config(self, number: int) -> RunConfig:
        """Return one cell's configuration, checked.

        Raises
        ------
        ConfigError
            The schema does not take it.
        """
        known = self._configs.get(number)
        if known is not None:
            return known
        ((made, refused),) = self.checked(np.array([number]))
        if made is None:
            raise ConfigError(refused)
        if len(self._configs) < MOST_KEPT:  # the same few are asked for again and again
            self._configs[number] = made
        return made

    def checked(self, numbers: Numbers) -> Iterator[tuple[RunConfig | None, str]]:
        """Yield each cell's configuration, or why the schema does not take it."""
        for number, values in zip(numbers.tolist(), self._values(numbers), strict=True):
            if isinstance(values, ConfigError):
                yield None, str(values)
                continue
            try:
                made = RunConfig.model_validate({**dict(self.sweep.config), **values})
            except ValidationError as error:
                yield None, self._explained(error, self._document(number))
            else:
                yield made, ""

    def taken(self, numbers: Numbers) -> Iterator[RunConfig]:
        """Yield configurations of cells that the schema takes, as it would make them."""
        like = RunConfig.model_construct(**dict(self.sweep.config))
        for values in self._values(numbers):
            assert not isinstance(values, ConfigError)  # it would not be taken
            yield like.model_copy(update=values)

    def _values(self, numbers: Numbers) -> Iterator[dict[str, Any] | ConfigError]:
        """Yield the sections of each cell that are not the base's own."""
        settings = {top: line.tolist() for top, line in self.settings(numbers).items()}
        base = dict(self.sweep.config)
        for at in range(len(numbers)):
            try:
                values = {top: self.section(top, line[at]) for top, line in settings.items()}
            except ConfigError as error:
                yield error
                continue
            yield at_pair(self.sweep.config, {**base, **values}) if KEY in values else values

    def section(self, top: str, setting: int) -> Any:
        """Return one setting of a section, checked.

        Raises
        ------
        ConfigError
            The schema does not take it.
        """
        known = self._known.get((top, setting))
        if known is None:
            known = self._known[top, setting] = self._checked(top, setting)
        if isinstance(known, ConfigError):
            raise known
        return known

    def overrides(self, number: int) -> list[str]:
        """Return the ``--set`` arguments that make the base this cell."""
        places = self.places(np.array([number]))[:, 0]
        pairs = zip(self.sweep.axes, places.tolist(), strict=True)
        overrides = [*self.sweep.typed, *(axis.override(place) for axis, place in pairs)]
        if KEY in self.sections:
            overrides += overrides_beside(self.sweep.config, self.config(number).pair)
            overrides += self.sweep.beside
        return overrides

    def _checked(self, top: str, setting: int) -> Any:
        axes = self.sections[top]
        places = np.unravel_index(setting, tuple(self.shape[at] for at in axes))
        document = self.sweep.base
        for at, place in zip(axes, places, strict=True):
            document = _with(document, self.sweep.axes[at], int(place))
        try:
            checked = _holder(top).model_validate({top: document.values[top]})
        except ValidationError as error:
            return ConfigError(self._explained(error, document))
        return getattr(checked, top)

    def _document(self, number: int) -> Document:
        document = self.sweep.base
        for axis, place in zip(
            self.sweep.axes, self.places(np.array([number]))[:, 0].tolist(), strict=True
        ):
            document = _with(document, axis, place)
        return document

    def _explained(self, error: ValidationError, document: Document) -> str:
        return explained(error.errors()[0], document.values, document.places, self.sweep.origin)


def _with(document: Document, axis: Axis, place: int) -> Document:
    """Return the document with one axis at one of its values."""
    return replaced(document, axis.path, axis.values[place], {}, axis.place)


_HOLDERS: dict[str, type[BaseModel]] = {}


def _holder(top: str) -> type[BaseModel]:
    """Return a model of one section alone, with the whole's own rules for it."""
    if top not in _HOLDERS:
        info = RunConfig.model_fields[top]
        fields: dict[str, Any] = {top: (info.annotation, info)}
        _HOLDERS[top] = create_model(f"Only_{top}", __base__=Model, **fields)
    return _HOLDERS[top]


def cells_of(sweep: Sweep) -> Cells:
    """Return the cells of a search, every one of them checked by the schema.

    Raises
    ------
    ConfigError
        There are too many, or none that the schema takes.
    """
    grid = Grid(sweep)
    asked = _drawn(grid, sweep.asked.sample)
    kept: list[int] = []
    refused: Counter[str] = Counter()
    for some in np.array_split(asked, len(asked) // MOST_AT_ONCE + 1):
        for number, (config, why) in zip(some.tolist(), grid.checked(some), strict=True):
            if config is None:
                _count(refused, why, 1)
            else:
                kept.append(number)
    return _with_some(grid, np.array(kept, dtype=np.int64), len(asked), refused)


def accepted(cells: Cells, keys: Sequence[str], accept: Callable[[RunConfig], None]) -> Cells:
    """Return the cells without those that cannot run, whatever the schema says.

    Parameters
    ----------
    keys
        All that ``accept`` looks at, beside what cells share; dotted.
    accept
        Raises ConfigError for a cell that cannot run.

    Raises
    ------
    ConfigError
        None can.
    """
    refused = Counter(cells.refused)
    first, which = cells.settings(keys)
    counts = np.bincount(which, minlength=len(first)).tolist()
    runs = np.ones(len(first), dtype=bool)
    for at, (config, count) in enumerate(zip(cells.configs(first), counts, strict=True)):
        try:
            accept(config)
        except ConfigError as error:
            _count(refused, str(error), count)
            runs[at] = False
    return _with_some(cells.grid, cells.numbers[runs[which]], cells.asked, refused)


def readers(cells: Cells) -> list[RunConfig]:
    """Return cells that together name every symbol, file and company that any cell names."""
    rows = {0}
    for keys in (*((name,) for name in cells.grid.sections), ("sizing", "rebalance")):
        rows |= set(cells.settings(keys)[0].tolist())
    by_reading: dict[str, RunConfig] = {}
    for config in cells.configs(np.array(sorted(rows))):
        named = config.gauges, config.side_files, sorted(config.reports_needed.items())
        by_reading.setdefault(repr(named), config)
    return list(by_reading.values())


def _count(refused: Counter[str], reason: str, cells: int) -> None:
    is_known = reason in refused or len(refused) < MOST_REASONS
    refused[reason if is_known else "other reasons"] += cells


def _with_some(grid: Grid, numbers: Numbers, asked: int, refused: Counter[str]) -> Cells:
    """Return the cells, of which there must be one."""
    if not len(numbers):
        ((reason, count),) = refused.most_common(1)
        others = len(refused) - 1
        more = f" (and {others:,} more reason{'s' if others > 1 else ''})" if others else ""
        raise ConfigError(
            f"{reason}{more}; so {count:,} of {asked:,} cells, and no other can run: expected at "
            "least one that can"
        )
    return Cells(grid=grid, numbers=numbers, asked=asked, refused=dict(refused.most_common()))


def distinct(columns: list[Numbers]) -> tuple[Numbers, Numbers]:
    """Return the first row of each different one, and which of those each row is."""
    which = np.zeros(len(columns[0]), dtype=np.int64)
    first = np.zeros(1, dtype=np.int64)
    for column in columns:  # one at a time: numbers of many columns at once would not fit
        joined = which * (int(column.max()) + 1) + column
        _, first, which = np.unique(joined, return_index=True, return_inverse=True)
        which = which.astype(np.int64)
    return first.astype(np.int64), which


def _drawn(grid: Grid, sample: Sample | None) -> Numbers:
    """Return the cells asked for, ascending."""
    origin = grid.sweep.origin
    if sample is None:
        if grid.size > MOST_CELLS:
            raise ConfigError(
                f"{origin}: grid was {grid.size:,} cells; expected at most {MOST_CELLS:,}: make it "
                "smaller, or draw from it with sample: {kind: sobol, cells: 5000, seed: 1}"
            )
        return np.arange(grid.size, dtype=np.int64)
    if grid.size > LARGEST_GRID:
        raise ConfigError(f"{origin}: grid was {grid.size:.1e} cells; expected at most 2**62")
    if sample.cells > grid.size:
        raise ConfigError(
            f"{origin}: sample.cells was {sample.cells:,} of a grid of {grid.size:,}; expected at "
            "most as many (sample: null runs the whole grid)"
        )
    return _sobol(grid, sample) if sample.kind == "sobol" else _random(grid, sample)


def _sobol(grid: Grid, sample: Sample) -> Numbers:
    """Return cells of a scrambled Sobol sequence (Owen, 1998), each once.

    Where so many are asked that the sequence keeps meeting the same ones, the rest are random.
    """
    from scipy.stats import qmc  # 0.6 s to import

    sequence = qmc.Sobol(len(grid.shape), rng=np.random.default_rng([sample.seed, 1]))
    power = max(math.ceil(math.log2(sample.cells)), 3)
    drawn = np.zeros(0, dtype=np.int64)
    for points in (sequence.random_base2(power), sequence.random_base2(power)):
        places = np.minimum((points * grid.shape).astype(np.int64), np.array(grid.shape) - 1)
        numbers = np.ravel_multi_index(tuple(places.T), grid.shape).astype(np.int64)
        drawn = _each_once(np.append(drawn, numbers))
    if len(drawn) < sample.cells:
        drawn = _each_once(np.append(drawn, _random(grid, sample, ascending=False)))
    return np.sort(drawn[: sample.cells])


def _random(grid: Grid, sample: Sample, *, ascending: bool = True) -> Numbers:
    """Return cells drawn without replacement."""
    rng = np.random.default_rng([sample.seed, 2])
    if grid.size <= 4 * MOST_CELLS:
        drawn = rng.permutation(grid.size)
    else:
        drawn = np.zeros(0, dtype=np.int64)
        while len(drawn) < sample.cells:
            drawn = _each_once(np.append(drawn, rng.integers(0, grid.size, sample.cells)))
    return np.sort(drawn[: sample.cells]) if ascending else drawn


def _each_once(numbers: Numbers) -> Numbers:
    """Return numbers in the order of their first appearance."""
    _, first = np.unique(numbers, return_index=True)
    once: Numbers = numbers[np.sort(first)]
    return once
