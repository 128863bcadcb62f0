"""Pairs formed by distance, traded and formed again: the keys of `run.py pairs`.

Gatev, Goetzmann and Rouwenhorst (2006), "Pairs trading: performance of a relative-value arbitrage
rule", Review of Financial Studies 19(3).
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from configs.costs import CostsConfig
from configs.data import DataConfig, PairConfig
from configs.errors import ConfigError
from configs.explain import explained
from configs.fields import Model, Plain
from configs.load import requested
from configs.schema import AlwaysSignal, RunConfig
from configs.trading import AccountConfig
from configs.universe import MOST_SYMBOLS, UniverseConfig

Months = Annotated[int, Field(ge=1, le=60)]


class Formation(Model):
    """How pairs are formed, on prices before they are traded."""

    kind: Literal["distance"] = Field(
        description="distance: each symbol's partner is the one whose normalised total-return "
        "price has the least sum of squared deviations from its own."
    )
    pairs: Annotated[int, Field(ge=1, le=MOST_SYMBOLS)] = Field(
        20, description="So many of the closest pairs. 20: the paper's."
    )
    months: Months = Field(12, description="Calendar months of the formation period.")


class Trading(Model):
    """How the pairs that were formed are traded."""

    months: Months = Field(6, description="Calendar months of the trading period.")
    open_at: Annotated[float, Field(gt=0.0, le=20.0)] = Field(
        2.0,
        description="Open when normalised prices differ by more than so many of the formation "
        "period's standard deviations; closed where they cross.",
    )
    portfolios: Literal["overlapping", "consecutive"] = Field(
        "overlapping",
        description="overlapping: one starts every month, and their returns are averaged; "
        "consecutive: one after another.",
    )


class DistanceFile(Model):
    """Pairs of many symbols, formed by distance, traded, formed again."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120), Plain] = Field(
        description="Name on the page; the folder gets a file-safe form of it."
    )
    data: DataConfig
    universe: UniverseConfig | None = Field(
        None, description="Symbols to form pairs of. null: every file of data.path."
    )
    formation: Formation
    trading: Trading = Field(default_factory=lambda: Trading())
    costs: CostsConfig = Field(default_factory=lambda: CostsConfig())
    account: AccountConfig = Field(default_factory=lambda: AccountConfig())

    @model_validator(mode="after")
    def _symbols_are_named(self) -> "DistanceFile":
        if self.universe is None and self.data.path is None:
            raise ValueError(
                "universe was null; expected symbols to form pairs of, like universe: "
                "{tickers: [SMH, IGV, QQQ]}, or data.source csv with its data.path"
            )
        return self

    @model_validator(mode="after")
    def _costs_are_of_pairs(self) -> "DistanceFile":
        if self.costs.interest.kind != "none":
            raise ValueError(
                f"costs.interest.kind was {self.costs.interest.kind!r}; expected none: returns of "
                "dollars bought against dollars sold are excess returns already"
            )
        if self.costs.impact.kind != "none":
            raise ValueError(
                f"costs.impact.kind was {self.costs.impact.kind!r}; expected none: pairs are "
                "filled at closes, on shares that no volume bounds"
            )
        if self.costs.borrow.hard_to_borrow:
            raise ValueError(
                "costs.borrow.hard_to_borrow was given; expected none: every symbol can be sold"
            )
        if self.costs.spread.kind == "regime" and self.costs.spread.measure != "own":
            raise ValueError(
                f"costs.spread.measure was {self.costs.spread.measure}; expected own: no index is "
                "read beside the symbols"
            )
        return self

    @property
    def symbols(self) -> UniverseConfig:
        """The symbols that pairs are formed of."""
        return self.universe or UniverseConfig(path=self.data.path)

    def of_pair(self, long: str, short: str) -> RunConfig:
        """Return what prices a pair's fills: the same costs on two legs."""
        return RunConfig(
            name=self.name,
            data=self.data.model_copy(update={"confirm": {}, "benchmark": None}),
            pair=PairConfig(long=long, short=short),
            signal=AlwaysSignal(kind="always"),
            costs=self.costs,
            account=self.account,
        )

    def digest(self) -> str:
        """Sha256 (hex) of what is asked; key order does not matter."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def load_distance(path: Path, overrides: Sequence[str] = ()) -> DistanceFile:
    """Return the checked request in ``path``, with ``key.path=VALUE`` overrides applied.

    Raises
    ------
    ConfigError
        The file cannot be read or anything in it is not as `DistanceFile` expects.
    """
    document = requested(path, overrides)
    if "formation" not in document.values and "signal" in document.values:
        raise ConfigError(
            f"{path}: has no formation and is a run of one pair; run it with: run.py backtest "
            f"{path} (run.py pair {path} asks whether it is a pair)"
        )
    try:
        return DistanceFile.model_validate(document.values)
    except ValidationError as error:
        problem = error.errors()[0]
        raise ConfigError(
            explained(problem, document.values, document.places, str(path), DistanceFile)
        ) from None


def schema_text() -> str:
    """Return the JSON Schema of a file of distance pairs, for editors."""
    return json.dumps(DistanceFile.model_json_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":  # make schema
    Path(__file__).with_name("distance_schema.json").write_text(schema_text(), encoding="utf-8")
