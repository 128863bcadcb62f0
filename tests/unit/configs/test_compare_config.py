"""Comparisons from text: what each variant comes to, and every way to ask for the wrong thing."""

import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from configs.compare import by_market, configurations, load_comparison, schema_text
from configs.errors import ConfigError
from configs.load import load, read

ROOT = Path(__file__).parents[3]
SHIPPED = ("weekly_vs_monthly.yaml", "rebalance_frontier.yaml", "article_pairs.yaml")
BASE = """\
name: trade
data: {source: sample, start: 2023-04-11, end: 2024-06-28}
pair: {long: SMH, short: IGV}
signal: {kind: always}
sizing: {kind: inverse_vol, window: 42, gross: 1.0}
exits: {holding_sessions: 60}
"""
HEAD = "name: test\nbase: base.yaml\nvariants:\n"  # the first variant stands on line 4


@pytest.fixture
def written(tmp_path):
    def write(text, base=BASE):
        (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
        path = tmp_path / "compare.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def variants(written):
    return lambda text, overrides=(): load_comparison(written(HEAD + text), overrides).variants


@pytest.fixture
def refused(written):
    def refuse(text, **how):
        path = written(text, **how)
        with pytest.raises(ConfigError) as stopped:
            load_comparison(path)
        return str(stopped.value).replace(f"{path.parent}/", "")

    return refuse


def test_a_mapping_replaces_the_whole_key_as_with_set(variants, written):
    made = variants("  a: {sizing: {kind: dollar_neutral}}\n  b: {sizing: {kind: inverse_vol}}\n")
    assert made["a"].sizing.kind == "dollar_neutral"
    assert made["b"].sizing.window == 21  # the default, not the base's 42
    base = written(HEAD).parent / "base.yaml"
    assert made["b"] == load(base, ["sizing={kind: inverse_vol}"])


def test_a_dotted_path_changes_one_key_and_keeps_its_neighbours(variants):
    made = variants("  a: {sizing.gross: 2.0}\n  b: {sizing.gross: 0.5, account.cash: 5000}\n")
    assert (made["a"].sizing.gross, made["a"].sizing.window) == (2.0, 42)
    assert (made["b"].sizing.gross, made["b"].account.cash) == (0.5, 5000)


def test_variants_keep_the_order_and_everything_else_of_the_base(variants, written):
    made = variants("  z: {}\n  a: {rebalance: {kind: never}}\n")
    assert list(made) == ["z", "a"]
    base = load(written(HEAD).parent / "base.yaml")
    assert made["z"] == base
    assert made["a"].resolved() == base.resolved() | {"rebalance": {"kind": "never"}}


def test_overrides_change_the_base_of_every_variant_and_a_variant_has_the_last_word(variants):
    made = variants(
        "  a: {account.cash: 7000}\n  b: {}\n", ["account.cash=9000", "exits.holding_sessions=5"]
    )
    assert [each.account.cash for each in made.values()] == [7000, 9000]
    assert [each.exits.holding_sessions for each in made.values()] == [5, 5]


def test_the_base_is_found_beside_the_comparison_wherever_we_stand(written, monkeypatch):
    path = written(HEAD + "  a: {}\n  b: {account.cash: 1}\n")
    monkeypatch.chdir("/")
    assert load_comparison(path).base == "base.yaml"


def test_the_digest_tells_names_order_and_configurations_apart(written):
    def digest(text):
        return load_comparison(written(text)).digest()

    first = digest(HEAD + "  a: {}\n  b: {account.cash: 1}\n")
    assert len(first) == 64
    assert digest(HEAD + "  # a remark\n  a: {}\n  b: {account.cash: 1.0}\n") == first
    others = {
        digest(HEAD + "  b: {account.cash: 1}\n  a: {}\n"),
        digest(HEAD + "  a: {}\n  c: {account.cash: 1}\n"),
        digest(HEAD + "  a: {}\n  b: {account.cash: 2}\n"),
        digest(HEAD.replace("test", "other") + "  a: {}\n  b: {account.cash: 1}\n"),
    }
    assert len(others | {first}) == 5


def test_a_file_is_one_configuration_or_all_of_its_variants(written):
    path = written(HEAD + "  a: {}\n  b: {account.cash: 1}\n")
    cash = [each.account.cash for each in configurations(path, ["account.cash=9"]).values()]
    assert cash == [9, 1]
    assert len(configurations(path.parent / "base.yaml")) == 1


@cache
def editors():
    """What an editor checks a comparison by."""
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("file", SHIPPED)
def test_the_shipped_comparisons_load_and_fit_the_schema_for_editors(file):
    path = ROOT / "configs" / file
    made = load_comparison(path)
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=./compare_")
    editors().validate(read(path).values)
    apart = {(each.rebalance, each.pair) for each in made.variants.values()}
    assert len(apart) == len(made.variants)


def test_the_frontier_has_the_nine_rules_of_the_question():
    made = load_comparison(ROOT / "configs" / "rebalance_frontier.yaml").variants
    lines = [
        (each.rebalance.kind, getattr(each.rebalance, "every", None),
         getattr(each.rebalance, "above", None))
        for each in made.values()
    ]  # fmt: skip
    assert lines == [
        ("daily", 1, None), ("weekly", 1, None), ("weekly", 2, None), ("monthly", 1, None),
        ("quarterly", 1, None), ("never", None, None), ("band", None, 0.10), ("band", None, 0.25),
        ("vol_ratio", None, 0.20),
    ]  # fmt: skip


def test_the_schema_for_editors_is_current():
    kept = ROOT / "configs" / "compare_schema.json"
    assert kept.read_text(encoding="utf-8") == schema_text(), "run: make schema"


@pytest.mark.parametrize(
    "variants",
    [
        {"a": {}},
        {"a": {}, "b": {"data": {"source": "sample", "start": "2020-01-01"}}},
        {"a": {}, "b": {"nonsense": 1}},
        {"a": {}, "b c": {}},
        {"a": {}, "b": 3},
    ],
)
def test_the_schema_for_editors_refuses_what_the_loader_refuses(variants):
    whole = {"name": "n", "base": "b.yaml", "variants": {"a": {}, "b": {"sizing.gross": 2}}}
    editors().validate(whole)
    assert not editors().is_valid(whole | {"variants": variants})


# --- a gallery ---

GALLERY = HEAD.replace("variants:", "gallery: true\nvariants:")
WINDOWS = "  a: {}\n  b: {data.end: 2024-01-31}\n"


def test_a_gallery_may_differ_in_what_a_comparison_may_not(written):
    text = GALLERY + WINDOWS + "  c: {pair: {long: IGV, short: SMH}}\n"
    made = load_comparison(written(text))
    assert made.gallery
    assert [str(each.data.end) for each in made.variants.values()] == [
        "2024-06-28", "2024-01-31", "2024-06-28",
    ]  # fmt: skip
    assert made.variants["c"].pair.long == "IGV"
    editors().validate(read(written(text)).values)


def test_each_of_a_gallery_has_a_market_of_its_own(written):
    groups = by_market(written(GALLERY + WINDOWS))
    assert [list(each) for each in groups] == [["a"], ["b"]]
    plain = by_market(written(HEAD + "  a: {}\n  b: {account.cash: 1}\n"))
    assert [list(each) for each in plain] == [["a", "b"]]


def test_a_gallery_is_another_comparison_than_its_variants_compared(written):
    two = "  a: {}\n  b: {account.cash: 1}\n"
    shown, compared = (load_comparison(written(head + two)) for head in (GALLERY, HEAD))
    assert shown.digest() != compared.digest()


def test_gallery_is_true_or_false_and_its_variants_keep_their_names(refused):
    said = refused(HEAD.replace("variants:", "gallery: maybe\nvariants:") + WINDOWS)
    assert said == "compare.yaml:3: gallery was 'maybe'; expected true or false"
    assert "name may not vary" in refused(GALLERY + "  a: {}\n  b: {name: other}\n")
    assert "write gallery: true to put" in refused(HEAD + WINDOWS)


# --- what is refused ---

TWO = "  a: {}\n  b: {account.cash: 1}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\nbase: base.yaml\n", "compare.yaml: variants is missing; expected 2 to 20"),
        ("base: base.yaml\nvariants:\n" + TWO, "compare.yaml: name is missing; expected Name on"),
        ("name: x\nvariants:\n" + TWO, "compare.yaml: base is missing; expected Configuration"),
        (HEAD + TWO + "varants: {}\n", ":6: unknown key varants; did you mean variants?"),
        (HEAD + TWO + "zzz: 1\n", ":6: unknown key zzz; expected name, base, variants"),
        ("name: 3\nbase: base.yaml\nvariants:\n" + TWO, ":1: name was 3; expected 1 to 120"),
        ("name: ''\nbase: base.yaml\nvariants:\n" + TWO, ":1: name was ''; expected 1 to 120"),
        ("name: x\nbase: [b]\nvariants:\n" + TWO, ":2: base was ['b']; expected 1 to 120"),
        ("name: x\nbase: bsae.yaml\nvariants:\n" + TWO, "; did you mean base.yaml?"),
        (BASE, "compare.yaml: has no variants and is one run, not a comparison; run it with: "),
        ("name: x\nbase: base.yaml\nvariants: 7\n", ":3: variants was 7; expected a mapping like"),
        ("name: x\nbase: base.yaml\nvariants:\n", ":3: variants was None; expected a mapping"),
        ("name: x\nbase: base.yaml\nvariants: {}\n", ":3: variants was 0 of them; expected 2"),
        (HEAD + "  a: {}\n", ":3: variants was 1 of them; expected 2 to 20"),
        (HEAD + TWO + "  a: {}\n", ":6: variants.a was given twice; expected it once"),
    ],
)
def test_a_file_that_is_no_comparison_is_refused_with_its_line(refused, text, said):
    assert said in refused(text)


