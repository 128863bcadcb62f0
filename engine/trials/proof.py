"""A search proves itself. Cells and what they came to in, an error at the first bit that differs.

Backtrader runs them again, each from its own configuration: nothing is shared, not even what the
search computed once for many cells.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from engine.body.scores import Scores, score
from engine.errors import EngineError
from engine.prepare.pieces import Pieces
from engine.records.headline import columns
from engine.trials.event_cells import replayed
from engine.trials.search import Floats, Numbers, Search, run_block
from feeds.market import sessions_of
from strategies.records import columns_of

DRAWN = 20


def to_prove(ranked: Numbers, seed: int) -> list[int]:
    """Return the rows to run again: the best, the worst and some drawn ones, each once.

    Parameters
    ----------
    ranked
        Rows from the best to the worst.
    """
    rng = np.random.default_rng([seed, 3])
    drawn = rng.permutation(len(ranked))[:DRAWN]
    return list(dict.fromkeys([int(ranked[0]), int(ranked[-1]), *np.sort(drawn).tolist()]))


def prove(
    search: Search,
    headline: Mapping[str, Floats],
    rows: Sequence[int],
    progress: Callable[[str], None],
) -> None:
    """Run cells again in Backtrader and compare equity and headline, to the last bit.

    Raises
    ------
    EngineError
        Naming the cell, the session and both values.
    """
    for number, row in enumerate(rows, start=1):
        progress(f"proving cell {number} of {len(rows)} again in Backtrader")
        prove_cell(search, headline, row)


def prove_cell(search: Search, headline: Mapping[str, Floats], row: int) -> None:
    """Run one cell again; see `prove`."""
    cells = search.cells
    config = cells.grid.config(int(cells.numbers[row]))
    (equity,) = _equity(search, row)
    run = replayed(config, Pieces(search.market_of(config), search.pieces.strategy))
    there = run.sessions["equity"]
    here = equity[: len(there)]
    asked = search.named(row)
    differs = np.flatnonzero(here != there)
    if len(differs):
        first = int(differs[0])
        day = sessions_of(run.sessions["day"][first : first + 1])[0]
        raise _differs(search, asked, f"equity on {day}", float(there[first]), float(here[first]))
    scores = Scores()
    score(scores, there.tolist(), len(there), [0.0] * len(there))
    again = columns(
        columns_of([scores], Scores), columns_of([run.totals], type(run.totals)),
        config.account.cash,
    )  # fmt: skip
    for name, line in again.items():
        kept = float(headline[name][row])
        if not np.array_equal([kept], line, equal_nan=True):
            last = sessions_of(run.sessions["day"][-1:])[0]
            raise _differs(search, asked, f"{name} to {last}", float(line[0]), kept)


def _equity(search: Search, row: int) -> Floats:
    equity = run_block(search, np.array([row]), keep_equity=True).equity
    assert equity is not None  # it was asked for
    return equity


def _differs(search: Search, asked: str, what: str, there: float, here: float) -> EngineError:
    if search.event_only:
        return EngineError(
            f"cell {asked}: {what} was {here!r} and, run again, {there!r}; expected the same bits: "
            "the strategy does not do the same twice (a clock, an unseeded draw)"
        )
    return EngineError(
        f"cell {asked}: {what} was {there!r} in Backtrader and {here!r} compiled; expected the "
        "same bits. This is our error, please report it with the config"
    )
