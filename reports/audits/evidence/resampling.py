"""E1, the headline: would it do as well where nothing is earned? A run in, its p value out.

The whole strategy, its signal, sizing, exits and costs, runs again on stationary-bootstrap paths of
the legs' joint returns without their means. What a rule makes of the noise of these two legs is
then known, overlap, rebalancing and costs included, and no distribution is assumed.

The statistic is the Sharpe ratio of the session returns, not the total return. A ratio is of the
same size whether a path was held for a tenth of the time or for half of it; of total returns, the
paths on which the rule happened to trade more decide alone. Measured with 99 paths on pairs of 800
sessions: both hold their level (p <= .10 for 20 and 19 of 200 random walks, p <= .05 for 8 and 9),
and of planted edges that a rule with five trades lives on, the ratio found 29 of 50 (p <= .05) and
the total return 25; with thirty trades both found 33 of 50. The ratio is also what F4 and E4 judge.

What the paths lose: anything that lasts longer than a block, and a block is a week or two. A rule
that lives on slow changes of volatility or correlation meets calmer histories here than its own.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.records.result import Result
from reports.audits.check import Plain
from reports.audits.evidence.path_pool import (
    PathOutcome,
    Places,
    path_outcome,
    path_outcomes,
)
from reports.audits.evidence.rating import Block, Rating, at_most, block, not_run, plain_list
from reports.audits.subject import Subject
from reports.audits.wording import counted
from reports.statistics.block_length import LEAST_SESSIONS
from reports.statistics.inference import resampling_p
from reports.statistics.logs import logs
from reports.statistics.paths import bootstrap_block, resampled_indices
from reports.statistics.sample import varies

logger = logging.getLogger(__name__)

QUANTILES = (0.05, 0.50, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Which sessions each path visits, and the mean length of a block."""

    orders: Places
    block_sessions: int


def drawn_paths(subject: Subject) -> Paths | None:
    """Return the paths of an audit, from its seed; None where no block length can be estimated."""
    legs = (subject.market.long, subject.market.short)
    closes = np.column_stack([leg.adj_close for leg in legs])
    returns = np.diff(logs(closes), axis=0)
    if len(returns) < LEAST_SESSIONS or not all(varies(column) for column in returns.T):
        return None
    audit = subject.config.audit
    length = bootstrap_block(returns)
    orders = resampled_indices(
        len(returns),
        block=length,
        count=audit.resamples,
        rng=np.random.default_rng([audit.seed, 1]),
    )
    return Paths(orders=orders, block_sessions=length)


def resampled_test(subject: Subject, base: Result, *, progress: Callable[[str], None]) -> Block:
    """Return E1: the run's Sharpe ratio among those of the strategy on the resampled paths.

    ``p = (1 + paths at least as good) / (B + 1)``. A run that lost is against whatever p is: to
    lose less than chance is no edge.
    """
    audit = subject.config.audit
    paths = drawn_paths(subject)
    if paths is None:
        reason = f"fewer than {LEAST_SESSIONS} returns, or a leg that never moved: nothing to draw"
        return not_run("E1", audit, reason)
    try:
        chance = path_outcomes(subject, paths.orders, progress=progress)
    except Exception as error:  # whatever stops one path, the rest of the evidence stands
        logger.exception("resampled paths")
        return not_run("E1", audit, f"a resampled path ended in an error ({error})")
    observed = path_outcome(base)
    p_value = resampling_p(observed.sharpe, [path.sharpe for path in chance])
    rating: Rating = "against"
    if observed.sharpe > 0.0:
        rating = at_most(p_value, audit.thresholds.resampled_p)
    return block(
        "E1",
        audit,
        rating,
        measured=f"p = {p_value:.3f}",
        sentence=_sentence(observed, chance, p_value, paths.block_sessions),
        numbers=_numbers(observed, chance, p_value, paths.block_sessions),
    )


def _sentence(
    observed: PathOutcome,
    chance: list[PathOutcome],
    p_value: float,
    length: int,
) -> str:
    as_good = sum(path.sharpe >= observed.sharpe for path in chance)
    idle = sum(path.entries == 0 for path in chance)
    text = (
        f"Re-run on {len(chance)} resampled histories in which neither leg earns anything (blocks "
        f"of {length} sessions), the strategy did at least as well on {as_good}: its Sharpe ratio "
        f"of {observed.sharpe:.2f} has p = {p_value:.3f}"
    )
    if observed.sharpe <= 0.0:
        text += ", and it lost: to lose less than chance is no edge"
    if idle:
        text += f". {counted(idle, 'history', 'histories')} without a trade count as 0"
    return f"{text}."


def _numbers(
    observed: PathOutcome, chance: list[PathOutcome], p_value: float, length: int
) -> dict[str, Plain]:
    sharpes = np.array([path.sharpe for path in chance])
    totals = [path.total_return for path in chance]
    return {
        "statistic": "sharpe",
        "observed": observed.sharpe,
        "p": p_value,
        "share_as_good": float((sharpes >= observed.sharpe).mean()),
        "paths": len(chance),
        "block_sessions": length,
        "quantiles": dict(
            zip(
                (f"{level:.0%}" for level in QUANTILES),
                plain_list(np.quantile(sharpes, QUANTILES)),
                strict=True,
            )
        ),
        "without_a_trade": sum(path.entries == 0 for path in chance),
        "ruined": sum(path.is_ruined for path in chance),
        "mean_entries": float(np.mean([path.entries for path in chance])),
        "resampled": plain_list(sharpes),
        "total_return": {
            "observed": observed.total_return,
            "p": resampling_p(observed.total_return, totals),
        },
    }
