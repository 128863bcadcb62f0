"""What the causality sweep calls of hedges and spreads: how, on price lines x and y."""

import math

import numpy as np

from strategies.rules import hedge_ratio, rolling, spread

WINDOWS = (2, 3, 21)


def both(lines):
    """A pair of lines as one array."""
    return np.column_stack(lines)


def hedge_of(x, y):
    return hedge_ratio.rolling_ols(y, x, 5, True)[0]


SWEPT = {
    hedge_ratio.fixed_hedge: [lambda x, y: hedge_ratio.fixed_hedge(y, 1.63)],
    hedge_ratio.expanding_ols: [
        lambda x, y, n=n, a=a: both(hedge_ratio.expanding_ols(y, x, n, a))
        for n in WINDOWS
        for a in (True, False)
    ],
    hedge_ratio.rolling_ols: [
        lambda x, y, n=n, a=a: both(hedge_ratio.rolling_ols(y, x, n, a))
        for n in WINDOWS
        for a in (True, False)
    ],
    hedge_ratio.formation_ols: [
        lambda x, y, n=n, a=a: both(hedge_ratio.formation_ols(y, x, n, 7, a))
        for n in WINDOWS
        for a in (True, False)
    ],
    hedge_ratio.kalman_hedge: [
        lambda x, y, a=a: np.column_stack(hedge_ratio.kalman_hedge(y, x, 1e-4, 1e-3, a))
        for a in (True, False)
    ],
    spread.spread_of: [lambda x, y: spread.spread_of(y, x, hedge_of(x, y))],
    spread.rolling_spread_zscore: [
        lambda x, y, n=n: spread.rolling_spread_zscore(y - x, y, n) for n in WINDOWS
    ],
    spread.formation_zscore: [
        lambda x, y, n=n: spread.formation_zscore(y, x, hedge_of(x, y), n, 7) for n in WINDOWS
    ],
    spread.filter_zscore: [
        lambda x, y: spread.filter_zscore(*hedge_ratio.kalman_hedge(y, x, 1e-4, 1e-3, True)[1].T)
    ],
    spread.fixed_zscore: [lambda x, y: spread.fixed_zscore(y - x, 1.0, 3.0)],
    spread.half_life: [lambda x, y, n=n: spread.half_life(y - x, n) for n in (3, 21)],
    spread.spread_entries: [
        lambda x, y, stop=stop: spread.spread_entries(
            rolling.rolling_zscore(y - x, 5, 5), hedge_of(x, y), 0.5, stop
        )
        for stop in (math.nan, 1.0)
    ],
}

# Signal sections of every hedge and z, and the sections beside them.
SIGNALS = [
    ({"kind": "spread", "half_life_window": 5, **signal}, sections)
    for signal, sections in (
        (
            {
                "hedge": {"kind": "rolling_ols", "window": 5},
                "zscore": {"kind": "rolling", "window": 4},
            },
            {"sizing": {"kind": "hedge_ratio", "window": 5}},
        ),
        ({"hedge": {"kind": "ols", "min_sessions": 5}, "on": "log_price", "y": "SSS"}, {}),
        (
            {
                "hedge": {"kind": "formation", "sessions": 9, "every": 7},
                "zscore": {"kind": "formation"},
            },
            {},
        ),
        ({"hedge": {"kind": "kalman"}, "zscore": {"kind": "filter"}}, {}),
        (
            {
                "hedge": {"kind": "fixed", "ratio": 1.2},
                "zscore": {"kind": "fixed", "mean": 0.0, "sd": 3.0},
            },
            {"sizing": {"kind": "linear", "window": 5}},
        ),
    )
]
