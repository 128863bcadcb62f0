"""One trial: what was tried, on which prices, what it came to. A run or a search in, a record out.

A search is one trial line with its grid: its cells are counted from it (`engine.trials.tried`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # a run need not load what only searches use
    from configs.cells import Cells
    from configs.schema import RunConfig
    from engine.records.result import Result
    from engine.trials.search import Search
    from engine.trials.sweep import Swept

Settings = Mapping[str, Any]
Axes = Mapping[str, Sequence[Any]]
ABSENT = object()  # of a key that a configuration has not
MOST_VALUES = 2_000  # of all axes together that one line tells; half a second to write out
HASH = 8  # hex digits of a search's hash in its name, as in a folder's


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One configuration, or the cells of one search, and what it came to.

    pair
        Long and short, like SMH/IGV.
    start, end
        First and last session run on, ISO dates.
    config_sha256
        Of the configuration, or of what the search asked.
    score
        Sharpe ratio a year, of a search that of its best cell; None where undefined.
    engine
        What ran it: ``backtrader``, or ``kernel``, the compiled loop.
    search
        Name and hash of the comparison or search it belongs to.
    settings
        Every key that makes the run; of a search, those of its first cell.
    strategy_sha256
        Of the file, where the strategy is somebody's own.
    cells
        Of a search: how many ran. None: this is one run.
    axes
        Of a search: by dotted key the values its cells took. None where they are not named: drawn
        cells, and grids that are no product of settings.
    universe
        Of a search over pairs: its symbols, ascending; ``pair`` is then its base's own.
    """

    pair: str
    start: str
    end: str
    synthetic: bool
    data_sha256: str
    config_sha256: str
    score: float | None
    engine: str
    search: str | None
    settings: Settings
    strategy_sha256: str | None = None
    cells: int | None = None
    axes: Axes | None = None
    universe: Sequence[str] | None = None

    @property
    def legs(self) -> frozenset[str]:
        """The two legs, whichever is long: a reversed pair is another try on the same prices."""
        return frozenset(self.pair.split("/"))

    @property
    def symbols(self) -> frozenset[str]:
        """Whose every two were tried: of one pair its legs."""
        return self.legs if self.universe is None else frozenset(self.universe)

    def overlaps(self, other: Trial) -> bool:
        """Whether both ran on the same two symbols over windows that share a day.

        Invented prices are no history of the symbols that they are named after.
        """
        return (
            len(self.symbols & other.symbols) > 1
            and self.synthetic == other.synthetic
            and self.start <= other.end
            and other.start <= self.end
        )


def search_name(name: str, sha256: str) -> str:
    """Return what a comparison or search is called in the ledger of trials."""
    return f"{name} {sha256[:HASH]}"


def run_trial(result: Result, search: str | None = None) -> Trial:
    """Return the trial that one run is."""
    config, settings = result.config, result.config.of_the_run()
    return Trial(
        pair=_pair(config),
        start=str(result.headline["start"]),
        end=str(result.headline["end"]),
        synthetic=result.synthetic,
        data_sha256=str(result.manifest["data_sha256"]),
        config_sha256=config.digest(),
        score=_score(result.headline["sharpe"]),
        engine="backtrader",
        search=search,
        settings=settings,
        strategy_sha256=code_sha256(settings, result.manifest["data"]),
    )


def code_sha256(settings: Settings, files: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the hash of the strategy's file among those a manifest lists; None without one."""
    if settings["strategy"] is None:
        return None
    place = str(Path(settings["strategy"]["file"]))
    return next((each["sha256"] for each in files if each["origin"] == place), None)


def search_trial(search: Search, swept: Swept) -> Trial:
    """Return the one trial line that a search is: its grid and how many of its cells ran."""
    cells, market, asked = search.cells, search.pieces.market, search.cells.grid.sweep
    digest, own = asked.digest(), asked.config.strategy
    return Trial(
        pair=_pair(asked.config),
        start=str(market.sessions[0]),
        end=str(market.sessions[-1]),
        synthetic=market.synthetic,
        data_sha256=market.digest,
        config_sha256=digest,
        score=_score(float(swept.headline["sharpe"][swept.ranked[0]])),
        engine=search.engine,
        search=search_name(asked.asked.name, digest),
        settings=cells.grid.config(int(cells.numbers[0])).of_the_run(),
        strategy_sha256=None if own is None else market.side_file(own.file).sha256,
        cells=search.count,
        axes=written_out(cells),
        universe=None if search.facts is None else tuple(search.facts.universe.legs),
    )


def written_out(cells: Cells) -> dict[str, list[Any]] | None:
    """Return the values that cells take on each axis, as their configurations have them.

    None where the cells were drawn from the grid, where the values are many, and where a value
    changes a default elsewhere, so that the cells are no product of values.
    """
    grid = cells.grid
    axes = grid.sweep.axes
    if grid.sweep.asked.sample is not None or sum(grid.shape) > MOST_VALUES:
        return None
    found: dict[str, list[Any]] = {}
    beside = set()
    for axis, places in zip(axes, grid.places(cells.numbers), strict=True):
        _, rows = np.unique(places, return_index=True)
        found[axis.key] = []
        for row in rows.tolist():
            settings = grid.config(int(cells.numbers[row])).of_the_run()
            found[axis.key].append(value_at(settings, axis.key))
            beside.add(text_of(without(settings, [each.key for each in axes])))
    return found if len(beside) == 1 else None


def value_at(settings: Settings, key: str) -> Any:
    """Return what stands at a dotted key; `ABSENT` where nothing does."""
    at: Any = settings
    for part in key.split("."):
        if not isinstance(at, Mapping) or part not in at:
            return ABSENT
        at = at[part]
    return at


def without(settings: Settings, keys: Sequence[str]) -> dict[str, Any]:
    """Return settings without some dotted keys."""
    heads = {key for key in keys if "." not in key}
    below: dict[str, list[str]] = {}
    for key in keys:
        head, _, rest = key.partition(".")
        if rest:
            below.setdefault(head, []).append(rest)
    return {
        name: without(value, below[name]) if name in below and isinstance(value, Mapping) else value
        for name, value in settings.items()
        if name not in heads
    }


def text_of(value: Any) -> str:
    """Return a value as one text: equal values, equal texts.

    Raises
    ------
    ValueError, RecursionError
        It is no value of a configuration: infinite, or nested without end.
    """
    if value is ABSENT:
        return ""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _pair(config: RunConfig) -> str:
    return f"{config.pair.long}/{config.pair.short}"


def _score(value: Any) -> float | None:
    return float(value) if isinstance(value, float) and math.isfinite(value) else None
