"""A search from cells to numbers, resumed where it stopped. Blocks in, one column a number out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.trials.executor import Workers
from engine.trials.journal import Journal
from engine.trials.search import (
    Block,
    Floats,
    Numbers,
    Search,
    headlines,
    run_block,
    scores_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What the cells of a search came to, one row a cell in the grid's order.

    headline
        Columns by the keys of ``result.json``, without the dates; NaN where undefined.
    scores
        By which cells are compared; 0 where a cell's is undefined.
    resumed
        How many cells an earlier, interrupted command had finished.
    """

    headline: dict[str, Floats]
    scores: Floats
    resumed: int

    @property
    def ranked(self) -> Numbers:
        """Rows from the best to the worst; of equal ones the first in the grid."""
        return np.lexsort((np.arange(len(self.scores)), -self.scores)).astype(np.int64)


def sweep(
    search: Search,
    score: str,
    *,
    workers: Workers,
    journal: Journal | None = None,
    progress: Callable[[int], None] = lambda cells: None,
) -> Swept:
    """Run every cell of a search.

    Parameters
    ----------
    workers
        Who runs the blocks.
    journal
        Where finished blocks are kept, and taken from; None: nowhere.
    progress
        Told how many cells are finished.
    """
    numbers: dict[str, Floats] = {}
    resumed = finished = 0

    def take(block: Block, headline: dict[str, Floats]) -> None:
        for name, line in headline.items():
            if name not in numbers:
                numbers[name] = np.full(search.count, np.nan)
            numbers[name][block.rows] = line

    left = []
    for block in search.blocks:
        known = None if journal is None else journal.read(block.name)
        if known is None or known.shape != (len(HEADLINE), len(block.rows)):
            left.append(block)
            continue
        take(block, dict(zip(HEADLINE, known, strict=True)))
        resumed += len(block.rows)
    finished = resumed
    for block, headline in workers.each(_made, search, left):
        take(block, headline)
        if journal is not None:
            journal.keep(block.name, np.array([headline[name] for name in HEADLINE]))
        finished += len(block.rows)
        progress(finished)
    return Swept(headline=numbers, scores=scores_of(numbers, score), resumed=resumed)


def _made(search: Search, block: Block) -> dict[str, Floats]:
    return headlines(search, block.rows, run_block(search, block.rows))


HEADLINE = (
    "sessions", "final_equity", "total_return", "cagr", "volatility", "sharpe", "sortino",
    "max_drawdown", "calmar", "time_in_market", "turnover", "entries", "trades_closed", "win_rate",
    "commission", "fees", "spread", "impact", "borrow", "dividends", "interest", "gross_pnl",
    "net_pnl",
)  # fmt: skip
