"""From text to `RunConfig`. A YAML file and ``--set`` overrides in, a checked configuration out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from configs.beside import placed
from configs.errors import ConfigError, shown
from configs.explain import closest, explained
from configs.schema import RunConfig
from configs.strict_yaml import KeyPath, Places, parse_value

MOST_OVERRIDES = 200
DEEPEST_KEY = 10  # exits.thesis.price.vol_spike.level is five parts deep
MAX_BYTES = 1_000_000  # a run's configuration is a page; a megabyte is a mistake or an attack


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A parsed YAML mapping and, for each key path, where it was written (``file:line``)."""

    values: dict[str, Any]
    places: Places


def load(path: Path, overrides: Sequence[str] = ()) -> RunConfig:
    """Return the configuration in ``path`` with ``key.path=VALUE`` overrides applied.

    Raises
    ------
    ConfigError
        The file cannot be read or anything in it is not as `RunConfig` expects.
    """
    document = requested(path, overrides)
    if "variants" in document.values:
        place = document.places.get(("variants",), str(path))
        raise ConfigError(
            f"{place}: variants make this a comparison; run it with: run.py compare {path}"
        )
    for key, noun in (("grid", "a grid makes"), ("pairs", "pairs make")):
        if key in document.values:
            place = document.places.get((key,), str(path))
            raise ConfigError(f"{place}: {noun} this a search; run it with: run.py sweep {path}")
    return validate(document, str(path))


def requested(path: Path, overrides: Sequence[str]) -> Document:
    """Return the mapping in ``path`` with the overrides applied, without judging its keys."""
    if len(overrides) > MOST_OVERRIDES:
        raise ConfigError(
            f"--set was given {len(overrides):,} times; expected at most {MOST_OVERRIDES}: write a "
            "file"
        )
    document = read(path)
    for override in overrides:
        document = _overridden(document, override)
    return document


def read(path: Path) -> Document:
    """Return the mapping in a YAML file, its paths seen from it, without judging its keys."""
    try:
        if path.resolve().is_fifo():  # it waits for a writer; a shell's own pipe has no place
            raise ConfigError(f"{path}: was a named pipe; expected a file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)  # a device or a pipe has no size to ask first
            size = max(len(content), path.stat().st_size)
        if size > MAX_BYTES:
            raise ConfigError(f"{path}: was {size:,} bytes; expected at most {MAX_BYTES:,}")
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        near = closest(path.name, [p.name for p in path.parent.glob("*.yaml")])
        raise ConfigError(f"{path}: no such file{near}") from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{path}:{line}: cannot be read as UTF-8 text (byte 0x{content[error.start]:02x}); "
            "save it again as UTF-8"
        ) from None
    except IsADirectoryError:
        raise ConfigError(f"{path}: was a folder; expected a YAML file in it") from None
    except (OSError, RuntimeError) as error:  # of resolve(), for a link that leads to itself
        raise ConfigError(
            f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'a link to itself'}); "
            "expected a YAML file"
        ) from None
    document = parse(text, str(path))
    if not path.is_file():  # a shell's own pipe lies in no folder of ours
        return document
    return Document(values=placed(document.values, document.places, path), places=document.places)


def parse(text: str, origin: str) -> Document:
    """Return the mapping in YAML ``text``; ``origin`` names it in errors."""
    places: Places = {}
    values = parse_value(text, origin, places)
    if values is None:
        raise ConfigError(
            f"{origin}: was empty; expected a mapping of keys, as run.py init FILE writes one"
        )
    if not isinstance(values, dict):
        raise ConfigError(f"{origin}: was {shown(values)}; expected a mapping of keys")
    return Document(values=values, places=places)


def validate(document: Document, origin: str) -> RunConfig:
    """Return the checked configuration, or raise with the first mistake and the count of others."""
    try:
        return RunConfig.model_validate(document.values)
    except ValidationError as error:
        first, others = error.errors()[0], error.error_count() - 1
        more = f" (and {others} more)" if others else ""
        text = explained(first, document.values, document.places, origin)
        raise ConfigError(text + more) from None


def shown_override(override: str) -> str:
    """Return a ``--set`` argument for a message, short."""
    return override if len(override) <= 80 else override[:77] + "..."


def _overridden(document: Document, override: str) -> Document:
    """Return the document with one ``a.b=VALUE`` applied; VALUE is YAML and replaces the key."""
    key, separator, text = override.partition("=")
    path = tuple(key.strip().split("."))
    origin = f"--set {shown_override(override)}"
    if not separator or not all(path):
        raise ConfigError(f"{origin}: expected key.path=VALUE, like rebalance.kind=monthly")
    places: Places = {}
    value = parse_value(text, origin, places)
    return replaced(document, path, value, dict.fromkeys(places, origin), origin)


def replaced(
    document: Document, path: KeyPath, value: object, places: Places, origin: str
) -> Document:
    """Return the document with the key at ``path`` replaced, whole.

    Parameters
    ----------
    places
        Where the keys inside ``value`` were written, relative to it.
    origin
        Where ``path`` itself was.
    """
    if len(path) > DEEPEST_KEY:
        raise ConfigError(f"{origin}: was {len(path):,} keys deep; expected at most {DEEPEST_KEY}")
    root = dict(document.values)
    target = root
    for depth, part in enumerate(path[:-1]):
        inner = target.get(part)
        if inner is None:
            inner = {}
        elif not isinstance(inner, dict):
            dotted = ".".join(path[: depth + 1])
            raise ConfigError(f"{origin}: {dotted} was {shown(inner)}; expected a mapping")
        target[part] = dict(inner)
        target = target[part]
    target[path[-1]] = value
    kept = {at: place for at, place in document.places.items() if at[: len(path)] != path}
    new = {(*path, *at): place for at, place in places.items()} | {path: origin}
    return Document(values=root, places=kept | new)
