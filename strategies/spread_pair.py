"""The classic pair: buy the cheap leg against the rich one, hedged by a regression."""

from collections.abc import Mapping

import numpy as np

from configs.schema import RunConfig
from configs.spread import SpreadSignal
from strategies.pair import PairStrategy
from strategies.rules import hedge_ratio, spread
from strategies.rules.rolling import Floats, logs
from strategies.rules.spread import Sides


class SpreadPair(PairStrategy):
    """A pair that may be long or short the spread ``y - h x``.

    Entry
        Flat, or leaving the other side at this close: long the spread (buy ``y``, sell ``h x``)
        while ``z_t < -enter_at``, short it while ``z_t > enter_at``. Default 2. Not while ``h`` is
        not positive: both legs would be on one side. Where ``half_lives`` limits the trade, not
        while the half-life is unknown: nothing would end it.
    Exit
        z back at ``exit_at``, besides those of the skeleton.
    Sizing
        As the skeleton; ``hedge_ratio`` and ``linear`` hold the legs in the ratio of the spread.
    Orders
        As the skeleton. A reversal is one order a leg.
    """

    reads_levels = True

    @classmethod
    def signal_lines(
        cls, config: RunConfig, adj_close_long: Floats, adj_close_short: Floats
    ) -> dict[str, Floats]:
        """Return hedge ratio, spread, z and half-life, and the skeleton's lines, shape (n,).

        ``hedge_weight`` is the long leg's share of gross at which the legs stand in the ratio.
        """
        signal = _signal(config)
        is_long = y_is_long(config)
        y, x = (adj_close_long, adj_close_short) if is_long else (adj_close_short, adj_close_long)
        if signal.on == "log_price":
            y, x = logs(y), logs(x)
        ratio, made, z = _spread(signal, y, x)
        held_y, held_x = (1.0, 1.0) if signal.on == "log_price" else (y, x)
        with np.errstate(invalid="ignore", divide="ignore"):
            weight_y = held_y / (held_y + np.abs(ratio) * held_x)
        return {
            "hedge_ratio": ratio,
            "spread": made,
            "z": z,
            "half_life": spread.half_life(made, signal.half_life_window),
            "hedge_weight": weight_y if is_long else 1.0 - weight_y,
            **super().signal_lines(config, adj_close_long, adj_close_short),
        }

    @classmethod
    def warmup_sessions(cls, config: RunConfig) -> int:
        """Return the first session with a z, counted from 1."""
        signal = _signal(config)
        first = _first_z(signal)
        if config.exits.half_lives is not None:
            first = max(first, _first_spread(signal) + signal.half_life_window)
        return max(super().warmup_sessions(config), first)

    @classmethod
    def windows(cls, config: RunConfig) -> tuple[str, ...]:
        """Return the keys that ask for sessions before the first decision."""
        signal = _signal(config)
        asked = {
            "ols": ("signal.hedge.min_sessions",),
            "rolling_ols": ("signal.hedge.window",),
            "formation": ("signal.hedge.sessions",),
        }.get(signal.hedge.kind, ())
        rolls = ("signal.zscore.window",) if signal.zscore.kind == "rolling" else ()
        lives = ("signal.half_life_window",) if config.exits.half_lives is not None else ()
        return (*asked, *rolls, *lives)

    @classmethod
    def entry_line(cls, config: RunConfig, lines: Mapping[str, Floats]) -> Sides:
        """Return +1 where the pair is to be bought, -1 where it is to be sold, shape (n,)."""
        signal, stop = _signal(config), config.exits.z_stop
        ratio = np.ones(len(lines["z"])) if signal.any_hedge else lines["hedge_ratio"]
        sides = spread.spread_entries(
            lines["z"], ratio, signal.enter_at, np.nan if stop is None else stop
        )
        if config.exits.half_lives is not None:
            sides[np.isnan(lines["half_life"])] = 0
        if signal.direction != "both":
            sides[sides == (-1 if signal.direction == "long_spread" else 1)] = 0
        return sides if y_is_long(config) else -sides


def y_is_long(config: RunConfig) -> bool:
    """Return whether the pair's long leg is the one that is bought to be long the spread."""
    return _signal(config).y in (None, config.pair.long)


def _spread(signal: SpreadSignal, y: Floats, x: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the hedge ratio, the spread and its z."""
    hedge, zscore = signal.hedge, signal.zscore
    if hedge.kind == "kalman":
        state, forecast = hedge_ratio.kalman_hedge(
            y, x, hedge.delta, hedge.observation_variance, hedge.intercept
        )
        ratio, made = state[:, 0], forecast[:, 0]
        if zscore.kind == "filter":
            return ratio, made, spread.filter_zscore(made, forecast[:, 1])
    else:
        ratio = _ratio(signal, y, x)
        made = spread.spread_of(y, x, ratio)
    if zscore.kind == "fixed":
        return ratio, made, spread.fixed_zscore(made, zscore.mean, zscore.sd)
    if zscore.kind == "rolling":
        return ratio, made, spread.rolling_spread_zscore(made, y, zscore.window)
    assert hedge.kind == "formation"  # the schema's own rule
    return ratio, made, spread.formation_zscore(y, x, ratio, hedge.sessions, hedge.every or len(y))


def _ratio(signal: SpreadSignal, y: Floats, x: Floats) -> Floats:
    """Return the hedge ratio of the kinds that are a regression."""
    hedge = signal.hedge
    if hedge.kind == "fixed":
        return hedge_ratio.fixed_hedge(y, hedge.ratio)
    if hedge.kind == "ols":
        return hedge_ratio.expanding_ols(y, x, hedge.min_sessions, hedge.intercept)[0]
    if hedge.kind == "rolling_ols":
        return hedge_ratio.rolling_ols(y, x, hedge.window, hedge.intercept)[0]
    assert hedge.kind == "formation"
    every = hedge.every or len(y)
    return hedge_ratio.formation_ols(y, x, hedge.sessions, every, hedge.intercept)[0]


def _first_spread(signal: SpreadSignal) -> int:
    """Return the first session on which the spread is known, counted from 1."""
    hedge = signal.hedge
    if hedge.kind == "ols":
        return hedge.min_sessions
    if hedge.kind == "rolling_ols":
        return hedge.window
    return hedge.sessions + 1 if hedge.kind == "formation" else 1


def _first_z(signal: SpreadSignal) -> int:
    """Return the first session on which z is known, counted from 1."""
    rolls = signal.zscore.window - 1 if signal.zscore.kind == "rolling" else 0
    return _first_spread(signal) + rolls


def _signal(config: RunConfig) -> SpreadSignal:
    """Return the signal section, which the registry guarantees to be of this kind."""
    assert isinstance(config.signal, SpreadSignal)
    return config.signal
