"""The keys of a configuration, found in the models and found in a page's table, to be compared."""

import json
import re
import typing

from pydantic import BaseModel

from configs.schema import RunConfig

OUTSIDE_A_LIST = re.compile(r",(?![^\[]*\])")  # a comma that parts defaults


def members(annotation):
    """Yield the models in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from members(inner)


def keys(model, above=""):
    """Yield every key of a configuration with its default as a page writes it.

    A key that several kinds share comes once for each of them.
    """
    for name, info in model.model_fields.items():
        path, inner = above + name, list(members(info.annotation))
        if name == "kind":
            continue  # told once for the union, below
        if not inner:
            yield path, default_text(info)
            continue
        if typing.get_origin(info.annotation) is tuple:  # a list of mappings
            yield path, default_text(info)
            if name == "of":  # its mappings are rebalances, told above it
                continue
        for member in inner:
            yield from keys(member, f"{path}.")
        if len(inner) > 1:
            chosen = info.default_factory and info.default_factory().kind
            yield f"{path}.kind", chosen or default_text(info)
    if model.model_config.get("extra") == "allow":
        yield f"{above}<TICKER>", ""


def default_text(info):
    if info.is_required():
        return "required"
    default = info.get_default(call_default_factory=True)
    if default is None or default in ((), {}):
        return "null" if default is None else "none"
    return json.dumps(default).strip('"')


def expected_keys():
    """Return each key with the defaults of the kinds that have it."""
    collected = {}
    for key, default in keys(RunConfig):
        collected.setdefault(key, set()).add(default)
    return collected


def keys_in_table(rows):
    """Return a table's keys with their defaults; several are parted by commas, with their kinds."""
    return {
        key: {
            re.sub(r" for `\w+`$", "", each.strip()).strip("`")
            for each in OUTSIDE_A_LIST.split(cells[1])
        }
        for cells in rows
        for key in re.findall(r"`([^`]+)`", cells[0])
    }


def numbers(defaults):
    """Return defaults, those that are numbers as such."""
    return {float(each) if re.fullmatch(r"-?[\d.]+", each) else each for each in defaults}


def kinds(model):
    """Yield every kind of every union."""
    for info in model.model_fields.values():
        for member in members(info.annotation):
            if "kind" in member.model_fields:
                yield from typing.get_args(member.model_fields["kind"].annotation)
            yield from kinds(member)
