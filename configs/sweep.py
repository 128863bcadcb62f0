"""A search over one base. A YAML file in, its axes, cells and how they will be judged out.

All cells share what they are measured on: prices, window and pair are the base's.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from configs.axes import Axis, axes_of
from configs.compare import SHARED, base_file
from configs.errors import ConfigError, shown
from configs.explain import closest, explained
from configs.fields import Model, Plain
from configs.load import Document, read, requested, shown_override, validate
from configs.pairs import follows_its_legs, pair_axis
from configs.schema import RunConfig
from configs.universe import UniverseConfig

MOST_CELLS = 1_000_000
Text = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]


class Sample(Model):
    """Cells drawn from a grid, each once; they run in the grid's order."""

    kind: Literal["sobol", "random"] = Field(
        description="sobol (scrambled, spread evenly over the axes) or random."
    )
    cells: Annotated[int, Field(ge=1, le=MOST_CELLS)] = Field(description="How many.")
    seed: Seed = Field(1, description="Seed of the draw.")


class SearchNull(Model):
    """The whole search again on histories in which neither leg earns anything.

    A search that luck does not explain runs once more, on those that keep what each leg earned.
    """

    resamples: Annotated[int, Field(ge=0, le=10_000)] = Field(
        199, description="Histories. 0: none, and the verdict says so."
    )
    seed: Seed = Field(1, description="Seed of the histories.")


class WalkForward(Model):
    """Choose on one window, trade the next from flat."""

    train_sessions: Annotated[int, Field(ge=20)] = Field(
        504, description="Sessions on which the best cell is chosen. 504: two years."
    )
    test_sessions: Annotated[int, Field(ge=2)] = Field(
        126, description="Sessions for which it is then traded. 126: half a year."
    )
    anchored: bool = Field(
        False, description="Whether every training window starts with the data, and grows."
    )


Score = Literal["sharpe", "total_return", "calmar", "sortino", "net_pnl"]


