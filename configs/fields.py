"""What every section of the schema is made of: a frozen model, checked scalars, tickers, dates.

Every number has a unit, and a unit knows how far a number of its kind can go: a percent written
for a fraction is refused here, for every key alike. What is unusual but may be meant stands; it
becomes a finding (`configs.remarks`).
"""

import datetime as dt
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from configs.errors import is_plain
from configs.files import MOST_CHARACTERS, expanded
from configs.symbols import no_benchmark, no_leg

TICKER_PATTERN = r"^\^?[A-Z0-9][A-Z0-9.=\-]{0,14}$"
MOST_SYMBOLS = 200  # given a number or a file each; two of them can be legs
FIRST_YEAR, LAST_YEAR = 1900, 2199

# Fractions a year. A squeezed stock is lent at several times its price, as a market is not; 10 and
# more were only ever a percent.
BORROW_RATE_USUAL, BORROW_RATE_MOST, BORROW_DEFAULT_MOST = 1.0, 9.99, 4.0
INTEREST_RATE_USUAL, INTEREST_RATE_MOST = 0.25, 0.5  # 0.22 was the highest, in 1981


def percent_hint(value: float) -> str:
    """Say what a number would mean as a fraction, and what was meant if it was a percent."""
    return (
        f"a fraction was expected: {value:.12g} is {value * 100:.12g} %; did you mean "
        f"{value / 100:.12g}?"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What a number counts, and how far one of its kind goes; both ends are allowed.

    ``usual`` are the ends between which nobody would ask back.
    """

    noun: str
    least: float = -math.inf
    most: float
    usual: tuple[float, float] = (-math.inf, math.inf)
    is_fraction: bool = False

    def checked(self, value: float) -> float:
        """Return the value, or refuse it with what was probably meant."""
        if self.least <= value <= self.most:
            return value
        if self.is_fraction and self.least <= value / 100 <= self.most:
            raise ValueError(percent_hint(value))
        end = f"at most {self.most:,.12g}" if value > self.most else f"at least {self.least:,.12g}"
        raise ValueError(f"expected {self.noun}, {end}")

    def remark(self, value: float) -> str | None:
        """Return what is unusual about an allowed value, or None."""
        least, most = self.usual
        if least <= value <= most or value == 0.0:  # nothing at all is meant
            return None
        percent = f" ({value * 100:.12g} %)" if self.is_fraction else ""
        limit = f"more than {most:,.12g}" if value > most else f"less than {least:,.12g}"
        return f"was {value:.12g}{percent}, {self.noun}: {limit} is unusual; taken as written"

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check after whatever the type itself checks."""
        return core_schema.no_info_after_validator_function(self.checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Tell editors the ends."""
        shown = {**handler(schema), "maximum": self.most}
        return {"minimum": self.least, **shown} if math.isfinite(self.least) else shown


def _fraction(noun: str, most: float, usual: float, least: float = -math.inf) -> Unit:
    return Unit(noun=noun, least=least, most=most, usual=(least, usual), is_fraction=True)


# What is below 0, or 0 itself, is refused by the type; how large a number may be, by its unit.
NonNegative = Annotated[float, Field(ge=0.0)]
Positive = Annotated[float, Field(gt=0.0)]
_From1 = Annotated[float, Field(ge=1.0)]
_WHOLE = _fraction("a fraction", 1.0, 1.0)
_CHANGE = _fraction("a fraction", 2.0, 1.0)
_MULTIPLE = Unit(noun="a multiple", most=100.0, usual=(-math.inf, 20.0))
_USD = Unit(noun="dollars", most=1e12)
_BPS = Unit(noun="basis points", most=10_000.0, usual=(1.0, 1_000.0))
SESSIONS = Unit(noun="sessions", most=20_000)  # the exchange had fewer since 1962
_DAYS = Unit(noun="calendar days", most=36_500)

Fraction = Annotated[NonNegative, _WHOLE]
PositiveFraction = Annotated[Positive, _WHOLE]
Change = Annotated[Positive, _CHANGE]  # by which something moved, or a profit
Growth = Annotated[float, _fraction("a fraction", 2.0, 1.0, least=-1.0)]  # over a year
BorrowRate = Annotated[
    NonNegative, _fraction("a fraction a year", BORROW_RATE_MOST, BORROW_RATE_USUAL)
]
BorrowDefault = Annotated[
    NonNegative, _fraction("a fraction a year", BORROW_DEFAULT_MOST, BORROW_RATE_USUAL)
]
InterestRate = Annotated[
    NonNegative, _fraction("a fraction a year", INTEREST_RATE_MOST, INTEREST_RATE_USUAL)
]
RateMargin = Annotated[NonNegative, _fraction("a fraction a year", 1.0, 0.1)]  # around a benchmark
_SHARE = "a fraction of market value"
MarginShare = Annotated[  # futures ask a twentieth, portfolio margin three
    Positive, Unit(noun=_SHARE, most=3.0, usual=(0.02, 1.0), is_fraction=True)
]
Leverage = Annotated[Positive, Unit(noun="a multiple of equity", most=20.0, usual=(0.0, 8.0))]
Bps = Annotated[  # a cent on SPY is a sixth of one; a fraction written for bps is far below
    NonNegative, Unit(noun=_BPS.noun, most=_BPS.most, usual=(0.01, _BPS.usual[1]))
]
PositiveBps = Annotated[Positive, _BPS]
Cents = Annotated[NonNegative, Unit(noun="cents", most=10_000.0, usual=(0.0, 100.0))]
Usd = Annotated[NonNegative, _USD]
PositiveUsd = Annotated[Positive, _USD]
UsdPerShare = Annotated[NonNegative, Unit(noun="dollars a share", most=10.0, usual=(0.0, 0.1))]
Multiple = Annotated[NonNegative, _MULTIPLE]
PositiveMultiple = Annotated[Positive, _MULTIPLE]
MultipleFrom1 = Annotated[_From1, _MULTIPLE]
IndexPoints = Annotated[Positive, Unit(noun="index points, like 30", least=1.0, most=100_000.0)]
ZScore = Annotated[
    float, Unit(noun="standard deviations", least=-100.0, most=100.0, usual=(-10.0, 10.0))
]
ZLevel = Annotated[
    NonNegative, Unit(noun="standard deviations", most=100.0, usual=(0.0, 10.0))
]  # on either side
Sessions = Annotated[int, Field(ge=1), SESSIONS]
Window = Annotated[int, Field(ge=2), SESSIONS]
Days = Annotated[int, Field(ge=1), _DAYS]
Percentile = Annotated[
    float, Field(gt=0.0), Unit(noun="a percentile, like 20", most=100.0, usual=(1.0, 100.0))
]
Quarters = Annotated[int, Field(ge=1, le=80)]
Shares = Annotated[Positive, Unit(noun="shares", most=1e9)]
Figure = Annotated[float, Unit(noun="a number", least=-1e15, most=1e15)]  # somebody printed it


def _plain(text: str) -> str:
    """Refuse what is empty to the eye or could steer a terminal or a page."""
    if not text.strip():
        raise ValueError("expected something that can be read")
    if not is_plain(text):
        raise ValueError("expected text without control characters")
    return text


def _path(text: str) -> str:
    """Refuse a path that no file can have, before anything asks the system for it."""
    expanded(Path(text))
    return text


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


def _in_our_times(day: dt.date) -> dt.date:
    """Refuse a year that is a slip, and that pandas may not hold."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    return day


AnyDate = Annotated[dt.date, BeforeValidator(_calendar_date)]  # whose span somebody else checks
Date = Annotated[AnyDate, AfterValidator(_in_our_times)]
Plain = AfterValidator(_plain)
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
File = Annotated[
    str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS), Plain, AfterValidator(_path)
]


class Model(BaseModel):
    """Frozen, strict about types, closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Tell editors the ends that a key has beside its unit's, by the words of a JSON Schema."""
        node = handler(schema)
        for each in handler.resolve_ref_schema(node).get("properties", {}).values():
            for number in (each, *each.get("anyOf", ())):
                if "ge" in number:
                    number["minimum"] = max(number.pop("ge"), number["minimum"])
                if "le" in number:
                    number["maximum"] = min(number.pop("le"), number["maximum"])
        return node


class PerSymbol(Model):
    """Defaults plus one number per symbol; the extra keys are tickers. Subclasses give the unit."""

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _extra_keys_are_tickers(cls, values: Any) -> Any:
        known = ", ".join(sorted(cls.model_fields))
        if isinstance(values, dict) and len(values) > MOST_SYMBOLS:
            raise ValueError(f"expected at most {MOST_SYMBOLS} keys, not {len(values):,}")
        for key in values if isinstance(values, dict) else ():
            if key not in cls.model_fields and not re.fullmatch(TICKER_PATTERN, str(key)):
                raise PydanticCustomError(
                    "not_a_ticker",
                    "expected {known} or an upper-case ticker",
                    # pydantic cannot carry half a character, which an escape may have made
                    {"key": str(key).encode(errors="replace").decode(), "known": known},
                )
        return values

    @property
    def by_symbol(self) -> dict[str, float]:
        """The numbers given per ticker, without the default."""
        return dict(self.model_extra or {})
