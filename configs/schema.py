"""The configuration contract. Every key a YAML file may carry, its unit, its default and why.

Models are frozen and refuse unknown keys; a choice between kinds is a union discriminated by
``kind``. Rates and fractions are plain numbers (0.0025 is a quarter of a percent a year).
"""

import datetime as dt
import hashlib
import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

TICKER_PATTERN = r"^\^?[A-Z0-9][A-Z0-9.=\-]{0,14}$"

Ticker = Annotated[str, StringConstraints(pattern=TICKER_PATTERN)]
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
NonNegative = Annotated[float, Field(ge=0.0)]
Positive = Annotated[float, Field(gt=0.0)]


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


class DataConfig(Model):
    """Where prices come from and which sessions are simulated."""

    source: Literal["yahoo", "csv", "sample"] = Field(
        "yahoo",
        description="yahoo (downloaded once, then cached), csv (a folder of Yahoo-shaped files) "
        "or sample (bundled, SYNTHETIC).",
    )
    path: str | None = Field(
        None,
        description="Folder with one <TICKER>.csv per symbol, relative to the working directory. "
        "Only for source csv.",
    )
    start: Date = Field(description="First session of data; nothing before it is read.")
    end: Date | None = Field(
        None,
        description="Last session, inclusive. null: the last closed session that every symbol has.",
    )
    benchmark: Ticker | None = Field(
        None,
        description="Symbol the tear sheet compares with. Default none: a download nobody asked "
        "for would be a surprise.",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "DataConfig":
        if self.source == "csv" and not self.path:
            raise ValueError("data.path was null; expected the folder of <TICKER>.csv files")
        if self.source != "csv" and self.path is not None:
            raise ValueError(
                f"data.path was {self.path!r}; expected null, because source {self.source} "
                "reads no folder (set data.source: csv to read it)"
            )
        if self.end is not None and self.end < self.start:
            raise ValueError(
                f"data.end was {self.end}; expected a date not before start {self.start}"
            )
        return self


class PairConfig(Model):
    """The two legs."""

    long: Ticker = Field(description="Symbol bought at entry.")
    short: Ticker = Field(description="Symbol sold short at entry.")

    @model_validator(mode="after")
    def _two_legs(self) -> "PairConfig":
        if self.long == self.short:
            raise ValueError(f"pair.short was {self.short}; expected a symbol other than pair.long")
        return self


class CorrelationSignal(Model):
    """Enter when the rolling correlation of the legs is unusually low against its own past."""

    kind: Literal["correlation"]
    window: int = Field(
        63, ge=3, description="Sessions of log returns in one correlation. 63: one quarter."
    )
    zscore: Literal["expanding", "rolling"] = Field(
        "expanding",
        description="History that judges today's correlation: all of it up to today, or the last "
        "zscore_window of it.",
    )
    min_periods: int = Field(
        63, ge=2, description="Correlations needed before the first z. 63: one quarter of them."
    )
    zscore_window: int = Field(
        252,
        ge=2,
        description="Correlations in a rolling z-score (zscore: rolling only). 252: one year.",
    )
    enter_below: float = Field(
        -2.0, description="Enter while z is strictly below this. -2: the article's trigger."
    )

    @model_validator(mode="after")
    def _window_holds_the_minimum(self) -> "CorrelationSignal":
        if self.zscore == "rolling" and self.min_periods > self.zscore_window:
            raise ValueError(
                f"signal.min_periods was {self.min_periods}; expected at most zscore_window "
                f"({self.zscore_window})"
            )
        return self


class AlwaysSignal(Model):
    """Enter whenever flat: the sizing and the hedge, without a trigger."""

    kind: Literal["always"]


Signal = Annotated[CorrelationSignal | AlwaysSignal, Field(discriminator="kind")]


class _Sizing(Model):
    window: int = Field(
        21,
        ge=2,
        description="Sessions of log returns in each leg's volatility. 21: one month, the "
        "article's choice. Dollar-neutral legs only report it.",
    )
    gross: Annotated[float, Field(gt=0.0, le=20.0)] = Field(
        1.0, description="Gross exposure at a sizing, as a multiple of equity. 1: unlevered."
    )


class InverseVolSizing(_Sizing):
    """Legs weighted by the inverse of their volatility."""

    kind: Literal["inverse_vol"]


class DollarNeutralSizing(_Sizing):
    """Equal dollars long and short."""

    kind: Literal["dollar_neutral"]


Sizing = Annotated[InverseVolSizing | DollarNeutralSizing, Field(discriminator="kind")]


class PeriodicRebalance(Model):
    """Resize to target on the last exchange session of each period while a trade is open."""

    kind: Literal["daily", "weekly", "monthly", "quarterly"]


class NeverRebalance(Model):
    """Hold the entry's shares until the exit."""

    kind: Literal["never"]


Rebalance = Annotated[PeriodicRebalance | NeverRebalance, Field(discriminator="kind")]


class ExitsConfig(Model):
    """When a trade ends. All are judged at the close and filled on the next session."""

    holding_sessions: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Leave at the close of this many sessions held. null: no time exit."
    )
    z_above: float | None = Field(
        None, description="Leave once z is strictly above this: the correlation has recovered."
    )
    stop_loss: Positive | None = Field(
        None,
        description="Leave once the pair has lost this fraction of its entry gross notional, "
        "after costs. 0.1: ten percent.",
    )


