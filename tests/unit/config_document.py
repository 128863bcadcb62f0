"""The least configuration, what it resolves to, and how to change one key of either."""

import copy

from configs.schema import RunConfig

LEAST = {
    "name": "least",
    "data": {"start": "2024-01-02"},
    "pair": {"long": "SMH", "short": "IGV"},
    "signal": {"kind": "correlation"},
}

# The least a file may say, resolved: every default, as DESIGN section 4 and the article have them.
DEFAULTS = {
    "name": "least",
    "data": {
        "source": "yahoo",
        "path": None,
        "start": "2024-01-02",
        "end": None,
        "benchmark": None,
        "confirm": {},
        "adjusted": False,
    },
    "pair": {"long": "SMH", "short": "IGV"},
    "fundamentals": None,
    "signal": {
        "kind": "correlation",
        "window": 63,
        "zscore": "expanding",
        "min_periods": 63,
        "zscore_window": 252,
        "enter_below": -2.0,
    },
    "strategy": None,
    "regime": None,
    "sizing": {
        "kind": "inverse_vol",
        "window": 21,
        "gross": 1.0,
        "vol_target": None,
        "max_gross": 2.0,
    },
    "rebalance": {"kind": "weekly", "on": "last", "every": 1, "min_trade_usd": 0.0},
    "exits": {
        "holding_sessions": None,
        "z_above": None,
        "z_stop": None,
        "half_lives": None,
        "stop_loss": None,
        "trailing_stop": None,
        "take_profit": None,
        "flat_over": None,
        "thesis": None,
    },
    "costs": {
        "commission": {"kind": "ibkr_fixed"},
        "fees": {"kind": "none"},
        "spread": {
            "kind": "quoted_bps",
            "default_bps": 3.0,
            "tick_usd": 0.0,
            "open_multiplier": 1.0,
        },
        "impact": {"kind": "none"},
        "borrow": {"default_rate": 0.0025, "series": {}, "hard_to_borrow": []},
        "interest": {"kind": "none"},
    },
    "entries": {"kind": "single"},
    "account": {
        "cash": 1_000_000.0,
        "fill": "next_open",
        "replicate": False,
        "fractional": False,
        "margin": {
            "kind": "reg_t",
            "initial": 0.5,
            "maintenance_long": 0.25,
            "maintenance_short": 0.3,
            "house_multiplier": 1.0,
            "on_shortfall": "scale",
        },
    },
    "audit": {
        "pairs": ["SMH/IGV", "MAGS/IGV", "NVDA/MSFT", "SMH/QQQ"],
        "rare_at_most": 0.05,
        "horizons": [21, 63, 126],
        "gap_days": 21,
        "published": [],
        "published_on": None,
        "forecasts": [],
        "conditions": [],
        "execution": None,
        "thesis_ledger": [],
        "context_as_of": None,
        "context_symbols": [],
        "factors": {"momentum": None, "investment": None, "among": []},
        "trials": 1,
        "lags": [1, 2, 5],
        "neighbour_step": 0.2,
        "least_filing_days": 10,
        "max_participation": 0.1,
        "second_source": None,
        "universe": None,
        "resamples": 999,
        "resamples_at_most": 9999,
        "seed": 1,
        "thresholds": {
            "clusters": [30, 5],
            "resampled_p": [0.01, 0.1],
            "timing_p": [0.03, 0.1],
            "after_publication_p": 0.05,
            "placebo_percentile": [95.0, 80.0],
            "deflated_sharpe": 0.95,
            "neighbours": [0.8, 0.5],
            "lag_kept": [0.7, 0.4],
            "regime_share": 0.6,
            "regime_p": 0.05,
            "cost_multiple": [3.0, 1.5],
            "borrow_rate": [0.05, 0.01],
            "power": 0.8,
        },
    },
}


def changed(path, value, base=LEAST):
    """The base document with the key at ``path`` set."""
    document = copy.deepcopy(base)
    *sections, key = path.split(".")
    inner = document
    for section in sections:
        inner = inner.setdefault(section, {})
    inner[key] = value
    return document


def config_of(document):
    return RunConfig.model_validate(document)
