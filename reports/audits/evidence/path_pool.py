"""Many histories, one strategy. A subject and the orders of its paths in, how each path ended out.

Ours run in the compiled loop, which is Backtrader's run to the last bit; somebody's own in
Backtrader. Either way in this process, one path after another, in their own order.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from engine.body.terms import Terms
from engine.foreign.stand_in import foreign_of
from engine.many import run_once, simulate_block
from engine.prepare.pieces import Pieces
from engine.prepare.prepared import prepare
from engine.records.assemble import result_of
from engine.records.result import Result
from feeds.market import Leg, Market
from reports.audits.altered_markets import redrawn
from reports.audits.evidence.session_returns import annual_sharpe, session_returns
from reports.audits.subject import Subject
from reports.statistics.appraisal import appraisal_ratio
from reports.statistics.sample import Floats
from strategies.records import as_array

Places = npt.NDArray[np.int64]
PATHS_A_STEP = 100
TWO = 2  # processes that decide


@dataclass(frozen=True, slots=True, kw_only=True)
class PathOutcome:
    """How a run ended; a run without a trade has 0 for every statistic.

    sharpe
        Of the session returns, annualised; 0 where it is undefined.
    appraisal
        What they hold beyond constant holdings of the legs, per unit of risk, a session: see
        `reports.statistics.appraisal`.
    total_return
        What the session returns compound to, a fraction.
    entered
        Sessions that decided an entry, ISO dates; only of somebody's own strategy.
    """

    sharpe: float
    appraisal: float
    total_return: float
    entries: int
    is_ruined: bool
    entered: frozenset[str] = field(default=frozenset(), compare=False)


def path_outcome(result: Result, market: Market, *, since: int = 0) -> PathOutcome:
    """Return what is kept of a run on a market, of its sessions from ``since`` on."""
    entries = len(result.trades) + len(result.open_trades)
    return _outcome(session_returns(result), entries, result.ended == "ruin", market, since)


def path_outcomes(
    subject: Subject,
    orders: Places,
    *,
    keep_drift: bool = False,
    since: int = 0,
    progress: Callable[[str], None],
) -> list[PathOutcome]:
    """Return how the strategy ended on each path, in the order of the paths.

    Parameters
    ----------
    orders
        Shape (count, sessions - 1): see `reports.audits.altered_markets.redrawn`.
    keep_drift, since
        What the paths keep of the market, as there. What came before ``since`` is run, for the
        strategy must know it, and not counted.
    progress
        Told every `PATHS_A_STEP` paths, from the first.
    """
    run = (_in_backtrader if subject.strategy_class is not None else _compiled)(subject, since)

    def outcome(order: npt.NDArray[np.int64]) -> PathOutcome:
        return run(redrawn(subject.market, order, keep_drift=keep_drift, since=since))

    # A strategy's own process decides one path while ours reckons another.
    several = TWO if foreign_of(subject.strategy_class) is not None else 1
    made = []
    with ThreadPoolExecutor(several) as pool:
        outcomes = pool.map(outcome, orders)
        for number in range(1, len(orders) + 1):
            if number % PATHS_A_STEP == 1:
                progress(f"running resampled path {number} of {len(orders)}")
            made.append(next(outcomes))
    return made


def _in_backtrader(subject: Subject, since: int) -> Callable[[Market], PathOutcome]:
    def run(market: Market) -> PathOutcome:
        result = subject.run(market)
        return replace(path_outcome(result, market, since=since), entered=entry_days(result))

    return run


def entry_days(result: Result) -> frozenset[str]:
    """Return the sessions that decided an entry, ISO dates."""
    opened = [each["entry_decided"] for each in result.open_trades]
    return frozenset(f"{day:%Y-%m-%d}" for day in (*result.trades["entry_decided"], *opened))


def _compiled(subject: Subject, since: int) -> Callable[[Market], PathOutcome]:
    """Return what runs one of our strategies on a market."""
    config = subject.config
    prepared = prepare(config, subject.market)
    if config.costs.interest.kind != "none":  # what idle cash earns has to be taken out again

        def recorded(market: Market) -> PathOutcome:
            own = prepare(config, market)
            return path_outcome(result_of(own, run_once(own), {}), market, since=since)

        return recorded
    pieces, sessions = Pieces(subject.market), len(subject.market.sessions)
    terms = as_array([prepared.terms], Terms)

    def scored(market: Market) -> PathOutcome:
        here = pieces.elsewhere(market)
        made = simulate_block(
            terms, here.today(config), here.rates(config),
            np.array([here.entry(config)]), [0], keep_equity=True,
        )  # fmt: skip
        assert made.equity is not None  # it was asked for
        count = int(made.sessions[0])
        equity, returns = made.equity[0, :count], np.zeros(count)
        returns[1:] = np.maximum(equity[1:] / equity[:-1] - 1.0, -1.0)
        is_ruined = count < sessions or not equity[-1] > 0.0
        return _outcome(returns, int(made.totals["entries"][0]), is_ruined, market, since)

    return scored


def _outcome(
    returns: Floats, entries: int, is_ruined: bool, market: Market, since: int
) -> PathOutcome:
    counted = returns[since:]
    legs = np.column_stack(
        [_returns(leg)[since : len(returns)] for leg in (market.long, market.short)]
    )
    return PathOutcome(
        sharpe=annual_sharpe(counted) or 0.0,
        appraisal=appraisal_ratio(counted, legs),
        total_return=float(np.prod(1.0 + counted)) - 1.0,
        entries=entries,
        is_ruined=is_ruined,
    )


def _returns(leg: Leg) -> Floats:
    """Return a leg's total returns by session, the first 0."""
    return np.append(0.0, leg.adj_close[1:] / leg.adj_close[:-1] - 1.0)
