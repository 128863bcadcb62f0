"""Paths that a file names, seen from its folder. A parsed file in, the same with its paths placed.

A path in a configuration, a comparison or a search is relative to the file it is written in, as
``base`` is; one typed after ``--set`` or given by a program to the working directory.
"""

import os
import typing
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from configs.errors import ConfigError, shown
from configs.fields import File
from configs.schema import RunConfig
from configs.strict_yaml import KeyPath, Places

ANY = "*"  # a symbol, say
OF_OTHER_FILES = (("universe", "path"),)  # of a search, and of distance pairs


def placed(values: dict[str, Any], places: Places, path: Path) -> dict[str, Any]:
    """Return what a YAML file asks for, its relative paths seen from the working directory.

    Parameters
    ----------
    values, places
        As parsed; what is no path stays as it is, right or wrong.
    path
        The file.

    Raises
    ------
    ConfigError
        A path leads nowhere from the file and somewhere from the working directory.
    """

    def seen(text: str, at: KeyPath) -> str:
        there = os.path.normpath(path.parent / text)
        if is_there(text) and not is_there(there):
            place = next((places[at[:n]] for n in range(len(at), 0, -1) if at[:n] in places), path)
            raise ConfigError(
                f"{place}: {'.'.join(at)} was {shown(text)}, which is there from the working "
                f"directory alone; expected a path from the folder of {path}: write "
                f"{os.path.relpath(text, path.parent)}"
            )
        return there

    return {key: _placed(value, (key,), seen) for key, value in values.items()}


def is_there(text: str) -> bool:
    """Return whether a path leads somewhere that we may see."""
    try:
        return Path(text).exists()
    except (OSError, ValueError):  # closed to us, too long, no path at all: its reader says so
        return False


def _placed(value: Any, at: KeyPath, seen: Any) -> Any:
    """Return a value below a key with every relative path in it placed."""
    if isinstance(value, dict):
        return {key: _placed(inner, (*at, str(key)), seen) for key, inner in value.items()}
    if isinstance(value, list):
        return [_placed(inner, at, seen) for inner in value]
    is_path = isinstance(value, str) and value.strip() and _names_a_file(at)
    is_relative = is_path and not value.startswith("~") and not Path(value).is_absolute()
    return seen(value, at) if is_relative else value


def _names_a_file(at: KeyPath) -> bool:
    """Return whether a key names a file, in a variant or on an axis too, dotted or not."""
    parts = tuple(part for key in at for part in key.split("."))
    if parts[0] == "variants":
        parts = parts[2:]
    if parts[:1] != ("grid",):
        return _is_known(parts)
    parts = parts[1:]  # a named section has its name somewhere between its keys
    return any(map(_is_known, (parts, *(parts[:n] + parts[n + 1 :] for n in range(len(parts))))))


def _is_known(parts: KeyPath) -> bool:
    return any(
        len(parts) == len(key)
        and all(mine in (ANY, theirs) for mine, theirs in zip(key, parts, strict=True))
        for key in file_keys()
    )


@cache
def file_keys() -> tuple[KeyPath, ...]:
    """Return the keys whose value is a path, as the models have them."""
    return (*dict.fromkeys(_keys_below(RunConfig, ())), *OF_OTHER_FILES)


def _keys_below(model: type[BaseModel], above: KeyPath) -> Iterator[KeyPath]:
    hints = typing.get_type_hints(model, include_extras=True)
    for name in model.model_fields:
        yield from _keys_of(hints[name], (*above, name))


def _keys_of(hint: Any, at: KeyPath) -> Iterator[KeyPath]:
    if hint == File:
        yield at
    elif isinstance(hint, type) and issubclass(hint, BaseModel):
        yield from _keys_below(hint, at)
    elif typing.get_origin(hint) is dict:
        yield from _keys_of(typing.get_args(hint)[1], (*at, ANY))
    else:
        yield from (key for inner in typing.get_args(hint) for key in _keys_of(inner, at))
