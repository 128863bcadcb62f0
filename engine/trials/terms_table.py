"""The terms of many cells, as one table of records. Cells in; `Terms` by block out.

Each part of the terms looks at a few keys of the configuration; it is worked out once for each
setting of those that there is, by the same ``terms_of`` that a single run asks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, is_dataclass
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from configs.cells import Cells
from engine.body.terms import Terms
from engine.prepare.pieces import Pieces
from engine.prepare.terms import terms_of
from strategies import STRATEGIES
from strategies.records import as_array

Records = npt.NDArray[np.void]
Numbers = npt.NDArray[np.int64]

WARM = ("signal", "sizing", "regime", "exits.half_lives")  # when an entry can be decided
SIDES = ("signal.kind", "signal.y", "signal.any_hedge")  # which way round a spread is traded
PARTS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("rules", "entry"), (*WARM, "entries", "costs.impact")),
    (("rules", "sizing"), ("sizing", "entries", "account", *SIDES)),
    (("rules", "exits"), ("exits", "signal.exit_at", *SIDES)),
    (("rules", "rebalance"), ("rebalance",)),
    (("rules", "margin"), ("account",)),
    (("costs",), ("costs", "pair")),
    (("cash",), ("account",)),
    (("fills_at_open",), ("account",)),
    (("fills_at_once",), ("account",)),
)
"""A field of the terms, and the keys it looks at beside what all cells share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    path: tuple[str, ...]
    records: npt.NDArray[Any]  # one a distinct setting
    which: Numbers  # the record of each cell


class TermsTable:
    """The terms of all cells of a search; `of` writes out those of some."""

    def __init__(self, cells: Cells, pieces: Pieces) -> None:
        def terms(rows: Numbers) -> Iterator[Terms]:
            for config in cells.configs(rows):
                strategy = pieces.strategy or STRATEGIES[config.signal.kind]
                warm = strategy.warmup_sessions(config)
                yield terms_of(config, pieces.tariffs(config), warm)

        (one,) = terms(np.zeros(1, dtype=np.int64))
        self._like = as_array([one], Terms)
        self._parts = []
        whole = tuple(cells.grid.sections)  # nobody knows at what somebody's own strategy looks
        for path, keys in PARTS:
            is_unknown = pieces.strategy is not None and path == ("rules", "entry")
            first, which = cells.settings(whole if is_unknown else keys)
            if len(first) > 1:
                made = [attrgetter(".".join(path))(each) for each in terms(first)]
                self._parts.append(_Part(path=path, records=_records(made), which=which))

    def of(self, rows: Numbers) -> Records:
        """Return the terms of some cells, by their rows among the search's."""
        table = np.repeat(self._like, len(rows))
        for part in self._parts:
            _at(table, part.path)[:] = part.records[part.which[rows]]
        return table


def _records(made: Sequence[Any]) -> npt.NDArray[Any]:
    """Return one field of many terms as an array: of records, or of plain numbers."""
    return as_array(made, type(made[0])) if is_dataclass(made[0]) else np.array(made)


def _at(table: Records, path: tuple[str, ...]) -> Records:
    for name in path:
        table = table[name]
    return table
