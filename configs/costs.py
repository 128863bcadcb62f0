"""What trading and holding cost: the keys below ``costs``, their units, defaults and reasons.

Everything a published price list or a market convention adds beyond commission, spread and borrow
is off unless asked for, so that a run says what it was charged; ``configs/smh_igv_desk.yaml`` asks
for all of it.
"""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from configs.fields import (
    MOST_SYMBOLS,
    BorrowDefault,
    BorrowRate,
    Bps,
    Cents,
    Date,
    File,
    InterestRate,
    Model,
    Multiple,
    MultipleFrom1,
    PerSymbol,
    PositiveFraction,
    PositiveMultiple,
    PositiveUsd,
    RateMargin,
    Ticker,
    Usd,
    UsdPerShare,
    Window,
)


class ZeroCommission(Model):
    """No commission."""

    kind: Literal["zero"]


class _Bounded(Model):
    min_usd: Usd = Field(
        0.0, description="Least dollars per order, however many parts it fills in."
    )
    max_usd: PositiveUsd | None = Field(None, description="Most dollars per order. null: no limit.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_usd is not None and self.max_usd < self.min_usd:
            raise ValueError(
                f"costs.commission.max_usd was {self.max_usd}; expected at least min_usd "
                f"({self.min_usd})"
            )
        return self


class BpsCommission(_Bounded):
    """Commission as a share of traded notional."""

    kind: Literal["bps"]
    bps: Bps = Field(description="Basis points of the traded notional, per order.")


class PerShareCommission(_Bounded):
    """Commission per as-traded share, with a minimum per order."""

    kind: Literal["per_share"]
    per_share_usd: UsdPerShare = Field(0.005, description="Dollars per as-traded share.")
    min_usd: Usd = Field(1.0, description="Least dollars per order.")


class PerOrderCommission(Model):
    """A flat ticket charge."""

    kind: Literal["per_order"]
    usd: Usd = Field(description="Dollars per order and leg.")


class IbkrFixedCommission(Model):
    """IBKR Pro Fixed: $0.005 a share, at least $1, at most 1 % of the trade value."""

    kind: Literal["ibkr_fixed"]


class IbkrTieredCommission(Model):
    """IBKR Pro Tiered: $0.0035 a share, falling with the month's volume, plus clearing."""

    kind: Literal["ibkr_tiered"]


Commission = Annotated[
    ZeroCommission
    | BpsCommission
    | PerShareCommission
    | PerOrderCommission
    | IbkrFixedCommission
    | IbkrTieredCommission,
    Field(discriminator="kind"),
]


class NoFees(Model):
    """No regulatory fees."""

    kind: Literal["none"]


class UsSaleFees(Model):
    """SEC section 31 and FINRA TAF on sales, from an effective-dated table."""

    kind: Literal["us_sales"]
    table: File | None = Field(
        None, description="YAML table in the form of engine/costs/tariffs.yaml. null: that one."
    )


Fees = Annotated[NoFees | UsSaleFees, Field(discriminator="kind")]


class _Spread(PerSymbol):
    open_multiplier: MultipleFrom1 = Field(
        1.0, description="Times the spread at the opening auction. 2 is the stress convention."
    )


class _BpsSpread(_Spread):
    __pydantic_extra__: dict[str, Bps]

    default_bps: Bps = Field(
        3.0, description="Spread of a symbol not named here. 3: the wider of SMH and IGV."
    )
    tick_usd: UsdPerShare = Field(
        0.0, description="Least spread in dollars an as-traded share. 0.01 is the US tick; 0: none."
    )

    def bps(self, symbol: str) -> float:
        """Full quoted spread of ``symbol`` in basis points, before floors and multipliers."""
        return self.by_symbol.get(symbol, self.default_bps)


class QuotedSpread(_BpsSpread):
    """Full quoted spread in basis points; half of it is paid on each side."""

    kind: Literal["quoted_bps"] = "quoted_bps"


class VolScaledSpread(_BpsSpread):
    """The quoted spread times today's volatility over its median so far, clipped."""

    kind: Literal["vol_scaled"]
    window: Window = Field(21, description="Sessions of log returns in the leg's volatility.")
    min_scale: PositiveMultiple = Field(
        1.0, description="Least multiple: calm never makes it cheaper."
    )
    max_scale: PositiveMultiple = Field(3.0, description="Most multiple: the stress convention.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_scale < self.min_scale:
            raise ValueError(
                f"costs.spread.max_scale was {self.max_scale}; expected at least min_scale "
                f"({self.min_scale})"
            )
        return self


class RegimeSpread(_BpsSpread):
    """The quoted spread, multiplied in the top tercile of a causal volatility measure."""

    kind: Literal["regime"]
    measure: Literal["own", "^VIX"] = Field(
        "own", description="The leg's own volatility, or the close of ^VIX."
    )
    window: Window = Field(21, description="Sessions of log returns, for measure own.")
    multiplier: MultipleFrom1 = Field(
        3.0, description="Times the spread in the top tercile. 3: the stress convention."
    )


class CentsSpread(_Spread):
    """Full quoted spread in cents an as-traded share."""

    __pydantic_extra__: dict[str, Cents]

    kind: Literal["cents"]
    default_cents: Cents = Field(1.0, description="Spread of a symbol not named: one tick.")

    def cents(self, symbol: str) -> float:
        """Full quoted spread of ``symbol`` in cents an as-traded share."""
        return self.by_symbol.get(symbol, self.default_cents)


def _quoted_unless_named(value: object) -> object:
    """Read a mapping without ``kind`` as quoted basis points, the common case."""
    return {"kind": "quoted_bps", **value} if isinstance(value, dict) else value


Spread = Annotated[
    Annotated[
        QuotedSpread | VolScaledSpread | RegimeSpread | CentsSpread, Field(discriminator="kind")
    ],
    BeforeValidator(_quoted_unless_named),
]


class NoImpact(Model):
    """Our orders do not move the price and fill whole on one session."""

    kind: Literal["none"]


class SquareRootImpact(Model):
    """``y * sigma_daily * sqrt(shares / volume)`` of the notional, under a participation cap."""

    kind: Literal["square_root"]
    y: Multiple = Field(1.0, description="Coefficient of the square-root law, about 1.")
    window: Window = Field(21, description="Sessions of log returns in the daily sigma.")
    participation_cap: PositiveFraction | None = Field(
        0.025,
        description="Most of a session's volume one order may be; the rest is worked over the "
        "following sessions, both legs in proportion. null: no cap.",
    )


Impact = Annotated[NoImpact | SquareRootImpact, Field(discriminator="kind")]


class HardToBorrow(Model):
    """Days on which a symbol may not be sold short anew, or must be bought back."""

    symbol: Ticker = Field(description="Symbol that cannot be borrowed.")
    since: Date = Field(description="First day, inclusive.")
    until: Date = Field(description="Last day, inclusive.")
    action: Literal["no_open", "buy_in"] = Field(
        "no_open",
        description="no_open: no new short fills on these days. buy_in: also, a short held at a "
        "close on one of them is bought back on the next session.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.until < self.since:
            raise ValueError(
                f"costs.borrow.hard_to_borrow.until was {self.until}; expected a date not before "
                f"since {self.since}"
            )
        return self


class BorrowConfig(PerSymbol):
    """Annual borrow fee on short market value, as a fraction, over 360 days."""

    __pydantic_extra__: dict[str, BorrowRate]

    default_rate: BorrowDefault = Field(
        0.0025, description="Fee of a symbol not named here. 0.0025: general collateral."
    )
    series: dict[Ticker, File] = Field(
        default_factory=dict,
        max_length=MOST_SYMBOLS,
        description="CSV file (date,rate) per symbol; a rate holds from its date until the next.",
    )
    hard_to_borrow: tuple[HardToBorrow, ...] = Field(
        (), max_length=200, description="Days without borrow, per symbol.", strict=False
    )

    def rate(self, symbol: str) -> float:
        """Annual borrow fee of ``symbol`` as a fraction of market value."""
        return self.by_symbol.get(symbol, self.default_rate)


class NoInterest(Model):
    """Cash earns and owes nothing."""

    kind: Literal["none"]


class BenchmarkInterest(Model):
    """Cash, debit and short proceeds priced off a benchmark rate, over 360 days."""

    kind: Literal["benchmark"]
    rate: InterestRate | None = Field(None, description="Constant benchmark rate a year.")
    series: File | None = Field(
        None, description="CSV file (date,rate); a rate holds from its date until the next."
    )
    credit_below: RateMargin = Field(
        0.005, description="Idle cash earns the benchmark less this, never less than 0."
    )
    debit_above: RateMargin = Field(
        0.015, description="A debit balance pays the benchmark plus this."
    )
    rebate_below: RateMargin = Field(
        0.0125, description="Short proceeds earn the benchmark less this, never less than 0."
    )
    rebate_free_usd: Usd = Field(
        100_000.0, description="Dollars of short proceeds that earn nothing."
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.rate is None) == (self.series is None):
            raise ValueError(
                f"costs.interest.rate was {self.rate} and series {self.series!r}; expected one of "
                "the two"
            )
        return self


Interest = Annotated[NoInterest | BenchmarkInterest, Field(discriminator="kind")]


class CostsConfig(Model):
    """What trading and holding cost."""

    commission: Commission = Field(
        default_factory=lambda: IbkrFixedCommission(kind="ibkr_fixed"),
        description="Default ibkr_fixed: a published retail price list.",
    )
    fees: Fees = Field(default_factory=lambda: NoFees(kind="none"))
    spread: Spread = Field(default_factory=lambda: QuotedSpread())
    impact: Impact = Field(default_factory=lambda: NoImpact(kind="none"))
    borrow: BorrowConfig = Field(default_factory=lambda: BorrowConfig())
    interest: Interest = Field(default_factory=lambda: NoInterest(kind="none"))
