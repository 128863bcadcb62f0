"""The axes of a search. What a grid says of one key in, its values in order out.

Three ways to write an axis: a list; a range ``{from, to, step}``, both ends included; named
sections ``{weekly: {kind: weekly}, ...}``, each of which replaces the key whole.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from configs.errors import ConfigError, is_plain, shown
from configs.strict_yaml import KeyPath, Places

MOST_VALUES = 1_000_000
LARGEST = 1e15  # of any key; a larger whole number fits no column
RANGE = ("from", "to", "step")
READABLE = "text that can be read, without control characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One key of the grid and the values it takes, in the order written.

    labels
        How files and pages write each value: a number as it is, a section by its name.
    place
        Where the file says so.
    """

    path: KeyPath
    values: tuple[Any, ...]
    labels: tuple[float | int | str, ...]
    place: str

    @property
    def key(self) -> str:
        """The dotted key."""
        return ".".join(self.path)

    def reaches(self, paths: Sequence[KeyPath]) -> bool:
        """Whether the axis changes any of these keys, or something below one."""
        return any(
            self.path[: len(path)] == path or path[: len(self.path)] == self.path for path in paths
        )

    def override(self, at: int) -> str:
        """Return the ``--set`` argument that gives a run the value at a place."""
        return f"{self.key}={json.dumps(self.values[at], default=str)}"


def axes_of(grid: Mapping[str, Any], places: Places) -> tuple[Axis, ...]:
    """Return the axes of a grid, in the order written.

    Raises
    ------
    ConfigError
        An axis is empty, says the same twice, or is inside a key that another axis replaces.
    """
    axes: list[Axis] = []
    for key, asked in grid.items():
        place = places.get(("grid", key), "grid")
        path = tuple(key.split("."))
        if not all(path):
            raise ConfigError(f"{place}: {shown(key)} is no key; expected one like signal.window")
        for other in axes:
            length = min(len(other.path), len(path))
            if other.path[:length] == path[:length]:
                raise ConfigError(
                    f"{place}: {key} and {other.key} are axes of the same key; expected one of them"
                )
        values, labels = _values(key, asked, place)
        _refuse_twins(key, values, labels, place)
        axes.append(Axis(path=path, values=values, labels=labels, place=place))
    return tuple(axes)


def _values(
    key: str, asked: Any, place: str
) -> tuple[tuple[Any, ...], tuple[float | int | str, ...]]:
    """Return the values of an axis and how each is written."""
    if isinstance(asked, list) and asked:
        for value in asked:
            if is_number(value) and not abs(value) < LARGEST:  # nor a NaN
                raise ConfigError(
                    f"{place}: {key} was {shown(value)}; expected a finite number below {LARGEST:g}"
                )
            if isinstance(value, str) and not is_plain(value):
                raise ConfigError(f"{place}: {key} was {shown(value)}; expected {READABLE}")
        return tuple(asked), tuple(_label(value) for value in asked)
    if isinstance(asked, dict) and set(RANGE) & set(asked):
        values = _range(key, asked, place)
        return values, values
    if isinstance(asked, dict) and asked:
        for name, section in asked.items():
            if not name.strip() or not is_plain(name):
                raise ConfigError(
                    f"{place}: {key} has a section named {shown(name)}; expected {READABLE}"
                )
            if not isinstance(section, dict):
                raise ConfigError(
                    f"{place}: {key}.{name} was {shown(section)}; expected a section by that name, "
                    f"like {{kind: {name}}}, or a list of values for {key}"
                )
        return tuple(asked.values()), tuple(asked)
    raise ConfigError(
        f"{place}: {key} was {shown(asked)}; expected at least one value: a list, a range "
        "{from: 1, to: 3, step: 1} or named sections {weekly: {kind: weekly}}"
    )


def _range(key: str, asked: Mapping[str, Any], place: str) -> tuple[Any, ...]:
    """Return the numbers of a range, both ends included, in exact decimal steps."""
    for name in asked:
        if name not in RANGE:
            raise ConfigError(f"{place}: {key} has {shown(name)}; expected {', '.join(RANGE)} only")
    for name in RANGE:
        value: Any = asked.get(name)
        if not is_number(value) or not abs(value) < LARGEST:
            raise ConfigError(f"{place}: {key}.{name} was {shown(value)}; expected a number")
    first, last, step = (Decimal(repr(asked[name])) for name in RANGE)
    if step == 0:
        raise ConfigError(f"{place}: {key}.step was 0; expected a step from {first} to {last}")
    if (last - first) * step < 0:
        sign = "above" if last > first else "below"
        raise ConfigError(
            f"{place}: {key}.step was {step}, away from {last}; expected one {sign} 0, because the "
            f"range goes from {first} to {last}"
        )
    count = int((last - first) / step) + 1
    if count > MOST_VALUES:
        raise ConfigError(
            f"{place}: {key} was {_many(count)} values; expected at most {MOST_VALUES:,}: a larger "
            "step"
        )
    whole = all(isinstance(asked[name], int) for name in RANGE)
    numbers = (first + number * step for number in range(count))
    return tuple(int(number) if whole else float(number) for number in numbers)


def _many(count: int) -> str:
    return f"{count:,}" if count < 10**15 else f"{Decimal(count):.0e}"


def is_number(value: Any) -> bool:
    """Return whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _label(value: Any) -> float | int | str:
    """Return how a value is written."""
    if is_number(value):
        number: float | int = value
        return number
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _refuse_twins(
    key: str, values: tuple[Any, ...], labels: tuple[float | int | str, ...], place: str
) -> None:
    """Refuse an axis that has one value twice: the cells would be counted as different trials."""
    seen: dict[float | str, float | int | str] = {}
    for value, label in zip(values, labels, strict=True):
        # What JSON writes takes seconds of a million numbers.
        is_text = not is_number(value)
        same = json.dumps(_plain(value), sort_keys=True, default=str) if is_text else float(value)
        if same in seen:
            raise ConfigError(
                f"{place}: {key} has {shown(seen[same])} and {shown(label)}, which are the same; "
                "expected each value once"
            )
        seen[same] = label


def _plain(value: Any) -> Any:
    """Return a value in which 1 and 1.0 are the same."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
