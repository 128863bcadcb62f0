"""Are a strategy's lines those of their day? Its lines made anew session by session, as data grow.

The strategy's process gets one session at a time and never holds a later one, so a value that knew
what came later is another one here, on whichever day it was.
"""

import numpy as np

from engine.errors import EngineError
from engine.foreign.stand_in import foreign_of, grown_lines
from reports.audits.check import Difference
from reports.audits.integrity.audited import Audited
from reports.audits.integrity.cuts import FULL, spread
from reports.audits.integrity.trace import DECISION, SIGNAL, differs, orders_by_session

MOST_SESSIONS, MOST_QUICK = 2500, 500  # at which lines are made, beside those that decided


def grown(run: Audited) -> tuple[int, Difference | None]:
    """Return at how many sessions the lines were made anew, and where they part first.

    No sessions for a strategy of ours or of this process. A strategy that raises on few sessions
    says nothing of them.
    """
    own = run.subject.strategy_class
    if own is None or foreign_of(own) is None:
        return 0, None
    counts = _counts(run)
    try:
        lines = grown_lines(own, run.base, run.subject.market, counts)
    except EngineError as error:
        last = run.trace.sessions[counts[-1] - 1]
        return len(counts), Difference(
            session=last, what="the run", expected="lines", actual=str(error)
        )
    places = np.array(counts) - 1
    made = lines.pop("made") > 0.0
    first: tuple[int, Difference] | None = None
    for name, values in lines.items():
        whole = run.trace.lines.get(f"{SIGNAL} {name}")
        if whole is None:
            continue
        parted = places[made & differs(whole[places], values)]
        if len(parted) and (first is None or parted[0] < first[0]):
            place = int(parted[0])
            now = values[int(np.searchsorted(places, place))]
            first = (
                place,
                Difference(
                    session=run.trace.sessions[place],
                    what=f"{SIGNAL} {name}",
                    expected=f"{whole[place]:.10g}",
                    actual=f"{now:.10g}",
                ),
            )
    return len(counts), None if first is None else first[1]


def _counts(run: Audited) -> list[int]:
    """Return after how many sessions lines are made: where something was decided, and spread."""
    whole = len(run.trace.sessions)
    entry = run.trace.lines.get(f"{DECISION} (entry)", np.zeros(whole))
    changed = (np.flatnonzero(entry[1:] != entry[:-1]) + 1).tolist()
    decided = [place + 1 for place in (*orders_by_session(run.base), *changed)]
    most = MOST_SESSIONS if run.counts is FULL else MOST_QUICK
    return sorted({*spread(range(1, whole + 1), most), *spread(sorted(decided), most)})
