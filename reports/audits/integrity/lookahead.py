"""Did the run know what came later? The same run without its future, with another, bar by bar.

Each check runs the subject again and compares whole traces (``reports.audits.integrity.trace``).
What they catch differs: a run cut short shows every use of later data; another future of the same
length shows a use of its content, also on sessions before any run can be cut; bars fed one by one
show a strategy that reads ahead in lines loaded at once.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from reports.audits.altered_markets import perturbed, truncated
from reports.audits.check import Check, Difference, Plain
from reports.audits.integrity.audited import Audited
from reports.audits.integrity.cuts import first_decision, future_cuts
from reports.audits.integrity.grown import grown
from reports.audits.integrity.rerun import Stopped, attempted, traced
from reports.audits.integrity.trace import (
    DECISION,
    SIGNAL,
    Floats,
    Trace,
    differs,
    first_difference,
    trace_of,
)
from reports.audits.wording import counted, listed

TRUNCATION, FUTURE, STREAMING = "truncation", "future perturbation", "streaming tripwire"
JUMP = 10.0  # of every price on the first later session, in one future of each cut
ACTED = f"{DECISION} (acted)"
TIMES = 3  # that a trigger must have changed: one that begins with the warm-up is no choice of days
NO_CUT = "no session lies between the first live one and the end: there is nothing to cut"


def truncation(run: Audited) -> Check:
    """Return A1: the run on the data up to each cut is the beginning of the whole run.

    A strategy that raises on too few sessions leaks nothing, unless the whole run had decided
    something by then.
    """
    cuts, sessions = run.cuts.all, run.trace.sessions
    if not cuts:
        return Check(key="A1", name=TRUNCATION, status="NOT RUN", sentence=f"Not run: {NO_CUT}.")
    decided, refused = first_decision(run.base), 0
    differences: list[Difference | None] = []
    for cut in cuts:
        known, witnessed = truncated(run.subject.market, cut), _is_witnessed(run, cut, cuts)
        short = attempted(partial(traced, run.subject, known, in_backtrader=witnessed))
        if not isinstance(short, Stopped):
            differences.append(first_difference(run.trace, short, sessions=cut))
        elif cut >= decided:
            differences.append(_stopped(sessions[cut - 1], short))
        else:
            refused += 1
    made, parted = grown(run)
    differences += [parted] if made else []
    detail: dict[str, Plain] = {
        "cuts": [sessions[cut - 1] for cut in cuts],
        "sessions_grown": made,
        "decision_cuts": len(run.cuts.decisions),
        "near_threshold_cuts": len(run.cuts.near),
        "random_cuts": len(run.cuts.random),
        "refused": refused,
    }
    asked = f"{run.counts.asked}run again on the data up to {_cut_words(run)}"
    if made:
        asked += f", and its lines made anew on {counted(made, 'session')} as the data grow"
    remarks = f"{_refused_words(refused)}{_driver_words(run, f'the run to {_witness(run, cuts)}')}"
    return _judged("A1", TRUNCATION, asked, differences, detail, remarks)


def perturbation(run: Audited) -> Check:
    """Return A2: another future of the same length leaves everything up to the cut as it was.

    A signal of somebody's own strategy that no other future changes does not come from the market.
    It may be a calendar, or dates written down by somebody who knew the end: no rerun can tell, and
    such a run is held at MARGINAL.
    """
    cuts = future_cuts(run.cuts, len(run.trace.sessions), run.counts.future_cuts)
    if not cuts:
        return Check(key="A2", name=FUTURE, status="NOT RUN", sentence=f"Not run: {NO_CUT}.")
    traces, stopped = _futures(run, cuts)
    unmoved = _unmoved(run, traces)
    detail: dict[str, Plain] = {
        "cuts": [run.trace.sessions[cut - 1] for cut in cuts],
        "futures": run.counts.futures,
        "stopped": len(stopped),
        "not_from_the_market": list(unmoved),
    }
    if not traces:
        reason = f"Not run: the strategy raised in every other future, first {stopped[0]}."
        return Check(key="A2", name=FUTURE, status="NOT RUN", sentence=reason, detail=detail)
    differences = [first_difference(run.trace, trace, sessions=cut) for cut, trace in traces]
    asked = (
        f"{run.counts.asked}everything after {counted(len(cuts), 'cut')} put on "
        f"{counted(run.counts.futures, 'random path')} each, one of them with a jump to {JUMP:g} "
        "times the price, and run again"
    )
    more = f" {counted(len(stopped), 'run')} raised later on and could not be compared."
    remarks = f"{more if stopped else ''}{_unmoved_words(unmoved)}"
    remarks += _driver_words(run, f"the jump after {_witness(run, cuts)}")
    check = _judged("A2", FUTURE, asked, differences, detail, remarks)
    if unmoved and check.status == "PASS":
        return replace(check, status="REMARK", holds=True)
    return check


def streaming(run: Audited) -> Check:
    """Return A3: bars fed one by one, with nothing of the future in memory, give the same trace."""
    other = attempted(partial(run.subject.run, streaming=True))
    if isinstance(other, Stopped):
        difference: Difference | None = _stopped(run.trace.sessions[-1], other)
    else:
        difference = first_difference(run.trace, trace_of(other))
    asked = "Run again with bars fed one by one instead of loaded at once"
    detail: dict[str, Plain] = {"sessions": len(run.trace.sessions)}
    if difference is None:
        sentence = f"{asked}: all {len(run.trace.sessions):,} sessions are the same."
        return Check(key="A3", name=STREAMING, status="PASS", sentence=sentence, detail=detail)
    sentence = (
        f"{asked}, the run is another one from {difference.session} on ({difference.what}): it "
        "read bars that had not come yet."
    )
    return Check(
        key="A3",
        name=STREAMING,
        status="FAIL",
        sentence=sentence,
        difference=difference,
        detail=detail,
    )


def _futures(run: Audited, cuts: tuple[int, ...]) -> tuple[list[tuple[int, Trace]], list[str]]:
    """Return the traces of the other futures by cut, and what the runs said that stopped.

    A strategy may raise in a future it was not made for; of what it did before, that says nothing.
    """
    traces: list[tuple[int, Trace]] = []
    stopped: list[str] = []
    for cut in cuts:
        for number in range(run.counts.futures):
            witnessed = number == 0 and _is_witnessed(run, cut, cuts)
            other = attempted(partial(_other_future, run, cut, number, witnessed))
            if isinstance(other, Stopped):
                stopped.append(other.message)
            else:
                traces.append((cut, other))
    return traces, stopped


def _unmoved(run: Audited, traces: list[tuple[int, Trace]]) -> tuple[str, ...]:
    """Return the lines of somebody's own strategy that no other future moved after its cut.

    Lines that are one value throughout say nothing, and neither does a trigger that never ends;
    readings of company reports are the engine's.
    """
    if run.subject.strategy_class is None:
        return ()
    filings = run.base.filings
    ours = () if filings is None else tuple(f"{SIGNAL} {name}" for name in filings.readings)
    unmoved = []
    for name, line in run.trace.lines.items():
        varies = int(differs(line[1:], line[:-1]).sum())
        if name in ours or name == ACTED or varies < (TIMES if name.startswith(DECISION) else 1):
            continue
        if not any(_moves(line, trace.lines.get(name), cut) for cut, trace in traces):
            unmoved.append(name)
    return tuple(unmoved)


def _moves(line: Floats, other: Floats | None, cut: int) -> bool:
    """Return whether a line is another one somewhere after a cut."""
    if other is None:
        return True
    both = min(len(line), len(other))
    return bool(differs(line[cut:both], other[cut:both]).any())


def _unmoved_words(unmoved: tuple[str, ...]) -> str:
    if not unmoved:
        return ""
    return (
        f" Remark: no future changed {listed(list(unmoved))}, which therefore does not come from "
        "these prices; whether it was known on its day cannot be checked."
    )


def _other_future(run: Audited, cut: int, number: int, witnessed: bool) -> Trace:
    """Return the run on one other future; the first of each cut begins with a jump."""
    rng = np.random.default_rng([run.base.config.audit.seed, 2, cut, number])
    jump = JUMP if number == 0 else 1.0
    market = perturbed(run.subject.market, cut, rng, jump)
    return traced(run.subject, market, in_backtrader=witnessed)


def _is_witnessed(run: Audited, cut: int, cuts: tuple[int, ...]) -> bool:
    """Return whether Backtrader runs a cut, whatever runs the others: it does the middle one."""
    return run.counts.witnesses > 0 and cut == cuts[len(cuts) // 2]


def _witness(run: Audited, cuts: tuple[int, ...]) -> str:
    return run.trace.sessions[cuts[len(cuts) // 2] - 1]


def _driver_words(run: Audited, witness: str) -> str:
    """Return what ran where, if not all of it in Backtrader."""
    if not run.subject.is_compiled:
        return ""
    return (
        f" The runs are compiled, which gives every signal, decision, order and position of the "
        f"whole run to the last bit; {witness} is Backtrader's."
    )


def _stopped(session: str, raised: Stopped) -> Difference:
    return Difference(session=session, what="the run", expected="a run", actual=raised.message)


def _judged(
    key: str,
    name: str,
    asked: str,
    compared: list[Difference | None],
    detail: dict[str, Plain],
    more: str,
) -> Check:
    """Return the check over what each comparison found."""
    differences = [each for each in compared if each is not None]
    detail = detail | {"runs": len(compared), "differing": len(differences)}
    if not differences:
        sentence = (
            f"{_begun(asked)}: in {_all(len(compared))} every signal, decision, order and position "
            f"up to the cut is the same.{more}"
        )
        return Check(key=key, name=name, status="PASS", sentence=sentence, detail=detail)
    first = min(differences, key=lambda each: each.session)
    sentence = (
        f"{_begun(asked)}: {len(differences):,} of {counted(len(compared), 'run')} part from the "
        f"whole run before their cut, first on {first.session} ({first.what}): the run used what "
        f"came later.{more}"
    )
    return Check(
        key=key, name=name, status="FAIL", sentence=sentence, difference=first, detail=detail
    )


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _all(runs: int) -> str:
    return "the one run" if runs == 1 else f"all {runs:,} runs"


def _cut_words(run: Audited) -> str:
    """Return how many cuts of which sort there are."""
    cuts = run.cuts
    sorts = [
        (len(cuts.decisions), "that decided an order"),
        (len(cuts.near), "nearest to another decision"),
        (len(cuts.random), "drawn"),
    ]
    words = [f"{count} {sort}" for count, sort in sorts if count]
    words += [] if cuts.live is None else ["the first with every signal known"]
    listing = ", ".join(words)
    return f"{counted(len(cuts.all), 'session')} ({listing})"


def _refused_words(refused: int) -> str:
    if not refused:
        return ""
    return f" {counted(refused, 'run')} raised on too few sessions, before anything was decided."
