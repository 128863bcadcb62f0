"""The digest of a configuration: every key counts, its order and its origin do not."""

import pytest

from tests.unit.config_document import DEFAULTS, LEAST, changed, config_of

# Every key of DEFAULTS with another value; a key that is missing here fails the test below.
OTHER = {
    "name": "other",
    "data.source": "sample",
    "data.path": "prices",
    "data.start": "2024-01-03",
    "data.end": "2024-06-28",
    "data.benchmark": "SPY",
    "data.confirm": {"SMH": ["2024-03-05"]},
    "pair.long": "SOXX",
    "pair.short": "QQQ",
    "signal.window": 64,
    "signal.zscore": "rolling",
    "signal.min_periods": 64,
    "signal.zscore_window": 251,
    "signal.enter_below": -2.1,
    "signal.kind": "always",
    "sizing.kind": "dollar_neutral",
    "sizing.window": 22,
    "sizing.gross": 1.1,
    "sizing.vol_target": 0.1,
    "sizing.max_gross": 2.5,
    "fundamentals": {"source": "sample"},
    "strategy": {"file": "mine.py"},
    "regime": {"symbols": ["^VIX"]},
    "rebalance.kind": "monthly",
    "rebalance.on": "first",
    "rebalance.every": 2,
    "rebalance.min_trade_usd": 1.0,
    "exits.holding_sessions": 126,
    "exits.z_above": 0.0,
    "exits.stop_loss": 0.1,
    "exits.trailing_stop": 0.1,
    "exits.take_profit": 0.1,
    "exits.flat_over": {"earnings": "dates.csv"},
    "exits.thesis": {"price": {"stop_loss": 0.2}},
    "costs.commission.kind": "zero",
    "costs.fees.kind": "us_sales",
    "costs.spread.kind": "vol_scaled",
    "costs.spread.default_bps": 3.1,
    "costs.spread.tick_usd": 0.01,
    "costs.spread.open_multiplier": 2.0,
    "costs.impact.kind": "square_root",
    "costs.borrow.default_rate": 0.0026,
    "costs.borrow.hard_to_borrow": [
        {"symbol": "IGV", "since": "2024-01-02", "until": "2024-01-03"}
    ],
    "costs.borrow.series": {"IGV": "igv.csv"},
    "costs.interest.kind": "benchmark",
    "entries.kind": "tranches",
    "account.cash": 999_999.0,
    "account.fill": "next_close",
    "account.replicate": True,
    "account.fractional": True,
    "account.margin.kind": "none",
    "account.margin.initial": 0.6,
    "account.margin.maintenance_long": 0.3,
    "account.margin.maintenance_short": 0.4,
    "account.margin.house_multiplier": 1.1,
    "account.margin.on_shortfall": "refuse",
}
WHOLE = {
    "signal.kind": {"kind": "always"},
    "account.margin.kind": {"kind": "none"},
    "costs.interest.kind": {"kind": "benchmark", "rate": 0.0},
}


def leaves(values, path=()):
    for key, value in values.items():
        if value and isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield ".".join((*path, key))


def test_every_key_has_another_value_to_try():
    run = {key: section for key, section in DEFAULTS.items() if key != "audit"}
    of_a_spread = {"exits.z_stop", "exits.half_lives", "data.adjusted"}  # tried in test_spread_keys
    assert set(OTHER) == set(leaves(run)) - of_a_spread


def test_an_audit_has_a_digest_of_its_own_and_leaves_the_run_s_alone():
    base, other = config_of(DEFAULTS), config_of(changed("audit.seed", 2, DEFAULTS))
    assert other.digest() == base.digest()
    assert other.audit_digest() != base.audit_digest()
    assert config_of(changed("account.cash", 2.0)).audit_digest() != base.audit_digest()


def targeted(document):
    """The document sized for a volatility, without the gross that is then its own."""
    sizing = {key: value for key, value in document["sizing"].items() if key != "gross"}
    return {**document, "sizing": {**sizing, "vol_target": OTHER["sizing.vol_target"]}}


@pytest.mark.parametrize("path", OTHER)
def test_the_digest_feels_every_key(path):
    document = changed(path, OTHER[path], DEFAULTS)
    if path == "data.path":  # only a csv source has a folder: compare with another folder
        document["data"]["source"] = "csv"
        base = changed("data.path", "elsewhere", document)
    elif path == "sizing.max_gross":  # only a volatility target has a most
        document = targeted(document)
        base = targeted(DEFAULTS)
    elif path == "sizing.vol_target":  # which sets the gross
        document, base = targeted(DEFAULTS), DEFAULTS
    elif path in WHOLE:  # the other kind has other keys
        document = changed(path.rpartition(".")[0], WHOLE[path], DEFAULTS)
        base = DEFAULTS
    else:
        base = DEFAULTS
    assert config_of(document).digest() != config_of(base).digest()


def reversed_keys(values):
    if not isinstance(values, dict):
        return values
    return {key: reversed_keys(values[key]) for key in reversed(values)}


def test_the_digest_ignores_the_order_of_keys_and_how_a_default_came_about():
    digest = config_of(LEAST).digest()
    assert config_of(reversed_keys(DEFAULTS)).digest() == digest
    assert config_of(changed("account.cash", 1_000_000)).digest() == digest
    assert len(bytes.fromhex(digest)) == 32


def test_the_digest_ignores_the_order_of_symbols():
    one = changed("costs.spread", {"SMH": 1.0, "IGV": 2.0})
    other = changed("costs.spread", {"IGV": 2.0, "SMH": 1.0})
    assert config_of(one).digest() == config_of(other).digest()
