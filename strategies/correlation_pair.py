"""The correlation pair: enter when the legs have come unusually far apart in correlation."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import numpy as np

from configs.schema import CorrelationSignal, RunConfig
from strategies.pair import PairStrategy, leg_lines, shown, skeleton_lines
from strategies.rules.rolling import (
    Centred,
    Flags,
    Floats,
    centred,
    correlation_of,
    expanding_zscore,
    expanding_zscores,
    log_returns,
    rolling_correlation,
    rolling_zscore,
)
from strategies.rules.signal import is_correlation_entry

BATCH = 512  # pairs whose z-scores are computed side by side
MOST_KEPT_BYTES = 200_000_000  # of the runs that legs bring to their correlations


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
        lines = super().signal_lines(config, adj_close_long, adj_close_short)
        return {"correlation": correlation, "z": _zscores(signal, [correlation])[0], **lines}

    @classmethod
    def lines_of_pairs(
        cls, config: RunConfig, adj_closes: Sequence[Floats], pairs: Sequence[tuple[int, int]]
    ) -> Iterator[dict[str, Floats]]:
        """Yield the lines of many pairs; a pair and its reverse share their correlation."""
        signal = _signal(config)
        legs = {place: leg_lines(config.sizing, adj_closes[place])
                for place in sorted({place for pair in pairs for place in pair})}  # fmt: skip
        uses = Counter(chain.from_iterable({(min(pair), max(pair)) for pair in pairs}))
        kept: dict[int, Centred] = {}

        def runs(place: int) -> Centred:
            found = kept.get(place) or centred(legs[place].returns, signal.window)
            if uses[place] > 1 and len(kept) * found.rows.nbytes < MOST_KEPT_BYTES:
                kept[place] = found
            return found

        for batch in (pairs[at : at + BATCH] for at in range(0, len(pairs), BATCH)):
            both = list(dict.fromkeys((min(pair), max(pair)) for pair in batch))
            lines = [correlation_of(runs(one), runs(other)) for one, other in both]
            of = dict(zip(both, zip(lines, _zscores(signal, lines), strict=True), strict=True))
            for long, short in batch:
                correlation, z = of[min(long, short), max(long, short)]
                own = skeleton_lines(config.sizing, legs[long], legs[short])
                yield {"correlation": correlation, "z": z, **own}

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


def _zscores(signal: CorrelationSignal, correlations: Sequence[Floats]) -> Sequence[Floats]:
    """Return the z-scores of each line of correlations."""
    if signal.zscore == "rolling":
        return [
            rolling_zscore(line, signal.zscore_window, signal.min_periods) for line in correlations
        ]
    if len(correlations) == 1:
        return [expanding_zscore(correlations[0], signal.min_periods)]
    return list(expanding_zscores(np.array(correlations), signal.min_periods))


def _signal(config: RunConfig) -> CorrelationSignal:
    """Return the signal section, which the registry guarantees to be of this kind."""
    assert isinstance(config.signal, CorrelationSignal)
    return config.signal
