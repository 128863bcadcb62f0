"""All evidence of one run. A subject and its base run in, every block with its rating out."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.records.result import Result
from engine.trials.tried import TrialCount
from reports.audits.altered_markets import truncated
from reports.audits.evidence.clusters import Outcomes, independent_entries, outcomes
from reports.audits.evidence.deflated_sharpe import deflated_evidence
from reports.audits.evidence.economics import borrow_evidence, cost_evidence
from reports.audits.evidence.fragility import lag_evidence, leave_one_out
from reports.audits.evidence.neighbours import neighbour_evidence, run_neighbours
from reports.audits.evidence.out_of_sample import after_publication, sessions_held, sessions_until
from reports.audits.evidence.placebo import placebo_evidence
from reports.audits.evidence.rating import NAMES, Block, not_run
from reports.audits.evidence.regimes import regime_evidence
from reports.audits.evidence.resampling import resampled_test
from reports.audits.evidence.session_returns import session_returns
from reports.audits.evidence.trade_mean import interval_evidence, intervals, power_evidence
from reports.audits.subject import Subject

IDLE = "nothing was traded"
QUICK = "a quick audit does not re-run the strategy on resampled paths"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Every block, in the order of `reports.audits.evidence.rating.NAMES`, and what they are about.

    until
        ISO date of the last session judged: what came after publication is in E5 alone.
    sessions, entries, net_pnl_usd
        Of the sessions judged: how many, the independent entries, and their P&L after costs.
    changed_thresholds
        Those that are not the program's own, in words.
    """

    pair: str
    until: str
    sessions: int
    entries: int
    net_pnl_usd: float
    blocks: tuple[Block, ...]
    changed_thresholds: tuple[str, ...] = ()

    def block(self, key: str) -> Block:
        """Return the block of a key."""
        return next(each for each in self.blocks if each.key == key)


def evidence(
    subject: Subject,
    base: Result,
    *,
    quick: bool,
    progress: Callable[[str], None],
    trials: TrialCount | None = None,
) -> Evidence:
    """Return what the data say for and against an edge; after publication, in E5 alone.

    Parameters
    ----------
    base
        The subject's own run.
    quick
        Leave out what re-runs the strategy hundreds of times: E1, and the test within E5.
    progress
        Told each step before it is taken.
    trials
        How often was tried; None: as ``audit.trials`` says.
    """
    known, result = as_published(subject, base)
    audit = result.config.audit
    entered = outcomes(result)
    blocks = {"E0": independent_entries(audit, entered)}
    if entered.trades:
        blocks |= _of_the_run(result, entered, progress)
        blocks |= _of_other_runs(known, result, quick, progress, trials)
    blocks["E5"] = after_publication(
        subject, base, hold_sessions=entered.median_hold_sessions, quick=quick, progress=progress
    )
    return Evidence(
        pair=f"{result.config.pair.long}/{result.config.pair.short}",
        until=f"{result.ledger['date'].iloc[-1]:%Y-%m-%d}",
        sessions=len(result.ledger),
        entries=len(entered.clusters),
        net_pnl_usd=math.fsum(trade.net_pnl_usd for trade in entered.trades),
        blocks=tuple(blocks.get(key) or not_run(key, audit, IDLE) for key in NAMES),
        changed_thresholds=audit.changed,
    )


def as_published(subject: Subject, base: Result) -> tuple[Subject, Result]:
    """Return the subject and its run as they stood on the day of publication.

    What came after is never pooled with what was published. Where nothing was held up to that day,
    or nothing came after it, there is nothing to part.
    """
    until = sessions_until(base)
    if until == len(base.ledger) or not sessions_held(base)[:until].any():
        return subject, base
    known = replace(subject, market=truncated(subject.market, until))
    return known, known.run()


def _of_the_run(
    result: Result, entered: Outcomes, progress: Callable[[str], None]
) -> dict[str, Block]:
    """Return the blocks that need the run alone."""
    audit, returns = result.config.audit, session_returns(result)
    progress("weighing the trades")
    both = intervals(audit, entered, returns)
    return {
        "E2": interval_evidence(audit, both),
        "E3": placebo_evidence(result, entered),
        "F1": leave_one_out(audit, entered),
        "F2": regime_evidence(result, entered),
        "C1": cost_evidence(result),
        "C2": borrow_evidence(result),
        "P": power_evidence(audit, both.trades),
    }


def _of_other_runs(
    subject: Subject,
    base: Result,
    quick: bool,
    progress: Callable[[str], None],
    trials: TrialCount | None,
) -> dict[str, Block]:
    """Return the blocks that run the strategy again: elsewhere, later, on other histories."""
    headline = (
        not_run("E1", subject.config.audit, QUICK)
        if quick
        else resampled_test(subject, base, progress=progress)
    )
    neighbours = run_neighbours(subject, progress)
    tuned = [each.returns for each in neighbours if each.returns is not None]
    own = session_returns(base)
    return {
        "E1": headline,
        "E4": deflated_evidence(subject.config.audit, own, tuned, trials),
        "F3": neighbour_evidence(subject.config.audit, own, neighbours),
        "F4": lag_evidence(subject, base, progress),
    }
