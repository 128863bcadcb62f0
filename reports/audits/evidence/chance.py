"""What chance makes of a strategy. A subject and its run in; p values, drawn till they decide, out.

Two nulls, each the strategy re-run on stationary-bootstrap paths of the legs' joint returns:

no drift
    Neither leg earns anything. The statistic is the Sharpe ratio: what a rule makes of the noise of
    these two legs.
own drift
    Each leg keeps what it earned. The statistic is the appraisal ratio, what the run made beyond
    constant holdings of its legs: a leg that merely rises pays every rule that holds it, on any
    date, and is no skill in choosing dates.

A p value from B paths has a standard error ``sqrt(p (1 - p) / B)`` of its own. While a bar lies
within two of them, more paths are drawn, up to ``audit.resamples_at_most``.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from configs.audit import AuditConfig
from engine.records.result import Result
from reports.audits.evidence.path_pool import PathOutcome, Places, path_outcome, path_outcomes
from reports.audits.subject import Subject
from reports.statistics.block_length import LEAST_SESSIONS
from reports.statistics.inference import resampling_p
from reports.statistics.logs import logs
from reports.statistics.paths import bootstrap_block, resampled_indices
from reports.statistics.sample import varies

BATCH = 1_000  # paths between two looks at p, at most
ERRORS = 2.0  # standard errors between p and a bar before it counts as decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Null:
    """What the paths keep of the market, and the statistic by which runs are compared."""

    name: str
    keep_drift: bool
    statistic: Callable[[PathOutcome], float]


NO_DRIFT = Null(name="no drift", keep_drift=False, statistic=lambda path: path.sharpe)
OWN_DRIFT = Null(name="own drift", keep_drift=True, statistic=lambda path: path.appraisal)
NULLS = len((NO_DRIFT, OWN_DRIFT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """A run among the paths of one null.

    bars
        What p is held to, at most, the hardest first.
    p
        ``(1 + paths at least as good) / (paths + 1)``.
    """

    null: Null
    observed: float
    paths: tuple[PathOutcome, ...]
    bars: tuple[float, ...]

    @property
    def values(self) -> list[float]:
        """The statistic on each path."""
        return [self.null.statistic(path) for path in self.paths]

    @property
    def as_good(self) -> int:
        """Paths that did at least as well."""
        return sum(value >= self.observed for value in self.values)

    @property
    def p(self) -> float:
        """How often chance does at least as well."""
        return resampling_p(self.observed, self.values)

    @property
    def error(self) -> float:
        """The standard error of p, from drawing no more paths than these."""
        return math.sqrt(self.p * (1.0 - self.p) / len(self.paths))

    def missed(self, errors: float = 0.0) -> int:
        """How many bars p misses, were it so many of its standard errors higher."""
        return sum(self.p + errors * self.error > bar for bar in self.bars)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Which sessions the paths visit, batch by batch, and the mean length of a block."""

    batches: Iterator[Places]
    block_sessions: int


def drawn_paths(subject: Subject, *, purpose: int) -> Paths | None:
    """Return the paths of an audit, from its seed; None where no block length can be estimated.

    The first batch has ``audit.resamples`` paths; each further one as many as were drawn so far,
    `BATCH` at most, until there are ``audit.resamples_at_most``.

    Parameters
    ----------
    purpose
        What they are for, so that two tests of one audit draw different paths.
    """
    legs = (subject.market.long, subject.market.short)
    closes = np.column_stack([leg.adj_close for leg in legs])
    returns = np.diff(logs(closes), axis=0)
    if len(returns) < LEAST_SESSIONS or not all(varies(column) for column in returns.T):
        return None
    length = bootstrap_block(returns)
    return Paths(
        batches=_batches(subject.config.audit, len(returns), length, purpose),
        block_sessions=length,
    )


def _batches(audit: AuditConfig, sessions: int, length: int, purpose: int) -> Iterator[Places]:
    rng = np.random.default_rng([audit.seed, purpose])
    drawn, count = 0, audit.resamples
    while count > 0:
        yield resampled_indices(sessions, block=length, count=count, rng=rng)
        drawn += count
        count = min(drawn, BATCH, max(audit.resamples_at_most, audit.resamples) - drawn)


def chances(
    subject: Subject,
    base: Result,
    paths: Paths,
    *,
    bars: tuple[tuple[float, ...], tuple[float, ...]],
    since: int = 0,
    progress: Callable[[str], None],
) -> tuple[Chance, Chance]:
    """Return the run among the paths without drift, and among those that keep each leg's.

    The rating of both together rests on the one that misses more of its bars. Paths are drawn until
    two standard errors would not change that; a run that lost is not worth more of them.

    Parameters
    ----------
    base
        The subject's own run.
    bars
        What the p of each is held to, at most, as many for one as for the other.
    since
        The first session that is judged and drawn; 0: all of them.
    """
    observed = path_outcome(base, subject.market, since=since)
    made: dict[Null, list[PathOutcome]] = {NO_DRIFT: [], OWN_DRIFT: []}
    for orders in paths.batches:
        for null, outcomes in made.items():
            outcomes += path_outcomes(
                subject, orders, keep_drift=null.keep_drift, since=since, progress=progress
            )
        both = [
            Chance(null=null, observed=null.statistic(observed), paths=tuple(outcomes), bars=own)
            for (null, outcomes), own in zip(made.items(), bars, strict=True)
        ]
        if observed.sharpe <= 0.0 or is_decided(both):
            break
    one, other = both
    return one, other


def is_decided(both: Sequence[Chance]) -> bool:
    """Return whether more paths would hardly change how many bars are missed."""
    low, high = (max(each.missed(errors) for each in both) for errors in (-ERRORS, ERRORS))
    return low == high
