"""A run made ready. Configuration and market in, everything that the body asks for out.

Nothing here depends on what the run will do: both drivers start from the same `Prepared`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from configs.schema import RunConfig
from engine.body.terms import Rates, Terms
from engine.costs.tariffs import Tariffs
from engine.prepare.pieces import Pieces
from engine.prepare.preflight import check_sessions
from engine.prepare.terms import terms_of
from engine.prepare.today import check_prices
from feeds.market import Floats, Market
from strategies import STRATEGIES, PairStrategy
from strategies.records import Today, objects_of, shared_objects_of
from strategies.rules.rolling import Flags
from strategies.rules.spread import Sides


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """One configuration on one market, as numbers.

    terms
        What is asked; see ``engine.body.terms``.
    today, rates
        Arrays of ``Today`` and ``Rates``, one record a session.
    rule, regime
        Shape (n,): whether the entry rule holds at each close (+1 or -1 where it may also sell the
        pair), None where only the strategy
        itself can tell; and whether the regime does, None where none is asked.
    event_only
        What the strategy answers while it runs: only Backtrader asks it.
    signals
        The lines that ``signals.csv`` shows, shape (n,), NaN where unknown.
    readings
        What company reports said, by session; nothing without reports.
    """

    config: RunConfig
    market: Market
    tariffs: Tariffs
    terms: Terms
    today: npt.NDArray[np.void]
    rates: npt.NDArray[np.void]
    rule: Flags | Sides | None
    regime: Flags | None
    event_only: tuple[str, ...]
    signals: Mapping[str, Floats]
    readings: Mapping[str, Floats]

    @property
    def entry(self) -> Sides | None:
        """Where rule and regime both hold; None where only the strategy itself can tell."""
        if self.rule is None:
            return None
        inside = True if self.regime is None else self.regime
        return np.where(inside, self.rule, 0).astype(np.int8)

    @cached_property
    def days(self) -> list[Today]:
        """The sessions' facts as dataclasses, which plain Python reads faster."""
        return objects_of(Today, self.today)

    @cached_property
    def dated_rates(self) -> list[Rates]:
        """The sessions' rates as dataclasses."""
        return shared_objects_of(Rates, self.rates)


def prepare(
    config: RunConfig,
    market: Market,
    strategy_class: type[PairStrategy] | None = None,
    lag_sessions: int = 0,
    pieces: Pieces | None = None,
) -> Prepared:
    """Return a run made ready for either driver.

    Parameters
    ----------
    pieces
        Of this market and strategy, from a run before: what both ask for is not made again.

    Raises
    ------
    ConfigError, DataError
        The market has fewer sessions than the signals need; a named table or series is unusable.
    EngineError
        A price is no number above 0.
    """
    check_sessions(config, len(market.sessions))
    check_prices(market)
    strategy = strategy_class or STRATEGIES[config.signal.kind]
    pieces = pieces or Pieces(market, strategy_class)
    tariffs = pieces.tariffs(config)
    return Prepared(
        config=config,
        market=market,
        tariffs=tariffs,
        terms=terms_of(config, tariffs, strategy.warmup_sessions(config), lag_sessions),
        today=pieces.today(config),
        rates=pieces.rates(config),
        rule=pieces.rule(config),
        event_only=strategy.event_only(),
        regime=pieces.regime(config),
        signals=pieces.signals(config),
        readings=pieces.readings(config),
    )
