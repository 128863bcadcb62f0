"""Does it matter where the data begin? The subject in, its runs from later starts out.

Only sessions on which both runs are warm are compared, and only what does not hang on the account:
signal lines, the trigger, and when the run went in or out. Share counts follow equity.

What is a failure. A signal over a window has forgotten what came before it, so from its first value
on the later run must read the same; where it does not, the line uses what its configuration does
not name. So it is with a trigger that differs while every signal agrees. Everything else that
changes is explained and told, not failed: a z-score over all of its past (``zscore: expanding``), a
trade already open where the later run is flat, and whatever somebody's own strategy remembers,
because no configuration says how long that may be.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from configs.schema import CorrelationSignal, RunConfig
from configs.spread import SpreadSignal
from engine.records.result import Result
from reports.audits.altered_markets import started_later
from reports.audits.check import Check, Difference, Plain, Status
from reports.audits.integrity.audited import Audited
from reports.audits.integrity.decisions import Change, changes, listing
from reports.audits.integrity.rerun import Stopped, attempted
from reports.audits.integrity.trace import DECIDED, differs
from reports.audits.wording import counted, listed

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NAME = "warm-up"
MULTIPLES = (1, 2, 4)  # of the warm-up: how much later the other runs start
# What needs a session or two is tested by none of them: a week at least, and a quarter where the
# run waits for company reports, which come quarter by quarter.
LEAST_STEP, LEAST_STEP_OF_REPORTS = 5, 63
Z = "z"  # the line that ``signal.zscore`` speaks of


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterStart:
    """One run from a later start beside the whole one, on the sessions where both are warm.

    skipped
        Sessions left out at the start.
    since
        First common session, an ISO date.
    sessions
        How many there are.
    lines
        Signal lines that differ somewhere.
    changed
        Sessions that went in or out otherwise.
    is_held
        Whether the whole run held something at the close of the first one.
    fault
        What no configuration explains.
    """

    skipped: int
    since: str
    sessions: int
    lines: tuple[str, ...]
    changed: list[Change]
    is_held: bool
    fault: Difference | None


def warmup(run: Audited) -> Check:
    """Return A6: what a start 1, 2 and 4 warm-ups later changes, and whether that is explained.

    Trades that depend on where the data begin are a remark, explained or not.
    """
    needed, whole = attempted(lambda: run.subject.warmup_sessions), len(run.trace.sessions)
    if isinstance(needed, Stopped):
        return _not_run(f"the strategy does not say how long its warm-up is: {needed.message}")
    step = max(needed, LEAST_STEP if run.base.filings is None else LEAST_STEP_OF_REPORTS)
    starts = [each * step for each in MULTIPLES if each * step + needed <= whole]
    if not starts:
        return _not_run(
            f"a start {counted(step, 'session')} later needs {step + needed:,} sessions, and the "
            f"run has {whole:,}"
        )
    compared: list[LaterStart] = []
    for skipped in starts:
        market = started_later(run.subject.market, skipped)
        later = attempted(partial(run.subject.run, market))
        if isinstance(later, Stopped):
            return _not_run(f"started {counted(skipped, 'session')} later, {later.message}")
        compared.append(_compared(run, later, skipped, needed))
    detail: dict[str, Plain] = {
        "warmup_sessions": needed,
        "starts": [_as_plain(each) for each in compared],
    }
    fault = next((each.fault for each in compared if each.fault is not None), None)
    if fault is not None:
        sentence = (
            f"A later start changes {fault.what} on {fault.session}, when both runs have been warm "
            "for long: it remembers what the configuration does not name."
        )
        return Check(
            key="A6", name=NAME, status="FAIL", sentence=sentence, difference=fault, detail=detail
        )
    sentence = f"{_sentence(run, compared)}{_too_short(step, len(starts))}"
    depends = any(each.changed for each in compared)
    status: Status = "REMARK" if depends else "PASS"
    return Check(key="A6", name=NAME, status=status, sentence=sentence, detail=detail)


def _compared(run: Audited, later: Result, skipped: int, needed: int) -> LaterStart:
    """Return what differs between the whole run and one that started later."""
    base = run.base
    count = min(len(base.ledger) - skipped, len(later.ledger))
    since = run.trace.sessions[skipped + needed - 1]
    pairs = {
        name: (_line(base, name)[skipped : skipped + count], _line(later, name)[:count])
        for name in later.signals.columns
        if name not in ("date", *DECIDED)
    }
    parted = {name: differs(*pair) for name, pair in pairs.items()}
    # A line that is not known yet is no change: only from its first value on can it be one.
    lines = [
        name
        for name, places in parted.items()
        if places[max(needed - 1, _first_known(pairs[name][1])) :].any()
    ]
    faults: list[tuple[int, Difference]] = []
    if run.subject.strategy_class is None:
        faults = _line_faults(run, later, skipped, pairs)
        faults += _trigger_faults(run, later, skipped, list(parted.values()))
    return LaterStart(
        skipped=skipped,
        since=since,
        sessions=max(count - needed + 1, 0),
        lines=tuple(lines),
        changed=changes(base, later, since=since),
        is_held=bool(base.ledger["gross"].iloc[skipped + needed - 1] > 0.0),
        fault=min(faults, key=lambda each: each[0])[1] if faults else None,
    )


def _line_faults(
    run: Audited, later: Result, skipped: int, pairs: dict[str, tuple[Floats, Floats]]
) -> list[tuple[int, Difference]]:
    """Return where each line over a window, once that is full, differs first."""
    faults = []
    for name, (ours, theirs) in pairs.items():
        full = _first_full(run.base.config, later, name, theirs)
        places = np.flatnonzero(differs(ours[full:], theirs[full:]))
        if len(places):
            place = full + int(places[0])
            values = f"{ours[place]:.10g}", f"{theirs[place]:.10g}"
            faults.append((place, _fault(run, skipped + place, f"signal line {name}", *values)))
    return faults


def _first_full(config: RunConfig, later: Result, name: str, theirs: Floats) -> int:
    """Return the first session, from 0, on which a line's window lies in the later run.

    Most lines are known only then. A rolling z-score speaks before, over fewer values; an expanding
    one never has all of its past in a later run.
    """
    signal = config.signal
    if isinstance(signal, SpreadSignal) and name in remembered(signal):
        return len(theirs)
    if name != Z or not isinstance(signal, CorrelationSignal):
        return _first_known(theirs)
    if signal.zscore == "expanding":
        return len(theirs)
    seen = np.cumsum(~np.isnan(_line(later, "correlation")))
    return int(np.searchsorted(seen, signal.zscore_window))


def remembered(signal: SpreadSignal) -> frozenset[str]:
    """Return the lines that hang on where the data begin.

    Prices begin at the first close: a ratio in shares moves with the dividends paid until a later
    one. What does not hang on that scale is a rolling regression's z, weight and half-life; every
    other hedge remembers all of its past, or where its formation windows began.
    """
    if signal.hedge.kind == "rolling_ols" and signal.zscore.kind == "rolling":
        return frozenset({"hedge_ratio", "spread"})
    return frozenset({"hedge_ratio", "spread", "hedge_weight", "half_life", Z})


def _trigger_faults(
    run: Audited, later: Result, skipped: int, parted: list[Flags]
) -> list[tuple[int, Difference]]:
    """Return the first session whose trigger differs although every signal agrees."""
    agreed = ~np.logical_or.reduce(parted)
    count = len(agreed) - (run.base.ended is not None or later.ended is not None)  # decides nothing
    ours = run.base.signals["entry"].to_numpy(dtype=bool)[skipped : skipped + count]
    theirs = later.signals["entry"].to_numpy(dtype=bool)[:count]
    places = np.flatnonzero((ours != theirs) & agreed[:count])
    if not len(places):
        return []
    place = int(places[0])
    words = [("no", "yes")[int(flags[place])] for flags in (ours, theirs)]
    return [(place, _fault(run, skipped + place, "decision (entry)", *words))]


def _fault(run: Audited, place: int, what: str, expected: str, actual: str) -> Difference:
    session = run.trace.sessions[place]
    return Difference(session=session, what=what, expected=expected, actual=actual)


def _sentence(run: Audited, compared: list[LaterStart]) -> str:
    """Return what later starts changed and why that may be."""
    starts = listed([f"{each.skipped:,}" for each in compared])
    begun = f"Started {starts} sessions later"
    if not any(each.changed for each in compared):
        lines = sorted({name for each in compared for name in each.lines})
        same = f"though {listed(lines)} differ" if lines else "and every signal is the same"
        return (
            f"{begun}, the run enters and leaves on the same sessions as before wherever both are "
            f"warm, {same}."
        )
    first = next(each for each in compared if each.changed)
    counts = listed([f"{len(each.changed):,}" for each in compared])
    return (
        f"{begun}, entries or exits change on {counts} of the sessions where both runs are warm; "
        f"with {first.skipped:,} skipped the first is {first.changed[0].text}. "
        f"{_explained(run, compared)}"
    )


def _explained(run: Audited, compared: list[LaterStart]) -> str:
    """Return what the configuration or the account has to do with the changes."""
    signal, lines = (
        run.base.config.signal,
        sorted({name for each in compared for name in each.lines}),
    )
    reasons = []
    if run.subject.strategy_class is not None:
        reasons += (
            [f"its signals ({listed(lines)}) remember more than the warm-up"] if lines else []
        )
    elif Z in lines and isinstance(signal, CorrelationSignal):
        past = "all of its past" if signal.zscore == "expanding" else "what part of it there is"
        reasons.append(f"{Z} is judged by {past} (signal.zscore: {signal.zscore})")
    elif isinstance(signal, SpreadSignal) and set(lines) & remembered(signal):
        reasons.append(
            f"the hedge remembers where the data begin (signal.hedge: {signal.hedge.kind})"
        )
    if any(each.is_held for each in compared):
        reasons.append("a trade was open where the later run had none")
    reasons = reasons or ["what was held, or what the strategy remembers, differs"]
    return f"Why: {'; '.join(reasons)}. So the trades depend on where the data begin."


def _too_short(step: int, starts: int) -> str:
    """Return which of the later starts the run is too short for."""
    left_out = [f"{each * step:,}" for each in MULTIPLES[starts:]]
    if not left_out:
        return ""
    return f" The run is too short for a start {listed(left_out)} sessions later."


def _as_plain(start: LaterStart) -> Plain:
    return {
        "sessions_skipped": start.skipped,
        "common_since": start.since,
        "common_sessions": start.sessions,
        "lines": list(start.lines),
        "changed": len(start.changed),
        "changes": listing(start.changed),
    }


def _line(result: Result, name: str) -> Floats:
    """Return a signal line, shape (n,); unknown throughout where the run has none of that name."""
    if name not in result.signals:
        return np.full(len(result.signals), np.nan)
    return result.signals[name].to_numpy(dtype=np.float64)


def _first_known(line: Floats) -> int:
    known = np.flatnonzero(~np.isnan(line))
    return int(known[0]) if len(known) else len(line)


def _not_run(reason: str) -> Check:
    return Check(key="A6", name=NAME, status="NOT RUN", sentence=f"Not run: {reason}.")