def test_twenty_variants_are_taken_and_twenty_one_are_not(variants, refused):
    lines = [f"  v{n}: {{account.cash: {n + 1}}}\n" for n in range(21)]
    assert len(variants("".join(lines[:20]))) == 20
    assert "variants was 21 of them; expected 2 to 20" in refused(HEAD + "".join(lines))


@pytest.mark.parametrize(
    "name",
    ["../x", "a/b", "a b", "'.hidden'", "-rf", "_x", "''", "é", "'a\\b'", "a.b", "con", "LPT1",
     "x" * 41, "index.html", "'*'"],
)  # fmt: skip
def test_a_name_that_is_no_folder_everywhere_is_refused(refused, name):
    said = refused(f"{HEAD}  {name}: {{}}\n  b: {{account.cash: 1}}\n")
    assert said.startswith("compare.yaml:4: a variant was named ")
    assert "expected a folder's name" in said


def test_names_that_are_one_folder_on_some_systems_are_refused(refused):
    said = refused(f"{HEAD}  Weekly: {{}}\n  weekly: {{account.cash: 1}}\n")
    assert said.startswith("compare.yaml:5: variants Weekly and weekly differ in capitals only")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("data.end: 2024-01-05", ":5: data.end may not vary: variants on other prices or another"),
        ("data: {source: sample, start: 2023-04-11}", ":5: data may not vary: "),
        ("data.source: yahoo", ":5: data.source may not vary: "),
        ("data.benchmark: QQQ", ":5: data.benchmark may not vary: "),
        ("pair: {long: IGV, short: SMH}", ":5: pair may not vary: variants of another pair"),
        ("name: other", ":5: name may not vary: the variant is named by its own key"),
    ],
)
def test_a_variant_that_would_not_be_comparable_is_refused(refused, change, said):
    assert said in refused(f"{HEAD}  a: {{}}\n  b: {{{change}}}\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("rebalance: {kind: weekyl}", ":5: rebalance.kind was 'weekyl'; expected one of "),
        ("rebalance.kind: weekyl", ":5: rebalance.kind was 'weekyl'; expected one of "),
        ("rebalence: {kind: weekly}", ":5: unknown key rebalence; did you mean rebalance?"),
        ("account.cash: -1", ":5: account.cash was -1; expected greater than 0"),
        ("account.cash.usd: 1", ":5: account.cash was"),
        ("sizing..gross: 1", ":5: 'sizing..gross' is no key; expected one like sizing.gross"),
        ("sizing.gross: 2, sizing: {kind: inverse_vol}", ":5: sizing and sizing.gross replace the"),
        ("sizing: {kind: inverse_vol}, sizing.gross: 2", ":5: sizing.gross and sizing replace the"),
        ("exits.z_above: 1", "exits.z_above was 1.0; expected null, because signal kind always"),
    ],
)
def test_a_mistake_inside_a_variant_has_its_line_and_its_name(refused, change, said):
    text = refused(f"{HEAD}  a: {{}}\n  b: {{{change}}}\n")
    assert said in text
    assert text.endswith("(variant b)")


