"""What a configuration leaves to the program. A document and its configuration in, lines out."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from configs.formats import joined
from configs.schema import RunConfig
from configs.strict_yaml import Places

WRITTEN, TYPED, DEFAULT = "as written", "from --set", "default"


def choices(
    config: RunConfig, written: Mapping[str, Any], places: Places
) -> list[tuple[str, str, str]]:
    """Return every key that shapes the run, its value, and who says so.

    Nothing below ``audit`` does: see its own pages.

    Parameters
    ----------
    written
        The mapping in the file, overrides applied, before defaults were filled in.
    places
        Where each of its keys was written.
    """
    return [
        (key, _text(value), _origin(key, places) if is_written else DEFAULT)
        for key, value, is_written in _keys(config, written, "")
        if not key.startswith("audit.")
    ]


def _origin(key: str, places: Places) -> str:
    """Return whether a key, or the section that holds it, was typed or stands in the file."""
    path = tuple(key.split("."))
    above = (path[:length] for length in range(len(path), 0, -1))
    place = next((places[each] for each in above if each in places), "")
    return TYPED if place.startswith("--set ") else WRITTEN


def _keys(model: BaseModel, written: Any, above: str) -> Iterator[tuple[str, Any, bool]]:
    given = written if isinstance(written, Mapping) else {}
    for name in type(model).model_fields:
        value, key = getattr(model, name), f"{above}{name}"
        if isinstance(value, BaseModel):
            yield from _keys(value, given.get(name), f"{key}.")
        else:
            yield key, value, name in given
    for name, value in (model.model_extra or {}).items():  # one number a symbol
        yield f"{above}{name}", value, True


def _text(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{joined([_text(each) for each in value], ', ')}]"
    if isinstance(value, BaseModel):
        return str(value.model_dump(mode="json", exclude_none=True))
    return str(value)
