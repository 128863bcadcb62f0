"""How much of each leg: the keys below ``sizing``, their units, defaults and reasons."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from configs.fields import (
    Leverage,
    Model,
    PositiveFraction,
    PositiveMultiple,
    Quarters,
    Shares,
    Ticker,
    Window,
)

REG_T_GROSS = 2.0  # what 50 % of initial margin allows


class _Sizing(Model):
    window: Window = Field(
        21,
        description="Sessions of log returns in each leg's volatility. 21: one month, the "
        "article's choice. Sizings that do not look at volatility only report it.",
    )
    gross: Leverage = Field(
        1.0,
        description="Gross exposure at a sizing, as a multiple of equity. 1: unlevered. Not "
        "beside vol_target, which sets it.",
    )
    vol_target: PositiveFraction | None = Field(
        None,
        description="Volatility a year that the pair is sized for; leverage rises as volatility "
        "falls. null: gross is fixed.",
    )
    max_gross: Leverage = Field(
        REG_T_GROSS, description="Most gross exposure vol_target may ask. 2: Regulation T."
    )

    @model_serializer(mode="wrap")
    def _without_what_is_not_used(self, every_key: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave the gross out where vol_target sets it: written down it would be refused."""
        values: dict[str, Any] = every_key(self)
        if self.vol_target is not None:
            del values["gross"]
        return values

    @model_validator(mode="after")
    def _one_gross(self) -> Self:
        if self.vol_target is not None and "gross" in self.model_fields_set:
            raise ValueError(
                f"sizing.gross was {self.gross}; expected it left out beside vol_target, which "
                "sets the gross"
            )
        if self.vol_target is None and self.max_gross != REG_T_GROSS:
            raise ValueError(
                f"sizing.max_gross was {self.max_gross}; expected it only beside vol_target"
            )
        return self


class InverseVolSizing(_Sizing):
    """Legs weighted by the inverse of their volatility."""

    kind: Literal["inverse_vol"]


class DollarNeutralSizing(_Sizing):
    """Equal dollars long and short."""

    kind: Literal["dollar_neutral"]


class BetaNeutralSizing(_Sizing):
    """Short dollars over long dollars equal the long leg's beta to the short leg."""

    kind: Literal["beta_neutral"]
    window: Window = Field(
        63, description="Sessions of log returns in the regression. 63: one quarter."
    )


class CapexIntensitySizing(_Sizing):
    """Sized by a company's capex over its revenue, against its own past, as known at the time."""

    kind: Literal["capex_intensity"]
    company: Ticker | None = Field(
        None, description="Whose capex over revenue. null: the short leg."
    )
    scales: Literal["gross", "hedge"] = Field(
        "gross",
        description="What the multiple scales: the gross of dollar-neutral legs, or short over "
        "long dollars at constant gross.",
    )
    reference_quarters: Quarters = Field(
        8, description="Quarter ends before the latest known one in the reference."
    )
    min_multiple: PositiveMultiple = Field(
        0.5, description="Least multiple of the base size; one that is held there is a finding."
    )
    max_multiple: PositiveMultiple = Field(
        2.0, description="Most multiple of the base size; the same."
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_multiple < self.min_multiple:
            raise ValueError(
                f"sizing.max_multiple was {self.max_multiple}; expected at least min_multiple "
                f"({self.min_multiple})"
            )
        return self


class _HedgedSizing(_Sizing):
    shares: Shares | None = Field(
        None,
        description="Shares of y in one unit, against h of x for each. null: gross sets the size. "
        "Only for a signal on prices.",
    )

    @model_serializer(mode="wrap")
    def _without_a_second_size(self, every_key: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave the gross out where shares set it: written down it would be refused."""
        values: dict[str, Any] = every_key(self)
        if self.shares is not None:
            values.pop("gross", None)
        return values

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if self.shares is None:
            return self
        for key in ("gross", "vol_target"):
            if key in self.model_fields_set and getattr(self, key) is not None:
                raise ValueError(
                    f"sizing.{key} was {getattr(self, key)}; expected it left out beside shares, "
                    "which set the size"
                )
        return self


class HedgeRatioSizing(_HedgedSizing):
    """Legs in the ratio of the spread's hedge: shares for prices, dollars for logs."""

    kind: Literal["hedge_ratio"]


class LinearSizing(_HedgedSizing):
    """As hedge_ratio, at a gross that grows with the distance: units are -z (Chan, 2013)."""

    kind: Literal["linear"]
    cap: PositiveMultiple = Field(
        3.0, description="Most units: gross, or shares, times min(|z|, cap)."
    )


Sizing = Annotated[
    InverseVolSizing
    | DollarNeutralSizing
    | BetaNeutralSizing
    | CapexIntensitySizing
    | HedgeRatioSizing
    | LinearSizing,
    Field(discriminator="kind"),
]