class SweepFile(Model):
    """A search, as its file says it."""

    name: Annotated[Text, Plain] = Field(
        description="Name on the pages; the folder gets a file-safe form of it."
    )
    base: Text = Field(description="Configuration every cell starts from, relative to this file.")
    pairs: Literal["all"] | None = Field(
        None,
        description="all: every two symbols of the universe, both ways round, beside the grid or "
        "in its place. null: the base's own pair.",
    )
    universe: UniverseConfig | None = Field(
        None,
        description="Symbols of pairs: all; its path is where the base's prices come from too.",
    )
    grid: dict[str, Any] = Field(
        default_factory=dict,
        description="Axes by dotted key of the base, the last varies fastest: a list, a range "
        "{from, to, step} with both ends, or named sections that replace the key.",
    )
    sample: Sample | None = Field(None, description="Cells drawn from the grid. null: all of it.")
    score: Score = Field("sharpe", description="Headline number by which a cell is best.")
    null: SearchNull = Field(
        default_factory=lambda: SearchNull(), description="The search on histories without an edge."
    )
    walk_forward: WalkForward | None = Field(
        default_factory=lambda: WalkForward(), description="null: none is made."
    )

    @model_validator(mode="after")
    def _something_varies(self) -> "SweepFile":
        if not self.grid and self.pairs is None:
            raise ValueError(
                "grid had no axis; expected at least one key with its values, or pairs: all"
            )
        if self.universe is not None and self.pairs is None:
            raise ValueError("universe was given without pairs; expected pairs: all beside it")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """A search: one base, the axes along which it varies, how the best is judged."""

    asked: SweepFile
    base: Document
    config: RunConfig  # the base's own
    axes: tuple[Axis, ...]
    origin: str
    typed: tuple[str, ...] = ()  # --set arguments that the search itself was given
    beside: tuple[str, ...] = ()  # of every cell, after those of its axes

    def over(self, pairs: Sequence[tuple[str, str]], last: dt.date) -> "Sweep":
        """Return the search over these pairs, to the last session that it has."""
        config = self.config
        beside = list(self.beside)
        if config.data.end is None:  # each pair alone would end where its own prices do
            config = config.model_copy(
                update={"data": config.data.model_copy(update={"end": last})}
            )
            beside.append(f"data.end={last}")
        return replace(
            self,
            config=config,
            axes=(pair_axis(pairs, self.axes[0].place), *self.axes[1:]),
            beside=tuple(beside),
        )

    @property
    def base_path(self) -> Path:
        """Where the base is, as seen from where the search was asked for."""
        return Path(self.origin).parent / self.asked.base

    def digest(self) -> str:
        """Sha256 (hex) of what is searched and how it is judged."""
        asked = self.asked.model_dump(mode="json", exclude={"base", "grid"})
        axes = [[axis.key, axis.values, axis.labels] for axis in self.axes]
        whole = [self.config.of_the_run(), axes, asked]
        text = json.dumps(whole, sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def load_sweep(path: Path, overrides: Sequence[str] = ()) -> Sweep:
    """Return the search in ``path``; ``key.path=VALUE`` overrides apply to its base.

    Raises
    ------
    ConfigError
        The file, its base or an axis is not as expected.
    """
    document = read(path)
    if not {"grid", "pairs"} & set(document.values) and "pair" in document.values:
        raise ConfigError(
            f"{path}: has no grid and is one run, not a search; run it with: run.py backtest {path}"
        )
    try:
        asked = SweepFile.model_validate(document.values)
    except ValidationError as error:
        problem = error.errors()[0]
        text = explained(problem, document.values, document.places, str(path), SweepFile)
        raise ConfigError(text) from None
    base_path = base_file(document, path)
    moved = _moved(asked)
    base = requested(base_path, [*overrides, *moved, *_declared(asked)])
    _check_legs(asked, base, document.places.get(("universe", "tickers"), str(path)))
    config = validate(base, str(base_path))
    if asked.pairs is not None:
        _check_pairs(asked, config, path)
    axes = axes_of(asked.grid, document.places)
    for axis in axes:
        _check_key(axis, config)
        _check_set(axis, overrides)
    if asked.pairs is not None:
        axes = (pair_axis([config.pair.legs], f"{path}: pairs"), *axes)
    return Sweep(
        asked=asked,
        base=base,
        config=config,
        axes=axes,
        origin=str(path),
        typed=tuple(overrides),
        beside=tuple(moved),
    )


def _moved(asked: SweepFile) -> list[str]:
    """Return what reads the base's prices from the universe's folder."""
    if asked.universe is None or asked.universe.path is None:
        return []
    return ["data.source=csv", f"data.path={json.dumps(asked.universe.path)}"]


def _declared(asked: SweepFile) -> list[str]:
    """Return what makes the universe that of the base's audit too: its pair has to be in it."""
    if asked.universe is None:
        return []
    named = asked.universe.model_dump(mode="json", exclude_none=True)
    return [f"audit.universe={json.dumps(named)}"]


def _check_legs(asked: SweepFile, base: Document, place: str) -> None:
    """Refuse a universe without the base's own pair, whose sessions every pair runs on."""
    tickers = None if asked.universe is None else asked.universe.tickers
    pair = base.values.get("pair")
    if tickers is None or not isinstance(pair, dict):
        return
    for leg in (pair.get("long"), pair.get("short")):
        if isinstance(leg, str) and leg not in tickers:
            long, short = tickers[:2]
            raise ConfigError(
                f"{place}: universe.tickers had no {shown(leg)}, a leg of the base's pair; "
                "expected both legs among them, or another pair: --set "
                f"'pair={{long: {long}, short: {short}}}'"
            )


def _check_pairs(asked: SweepFile, config: RunConfig, path: Path) -> None:
    """Refuse a search over pairs without symbols, or by what only the base's own legs have."""
    if asked.universe is None:
        raise ConfigError(
            f"{path}: pairs was all, without a universe; expected one, like universe: "
            "{path: prices} or universe: {tickers: [SMH, IGV, QQQ]}"
        )
    if config.strategy is not None:
        raise ConfigError(
            f"{path}: pairs was all, with strategy.file {config.strategy.file}; expected none: a "
            "search over pairs runs our own strategies, compiled"
        )
    reads = follows_its_legs(config)
    if reads is not None:
        raise ConfigError(
            f"{path}: pairs was all, and the rule reads {reads}; expected a rule that every pair "
            "can follow"
        )


def _check_key(axis: Axis, base: RunConfig) -> None:
    """Refuse an axis of what all cells share, or of no section there is."""
    first = axis.path[0]
    if first in SHARED:
        text = SHARED[first].replace("variants", "cells").replace("the variant is", "a cell is")
        raise ConfigError(f"{axis.place}: {axis.key} may not vary: {text}; set it in the base")
    if first == "audit":
        raise ConfigError(f"{axis.place}: {axis.key} changes no run; expected a key that does")
    if first == "strategy" and (len(axis.path) == 1 or axis.path[1] != "params"):
        raise ConfigError(
            f"{axis.place}: {axis.key} may not vary: all cells run one strategy; expected an axis "
            "of its parameters, like strategy.params.window"
        )
    if first == "strategy" and base.strategy is None:
        raise ConfigError(
            f"{axis.place}: {axis.key} is a parameter of no strategy; expected strategy.file in "
            "the base, or --strategy FILE"
        )
    known = [name for name in RunConfig.model_fields if name not in SHARED]
    if first not in known:
        near = closest(first, known) or f"; expected one below {', '.join(known)}"
        raise ConfigError(f"{axis.place}: unknown key {axis.key}{near}")


def _check_set(axis: Axis, overrides: Sequence[str]) -> None:
    """Refuse a ``--set`` that no cell would follow: the axis replaces what it says."""
    for override in overrides:
        path = tuple(override.partition("=")[0].strip().split("."))
        if path[: len(axis.path)] == axis.path:
            raise ConfigError(
                f"--set {shown_override(override)}: the grid has an axis {axis.key} "
                f"({axis.place}), and every cell its value; expected a key without an axis, or "
                "other values there"
            )


def schema_text() -> str:
    """Return the JSON Schema of a search file, for editors."""
    schema = SweepFile.model_json_schema()
    number = {"type": "number"}
    a_range = {
        "type": "object",
        "properties": dict.fromkeys(("from", "to", "step"), number),
        "required": ["from", "to", "step"],
        "additionalProperties": False,
    }
    named = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "object"}}
    axis = {"anyOf": [{"type": "array", "minItems": 1}, a_range, named]}
    keys = [name for name in RunConfig.model_fields if name not in {*SHARED, "audit", "strategy"}]
    keys.append(r"strategy\.params")
    schema["anyOf"] = [{"required": ["grid"]}, {"required": ["pairs"]}]
    schema["properties"]["grid"] |= {
        "minProperties": 1,
        "additionalProperties": False,
        "patternProperties": {rf"^({'|'.join(keys)})(\.|$)": axis},
    }
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":  # make schema
    Path(__file__).with_name("sweep_schema.json").write_text(schema_text(), encoding="utf-8")
