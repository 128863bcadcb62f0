"""The cells of a search, run. A market and cells in; the headline numbers of each cell out.

Cells that see the same facts and dated costs form a group, groups are cut into blocks, and workers
take blocks. Every cell is a run of its own, so that neither the number of workers nor the order of
the blocks can change a bit of it.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from configs.cells import Cells, accepted, cells_of
from configs.schema import RunConfig
from configs.sweep import Sweep
from engine.many import Many, simulate_block
from engine.prepare.pieces import Key, Pieces
from engine.records.headline import columns
from engine.trials.event_cells import run_in_backtrader
from engine.trials.pairs import PairFacts, run_pairs
from engine.trials.terms_table import TermsTable
from engine.user_strategy import class_of
from feeds.market import Market
from feeds.universe import Universe

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LINES = ("signal", "sizing", "regime", "exits.thesis")  # keys that the signal lines see
FACTS = (*LINES, "exits.flat_over", "rebalance")  # that a session's facts see
WARM = (*FACTS, "exits.half_lives")  # that decide when all is known
ENTRIES = (*LINES, "exits.z_stop", "exits.half_lives")  # that an entry line sees
SESSIONS_A_BLOCK = 3_000_000  # a tenth of a second or two
LEAST_CELLS = 16
SLOW_SESSIONS = 20_000  # in Backtrader


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Cells that share facts and dated costs, by their rows among the search's."""

    rows: Numbers

    @property
    def name(self) -> str:
        """By which what became of exactly these cells is kept."""
        return f"block-{hashlib.sha256(self.rows.tobytes()).hexdigest()[:24]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Sessions of a market on which runs start flat: from ``first``, up to but not ``end``.

    closes
        Whether what is held is sold on the last of them, at its cost, instead of being marked.
    """

    first: int
    end: int
    closes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Everything that the cells of a search ask of one market.

    entry_of
        Which distinct entry line each cell has.
    asks
        A row of the cells for each distinct entry line.
    facts
        Of the pairs, in a search over a universe: its first axis is the pair.
    """

    cells: Cells
    pieces: Pieces
    terms: TermsTable
    entry_of: Numbers
    asks: Numbers
    blocks: tuple[Block, ...]
    facts: PairFacts | None = None

    @property
    def event_only(self) -> tuple[str, ...]:
        """What somebody's own strategy answers while it runs: such cells run in Backtrader."""
        own = self.pieces.strategy
        return () if own is None else own.event_only()

    @property
    def engine(self) -> str:
        """What runs the cells."""
        return "backtrader" if self.event_only else "kernel"

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as cells and market: what is made of them is made again, and the same."""
        return search_of, (self.cells, self.ground)

    def elsewhere(self, market: Market | Universe) -> "Search":
        """Return the same search on another market with the same sessions and reports."""
        if isinstance(market, Universe):
            assert self.facts is not None  # of a search over pairs
            facts = self.facts.elsewhere(market)
            return replace(self, pieces=facts.pieces, facts=facts)
        return replace(self, pieces=self.pieces.elsewhere(market))

    @property
    def ground(self) -> Market | Universe:
        """What the cells run on."""
        return self.pieces.market if self.facts is None else self.facts.universe

    def market_of(self, config: RunConfig) -> Market:
        """Return the market of one cell."""
        if self.facts is None:
            return self.pieces.market
        return self.facts.universe.market_of(config.pair.legs)

    @property
    def count(self) -> int:
        """How many cells run."""
        return len(self.cells.numbers)

    def named(self, row: int) -> str:
        """Return a cell as its ``--set`` arguments say it."""
        return " ".join(self.cells.grid.overrides(int(self.cells.numbers[row])))


def taken_cells(sweep: Sweep) -> Cells:
    """Return the cells of a search that the schema takes, and somebody's own strategy.

    Raises
    ------
    ConfigError
        There are too many, or none that can run; the strategy's file is none.
    """
    cells, own = cells_of(sweep), class_of(sweep.config)
    return cells if own is None else accepted(cells, ("strategy",), own.settings)


def search_of(cells: Cells, ground: Market | Universe) -> Search:
    """Return a search made ready: its cells in groups, the groups in blocks."""
    market = ground.market if isinstance(ground, Universe) else ground
    own = class_of(cells.grid.sweep.config, market)
    pieces = Pieces(market, own)
    whole = tuple(cells.grid.sections)  # nobody knows at what somebody's own strategy looks
    today, _ = _grouped(cells, whole if own else FACTS, pieces.today_key)
    rates, _ = _grouped(cells, ("costs",), pieces.rates_key)
    entry_of, asks = _grouped(cells, whole if own else ENTRIES, pieces.entry_key)
    order = np.lexsort((np.arange(len(today)), rates, today))
    starts = np.flatnonzero(np.diff(today[order]) | np.diff(rates[order])) + 1
    is_slow = own is not None and bool(own.event_only())
    size, least = (SLOW_SESSIONS, 1) if is_slow else (SESSIONS_A_BLOCK, LEAST_CELLS)
    most = max(size // len(market.sessions), least)
    cut = [
        group[start : start + most]
        for group in np.split(order, starts)
        for start in range(0, len(group), most)
    ]
    blocks = tuple(Block(rows=rows) for rows in cut)
    return Search(
        cells=cells,
        pieces=pieces,
        terms=TermsTable(cells, pieces),
        entry_of=entry_of,
        asks=asks,
        blocks=blocks,
        facts=PairFacts(ground, pieces) if isinstance(ground, Universe) else None,
    )


def _grouped(
    cells: Cells, keys: Sequence[str], key_of: Callable[..., Key]
) -> tuple[Numbers, Numbers]:
    """Return which group each cell is in, and a row of the cells for each group."""
    first, which = cells.settings(keys)
    groups: dict[Key, int] = {}
    asks: list[int] = []
    of_setting = np.zeros(len(first), dtype=np.int64)
    for at, (row, config) in enumerate(zip(first.tolist(), cells.configs(first), strict=True)):
        key = key_of(config)
        if key not in groups:
            groups[key] = len(groups)
            asks.append(row)
        of_setting[at] = groups[key]
    return of_setting[which], np.array(asks, dtype=np.int64)


def run_block(
    search: Search,
    rows: Numbers,
    *,
    window: Window | None = None,
    cash: Floats | None = None,
    keep_equity: bool = False,
) -> Many:
    """Return what cells of one group came to.

    Parameters
    ----------
    window
        Sessions to run on; all of them by default.
    cash
        What each account opens with, in place of what the configuration says.
    """
    if search.facts is not None:
        return run_pairs(search, rows, window=window, cash=cash, keep_equity=keep_equity)
    cells, pieces = search.cells, search.pieces
    if search.event_only:
        assert window is None  # such a strategy would begin it cold
        assert cash is None
        return run_in_backtrader(
            [cells.grid.config(int(cells.numbers[row])) for row in rows.tolist()], pieces,
            keep_equity=keep_equity,
        )  # fmt: skip
    config = cells.grid.config(int(cells.numbers[rows[0]]))
    lines, entry_of = np.unique(search.entry_of[rows], return_inverse=True)
    entries = np.array([
        pieces.entry(cells.grid.config(int(cells.numbers[search.asks[line]])))
        for line in lines.tolist()
    ])  # fmt: skip
    today, rates, terms = pieces.today(config), pieces.rates(config), search.terms.of(rows)
    if cash is not None:
        terms["cash"] = cash
    if window is not None:
        seen = slice(window.first, window.end)
        today, rates, entries = today[seen], rates[seen], np.ascontiguousarray(entries[:, seen])
        if window.closes:
            today["flat_due"][-2:] = 1
    return simulate_block(terms, today, rates, entries, entry_of, keep_equity=keep_equity)


def headlines(search: Search, rows: Numbers, made: Many) -> dict[str, Floats]:
    """Return the headline numbers of cells, shape (rows,) each; NaN where undefined."""
    return columns(made.scores, made.totals, search.terms.of(rows)["cash"])


def scores_of(headline: Mapping[str, Floats], score: str) -> Floats:
    """Return the score by which cells are compared; 0 where it is undefined, or nothing traded.

    A cell that never entered is worth nothing, whatever its idle cash earned.
    """
    values = headline[score]
    return np.where(np.isnan(values) | (headline["entries"] == 0.0), 0.0, values)
