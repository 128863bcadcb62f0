"""Dated price lists. ``tariffs.yaml`` (or another file of its form) in, the rates of a day out."""

import datetime as dt
import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import Field, ValidationError, model_validator

from configs.errors import ConfigError
from configs.fields import Date, Model, NonNegative
from configs.load import Document, parse, read
from feeds.market import SideFile

SHIPPED = Path(__file__).with_name("tariffs.yaml")


class _Dated(Protocol):
    @property
    def since(self) -> dt.date: ...


Entry = TypeVar("Entry", bound=_Dated)


class FixedList(Model):
    """A per-share price list from a date on."""

    since: Date
    per_share_usd: NonNegative
    min_usd: NonNegative
    max_frac: NonNegative
    source: str


class TieredList(Model):
    """A per-share price list whose rate falls with the month's volume."""

    since: Date
    tier_ends: Annotated[
        tuple[Annotated[float, Field(gt=0, allow_inf_nan=True)], ...], Field(strict=False)
    ]
    tier_usd: Annotated[tuple[NonNegative, ...], Field(strict=False)]
    min_usd: NonNegative
    max_frac: NonNegative
    clearing_per_share_usd: NonNegative
    source: str

    @model_validator(mode="after")
    def _tiers_cover_every_share(self) -> Self:
        ends = self.tier_ends
        ascending = all(low < high for low, high in pairwise(ends))
        if not (ends and ascending and ends[-1] == math.inf and len(ends) == len(self.tier_usd)):
            raise ValueError(
                f"tier_ends was {list(ends)}; expected ascending ends, the last .inf, one a rate"
            )
        return self


class SecRate(Model):
    """Section 31: dollars per million of sales from a date on."""

    since: Date
    usd_per_million: NonNegative
    source: str


class TafRate(Model):
    """FINRA TAF: dollars a share sold, and the most per execution, from a date on."""

    since: Date
    per_share_usd: NonNegative
    max_usd: NonNegative
    source: str


class SecTable(Model):
    """Section 31 rates, and the last day they are known for."""

    known_until: Date
    rates: Annotated[tuple[SecRate, ...], Field(strict=False, min_length=1)]


class TafTable(Model):
    """FINRA TAF rates, and the last day they are known for."""

    known_until: Date
    rates: Annotated[tuple[TafRate, ...], Field(strict=False, min_length=1)]


class Tariffs(Model):
    """Everything in the file."""

    ibkr_fixed: Annotated[tuple[FixedList, ...], Field(strict=False, min_length=1)]
    ibkr_tiered: Annotated[tuple[TieredList, ...], Field(strict=False, min_length=1)]
    sec_section_31: SecTable
    finra_taf: TafTable


def load_tariffs(file: SideFile | None = None) -> Tariffs:
    """Return the price lists in a file, or the shipped ones.

    Raises
    ------
    ConfigError
        The file is no UTF-8 text or is not of the shipped file's form.
    """
    if file is None:
        return _shipped()
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{file.path}: is not UTF-8 text; expected a YAML file") from None
    return _read(parse(text, str(file.path)), file.path)


@cache
def _shipped() -> Tariffs:
    """Return the shipped lists, parsed once a process: a run asks three times."""
    return _read(read(SHIPPED), SHIPPED)


def _read(document: Document, path: Path) -> Tariffs:
    try:
        return Tariffs.model_validate(document.values)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(map(str, problem["loc"]))
        raise ConfigError(
            f"{path}: {key}: {problem['msg']}; expected the form of {SHIPPED.name}"
        ) from None


def entries_on(entries: Sequence[Entry], sessions: npt.NDArray[np.datetime64]) -> list[Entry]:
    """Return the entry that holds on each session: the last one since then.

    The first entry also holds before its own date; whoever must not assume that asks separately.
    """
    ordered = sorted(entries, key=lambda entry: entry.since)
    since = np.array([entry.since for entry in ordered], dtype="datetime64[D]")
    index = np.maximum(np.searchsorted(since, sessions, side="right") - 1, 0)
    return [ordered[number] for number in index.tolist()]
