"""The correlation pair: enter when the legs have come unusually far apart in correlation."""

from collections.abc import Mapping

from configs.schema import CorrelationSignal, RunConfig
from strategies.pair import PairStrategy, shown
from strategies.rules.rolling import (
    Flags,
    Floats,
    expanding_zscore,
    log_returns,
    rolling_correlation,
    rolling_zscore,
)
from strategies.rules.signal import is_correlation_entry


class CorrelationPair(PairStrategy):
    """Long/short pair triggered by the z-score of the legs' rolling correlation.

    Entry
        Flat, and ``z_t < enter_below``: ``z_t = (c_t - mean) / sd`` of the correlations known so
        far. Default -2 over 63-session correlations: the article's trigger.
    Exit
        As the skeleton; ``z_above`` looks at the same z.
    Sizing
        As the skeleton.
    Orders
        As the skeleton.
    """

    params = shown(CorrelationSignal)

    @classmethod
    def signal_lines(
        cls, config: RunConfig, adj_close_long: Floats, adj_close_short: Floats
    ) -> dict[str, Floats]:
        """Return correlation, z and the skeleton's lines, shape (n,), NaN before warm."""
        signal = _signal(config)
        correlation = rolling_correlation(
            log_returns(adj_close_long), log_returns(adj_close_short), signal.window
        )
        if signal.zscore == "expanding":
            z = expanding_zscore(correlation, signal.min_periods)
        else:
            z = rolling_zscore(correlation, signal.zscore_window, signal.min_periods)
        lines = super().signal_lines(config, adj_close_long, adj_close_short)
        return {"correlation": correlation, "z": z, **lines}

    @classmethod
    def warmup_sessions(cls, config: RunConfig) -> int:
        """Return the first session with a z, counted from 1: window returns, then min_periods."""
        signal = _signal(config)
        return max(super().warmup_sessions(config), signal.window + signal.min_periods)

    @classmethod
    def windows(cls, config: RunConfig) -> tuple[str, ...]:
        """Return the keys that ask for sessions before the first decision."""
        return ("signal.window", "signal.min_periods")

    @classmethod
    def entry_line(cls, config: RunConfig, lines: Mapping[str, Floats]) -> Flags:
        """Return whether z is strictly below the entry level at each close, shape (n,)."""
        return is_correlation_entry(lines["z"], _signal(config).enter_below)


def _signal(config: RunConfig) -> CorrelationSignal:
    """Return the signal section, which the registry guarantees to be of this kind."""
    assert isinstance(config.signal, CorrelationSignal)
    return config.signal
