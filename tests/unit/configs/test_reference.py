"""docs/configuration.md against the models: current, every key and kind, and no other."""

import re
from pathlib import Path

import pytest

from configs.reference import text
from configs.schema import RunConfig
from tests.unit.keys_in_table import expected_keys, kinds, numbers

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"


def rows():
    """Return the cells of every key's row, in the page's order."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("| `")]
    return [[cell.strip() for cell in each] for each in cells]


def documented_defaults():
    """Return each key with the defaults of the kinds that have it, but for sections."""
    none = {"[]": "none", "{}": "none"}
    collected = {}
    for key, _, default, _ in rows():
        if not default.startswith(("kind ", "as below")):
            shown = default.strip("`").strip('"')
            collected.setdefault(key.strip("`"), set()).add(none.get(shown, shown))
    return collected


def row_of(key):
    (computed,) = [each[1:] for each in rows() if each[0] == f"`{key}`"]
    return computed


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == text(), "run make schema"


def is_kind(key):
    return key.endswith(".kind")


def test_every_key_is_on_the_page_and_no_other():
    sections = {
        "data", "pair", "fundamentals", "signal", "strategy", "regime", "sizing", "rebalance",
        "exits", "costs", "entries", "account", "audit", "exits.flat_over", "exits.thesis",
        "exits.flat_over.season", "exits.thesis.capex_rollover", "exits.thesis.margin_holds",
        "exits.thesis.supplier_stalls", "exits.thesis.price", "exits.thesis.price.vol_spike",
        "costs.commission", "costs.fees", "costs.spread", "costs.impact", "costs.borrow",
        "costs.interest", "account.margin", "audit.thresholds", "audit.universe", "signal.hedge",
        "audit.published.figure", "audit.execution",
        "audit.factors",
    }  # fmt: skip
    keys = {key for key in expected_keys() if not is_kind(key)}
    documented = {each[0].strip("`") for each in rows()}
    assert sections <= documented
    assert documented - sections == keys - sections


def test_the_defaults_on_the_page_are_the_schema_s():
    expected = {key: numbers(each) for key, each in expected_keys().items() if not is_kind(key)}
    documented = {
        key: numbers(each) for key, each in documented_defaults().items() if key in expected
    }
    assert documented == expected


def test_a_section_of_kinds_names_its_default_and_its_kinds():
    documented = {each[0].strip("`"): each[2] for each in rows()}
    chosen = {key.removesuffix(".kind"): each for key, each in expected_keys().items()
              if is_kind(key)}  # fmt: skip
    none = {"[]": "none"}
    shown = {key: documented[key].removeprefix("kind ").strip("`") for key in chosen}
    assert {key: none.get(each, each) for key, each in shown.items()} == {
        key: default for key, (default,) in chosen.items()
    }
    assert row_of("entries")[2] == "One of `single`, `tranches`."


def test_every_kind_and_choice_is_explained():
    page = PAGE.read_text(encoding="utf-8")
    choices = {*kinds(RunConfig), "yahoo", "csv", "sample", "next_open", "next_close", "expanding"}
    assert {"correlation", "dollar_neutral", "quarterly", "per_share"} <= choices
    assert [kind for kind in sorted(choices) if f"`{kind}`" not in page] == []
    headed = re.findall(r"^#+ `[\w.]+\.kind`: (.*)$", page, re.MULTILINE)
    assert {*kinds(RunConfig)} == {kind for each in headed for kind in re.findall(r"`(\w+)`", each)}


def test_no_row_lacks_a_meaning():
    assert [key for key, _, _, meaning in rows() if not meaning] == []


@pytest.mark.parametrize(
    ("key", "row"),
    [
        ("signal.enter_below", "standard deviations, at least -100, at most 0"),
        ("signal.window", "whole number: sessions, at least 3, at most 20,000"),
        ("exits.stop_loss", "a fraction, above 0, at most 1 or null"),
        ("account.fill", "`next_open` or `next_close` or `same_close`"),
        ("account.fractional", "true or false"),
        ("pair.long", "ticker"),
        ("data.start", "date"),
        ("data.path", "path or null"),
        ("costs.spread.<TICKER>", "basis points, at least 0, at most 10,000"),
    ],
)
def test_types_units_and_bounds_are_those_of_the_models(key, row):
    assert {each[1] for each in rows() if each[0] == f"`{key}`"} - {
        "cents, at least 0, at most 10,000"  # of the spread in cents
    } == {row}