@pytest.mark.parametrize("value", ["null", "3", "[1]", "weekly"])
def test_a_variant_that_is_no_mapping_is_refused(refused, value):
    text = refused(f"{HEAD}  a: {value}\n  b: {{}}\n")
    assert text.startswith("compare.yaml:4: was ")
    assert text.endswith("expected a mapping of keys, {} for the base as it is (variant a)")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{}", "{}"),
        ("{}", "{rebalance: {kind: weekly}}"),  # the default, written out
        ("{account.cash: 5}", "{account: {cash: 5}}"),
        ("{sizing.gross: 2}", "{sizing.gross: 2.0}"),
    ],
)
def test_variants_that_come_to_the_same_are_refused(refused, one, other):
    text = refused(f"{HEAD}  a: {one}\n  b: {other}\n")
    assert text.startswith("compare.yaml:5: variants a and b are the same configuration")


def test_a_mistake_of_the_base_is_the_base_s(refused):
    text = refused(HEAD + TWO, base=BASE.replace("gross: 1.0", "gross: -1.0"))
    assert text == "base.yaml:5: sizing.gross was -1.0; expected greater than 0"


def test_a_comparison_asked_for_as_a_run_says_how_to_run_it(written):
    path = written(HEAD + TWO)
    with pytest.raises(ConfigError, match=r":3: variants make this a comparison; run it with: "):
        load(path)
