"""The configuration contract: each default, each limit, the digest and the editors' schema."""

import copy
import json
import math
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from configs.load import load, read
from configs.schema import RunConfig, schema_text

CONFIGS = Path(__file__).parents[2] / "configs"
SHIPPED = sorted(CONFIGS.glob("*.yaml"))

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
    },
    "pair": {"long": "SMH", "short": "IGV"},
    "signal": {
        "kind": "correlation",
        "window": 63,
        "zscore": "expanding",
        "min_periods": 63,
        "zscore_window": 252,
        "enter_below": -2.0,
    },
    "sizing": {"kind": "inverse_vol", "window": 21, "gross": 1.0},
    "rebalance": {"kind": "weekly"},
    "exits": {"holding_sessions": None, "z_above": None, "stop_loss": None},
    "costs": {
        "commission": {"kind": "ibkr_fixed"},
        "spread": {"default_bps": 3.0},
        "borrow": {"default_rate": 0.0025},
    },
    "account": {"cash": 1_000_000.0, "fill": "next_open", "fractional": False},
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


def test_every_default_is_the_documented_one():
    assert config_of(LEAST).resolved() == DEFAULTS


def test_defaults_of_the_other_kinds():
    document = changed("costs.commission", {"kind": "per_share"})
    commission = config_of(document).costs.commission
    assert (commission.per_share_usd, commission.min_usd) == (0.005, 1.0)
    sizing = config_of(changed("sizing", {"kind": "dollar_neutral"})).sizing
    assert (sizing.window, sizing.gross) == (21, 1.0)


def test_a_resolved_configuration_resolves_to_itself():
    config = config_of(LEAST)
    assert config_of(config.resolved()) == config


def test_costs_of_a_symbol_are_its_own_or_the_default():
    config = config_of(
        changed("costs", {"spread": {"SMH": 2.0}, "borrow": {"default_rate": 0.01, "IGV": 0.03}})
    )
    assert (config.costs.spread.bps("SMH"), config.costs.spread.bps("IGV")) == (2.0, 3.0)
    assert (config.costs.borrow.rate("SMH"), config.costs.borrow.rate("IGV")) == (0.01, 0.03)


@pytest.mark.parametrize("ticker", ["A", "3333", "BRK-B", "^VIX", "ES=F", "7203.T", "ON", "NO"])
def test_tickers_of_every_market_are_taken(ticker):
    assert config_of(changed("pair.long", ticker)).pair.long == ticker


@pytest.mark.parametrize(
    "ticker", ["", "smh", "../SMH", "A/B", "<script>", "S MH", "SMH\n", "^", "-A", "A" * 16]
)
def test_what_is_no_ticker_is_refused(ticker):
    with pytest.raises(ValidationError):
        config_of(changed("pair.long", ticker))


# Each limit, on its two sides.
LIMITS = [
    ("name", "x" * 120, "x" * 121),
    ("data.end", "2024-01-02", "2024-01-01"),
    ("signal.window", 3, 2),
    ("signal.min_periods", 2, 1),
    ("signal.zscore_window", 2, 1),
    ("sizing.window", 2, 1),
    ("sizing.gross", 20.0, 20.01),
    ("sizing.gross", 0.01, 0.0),
    ("exits.holding_sessions", 1, 0),
    ("exits.stop_loss", 0.001, 0.0),
    ("costs.spread.default_bps", 0.0, -0.1),
    ("costs.spread.SMH", 0.0, -0.1),
    ("costs.borrow.default_rate", 0.0, -0.1),
    ("costs.borrow.SMH", 0.0, -0.1),
    ("costs.commission.bps", 0.0, -0.1),
    ("costs.commission.per_share_usd", 0.0, -0.1),
    ("costs.commission.min_usd", 0.0, -0.1),
    ("account.cash", 0.01, 0.0),
]
KINDS = {"sizing": "inverse_vol"}
COMMISSIONS = {"bps": "bps", "per_share_usd": "per_share", "min_usd": "per_share"}


def base_for(path):
    """A document in which the key at ``path`` has the section it belongs to."""
    section, _, key = path.rpartition(".")
    if section == "costs.commission":
        return changed("costs.commission", {"kind": COMMISSIONS[key]})
    return changed(f"{section}.kind", KINDS[section]) if section in KINDS else LEAST


@pytest.mark.parametrize(("path", "inside", "outside"), LIMITS)
def test_each_limit_holds_on_both_sides(path, inside, outside):
    base = base_for(path)
    config_of(changed(path, inside, base))
    with pytest.raises(ValidationError):
        config_of(changed(path, outside, base))


@pytest.mark.parametrize("value", [math.nan, math.inf, True, "1", None, [1]])
@pytest.mark.parametrize("path", ["account.cash", "sizing.gross", "signal.enter_below"])
def test_a_number_is_a_finite_number(path, value):
    with pytest.raises(ValidationError):
        config_of(changed(path, value, base_for(path)))


