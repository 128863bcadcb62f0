"""What a configuration leaves unsaid. A resolved mapping, whole or in part, in, every key out.

A key that is missing is off: a test that is about one rule names that rule alone.
"""

OFF = {
    "fundamentals": None,
    "regime": None,
    "signal": {"enter_above": 0.20, "spenders": ("MSFT", "AMZN", "META", "GOOGL")},
    "sizing": {
        "window": None,
        "gross": 1.0,
        "vol_target": None,
        "max_gross": 2.0,
        "company": None,
        "scales": "gross",
        "reference_quarters": 8,
        "min_multiple": 0.5,
        "max_multiple": 2.0,
    },
    "rebalance": {"on": "last", "every": 1, "phase": 0, "min_trade_usd": 0.0, "companies": None},
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
# A regime or a thesis that is named at all takes what it leaves out from here.
REGIME = {"symbols": ("^VIX", "^MOVE"), "window": 252, "percentile_below": 20}
THESIS = {
    "capex_rollover": {"exit_below": 0.05},
    "margin_holds": {"quarters": 4, "bps": 50},
    "supplier_stalls": {"below": 0.10},
}
PRICE_OFF = {"stop_loss": None, "trailing_stop": None, "vol_spike": None}
SPIKE = {"symbol": "^VIX", "level": 40.0, "jump": None}
A_QUARTER_OF_SESSIONS = 63  # what a beta is measured over


def complete(config: dict) -> dict:
    """Return the configuration with every key the oracle reads; nothing given is changed."""
    whole = {
        name: dict(section) if isinstance(section, dict) else section
        for name, section in OFF.items()
    }
    for name, section in config.items():
        off = whole.get(name) or {}
        whole[name] = {**off, **section} if isinstance(section, dict) else section
    costs = config["costs"]
    whole["costs"] = {name: {**off, **costs.get(name, {})} for name, off in COSTS_OFF.items()}
    if whole["sizing"]["kind"] == "beta_neutral":
        whole["sizing"]["window"] = whole["sizing"]["window"] or A_QUARTER_OF_SESSIONS
    whole["regime"] = named(whole["regime"], REGIME)
    whole["exits"]["thesis"] = complete_thesis(whole["exits"]["thesis"] or {})
    return whole


def named(section: dict | None, defaults: dict) -> dict | None:
    """Return a section with its defaults; None stays off."""
    return None if section is None else {**defaults, **section}


def complete_thesis(thesis: dict) -> dict:
    """Return every thesis exit, each off unless it is named."""
    whole = {name: named(thesis.get(name), defaults) for name, defaults in THESIS.items()}
    whole["price"] = {**PRICE_OFF, **(thesis.get("price") or {})}
    whole["price"]["vol_spike"] = named(whole["price"]["vol_spike"], SPIKE)
    return whole


def triggers_of(rebalance: dict) -> list[dict]:
    """Return what may cause a rebalance, in the order asked."""
    if rebalance["kind"] == "never":
        return []
    computed = rebalance["of"] if rebalance["kind"] == "any_of" else [rebalance]
    return [{**OFF["rebalance"], **trigger} for trigger in computed]
