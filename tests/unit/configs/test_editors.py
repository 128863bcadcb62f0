"""The JSON Schema that editors read: current, valid, complete, and satisfied by what we ship."""

import json
from pathlib import Path

import jsonschema
import pytest

from configs.compare import load_comparison
from configs.compare import schema_text as compare_schema_text
from configs.distance import load_distance
from configs.distance import schema_text as distance_schema_text
from configs.load import load, read
from configs.schema import schema_text
from configs.sweep import load_sweep
from configs.sweep import schema_text as sweep_schema_text

CONFIGS = Path(__file__).parents[3] / "configs"
SHIPPED = sorted(CONFIGS.glob("*.yaml"))
SCHEMA = json.loads(schema_text())
OF_COMPARISONS = json.loads(compare_schema_text())
OF_SEARCHES = json.loads(sweep_schema_text())


def test_the_schema_file_is_current():
    assert (CONFIGS / "schema.json").read_text(encoding="utf-8") == schema_text()
    kept = CONFIGS / "distance_schema.json"
    assert kept.read_text(encoding="utf-8") == distance_schema_text()


def test_the_schema_is_a_json_schema():
    for schema in (SCHEMA, OF_COMPARISONS, OF_SEARCHES):
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_file_loads_and_satisfies_the_schema(path):
    keys = read(path).values
    loader, schema = load, SCHEMA
    if "variants" in keys:
        loader, schema = load_comparison, OF_COMPARISONS
    if {"grid", "pairs"} & keys.keys():
        loader, schema = load_sweep, OF_SEARCHES
    if "formation" in keys:
        loader, schema = load_distance, json.loads(distance_schema_text())
    loader(path)
    document = json.loads(json.dumps(read(path).values, default=str))  # dates as text
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(document)
    assert not validator.is_valid({**document, "not_a_key": 1})


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
