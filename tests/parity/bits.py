"""Two records of one run, to the last bit. Both in, the names of whatever differs out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.event import replay
from engine.many import run_once, simulate_many
from engine.prepare.prepared import Prepared, prepare
from engine.records.recorded import Recorded
from strategies import STRATEGIES
from strategies.records import Book, Note, as_array
from tests.parity.invented import seeded
from tests.property.random_market import random_pair, write_folder
from tests.property.wide_config import wide_config, wide_market


def differences(one: Recorded, other: Recorded) -> Iterator[str]:
    """Yield the name of every column, number or text in which two records differ."""
    for name in ("sessions", "closed", "held"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert mine.keys() == theirs.keys()
        yield from (f"{name}.{key}" for key in mine if not is_same(mine[key], theirs[key]))
    if as_array([one.book], Book).tobytes() != as_array([other.book], Book).tobytes():
        yield "book"
    if not is_same(np.array(one.pending), np.array(other.pending)):
        yield "pending"
    if one.own_reasons != other.own_reasons:
        yield "own_reasons"


def is_same(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether two lines have the same bits; one NaN is like another."""
    if one.shape != other.shape:
        return False
    bits = one.astype(np.float64).view(np.int64) == other.astype(np.float64).view(np.int64)
    return bool((bits | (np.isnan(one) & np.isnan(other))).all())


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One configuration driven by Backtrader and by the loops."""

    prepared: Prepared
    recorded: Recorded
    differing: tuple[str, ...]


def compared(prepared: Prepared) -> Compared:
    """Run a prepared configuration both ways, and once more for its equity and totals alone."""
    recorded = replay(prepared, STRATEGIES[prepared.config.signal.kind])
    differing = [*differences(recorded, run_once(prepared))]
    many = simulate_many(prepared, [prepared.terms], keep_equity=True)
    assert many.equity is not None
    equity, count = recorded.sessions["equity"], len(recorded.sessions["equity"])
    if many.sessions[0] != count or not is_same(many.equity[0][:count], equity):
        differing.append("many.equity")
    if not np.isnan(many.equity[0][count:]).all():
        differing.append("many.equity after the end")
    return Compared(prepared=prepared, recorded=recorded, differing=tuple(differing))


def invented_wide(seed: int, folder: Path) -> Prepared:
    """Return the wide configuration of a seed, made ready; its files go to an empty folder."""
    choose = seeded(seed)
    pair = random_pair(choose)
    write_folder(folder, pair)
    config = wide_config(choose, pair, files=folder)
    market = wide_market(choose, pair, config)
    return prepare(config, market, lag_sessions=choose((0, 0, 0, 2)))


def seen_in(case: Compared) -> Counter[str]:
    """Return the names of what one case asked for and what happened in it, once each."""
    config, run = case.prepared.config, case.recorded
    names = {f"signal {config.signal.kind}", f"sizing {config.sizing.kind}"}
    names |= {f"rebalance {config.rebalance.kind}", f"entries {config.entries.kind}"}
    names |= {f"commission {config.costs.commission.kind}", f"margin {config.account.margin.kind}"}
    names |= {run.reason(each) for line in ("fill_reason", "order_reason", "barred_by")
              for each in np.unique(run.sessions[line])}  # fmt: skip
    names |= {run.reason(each) for each in np.unique(run.closed["exit_reason"])}
    bits = np.bitwise_or.reduce(run.sessions["notes"].astype(np.int64))
    names |= {note.name.lower() for note in Note if bits & note}
    if config.sizing.vol_target is not None:
        names.add("vol_target")
    if config.regime is not None:
        names.add("regime")
    if case.prepared.terms.rules.lag:
        names.add("lag")
    if run.book.is_ruined:
        names.add("ruined")
    return Counter(names)
