"""Every key of a configuration, for readers. The models in, ``docs/configuration.md`` out.

What stands there is what the models say of themselves: type, unit, bounds, default, description.
"""

import json
import math
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from configs.fields import TICKER_PATTERN, PerSymbol
from configs.files import MOST_CHARACTERS
from configs.remarks import units
from configs.schema import RunConfig

PLACE = Path(__file__).parents[1] / "docs" / "configuration.md"
HEAD = """# Configuration

Written by `make schema` from the models in `configs/`; edit those. Every key of a configuration
file, section by section, with its type, its default and what it is for. Rates and fractions are
plain numbers: 0.0025 is a quarter of a percent. Unknown, duplicate and ill-typed keys are refused
with file, line, what was, what was expected and a suggestion.
"""
TABLE = ("| key | type | default | meaning |", "|---|---|---|---|")

Node = Mapping[str, Any]  # of a JSON Schema


def text() -> str:
    """Return the whole document."""
    lines = [HEAD, "## Top level", "", *_section(RunConfig, "", set())]
    return "\n".join(lines).rstrip() + "\n"


def _section(model: type[BaseModel], above: str, written: set[type[BaseModel]]) -> Iterator[str]:
    """Yield a section: its own keys as a table, then the sections below it."""
    written.add(model)
    if model.__doc__:
        yield from (_doc(model), "")
    own = {name: info for name, info in model.model_fields.items() if name != "kind"}
    rows = [_row(model, f"{above}{name}", name, info) for name, info in own.items()]
    if issubclass(model, PerSymbol):
        rows.append(_row_of_symbol(model, above))
    if rows:
        yield from (*TABLE, *rows, "")
    for name, info in own.items():
        for member in members(info.annotation):
            if member in written:
                continue  # the triggers of any_of are told as kinds
            path, kinds = f"{above}{name}", kinds_of(member)
            chosen = f".kind`: {', '.join(f'`{kind}`' for kind in kinds)}" if kinds else "`"
            yield from (f"{'#' * (2 + path.count('.'))} `{path}{chosen}", "")
            yield from _section(member, f"{path}.", written)


def members(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from members(inner)


def kinds_of(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the values of ``kind`` that choose a member of a union."""
    field = model.model_fields.get("kind")
    return () if field is None else typing.get_args(field.annotation)


def _row(model: type[BaseModel], key: str, name: str, info: FieldInfo) -> str:
    below = [*members(info.annotation)]
    kinds = [f"`{kind}`" for member in below for kind in kinds_of(member)]
    if below:
        is_list = typing.get_origin(info.annotation) is tuple
        is_optional = type(None) in typing.get_args(info.annotation)
        kind = "list of sections" if is_list else f"section{' or null' if is_optional else ''}"
    else:
        hint = typing.get_type_hints(model, include_extras=True)[name]
        kind = _words(model.model_json_schema()["properties"][name], _noun(hint))
    meaning = info.description or ("" if kinds else _doc(below[0]))
    meaning += f" One of {', '.join(kinds)}." if kinds else ""
    return _cells(f"`{key}`", kind, default_of(info), meaning.strip().replace("<", "&lt;"))


def _doc(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").replace("``", "`").split())


def _noun(hint: Any) -> str | None:
    """Return what the numbers of an annotation count."""
    return next((unit.noun for unit in units(hint)), None)


def _row_of_symbol(model: type[BaseModel], above: str) -> str:
    hint = typing.get_type_hints(model, include_extras=True)["__pydantic_extra__"]
    number = typing.get_args(hint)[1]
    return _cells(
        f"`{above}<TICKER>`",
        _words(TypeAdapter(number).json_schema(), _noun(number)),
        "",
        "The number of one symbol.",
    )


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def default_of(info: FieldInfo) -> str:
    """Return a default as a file would have it; a section's by its kind."""
    if info.is_required():
        return "required"
    default = info.get_default(call_default_factory=True)
    if isinstance(default, BaseModel):
        kind = getattr(default, "kind", None)
        return f"kind `{kind}`" if kind else "as below"
    shown = default if isinstance(default, str) and default else json.dumps(default, default=str)
    return f"`{shown}`"


def _words(node: Node, noun: str | None) -> str:
    """Return a JSON Schema's node in words."""
    if "anyOf" in node:
        return " or ".join(_words(each, noun) for each in node["anyOf"])
    choices = node.get("enum") or ([node["const"]] if "const" in node else None)
    if choices:
        return " or ".join(f"`{each or chr(34) * 2}`" for each in choices)
    kind = node.get("type", "anything")
    if "prefixItems" in node:
        return f"list of two: {_words(node['prefixItems'][0], noun)}"
    if kind == "array":
        return f"list of {_words(node['items'], noun)}"
    if kind == "object":
        values = node.get("additionalProperties")
        if not isinstance(values, dict):
            (values,) = node.get("patternProperties", {"": {"type": "anything"}}).values()
        return f"mapping to {_words(values, noun)}"
    if kind == "string":
        return _string(node)
    if kind in ("number", "integer"):
        whole = "" if kind == "number" else "whole number"
        what = f"{whole}: {noun}" if whole and noun else noun or whole or "number"
        return ", ".join([what, *_bounds(node)])
    return "true or false" if kind == "boolean" else str(kind)


def _string(node: Node) -> str:
    if node.get("format") == "date":
        return "date"
    if node.get("pattern") == TICKER_PATTERN:
        return "ticker"
    return "path" if node.get("maxLength") == MOST_CHARACTERS else "text"


def _bounds(node: Node) -> Iterator[str]:
    for key, word in (
        ("exclusiveMinimum", "above"),
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("exclusiveMaximum", "below"),
    ):
        if key in node and math.isfinite(node[key]):
            yield f"{word} {node[key]:,.12g}"


if __name__ == "__main__":  # make schema
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.write_text(text(), encoding="utf-8")
