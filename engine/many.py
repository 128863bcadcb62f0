"""Runs without Backtrader, one or thousands. A prepared run in, records or scores out.

The loops and the body are those of ``engine.kernel``: compiled where numba is, else plain Python on
dataclasses. Equal to the last bit either way, and to Backtrader's run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.body.rates import LegRates
from engine.body.scores import Scores, Totals
from engine.body.terms import Rates, Terms, room
from engine.kernel import is_compiled, loops
from engine.prepare.prepared import Prepared
from engine.records.recorded import Recorded, recorded
from strategies.records import (
    Bar,
    Book,
    Outcome,
    Today,
    Tranche,
    array_of,
    as_array,
    columns_of,
    dtype_of,
    objects_of,
)
from strategies.rules.spread import Sides

Records = npt.NDArray[np.void]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """What many runs came to, one row each, in the order asked.

    scores, totals
        Columns by field of ``Scores`` and ``Totals``.
    sessions
        How many each ran: a ruined run stops early.
    equity
        Shape (runs, n), at each close; NaN after a ruin. None unless asked.
    """

    scores: dict[str, Floats]
    totals: dict[str, Floats]
    sessions: npt.NDArray[np.int64]
    equity: Floats | None


def is_served(prepared: Prepared) -> bool:
    """Return whether the loops can run it: the lines alone tell all that the strategy decides."""
    return prepared.entry is not None and not prepared.event_only


def run_once(prepared: Prepared) -> Recorded:
    """Return what a prepared run did, from the loops.

    Raises
    ------
    ValueError
        Only the running strategy can tell its entries (see `is_served`).
    """
    count = len(prepared.today)
    arguments = _facts(prepared.today, prepared.rates)
    books, tranches = _some(Book, 1), _some(Tranche, room(prepared.terms))
    closed, outcomes = _some(Tranche, count + 1), _some(Outcome, count)
    terms, totals = _as_given([prepared.terms], Terms), _some(Totals, 1)
    done = loops().run_recorded(
        terms, *arguments, _entry(prepared), books, tranches, closed, outcomes, totals
    )
    (book,) = objects_of(Book, books) if isinstance(books, np.ndarray) else books
    (added,) = objects_of(Totals, totals) if isinstance(totals, np.ndarray) else totals
    return recorded(outcomes[:done], closed, tranches, book, totals=added)


def simulate_many(
    prepared: Prepared,
    terms: Sequence[Terms] | Records,
    *,
    entries: npt.NDArray[np.bool_] | npt.NDArray[np.int8] | None = None,
    entry_of: Sequence[int] | None = None,
    keep_equity: bool = False,
) -> Many:
    """Run many configurations that share a market, its signal lines and dated rates.

    Parameters
    ----------
    terms
        One a run, dataclasses or numpy records; by default all have the prepared run's entry line.
    entries, entry_of
        Distinct entry lines, shape (lines, n), and the line of each run.
    keep_equity
        Whether to return equity at every close.
    """
    if entries is None or entry_of is None:
        entries, entry_of = np.array([_entry(prepared)]), [0] * len(terms)
    return simulate_block(
        terms, prepared.today, prepared.rates, entries, entry_of, keep_equity=keep_equity
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """What pairs of many symbols see, beside what they share.

    pairs, of_run
        Shape (pairs, 2), places of the long and the short symbol; and the pair of each run.
    bars, leg_rates
        Arrays of ``Bar`` and ``LegRates``, shape (symbols, n).
    lines
        Shape (pairs, `engine.loops.PRICE_LINES`, n).
    """

    pairs: npt.NDArray[np.int64]
    of_run: npt.NDArray[np.int64]
    bars: Records
    leg_rates: Records
    lines: Floats


def simulate_block(
    terms: Sequence[Terms] | Records,
    today: Records,
    rates: Records,
    entries: npt.NDArray[np.bool_] | npt.NDArray[np.int8],
    entry_of: Sequence[int] | npt.NDArray[np.int64],
    *,
    pairs: Pairs | None = None,
    keep_equity: bool = False,
) -> Many:
    """Run configurations that share facts and dated costs; as `simulate_many`, from the arrays.

    Parameters
    ----------
    pairs
        Each run is on one of these; None: all are on the pair that the facts are of.
    """
    runs, count = len(terms), len(today)
    most = _most_open(terms)
    equity = np.full((runs if keep_equity else 1, count), np.nan)
    sessions = np.zeros(runs, dtype=np.int64)
    totals, scores = _some(Totals, runs), _some(Scores, runs)
    if pairs is not None and is_compiled():
        today, rates = today.copy(), rates.copy()  # the loop writes the legs into them
    loops().run_many(
        _as_given(terms, Terms), *_facts(today, rates), entries.astype(np.int8),
        np.asarray(entry_of, dtype=np.int64), 0, _some(Book, 1), _some(Tranche, most),
        _some(Tranche, 0), _some(Outcome, 1), equity, np.empty(count), totals, scores, sessions,
        *_of_pairs(pairs or _one_pair(runs)),
    )  # fmt: skip
    return Many(
        scores=columns_of(scores, Scores),
        totals=columns_of(totals, Totals),
        sessions=sessions,
        equity=equity if keep_equity else None,
    )


def _one_pair(runs: int) -> Pairs:
    """Return no pairs beside the one that the facts are of."""
    return Pairs(
        pairs=np.zeros((0, 2), dtype=np.int64),
        of_run=np.full(runs, -1, dtype=np.int64),
        bars=np.zeros((0, 0), dtype=dtype_of(Bar)),
        leg_rates=np.zeros((0, 0), dtype=dtype_of(LegRates)),
        lines=np.zeros((0, 0, 0)),
    )


def _of_pairs(pairs: Pairs) -> tuple[Any, ...]:
    """Return pairs as the loops take them here."""
    if is_compiled():
        return pairs.of_run, pairs.pairs, pairs.bars, pairs.leg_rates, pairs.lines
    return (
        pairs.of_run, pairs.pairs, [objects_of(Bar, each) for each in pairs.bars],
        [objects_of(LegRates, each) for each in pairs.leg_rates], pairs.lines.tolist(),
    )  # fmt: skip


def _entry(prepared: Prepared) -> Sides:
    if prepared.entry is None or prepared.event_only:
        raise ValueError("the strategy tells its entries while it runs; expected an entry_line")
    return prepared.entry


def _facts(today: Records, rates: Records) -> tuple[Any, Any]:
    """Return facts and rates as the loops take them here."""
    if is_compiled():
        return today, rates
    return objects_of(Today, today), objects_of(Rates, rates)


def _some(kind: type, count: int) -> Any:
    """Return fresh records for the loops to write into."""
    if is_compiled():
        return array_of(kind, {}, count)
    return [kind() for _ in range(count)]


def _as_given(records: Sequence[Any] | Records, kind: type) -> Any:
    if isinstance(records, np.ndarray):
        return records if is_compiled() else objects_of(kind, records)
    return as_array(records, kind) if is_compiled() else list(records)


def _most_open(terms: Sequence[Terms] | Records) -> int:
    """Return how many trades there may be at once in any of the runs (see ``room``)."""
    if isinstance(terms, np.ndarray):
        return int(terms["rules"]["entry"]["max_open"].max()) + 1
    return max(map(room, terms))
