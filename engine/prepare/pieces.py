"""The parts of prepared runs, each made once. A market in; what any configuration asks of it out.

Configurations that differ in one section share everything that does not look at it: a search of a
thousand cells computes four correlations, not a thousand. Each part below names what it looks at;
one that looked at more than it names would be shared wrongly, which the searches' own proof and the
property tests would see.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from configs.errors import ConfigError
from configs.schema import RunConfig
from engine.costs.price_list import tariffs_of
from engine.costs.tariffs import Tariffs
from engine.prepare.calendar_lines import lines_of
from engine.prepare.fundamental_lines import needed_readings, reading_lines
from engine.prepare.rates import rates_of, reads_prices
from engine.prepare.signal_lines import checked_entries, signal_lines, spike_flags
from engine.prepare.today import today_of
from feeds.market import Floats, Market
from strategies import STRATEGIES, PairStrategy
from strategies.rebalance import dated_triggers
from strategies.rules.regime import is_compressed
from strategies.rules.rolling import Flags
from strategies.rules.spread import Sides
from strategies.sizing import needs_covariance

Made = TypeVar("Made")
MOST_KEPT = 64  # parts of somebody's own strategy, of which no two runs share any
Key = tuple[Any, ...]
Records = npt.NDArray[np.void]


class Pieces:
    """What configurations ask of one market, each part made when first asked for."""

    def __init__(self, market: Market, strategy: type[PairStrategy] | None = None) -> None:
        self.market = market
        self.strategy = strategy
        self._made: dict[Key, Any] = {}
        self._texts: dict[int, tuple[BaseModel, str]] = {}  # kept, so that no id is used again
        self._of_dates: dict[Key, Any] = {}

    def elsewhere(self, market: Market) -> "Pieces":
        """Return the pieces of a market with the same sessions and reports, at other prices."""
        other = Pieces(market, self.strategy)
        other._texts, other._of_dates = self._texts, self._of_dates
        return other

    # What does not look at prices.

    def tariffs(self, config: RunConfig) -> Tariffs:
        """Return the broker's and the exchange's dated price lists."""
        key = ("tariffs", self._text(config.costs))
        return _once(self._of_dates, key, lambda: tariffs_of(config.costs, self.market))

    def readings(self, config: RunConfig) -> Mapping[str, Floats]:
        """Return what company reports said, by session."""
        key = ("readings", config.spenders, config.sizing_company, self._text(config.sizing))
        return _once(self._of_dates, key, lambda: reading_lines(config, self.market))

    def dated(self, config: RunConfig) -> Mapping[str, Floats]:
        """Return what certain days ask."""
        triggers = [
            (place, self._text(each)) for place, each in dated_triggers(config.rebalance).items()
        ]
        flat = config.exits.flat_over
        key = (
            "dated",
            *triggers,
            config.sizing_company,
            None if flat is None else self._text(flat),
        )
        return _once(self._of_dates, key, lambda: lines_of(config, self.market))

    # What does.

    def signals(self, config: RunConfig) -> dict[str, Floats]:
        """Return the lines that ``signals.csv`` shows."""
        strategy = self.strategy or STRATEGIES[config.signal.kind]

        def made() -> dict[str, Floats]:
            return signal_lines(config, self.market, self.readings(config), strategy)

        return self._kept(("signals", *self.signal_key(config)), made)

    def signal_key(self, config: RunConfig) -> Key:
        """Return everything that the signal lines look at; the levels of an entry are not in it."""
        sizing, spike = config.sizing, _vol_spike(config)
        if self.strategy is not None:  # nobody knows what it looks at
            return (self._text(config),)
        signal = config.signal
        seen: Key = (signal.kind, config.spenders)
        if signal.kind == "correlation":
            seen = (
                signal.kind, signal.window, signal.zscore, signal.min_periods, signal.zscore_window
            )  # fmt: skip
        elif signal.kind == "spread":
            seen = (signal.kind, signal.y, signal.on, signal.half_life_window)
            seen += (self._text(signal.hedge), self._text(signal.zscore))
        return (
            *seen,
            (sizing.kind, sizing.window, needs_covariance(sizing)),
            self._text(sizing) if sizing.kind == "capex_intensity" else None,
            needed_readings(config),
            None if config.regime is None else (config.regime.symbols, config.regime.window),
            None if spike is None else spike.symbol,
        )

    def today_key(self, config: RunConfig) -> Key:
        """Return everything that the facts of a session look at."""
        spike, flat = _vol_spike(config), config.exits.flat_over
        return (
            self.signal_key(config),
            *(
                (place, self._text(each))
                for place, each in dated_triggers(config.rebalance).items()
            ),
            config.sizing_company,
            None if flat is None else self._text(flat),
            None if spike is None else self._text(spike),
        )

    def today(self, config: RunConfig) -> Records:
        """Return the facts of every session; made anew at every call, because they are large."""
        dated = {**self.dated(config), **spike_flags(config, self.market)}
        return today_of(self.market, self.signals(config), dated)

    def rates_key(self, config: RunConfig) -> Key:
        """Return everything that the dated costs look at."""
        return (self._text(config.costs),)

    def rates(self, config: RunConfig) -> Records:
        """Return the dated costs of every session."""

        def made() -> Records:
            return rates_of(config, self.market, self.tariffs(config))

        key = ("rates", *self.rates_key(config))
        if not reads_prices(config.costs):
            return _once(self._of_dates, key, made)
        return self._kept(key, made)

    def rule(self, config: RunConfig) -> Flags | Sides | None:
        """Return where the entry rule holds; None where only a running strategy can tell."""
        strategy = self.strategy or STRATEGIES[config.signal.kind]
        rule = strategy.entry_line(config, self.signals(config))
        own = self.strategy is not None
        return checked_entries(rule, len(self.market.sessions)) if own else rule

    def regime(self, config: RunConfig) -> Flags | None:
        """Return where every index of the configured regime is compressed."""
        if config.regime is None:
            return None
        signals = self.signals(config)
        inside = np.ones(len(self.market.sessions), dtype=bool)
        for place in range(len(config.regime.symbols)):
            rank = signals[f"regime_rank_{place}"]
            inside &= is_compressed(rank, config.regime.percentile_below)
        return inside

    def entry_key(self, config: RunConfig) -> Key:
        """Return everything that decides where an entry would be made."""
        below = None if config.regime is None else config.regime.percentile_below
        exits = config.exits  # whose levels bar an entry beyond them, or of no known half-life
        key: Key = (self.signal_key(config), self._text(config.signal), below)
        return (*key, exits.z_stop, exits.half_lives)

    def entry(self, config: RunConfig) -> Sides:
        """Return where rule and regime both hold, as the lines tell: +1, and -1 to sell.

        Raises
        ------
        ConfigError
            Somebody's own strategy has no entry line for this configuration.
        """
        rule, regime = self.rule(config), self.regime(config)
        if rule is None:
            raise ConfigError("entry_line was None for a cell; expected a line for every one")
        sides: Sides = np.where(True if regime is None else regime, rule, 0).astype(np.int8)
        return sides

    def _kept(self, key: Key, make: Callable[[], Made]) -> Made:
        """Return what depends on prices; of somebody's own strategy only the latest are kept."""
        while self.strategy is not None and len(self._made) >= MOST_KEPT:
            self._made.pop(next(iter(list(self._made)), key), None)
        return _once(self._made, key, make)

    def _text(self, section: BaseModel) -> str:
        """Return a section as text, once for each object."""
        known = self._texts.get(id(section))
        if known is None:
            known = self._texts[id(section)] = (section, section.model_dump_json())
        return known[1]


def _once(made: dict[Key, Any], key: Key, make: Callable[[], Made]) -> Made:
    """Return what was made under a key, made now where it was not.

    Two threads may make the same thing at once; both are the same.
    """
    piece: Made | None = made.get(key)
    if piece is None:
        piece = made[key] = make()
    return piece


def _vol_spike(config: RunConfig) -> Any:
    thesis = config.exits.thesis
    return None if thesis is None else thesis.vol_spike
