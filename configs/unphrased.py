"""What a text about a configuration leaves out. A configuration and its words in, the rest out.

A key is said where another value would change the words. So nobody keeps a list of the keys that
have words, and a new key is told by its name until somebody phrases it.
"""

import datetime as dt
import typing
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from configs.schema import RunConfig

Words = Callable[[RunConfig], str]
Put = Callable[[Any], RunConfig]  # the configuration with another value at one place

SILENT = frozenset(
    {
        "name", "audit", "fundamentals.user_agent",  # nothing that happens in a run
        # Said where they are read: here another source, kind or symbol is.
        "fundamentals.base_url", "fundamentals.cik", "signal.zscore_window", "costs.spread.window",
        "costs.spread.default_bps", "costs.spread.default_cents", "costs.borrow.default_rate",
        "costs.borrow.series", "costs.borrow.hard_to_borrow",
    }
)  # fmt: skip


def unphrased(config: RunConfig, words: Words) -> list[str]:
    """Return each key that changes no word, and is not at its default, with its value."""
    said = words(config)

    def is_said(changed: RunConfig) -> bool:
        return words(changed) != said

    return list(_below(config, "", lambda other: other, is_said))


def by_name(model: BaseModel) -> str:
    """Return a section's kind and keys, for one that nobody phrased: ``kind x (key value)``."""
    keys = {name: getattr(model, name) for name in type(model).model_fields if name != "kind"}
    given = ", ".join(f"{name} {_value(value)}" for name, value in keys.items())
    kind = getattr(model, "kind", "")
    return f"kind {kind}{f' ({given})' if given else ''}" if kind else given or "asked"


def _below(
    model: BaseModel, above: str, put: Put, is_said: Callable[[RunConfig], bool]
) -> Iterator[str]:
    for name, info in type(model).model_fields.items():
        key, value = above + name, getattr(model, name)
        if name == "kind" or key in SILENT:
            continue

        def put_here(other: Any, name: str = name) -> RunConfig:
            return put(model.model_copy(update={name: other}))

        default = info.get_default(call_default_factory=True)  # none: pydantic's own mark
        if value == default:
            continue
        if isinstance(value, BaseModel):
            below = list(_below(value, f"{key}.", put_here, is_said))
            is_chosen = not info.is_required() and type(value) is not type(default)
            is_whole = is_chosen and (hasattr(value, "kind") or not below)
            if is_whole and not is_said(put_here(default)):
                below = [f"{key} {by_name(value)}"]
            yield from below
        elif not any(is_said(put_here(other)) for other in _others(value, info)):
            yield f"{key} {_value(value)}"
        elif isinstance(value, tuple):
            yield from _in_list(value, key, put_here, is_said)


def _in_list(
    values: tuple[Any, ...], key: str, put: Put, is_said: Callable[[RunConfig], bool]
) -> Iterator[str]:
    """Yield what is left out of the sections of a list."""
    for place, each in enumerate(values):
        if isinstance(each, BaseModel):

            def put_here(other: Any, place: int = place) -> RunConfig:
                return put((*values[:place], other, *values[place + 1 :]))

            yield from _below(each, f"{key}.{place}.", put_here, is_said)


def _others(value: Any, info: FieldInfo) -> Iterator[Any]:
    """Yield what might stand in the place of a value: its default, and something near it.

    A default may come to the same as what was written in its place.
    """
    if not info.is_required():
        yield info.get_default(call_default_factory=True)
    if isinstance(value, dt.date):
        yield value + dt.timedelta(days=1)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
    elif isinstance(value, tuple):
        yield value * 2
    elif isinstance(value, str):
        choices = [*_choices(info.annotation)]
        yield from (each for each in choices if each != value) if choices else (f"{value}x",)


def _choices(annotation: Any) -> Iterator[Any]:
    """Yield the words that an annotation allows, where they are few."""
    if typing.get_origin(annotation) is typing.Literal:
        yield from typing.get_args(annotation)
    else:
        for part in typing.get_args(annotation):
            yield from _choices(part)


def _value(value: Any) -> str:
    if isinstance(value, BaseModel):
        return f"({by_name(value)})"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    return "null" if value is None else str(value)
