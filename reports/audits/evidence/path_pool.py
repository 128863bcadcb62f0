"""Many histories, one strategy. A subject and the orders of its paths in, how each path ended out.

Ours run in the compiled loop, which is Backtrader's run to the last bit; somebody's own in
Backtrader. Either way in this process and in their own order.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from engine.body.rates import LegRates
from engine.body.terms import Terms
from engine.foreign.stand_in import foreign_of
from engine.loops import PRICE_LINES
from engine.many import Many, Pairs, run_once, simulate_block
from engine.prepare.pieces import Pieces
from engine.prepare.prepared import prepare
from engine.prepare.rates import reads_prices
from engine.records.assemble import result_of
from engine.records.result import Result
from engine.trials.pairs import bars_of, write_lines
from feeds.market import Leg, Market
from reports.audits.altered_markets import redrawn, redrawn_legs
from reports.audits.evidence.session_returns import annual_sharpe, session_returns
from reports.audits.subject import Subject
from reports.statistics.appraisal import appraisal_ratio
from reports.statistics.sample import Floats
from strategies import STRATEGIES
from strategies.records import as_array, dtype_of

Places = npt.NDArray[np.int64]
PATHS_A_STEP = 100
MOST_VALUES = 50_000  # of one line at once: what is made of them stays in the processor's cache
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


Run = Callable[[Places], list[PathOutcome]]


def path_outcome(result: Result, market: Market, *, since: int = 0) -> PathOutcome:
    """Return what is kept of a run on a market, of its sessions from ``since`` on."""
    entries = len(result.trades) + len(result.open_trades)
    moves = _leg_returns(market.long, market.short)
    return _outcome(session_returns(result), entries, result.ended == "ruin", moves, since)


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
    run = (_together if _share_facts(subject) else _one_by_one)(subject, keep_drift, since)
    made: list[PathOutcome] = []
    for first in range(0, len(orders), PATHS_A_STEP):
        progress(f"running resampled path {first + 1} of {len(orders)}")
        made += run(orders[first : first + PATHS_A_STEP])
    return made


def _share_facts(subject: Subject) -> bool:
    """Return whether what a session sees beside its legs is the same on every path.

    Gauges and costs that move with prices are drawn too; and what idle cash earns has to be taken
    out again, from a whole record.
    """
    config = subject.config
    is_ours = subject.strategy_class is None
    is_bare = not config.gauges and config.costs.interest.kind == "none"
    return is_ours and is_bare and not reads_prices(config.costs)


def _one_by_one(subject: Subject, keep_drift: bool, since: int) -> Run:
    """Return what runs paths one after another, each on a market of its own."""
    run = (_in_backtrader if subject.strategy_class is not None else _compiled)(subject, since)

    def outcome(order: npt.NDArray[np.int64]) -> PathOutcome:
        return run(redrawn(subject.market, order, keep_drift=keep_drift, since=since))

    # A strategy's own process decides one path while ours reckons another.
    several = TWO if foreign_of(subject.strategy_class) is not None else 1

    def outcomes(orders: Places) -> list[PathOutcome]:
        with ThreadPoolExecutor(several) as pool:
            return list(pool.map(outcome, orders))

    return outcomes


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
    pieces = Pieces(subject.market)
    terms = as_array([prepared.terms], Terms)

    def scored(market: Market) -> PathOutcome:
        here = pieces.elsewhere(market)
        made = simulate_block(
            terms, here.today(config), here.rates(config),
            np.array([here.entry(config)]), [0], keep_equity=True,
        )  # fmt: skip
        return _of_many(made, 0, _leg_returns(market.long, market.short), since)

    return scored


def _together(subject: Subject, keep_drift: bool, since: int) -> Run:
    """Return what runs paths as pairs that share their dates: signals and runs side by side."""
    config, market = subject.config, subject.market
    prepared, strategy = prepare(config, market), STRATEGIES[config.signal.kind]
    terms, sessions = as_array([prepared.terms], Terms), len(market.sessions)

    def outcomes(orders: Places) -> list[PathOutcome]:
        legs = redrawn_legs(market, orders, keep_drift=keep_drift, since=since)
        first = np.arange(len(orders))
        pairs = np.column_stack([first, first + len(orders)])
        closes = np.concatenate([leg.adj_close for leg in legs])
        lines = np.full((len(orders), len(PRICE_LINES), sessions), np.nan)
        entries = np.zeros((len(orders), sessions), dtype=np.int8)
        made = strategy.lines_of_pairs(config, list(closes), [(a, b) for a, b in pairs.tolist()])
        for place, own in enumerate(made):
            write_lines(lines[place], own)
            entry = strategy.entry_line(config, {**prepared.signals, **own})
            assert entry is not None  # ours all know it from their lines
            entries[place] = entry
        run = simulate_block(
            np.repeat(terms, len(orders)), prepared.today, prepared.rates, entries, first,
            pairs=Pairs(
                pairs=pairs,
                of_run=first,
                bars=np.concatenate([bars_of(leg) for leg in legs]),
                leg_rates=np.zeros((0, 0), dtype=dtype_of(LegRates)),
                lines=lines,
            ),
            keep_equity=True,
        )  # fmt: skip
        moves = _leg_returns(*legs)
        return [_of_many(run, place, moves[:, place], since) for place in first.tolist()]

    def bounded(orders: Places) -> list[PathOutcome]:
        most = max(MOST_VALUES // sessions, 1)
        parts = [orders[at : at + most] for at in range(0, len(orders), most)]
        return [each for part in parts for each in outcomes(part)]

    return bounded


def _of_many(run: Many, place: int, moves: Floats, since: int) -> PathOutcome:
    """Return what is kept of one of many runs."""
    assert run.equity is not None  # it was asked for
    count = int(run.sessions[place])
    equity, returns = run.equity[place, :count], np.zeros(count)
    returns[1:] = np.maximum(equity[1:] / equity[:-1] - 1.0, -1.0)
    is_ruined = count < run.equity.shape[1] or not equity[-1] > 0.0
    return _outcome(returns, int(run.totals["entries"][place]), is_ruined, moves, since)


def _outcome(
    returns: Floats, entries: int, is_ruined: bool, moves: Floats, since: int
) -> PathOutcome:
    """Return what is kept of a run, its own returns and its legs' (shape (2, n)) given."""
    counted = returns[since:]
    return PathOutcome(
        sharpe=annual_sharpe(counted) or 0.0,
        appraisal=appraisal_ratio(counted, np.column_stack([*moves[:, since : len(returns)]])),
        total_return=float(np.prod(1.0 + counted)) - 1.0,
        entries=entries,
        is_ruined=is_ruined,
    )


def _leg_returns(*legs: Leg) -> Floats:
    """Return the legs' total returns by session, the first 0: one row a leg, or one block."""
    closes = np.array([leg.adj_close for leg in legs])
    returns = np.zeros_like(closes)
    returns[..., 1:] = closes[..., 1:] / closes[..., :-1] - 1.0
    return returns