class ZeroCommission(Model):
    """No commission."""

    kind: Literal["zero"]


class BpsCommission(Model):
    """Commission as a share of traded notional."""

    kind: Literal["bps"]
    bps: NonNegative = Field(description="Basis points of the traded notional, per order.")


class PerShareCommission(Model):
    """Commission per as-traded share, with a minimum per order."""

    kind: Literal["per_share"]
    per_share_usd: NonNegative = Field(0.005, description="Dollars per as-traded share.")
    min_usd: NonNegative = Field(1.0, description="Least dollars per order.")


class IbkrFixedCommission(Model):
    """IBKR Pro Fixed: $0.005 a share, at least $1, at most 1 % of the trade value."""

    kind: Literal["ibkr_fixed"]


Commission = Annotated[
    ZeroCommission | BpsCommission | PerShareCommission | IbkrFixedCommission,
    Field(discriminator="kind"),
]


class _PerSymbol(Model):
    """A default plus one number per symbol; the extra keys are tickers."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, NonNegative]

    @model_validator(mode="after")
    def _extra_keys_are_tickers(self) -> "_PerSymbol":
        known = ", ".join(type(self).model_fields)
        for key in self.model_extra or {}:
            if not re.match(TICKER_PATTERN, key):
                raise PydanticCustomError(
                    "not_a_ticker",
                    "expected {known} or an upper-case ticker",
                    {"key": key, "known": known},
                )
        return self

    @property
    def by_symbol(self) -> dict[str, float]:
        """The numbers given per ticker, without the default."""
        return dict(self.model_extra or {})


class SpreadConfig(_PerSymbol):
    """Full quoted spread in basis points; half of it is paid on each side."""

    default_bps: NonNegative = Field(
        3.0, description="Spread of a symbol not named here. 3: the wider of SMH and IGV."
    )

    def bps(self, symbol: str) -> float:
        """Full quoted spread of ``symbol`` in basis points."""
        return self.by_symbol.get(symbol, self.default_bps)


class BorrowConfig(_PerSymbol):
    """Annual borrow fee on short market value, as a fraction, over 360 days."""

    default_rate: NonNegative = Field(
        0.0025, description="Fee of a symbol not named here. 0.0025: general collateral."
    )

    def rate(self, symbol: str) -> float:
        """Annual borrow fee of ``symbol`` as a fraction of market value."""
        return self.by_symbol.get(symbol, self.default_rate)


class CostsConfig(Model):
    """What trading and holding cost."""

    commission: Commission = Field(
        default_factory=lambda: IbkrFixedCommission(kind="ibkr_fixed"),
        description="Default ibkr_fixed: a published retail price list.",
    )
    spread: SpreadConfig = Field(default_factory=lambda: SpreadConfig())
    borrow: BorrowConfig = Field(default_factory=lambda: BorrowConfig())


class AccountConfig(Model):
    """The account that trades."""

    cash: Positive = Field(1_000_000.0, description="Opening cash in dollars.")
    fill: Literal["next_open", "next_close"] = Field(
        "next_open",
        description="Price of the session after the decision at which both legs fill.",
    )
    fractional: bool = Field(
        False, description="Allow fractions of a share. Default no: shorts are sold whole."
    )


class RunConfig(Model):
    """One backtest, whole."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120)] = Field(
        description="Name on the pages; the folder gets a file-safe form of it."
    )
    data: DataConfig
    pair: PairConfig
    signal: Signal
    sizing: Sizing = Field(default_factory=lambda: InverseVolSizing(kind="inverse_vol"))
    rebalance: Rebalance = Field(
        default_factory=lambda: PeriodicRebalance(kind="weekly"),
        description="Default weekly: half of all monthly hedge drifts exceed 20 %.",
    )
    exits: ExitsConfig = Field(default_factory=lambda: ExitsConfig())
    costs: CostsConfig = Field(default_factory=lambda: CostsConfig())
    account: AccountConfig = Field(default_factory=lambda: AccountConfig())

    @model_validator(mode="after")
    def _exit_has_its_signal(self) -> "RunConfig":
        if self.exits.z_above is not None and self.signal.kind != "correlation":
            raise ValueError(
                f"exits.z_above was {self.exits.z_above}; expected null, because signal kind "
                f"{self.signal.kind} has no z"
            )
        return self

    def resolved(self) -> dict[str, Any]:
        """Every key with its value, defaults filled in, as JSON-ready data."""
        return self.model_dump(mode="json")

    def digest(self) -> str:
        """Sha256 (hex) of the resolved configuration; key order does not matter."""
        text = json.dumps(self.resolved(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def schema_text() -> str:
    """Return the JSON Schema of a configuration file, for editors."""
    return json.dumps(RunConfig.model_json_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":  # make schema
    Path(__file__).with_name("schema.json").write_text(schema_text(), encoding="utf-8")
