"""What every section of the schema is made of: a frozen model, checked scalars, tickers, dates."""

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from configs.symbols import no_benchmark, no_leg

TICKER_PATTERN = r"^\^?[A-Z0-9][A-Z0-9.=\-]{0,14}$"

Ticker = Annotated[str, StringConstraints(pattern=TICKER_PATTERN)]


def _leg(symbol: str) -> str:
    """Refuse what is no US share or fund."""
    fault = no_leg(symbol)
    if fault is not None:
        raise ValueError(fault)
    return symbol


def _benchmark(symbol: str) -> str:
    """Refuse what nobody could have held."""
    fault = no_benchmark(symbol)
    if fault is not None:
        raise ValueError(fault)
    return symbol


LegTicker = Annotated[Ticker, AfterValidator(_leg)]
BenchmarkTicker = Annotated[Ticker, AfterValidator(_benchmark)]
NonNegative = Annotated[float, Field(ge=0.0)]
Positive = Annotated[float, Field(gt=0.0)]
PositiveFraction = Annotated[float, Field(gt=0.0, le=1.0)]
File = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


def _calendar_date(value: object) -> object:
    """Accept a YAML date or an ISO string; refuse a timestamp, whose clock time we would drop."""
    if isinstance(value, dt.datetime):
        raise ValueError("expected a date without a time of day, like 2023-04-11")
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError("expected a date like 2023-04-11") from None
    return value


Date = Annotated[dt.date, BeforeValidator(_calendar_date)]


class Model(BaseModel):
    """Frozen, strict about types, closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class PerSymbol(Model):
    """Defaults plus one number per symbol; the extra keys are tickers."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, NonNegative]

    @model_validator(mode="before")
    @classmethod
    def _extra_keys_are_tickers(cls, values: Any) -> Any:
        known = ", ".join(sorted(cls.model_fields))
        for key in values if isinstance(values, dict) else ():
            if key not in cls.model_fields and not re.match(TICKER_PATTERN, str(key)):
                raise PydanticCustomError(
                    "not_a_ticker",
                    "expected {known} or an upper-case ticker",
                    {"key": key, "known": known},
                )
        return values

    @property
    def by_symbol(self) -> dict[str, float]:
        """The numbers given per ticker, without the default."""
        return dict(self.model_extra or {})
