"""Why a configuration was refused, in one line a person can act on."""

import difflib
import re
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from configs.errors import shown
from configs.fields import TICKER_PATTERN
from configs.schema import RunConfig
from configs.strict_yaml import KeyPath, Places


def explained(
    problem: Mapping[str, Any],
    values: Any,
    places: Places,
    origin: str,
    whole: type[BaseModel] = RunConfig,
) -> str:
    """Return one line: where, which key, what it was, what was expected, what to do.

    Parameters
    ----------
    problem
        One entry of pydantic's ``ValidationError.errors()``.
    values, places, origin
        The refused document, where its keys were written, and its name.
    whole
        What the document should have been.
    """
    path, model = _key_path(problem["loc"], whole)
    key, kind, context = _dotted(path), problem["type"], problem.get("ctx", {})
    given = shown(problem["input"])
    if kind == "value_error":
        message = str(context["error"])
        named = re.match(r"([a-z0-9_.]+) (was|had) ", message)
        if named:  # a check across keys says itself which one it blames, seen from its section
            blamed = tuple(named[1].split("."))
            if path and blamed[0] not in whole.model_fields:
                blamed = path if path[-1] == blamed[0] else (*path, *blamed)
            text = f"{_dotted(blamed)}{message[named.end(1) :]}"
            return f"{_place(blamed, places, origin)}: {text}"
        was = f"{key} was {given}; " if path else ""  # the whole document tells nobody anything
        return f"{_place(path, places, origin)}: {was}{message}"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        path = (*path, "kind")
    if kind == "not_a_ticker":
        path = (*path, context["key"])
    where = _place(path, places, origin)
    if kind == "extra_forbidden":
        known = sorted(model.model_fields) if model is not None else []
        near = closest(path[-1], [name for name in known if name != "kind"])  # kind was given
        hint = near or f"; expected {', '.join(known)}"
        return f"{where}: unknown key {key}{hint}{_kind_hint(path, values)}"
    if kind == "not_a_ticker":
        hint = closest(path[-1], context["known"].split(", ")) or f"; {problem['msg']}"
        return f"{where}: unknown key {_dotted(path)}{hint}"
    if kind == "missing":
        return f"{where}: {key} is missing; expected {_described(model, path[-1])}"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        field = next(part for part in reversed(path[:-1]) if not part.isdecimal())
        tags = sorted(tag for member in _members(model, field) for tag in _tags(member))
        tag = context.get("tag")
        was = "is missing" if tag is None else f"was {shown(tag)}"
        near = "" if tag is None else closest(str(tag), tags)
        return f"{where}: {key}.kind {was}; expected one of {', '.join(tags)}{near}"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"{where}: {key} was {given}; expected a mapping of keys"
    if kind == "tuple_type":
        return f"{where}: {key} was {given}; expected a list"
    if kind == "string_pattern_mismatch":
        like = f"an upper-case ticker, like {_ticker(given)}"
        if context["pattern"] != TICKER_PATTERN:
            like = _described(model, path[-1])
        return f"{where}: {key} was {given}; expected {like}"
    if kind == "too_short":
        return f"{where}: {key} was {given}; expected at least {context['min_length']} of them"
    if kind == "too_long":
        return f"{where}: {key} was {given}; expected at most {context['max_length']} of them"
    expected = problem["msg"].removeprefix("Input should be ").removeprefix("String should have ")
    return f"{where}: {key} was {given}; expected {expected}"


def _dotted(path: KeyPath) -> str:
    """Return a key for a message: whole, unless nobody could have meant it."""
    text = ".".join(path)
    return text if len(text) <= 100 else text[:97] + "..."


def closest(word: str, known: Sequence[str]) -> str:
    """Return a suggestion, or nothing when no known word is near."""
    near = difflib.get_close_matches(word[:100], known, n=1)  # no word of ours is longer
    return f"; did you mean {near[0]}?" if near else ""


def _place(path: KeyPath, places: Places, origin: str) -> str:
    """Return where a key was written: itself, else what is under it, else what it is under."""
    for depth in range(len(path), 0, -1):
        head = path[:depth]
        below = (place for at, place in places.items() if at[:depth] == head)
        place = places.get(head) or next(below, None)
        if place is not None:
            return place
    return origin


def _key_path(
    loc: tuple[Any, ...], whole: type[BaseModel]
) -> tuple[KeyPath, type[BaseModel] | None]:
    """Return the key path behind pydantic's location, and the model that holds its last key.

    Pydantic also names the tag of each union on the way, or its member where a number or a date may
    stand; that is no key of ours.
    """
    path: list[str] = []
    models: list[type[BaseModel]] = [whole]
    holder: type[BaseModel] | None = whole
    is_choice = False
    for part in map(str, loc):
        if is_choice:
            is_choice = False
            continue
        if part.isdecimal():  # which one of a list; what it holds is known already
            path.append(part)
            continue
        if part == "[key]" or (not models and part.startswith("function-")):
            continue  # pydantic's words for a mapping's own key, and for one of a leaf's types
        if len(models) > 1:
            models = [model for model in models if part in _tags(model)]
            continue
        holder = models[0] if models else None
        path.append(part)
        models = list(_members(holder, part))
        is_choice = not models and _has_choice(holder, part)
    return tuple(path), holder


def _has_choice(model: type[BaseModel] | None, field: str) -> bool:
    """Return whether a field takes one of several types, null aside."""
    info = None if model is None else model.model_fields.get(field)
    if info is None or typing.get_origin(info.annotation) not in (typing.Union, types.UnionType):
        return False
    return sum(each is not type(None) for each in typing.get_args(info.annotation)) > 1


def _members(model: type[BaseModel] | None, field: str) -> Iterator[type[BaseModel]]:
    """Yield the models a field may hold."""
    if model is None or field not in model.model_fields:
        return
    pending: list[Any] = [model.model_fields[field].annotation]
    while pending:
        annotation = pending.pop()
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield annotation
        else:
            pending.extend(typing.get_args(annotation))


def _tags(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the values ``kind`` may have in a member of a union."""
    field = model.model_fields.get("kind")
    return () if field is None else typing.get_args(field.annotation)


def _kind_hint(path: KeyPath, values: Any) -> str:
    """Say how to change a kind when the unknown key belongs to another one."""
    inner: Any = values
    for part in path[:-1]:
        inner = inner.get(part) if isinstance(inner, dict) else None
    kind = inner.get("kind") if isinstance(inner, dict) else None
    if not isinstance(kind, str) or len(kind) > 40:  # no kind of ours
        return ""
    section = ".".join(path[:-1])
    return (
        f" for kind {kind} (to change the kind, replace the whole section: "
        f"--set '{section}={{kind: {kind}}}')"
    )


def _described(model: type[BaseModel] | None, field: str) -> str:
    """Return what a missing field is for: its own description, or its section's."""
    info = model.model_fields.get(field) if model is not None else None
    text = info.description if info is not None else None
    if text is None:
        members = list(_members(model, field))
        tags = sorted(tag for member in members for tag in _tags(member))
        if len(members) > 1 and tags:
            return f"a section with a kind ({', '.join(tags)}), like {field}: {{kind: {tags[0]}}}"
        text = members[0].__doc__ if members else None
    return (text or "a value").rstrip(".")


def _ticker(given: str) -> str:
    """Return an example of a ticker: what was given in capitals where that would be one."""
    return re.sub(r"[^A-Z0-9.^=-]", "", given.upper())[:15] or "SMH"