@pytest.mark.parametrize("value", [3.0, "3", True, None])
def test_a_count_of_sessions_is_an_integer(value):
    with pytest.raises(ValidationError):
        config_of(changed("signal.window", value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("data.source", "bloomberg"),
        ("signal.kind", "capex"),
        ("signal.zscore", "all"),
        ("sizing.kind", "equal"),
        ("rebalance.kind", "yearly"),
        ("costs.commission.kind", "free"),
        ("account.fill", "same_close"),
        ("account.fractional", 1),
        ("data.start", 20240102),
    ],
)
def test_a_word_outside_its_list_is_refused(path, value):
    with pytest.raises(ValidationError):
        config_of(changed(path, value))


def test_the_minimum_may_exceed_the_window_only_of_an_expanding_z():
    document = changed("signal.zscore_window", 62)
    config_of(document)
    config_of(changed("signal.zscore", "rolling", changed("signal.zscore_window", 63)))
    with pytest.raises(ValidationError, match="min_periods was 63; expected at most"):
        config_of(changed("signal.zscore", "rolling", document))


def every_section(model):
    yield model
    for name in type(model).model_fields:
        value = getattr(model, name)
        if hasattr(type(value), "model_fields"):
            yield from every_section(value)


def test_every_section_is_frozen_and_closed():
    sections = list(every_section(config_of(LEAST)))
    assert len(sections) == 1 + 8 + 3  # the run, its sections, the sections of costs
    for section in sections:
        name = next(iter(type(section).model_fields))
        with pytest.raises(ValidationError, match="frozen"):
            setattr(section, name, getattr(section, name))
        with pytest.raises(ValidationError):
            type(section).model_validate({**section.model_dump(), "not_a_key": 1})


# --- the digest ---

# Every key of DEFAULTS with another value; a key that is missing here fails the test below.
OTHER = {
    "name": "other",
    "data.source": "sample",
    "data.path": "prices",
    "data.start": "2024-01-03",
    "data.end": "2024-06-28",
    "data.benchmark": "QQQ",
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
    "rebalance.kind": "never",
    "exits.holding_sessions": 126,
    "exits.z_above": 0.0,
    "exits.stop_loss": 0.1,
    "costs.commission.kind": "zero",
    "costs.spread.default_bps": 3.1,
    "costs.borrow.default_rate": 0.0026,
    "account.cash": 999_999.0,
    "account.fill": "next_close",
    "account.fractional": True,
}


def leaves(values, path=()):
    for key, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield ".".join((*path, key))


def test_every_key_has_another_value_to_try():
    assert set(OTHER) == set(leaves(DEFAULTS))


@pytest.mark.parametrize("path", OTHER)
def test_the_digest_feels_every_key(path):
    document = changed(path, OTHER[path], DEFAULTS)
    if path == "data.path":  # only a csv source has a folder: compare with another folder
        document["data"]["source"] = "csv"
        base = changed("data.path", "elsewhere", document)
    elif path == "signal.kind":
        document["signal"] = {"kind": "always"}
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


# --- the editors' schema ---

SCHEMA = json.loads(schema_text())


def test_the_schema_file_is_current():
    assert (CONFIGS / "schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_a_json_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_file_loads_and_satisfies_the_schema(path):
    load(path)
    document = json.loads(json.dumps(read(path).values, default=str))  # dates as text
    jsonschema.validate(document, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "not_a_key": 1}, SCHEMA)


def test_the_shipped_files_are_found():
    assert {"smh_igv.yaml", "sample.yaml"} <= {path.name for path in SHIPPED}


def is_described(schema, node):
    """A property says what it is for, or its section does."""
    if node.get("description"):
        return True
    inner = [node, *node.get("oneOf", ()), *node.get("anyOf", ())]
    names = [each["$ref"].rpartition("/")[2] for each in inner if "$ref" in each]
    return bool(names) and all(schema["$defs"][name].get("description") for name in names)


def undescribed(schema):
    """Keys without a word; ``kind`` names its section, whose description speaks for it."""
    sections = {"RunConfig": schema, **schema["$defs"]}
    return [
        f"{section}.{key}"
        for section, model in sections.items()
        for key, node in model["properties"].items()
        if not (is_described(schema, model) if key == "kind" else is_described(schema, node))
    ]


def test_every_key_is_described():
    assert undescribed(SCHEMA) == []


def test_a_key_without_a_description_would_be_noticed():
    bare = json.loads(schema_text())
    del bare["$defs"]["AccountConfig"]["properties"]["cash"]["description"]
    del bare["$defs"]["NeverRebalance"]["description"]
    assert undescribed(bare) == ["AccountConfig.cash", "NeverRebalance.kind"]
