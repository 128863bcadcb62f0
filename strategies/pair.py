"""The skeleton every pair strategy shares. Bars and signal lines in, pair orders out.

Backtrader drives it: at each close it tells the broker whether the entry rule holds, and the broker
asks the one body of decisions (``strategies.decide``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import backtrader as bt
import numpy as np
from pydantic import ValidationError

from configs.errors import ConfigError
from configs.explain import closest
from configs.fields import Model
from configs.schema import RunConfig
from configs.sizing import Sizing
from strategies.exits import reason_to_leave
from strategies.records import Reason
from strategies.rules.rolling import (
    Flags,
    Floats,
    log_returns,
    rolling_volatility,
)
from strategies.rules.spread import Sides
from strategies.sizing import sizing_lines, warmup_sessions

EVENT_HOOKS = (
    "__init__", "is_triggered", "side", "is_in_regime", "z", "reason_to_leave", "next", "prenext",
    "nextstart", "start", "stop", "notify_order", "notify_trade", "notify_cashvalue", "notify_fund",
    "notify_data", "notify_store", "notify_timer",
)  # fmt: skip
"""Methods that the compiled loop does not call: overriding one keeps a strategy in Backtrader."""


def shown(model: type[Model]) -> tuple[tuple[str, Any], ...]:
    """Return a model's keys and defaults as Backtrader's ``params`` have them."""
    fields = model.model_fields.items()
    return tuple((name, each.default) for name, each in fields if name != "kind")


class PairStrategy(bt.Strategy):
    """Long one leg, short the other, one decision a session.

    Entry
        `entry_line` (or `is_triggered`, where only the running strategy can tell) at the close of
        *t*, in the configured regime, and flat; with tranches, also beside those held, at least
        ``gap_days`` after the last. Not while the thesis is broken. Subclasses say when.
    Exit
        The first reason of ``strategies.exits`` that holds at the close of *t*, a tranche.
    Sizing
        ``weight * gross * equity_t / close_t`` shares a leg, whole as traded; see
        ``strategies.sizing``.
    Orders
        One order for the pair, filled from *t+1* on; on a due rebalance the same sizing again.
        Reads only index 0 of its lines: what is known at the close of *t*.
    """

    params: Any = (("config", None),)
    reads_levels = False  # else prices start at the first close: no later dividend may move them

    elsewhere: ClassVar[Callable[..., Any] | None] = None
    """What runs it in a process of its own (``engine.foreign``); None where it runs in ours."""

    Settings: ClassVar[type[Model] | None] = None
    """What ``strategy.params`` may hold: a frozen model of the strategy's own, or nothing."""

    @classmethod
    def settings(cls, config: RunConfig) -> Any:
        """Return ``strategy.params`` as the class's own `Settings`, checked.

        Raises
        ------
        ConfigError
            A parameter is unknown, missing or of another type.
        """
        given = {} if config.strategy is None else config.strategy.params
        if cls.Settings is None:
            if given:
                raise ConfigError(
                    f"strategy.params had {', '.join(given)}; expected none, because the strategy "
                    "has no `class Settings(configs.fields.Model)` that names and checks them"
                )
            return None
        try:
            return cls.Settings.model_validate(given)
        except ValidationError as error:
            raise ConfigError(_first_fault(error, cls.Settings)) from None

    @classmethod
    def event_only(cls) -> tuple[str, ...]:
        """Return what only a running strategy can answer: such a run is never compiled."""
        own = [
            name for name in EVENT_HOOKS if getattr(cls, name) is not getattr(PairStrategy, name)
        ]
        has_line = cls.entry_line.__func__ is not PairStrategy.entry_line.__func__  # type: ignore[attr-defined]
        return tuple(own) if has_line or own else ("is_triggered",)

    @classmethod
    def signal_lines(
        cls, config: RunConfig, adj_close_long: Floats, adj_close_short: Floats
    ) -> dict[str, Floats]:
        """Return every signal line, shape (n,), each value known at the close of its session.

        Volatilities are per-session sample sds of total-return log returns; NaN before warm.
        """
        return skeleton_lines(
            config.sizing, leg_lines(config.sizing, adj_close_long),
            leg_lines(config.sizing, adj_close_short),
        )  # fmt: skip

    @classmethod
    def lines_of_pairs(
        cls, config: RunConfig, adj_closes: Sequence[Floats], pairs: Sequence[tuple[int, int]]
    ) -> Iterator[dict[str, Floats]]:
        """Yield the `signal_lines` of many pairs; what a leg brings to all its pairs may be shared.

        Parameters
        ----------
        adj_closes
            A line a symbol.
        pairs
            Places of the long and the short symbol.
        """
        for long, short in pairs:
            yield cls.signal_lines(config, adj_closes[long], adj_closes[short])

    @classmethod
    def windows(cls, config: RunConfig) -> tuple[str, ...]:
        """Return the signal's keys that ask for sessions before the first decision."""
        return ()

    @classmethod
    def entry_line(cls, config: RunConfig, lines: Mapping[str, Floats]) -> Flags | Sides | None:
        """Return whether the entry rule holds at each close, shape (n,), from the lines alone.

        A rule that may also sell the pair returns +1, -1 and 0. None: only a running strategy can
        tell, in `is_triggered`; such a run is not compiled.
        """
        return None

    @classmethod
    def warmup_sessions(cls, config: RunConfig) -> int:
        """Return the first session, counted from 1, on which an entry can be decided."""
        regime = 1 if config.regime is None else config.regime.window
        return max(warmup_sessions(config.sizing), regime)

    # Backtrader calls nobody's ``__init__`` but the last, so none of these waits for ours.

    @cached_property
    def config(self) -> RunConfig:
        """The configuration that runs."""
        config: RunConfig = self.p.config
        return config

    @cached_property
    def long(self) -> Any:
        """The feed of the long leg."""
        return self.datas[0]

    @cached_property
    def short(self) -> Any:
        """The feed of the short leg."""
        return self.datas[1]

    @cached_property
    def _entry(self) -> Any:
        return getattr(self.long.lines, "entry_rule", None)

    @cached_property
    def _in_regime(self) -> Any:
        return getattr(self.long.lines, "in_regime", None)

    @cached_property
    def _leaves(self) -> Any:
        overridden = type(self).reason_to_leave is not PairStrategy.reason_to_leave
        return self.reason_to_leave if overridden else None

    @cached_property
    def _has_own_z(self) -> bool:
        return type(self).z is not PairStrategy.z

    def is_triggered(self) -> bool:
        """Return whether the entry rule holds at this close."""
        if self._entry is None:
            raise NotImplementedError(
                f"{type(self).__name__} said nowhere when to enter; expected entry_line, or "
                "is_triggered where only the running strategy can tell"
            )
        return bool(self._entry[0])

    def side(self) -> int:
        """Return +1 where the entry rule would buy the pair at this close, -1 sell it, else 0."""
        if type(self).is_triggered is not PairStrategy.is_triggered or self._entry is None:
            return int(bool(self.is_triggered()))
        return int(self._entry[0])

    def z(self) -> float:
        """Return the z-score that ``exits.z_above`` looks at; NaN for a strategy without one."""
        return float(self.broker.today.z)

    def next(self) -> None:
        """Decide at the close of *t*: exit, else entry, else rebalance."""
        if self._has_own_z:
            self.broker.today.z = self.z()
        side = self.side()
        self.broker.decide(side if side and self.is_in_regime() else 0, self._leaves)

    def reason_to_leave(self, tranche: Any) -> str | None:  # the broker's open round trip
        """Return why a tranche ends at this close, or None."""
        broker = self.broker
        reason = reason_to_leave(broker.terms.rules.exits, broker.today, tranche)
        return None if reason == Reason.NOTHING else Reason(reason).name.lower()

    def is_in_regime(self) -> bool:
        """Return whether every index of the configured regime is compressed at this close."""
        return self._in_regime is None or bool(self._in_regime[0])


