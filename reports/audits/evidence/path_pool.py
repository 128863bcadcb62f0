"""Many histories, one strategy. A subject and the orders of its paths in, how each path ended out.

Ours run in the compiled loop, which is Backtrader's run to the last bit; somebody's own in
Backtrader. Either way in this process, one path after another, in their own order.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.many import run_once, simulate_block
from engine.prepare.pieces import Pieces
from engine.prepare.prepared import prepare
from engine.records.assemble import result_of
from engine.records.result import Result
from feeds.market import Market
from reports.audits.altered_markets import redrawn
from reports.audits.evidence.session_returns import annual_sharpe, session_returns
from reports.audits.subject import Subject
from reports.statistics.sample import Floats

Places = npt.NDArray[np.int64]
PATHS_A_STEP = 10  # paths


@dataclass(frozen=True, slots=True, kw_only=True)
class PathOutcome:
    """How a run ended; a run without a trade has 0 for both statistics.

    sharpe
        Of the session returns, annualised; 0 where it is undefined.
    total_return
        What the session returns compound to, a fraction.
    """

    sharpe: float
    total_return: float
    entries: int
    is_ruined: bool


def path_outcome(result: Result) -> PathOutcome:
    """Return what is kept of a run."""
    entries = len(result.trades) + len(result.open_trades)
    return _outcome(session_returns(result), entries, result.ended == "ruin")


def path_outcomes(
    subject: Subject, orders: Places, *, progress: Callable[[str], None]
) -> list[PathOutcome]:
    """Return how the strategy ended on each path, in the order of the paths.

    Parameters
    ----------
    orders
        Shape (count, sessions - 1): see `reports.audits.altered_markets.redrawn`.
    progress
        Told every `TOLD_EVERY` paths, from the first.
    """
    run = _in_backtrader(subject) if subject.strategy_class is not None else _compiled(subject)
    made = []
    for number, order in enumerate(orders, start=1):
        if number % PATHS_A_STEP == 1:
            progress(f"running resampled path {number} of {len(orders)}")
        made.append(run(redrawn(subject.market, order)))
    return made


def _in_backtrader(subject: Subject) -> Callable[[Market], PathOutcome]:
    return lambda market: path_outcome(subject.run(market))


def _compiled(subject: Subject) -> Callable[[Market], PathOutcome]:
    """Return what runs one of our strategies on a market."""
    config = subject.config
    prepared = prepare(config, subject.market)
    if config.costs.interest.kind != "none":  # what idle cash earns has to be taken out again

        def recorded(market: Market) -> PathOutcome:
            own = prepare(config, market)
            return path_outcome(result_of(own, run_once(own), {}))

        return recorded
    pieces, sessions = Pieces(subject.market), len(subject.market.sessions)

    def scored(market: Market) -> PathOutcome:
        here = pieces.elsewhere(market)
        made = simulate_block(
            [prepared.terms], here.today(config), here.rates(config),
            np.array([here.entry(config)]), [0], keep_equity=True,
        )  # fmt: skip
        assert made.equity is not None  # it was asked for
        count = int(made.sessions[0])
        equity, returns = made.equity[0, :count], np.zeros(count)
        returns[1:] = np.maximum(equity[1:] / equity[:-1] - 1.0, -1.0)
        is_ruined = count < sessions or not equity[-1] > 0.0
        return _outcome(returns, int(made.totals["entries"][0]), is_ruined)

    return scored


def _outcome(returns: Floats, entries: int, is_ruined: bool) -> PathOutcome:
    return PathOutcome(
        sharpe=annual_sharpe(returns) or 0.0,
        total_return=float(np.prod(1.0 + returns)) - 1.0,
        entries=entries,
        is_ruined=is_ruined,
    )
