"""The terms of many cells, as one table of records. Cells in; `Terms` by block out.

Each part of the terms looks at a few sections of the configuration; it is worked out once for each
setting of those that there is, by the same ``terms_of`` that a single run asks.
"""

from dataclasses import dataclass

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

PARTS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("rules", "entry"), ("strategy", "signal", "sizing", "regime", "entries", "costs")),
    (("rules", "sizing"), ("sizing", "entries", "account", "signal")),
    (("rules", "exits"), ("exits", "signal")),
    (("rules", "rebalance"), ("rebalance",)),
    (("rules", "margin"), ("account",)),
    (("costs",), ("costs", "pair")),
    (("cash",), ("account",)),
    (("fills_at_open",), ("account",)),
    (("fills_at_once",), ("account",)),
)
"""A field of the terms, and the sections it looks at beside what all cells share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    path: tuple[str, ...]
    records: Records  # one a distinct setting
    which: Numbers  # the record of each cell


class TermsTable:
    """The terms of all cells of a search; `of` writes out those of some."""

    def __init__(self, cells: Cells, pieces: Pieces) -> None:
        grid, numbers = cells.grid, cells.numbers

        def terms(at: int) -> Records:
            config = grid.config(int(numbers[at]))
            strategy = pieces.strategy or STRATEGIES[config.signal.kind]
            warm = strategy.warmup_sessions(config)
            return as_array([terms_of(config, pieces.tariffs(config), warm)], Terms)

        self._like = terms(0)
        self._parts = []
        for path, sections in PARTS:
            first, which = cells.settings(sections)
            if len(first) > 1:
                made = np.concatenate([_at(terms(at), path) for at in first.tolist()])
                self._parts.append(_Part(path=path, records=made, which=which))

    def of(self, rows: Numbers) -> Records:
        """Return the terms of some cells, by their rows among the search's."""
        table = np.repeat(self._like, len(rows))
        for part in self._parts:
            _at(table, part.path)[:] = part.records[part.which[rows]]
        return table


def _at(table: Records, path: tuple[str, ...]) -> Records:
    for name in path:
        table = table[name]
    return table