@dataclass(frozen=True, slots=True)
class LegLines:
    """What one leg brings to the lines of its pair, shape (n,) each."""

    returns: Floats
    volatility: Floats


def leg_lines(sizing: Sizing, adj_close: Floats) -> LegLines:
    """Return a leg's log returns and their rolling volatility."""
    returns = log_returns(adj_close)
    return LegLines(returns, rolling_volatility(returns, sizing.window))


def skeleton_lines(sizing: Sizing, long: LegLines, short: LegLines) -> dict[str, Floats]:
    """Return the lines that every pair has, of its two legs'."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(short.volatility > 0.0, long.volatility / short.volatility, np.nan)
    lines = {"vol_long": long.volatility, "vol_short": short.volatility, "vol_ratio": ratio}
    return lines | sizing_lines(sizing, long.returns, short.returns, short.volatility)


def _first_fault(error: ValidationError, model: type[Model]) -> str:
    """Return the first mistake in a strategy's parameters, what was expected, the remedy."""
    problem = error.errors()[0]
    name = ".".join(str(part) for part in problem["loc"])
    known = ", ".join(model.model_fields) or "none"
    if problem["type"] == "extra_forbidden":
        near = closest(name, tuple(model.model_fields))
        return f"strategy.params.{name}: unknown; the strategy has {known}{near}"
    if problem["type"] == "missing":
        return f"strategy.params.{name}: missing; the strategy has {known}"
    reason = problem["msg"].replace("Input should be ", "expected ")
    return f"strategy.params.{name} was {problem['input']!r}; {reason}"
