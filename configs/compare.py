"""A comparison of variants of one base. A YAML file in, a checked configuration per variant out.

Variants may differ in anything but what they are measured on: prices, window and pair are the
base's, or the numbers side by side would not be comparable. A gallery (``gallery: true``) puts
pairs or windows side by side and compares nothing.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from configs.errors import ConfigError, is_plain, shown
from configs.explain import closest
from configs.files import expanded
from configs.load import Document, load, read, replaced, requested, validate
from configs.schema import RunConfig
from configs.strict_yaml import KeyPath

FEWEST, MOST = 2, 20  # one variant compares with nothing; more than twenty no page can show
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
# Words that Windows keeps for devices, whatever follows: no folder can have them.
DEVICES = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)
SHARED = {
    "name": "the variant is named by its own key",
    "data": "variants on other prices or another window are not comparable",
    "pair": "variants of another pair are not comparable",
    "fundamentals": "variants on other reports are not comparable",
}
OF_A_GALLERY = ("data", "pair", "fundamentals")  # what may vary where nothing is compared
PURPOSES = {
    "name": "Name on the comparison page; the folder gets a file-safe form of it.",
    "base": "Configuration that every variant starts from, relative to this file.",
    "variants": f"{FEWEST} to {MOST} variants by name: the keys of the base that each replaces.",
    "gallery": "true: variants may differ in pair, data and fundamentals too, and stand side by "
    "side without a test of one against another.",
}
OPTIONAL = ("gallery",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Variants of one base, in the order written; on one market unless it is a gallery."""

    name: str
    base: str  # as written
    variants: dict[str, RunConfig]
    gallery: bool = False

    def digest(self) -> str:
        """Sha256 (hex) of what is compared; the order of the variants matters."""
        whole: list[Any] = [
            self.name, [[name, each.of_the_run()] for name, each in self.variants.items()]
        ]  # fmt: skip
        whole += ["gallery"] if self.gallery else []
        text = json.dumps(whole, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def load_comparison(path: Path, overrides: Sequence[str] = ()) -> Comparison:
    """Return the comparison in ``path``; ``key.path=VALUE`` overrides apply to its base.

    Raises
    ------
    ConfigError
        The file, its base or a variant is not as expected, or two variants are the same.
    """
    document = read(path)
    _check_keys(document, path)
    base_path = base_file(document, path)
    base = requested(base_path, overrides)
    validate(base, str(base_path))  # a mistake of the base is not a variant's
    variants = {
        name: _variant(document, base, name, str(path)) for name in _checked_names(document)
    }
    _refuse_twins(document, variants)
    return Comparison(
        name=document.values["name"],
        base=document.values["base"],
        variants=variants,
        gallery=document.values.get("gallery", False),
    )


def configurations(path: Path, overrides: Sequence[str] = ()) -> dict[str, RunConfig]:
    """Return the one configuration in ``path`` by name, or a comparison's variants by theirs."""
    return {name: each for group in by_market(path, overrides) for name, each in group.items()}


def by_market(path: Path, overrides: Sequence[str] = ()) -> list[dict[str, RunConfig]]:
    """Return the configurations in ``path`` by name, those that run on one market together."""
    if "variants" not in read(path).values:
        config = load(path, overrides)
        return [{config.name: config}]
    comparison = load_comparison(path, overrides)
    if comparison.gallery:
        return [{name: each} for name, each in comparison.variants.items()]
    return [comparison.variants]


def _check_keys(document: Document, path: Path) -> None:
    """Refuse a file that is no comparison: unknown, missing or ill-typed keys."""
    values = document.values
    if "variants" not in values and "pair" in values:
        raise ConfigError(
            f"{path}: has no variants and is one run, not a comparison; run it with: "
            f"run.py backtest {path}"
        )
    for key in values:
        if key not in PURPOSES:
            hint = closest(key, tuple(PURPOSES)) or f"; expected {', '.join(PURPOSES)}"
            raise ConfigError(f"{document.places[(key,)]}: unknown key {key}{hint}")
    for key, purpose in PURPOSES.items():
        if key not in values and key not in OPTIONAL:
            raise ConfigError(f"{path}: {key} is missing; expected {purpose.rstrip('.')}")
    if not isinstance(values.get("gallery", False), bool):
        raise ConfigError(
            f"{document.places[('gallery',)]}: gallery was {shown(values['gallery'])}; expected "
            "true or false"
        )
    for key in ("name", "base"):
        text = values[key]
        if not isinstance(text, str) or not 1 <= len(text) <= 120:
            place = document.places[(key,)]
            raise ConfigError(f"{place}: {key} was {shown(text)}; expected 1 to 120 characters")
        if not text.strip() or not is_plain(text):
            raise ConfigError(
                f"{place}: {key} was {shown(text)}; expected text that can be read, without "
                "control characters"
            )


def base_file(document: Document, path: Path) -> Path:
    """Return the path of the base, seen from the folder of the file that names it."""
    name = document.values["base"]
    try:
        base = path.parent / expanded(Path(name))
    except ConfigError as error:
        raise ConfigError(
            f"{document.places[('base',)]}: base was {shown(name)}; {error}"
        ) from None
    if not base.is_file():
        near = closest(base.name, [each.name for each in base.parent.glob("*.yaml")])
        raise ConfigError(
            f"{document.places[('base',)]}: base was {shown(name)}; expected a configuration file, "
            f"relative to {path.parent}{near}"
        )
    for key, noun in (("variants", "comparison"), ("grid", "search"), ("pairs", "search")):
        if key in read(base).values:
            raise ConfigError(
                f"{document.places[('base',)]}: base was {shown(name)}, which has {key} and is a "
                f"{noun} itself; expected the configuration of one run"
            )
    return base


def _checked_names(document: Document) -> list[str]:
    """Return the variants' names, fit for folders and few enough for a page."""
    variants, place = document.values["variants"], document.places[("variants",)]
    if not isinstance(variants, dict):
        raise ConfigError(
            f"{place}: variants was {shown(variants)}; expected a mapping like "
            "{weekly: {rebalance: {kind: weekly}}, monthly: {rebalance: {kind: monthly}}}"
        )
    if not FEWEST <= len(variants) <= MOST:
        raise ConfigError(
            f"{place}: variants was {len(variants)} of them; expected {FEWEST} to {MOST}"
        )
    taken: dict[str, str] = {}
    for name in variants:
        place = document.places["variants", name]
        if not NAME.fullmatch(name):
            raise ConfigError(
                f"{place}: a variant was named {shown(name)}; expected a folder's name: at most 40 "
                "letters, digits, dashes and underscores, the first a letter or digit"
            )
        if DEVICES.fullmatch(name):
            raise ConfigError(
                f"{place}: a variant was named {shown(name)}, which Windows keeps for a device; "
                "expected a folder's name on every system"
            )
        other = taken.setdefault(name.lower(), name)
        if other != name:
            raise ConfigError(
                f"{place}: variants {other} and {name} differ in capitals only; expected names "
                "that are different folders on every system"
            )
    return list(variants)


def _variant(document: Document, base: Document, name: str, origin: str) -> RunConfig:
    """Return the base with one variant's keys replaced, in the order written."""
    at = ("variants", name)
    changes = document.values["variants"][name]
    try:
        if not isinstance(changes, dict):
            raise ConfigError(
                f"{document.places[at]}: was {shown(changes)}; expected a mapping of keys, "
                "{} for the base as it is"
            )
        paths: list[KeyPath] = []
        for key, value in changes.items():
            place = document.places[(*at, key)]
            path = tuple(key.split("."))
            _check_path(path, paths, place, gallery=document.values.get("gallery", False))
            paths.append(path)
            depth = len(at) + 1
            below = {
                where[depth:]: line
                for where, line in document.places.items()
                if where[:depth] == (*at, key)
            }
            base = replaced(base, path, value, below, place)
        return validate(base, origin)
    except ConfigError as error:
        raise ConfigError(f"{error} (variant {name})") from None


def _check_path(path: KeyPath, before: Sequence[KeyPath], place: str, *, gallery: bool) -> None:
    """Refuse a key that is empty, shared by all variants, or inside one already replaced."""
    dotted = ".".join(path)
    if not all(path):
        raise ConfigError(f"{place}: {shown(dotted)} is no key; expected one like sizing.gross")
    if path[0] in SHARED and not (gallery and path[0] in OF_A_GALLERY):
        remedy = "set it in the base"
        if path[0] in OF_A_GALLERY:
            remedy += ", or write gallery: true to put variants side by side without comparing them"
        raise ConfigError(f"{place}: {dotted} may not vary: {SHARED[path[0]]}; {remedy}")
    for other in before:
        length = min(len(other), len(path))
        if other[:length] == path[:length]:
            raise ConfigError(
                f"{place}: {dotted} and {'.'.join(other)} replace the same key; expected one of "
                "them"
            )


def _refuse_twins(document: Document, variants: Mapping[str, RunConfig]) -> None:
    """Refuse variants that come to the same configuration: their difference is no finding."""
    seen: dict[str, str] = {}
    for name, config in variants.items():
        other = seen.setdefault(config.digest(), name)
        if other != name:
            raise ConfigError(
                f"{document.places['variants', name]}: variants {other} and {name} are the same "
                "configuration; expected each to differ (an empty one is the base); remove one"
            )


def schema_text() -> str:
    """Return the JSON Schema of a comparison file, for editors."""
    run = RunConfig.model_json_schema()
    keys = {key: value for key, value in run["properties"].items() if key != "name"}
    variant = {
        "type": "object",
        "properties": keys,
        "patternProperties": {rf"^({'|'.join(keys)})\.": {}},  # dotted, like sizing.gross
        "additionalProperties": False,
    }
    text = {"type": "string", "minLength": 1, "maxLength": 120}
    named: dict[str, Any] = {
        "name": text,
        "base": text,
        "variants": {
            "type": "object",
            "minProperties": FEWEST,
            "maxProperties": MOST,
            "propertyNames": {"pattern": f"^{NAME.pattern}$"},
            "additionalProperties": variant,
        },
        "gallery": {"type": "boolean", "default": False},
    }
    shared = {key: False for key in OF_A_GALLERY}
    compared = {
        "properties": {
            "variants": {
                "additionalProperties": {
                    "properties": shared,
                    "patternProperties": {rf"^({'|'.join(OF_A_GALLERY)})\.": False},
                }
            }
        }
    }
    schema = {
        "title": "Comparison",
        "type": "object",
        "properties": {key: named[key] | {"description": PURPOSES[key]} for key in PURPOSES},
        "required": [key for key in PURPOSES if key not in OPTIONAL],
        "if": {"not": {"properties": {"gallery": {"const": True}}, "required": ["gallery"]}},
        "then": compared,
        "additionalProperties": False,
        "$defs": run["$defs"],
    }
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":  # make schema
    Path(__file__).with_name("compare_schema.json").write_text(schema_text(), encoding="utf-8")
