"""What a configuration leaves unsaid. A resolved mapping, whole or in part, in, every key out.

A key that is missing is off: a test that is about one rule names that rule alone.
"""

OFF = {
    "sizing": {"window": None, "gross": 1.0},
    "rebalance": {"on": "last", "every": 1, "min_trade_usd": 0.0},
    "exits": {
        "holding_sessions": None,
        "z_above": None,
        "stop_loss": None,
        "trailing_stop": None,
        "take_profit": None,
        "flat_over": None,
    },
    "entries": {"kind": "single"},
    "account": {"fractional": False, "margin": {"kind": "none"}},
}
COSTS_OFF = {
    "commission": {},
    "fees": {"kind": "none"},
    "spread": {"kind": "quoted_bps", "open_multiplier": 1.0, "tick_usd": 0.0},
    "impact": {"kind": "none"},
    "borrow": {"series": {}, "hard_to_borrow": ()},
    "interest": {"kind": "none"},
}


def complete(config: dict) -> dict:
    """Return the configuration with every key the oracle reads; nothing given is changed."""
    whole = {name: dict(section) for name, section in OFF.items()}
    for name, section in config.items():
        whole[name] = {**whole.get(name, {}), **section} if isinstance(section, dict) else section
    costs = config["costs"]
    whole["costs"] = {name: {**off, **costs.get(name, {})} for name, off in COSTS_OFF.items()}
    return whole


def triggers_of(rebalance: dict) -> list[dict]:
    """Return what may cause a rebalance, in the order asked."""
    if rebalance["kind"] == "never":
        return []
    found = rebalance["of"] if rebalance["kind"] == "any_of" else [rebalance]
    return [{**OFF["rebalance"], **trigger} for trigger in found]
