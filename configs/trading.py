"""How positions are resized, entered and left, and the account that holds them."""

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)

from configs.fields import (
    Change,
    Days,
    File,
    Leverage,
    MarginShare,
    Model,
    MultipleFrom1,
    PositiveFraction,
    PositiveMultiple,
    Sessions,
    Ticker,
    Usd,
    ZLevel,
    ZScore,
)
from configs.thesis import ThesisConfig

MOST_CASH_USD = 1e9
MOST_TRIGGERS = 8  # of one any_of: each is a bit and a row of numbers in the engine

Occasion = Literal["first", "last", "monday", "tuesday", "wednesday", "thursday", "friday"]


class _Rebalance(Model):
    min_trade_usd: Usd = Field(
        0.0, description="A rebalance whose larger leg trades fewer dollars is not made."
    )


class PeriodicRebalance(_Rebalance):
    """Resize to target on one exchange session of each period while a trade is open."""

    kind: Literal["daily", "weekly", "monthly", "quarterly"]
    on: Occasion = Field(
        "last",
        description="Which session of the period. A weekday (weekly only) is the first session on "
        "or after it in its week, else the week's last.",
    )
    every: int = Field(
        1, ge=1, le=52, description="Every n-th period, counted from 1970 and not from the start."
    )
    phase: int = Field(
        0,
        ge=0,
        le=51,
        description="Which of the n: what the period's number since 1970 leaves when it is divided "
        "by every.",
    )

    @model_serializer(mode="wrap")
    def _without_an_idle_phase(self, every_key: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave the phase out where it is 0: the configuration is that of before there was one."""
        values: dict[str, Any] = every_key(self)
        if self.phase == 0:
            values.pop("phase", None)
        return values

    @model_validator(mode="after")
    def _fits_its_period(self) -> Self:
        if self.kind == "daily" and (self.every != 1 or self.on != "last"):
            raise ValueError(
                f"rebalance.every was {self.every} and on {self.on!r}; expected neither for kind "
                "daily"
            )
        if self.on not in ("first", "last") and self.kind != "weekly":
            raise ValueError(
                f"rebalance.on was {self.on!r}; expected first or last for kind {self.kind}"
            )
        if self.phase >= self.every:
            raise ValueError(
                f"rebalance.phase was {self.phase}; expected less than every, which is {self.every}"
            )
        return self


class NeverRebalance(Model):
    """Hold the entry's shares until the exit."""

    kind: Literal["never"]


class BandRebalance(_Rebalance):
    """Resize when the leg ratio is off its target by more than a fraction."""

    kind: Literal["band"]
    above: Change = Field(
        0.10, description="|long/short dollars over their target ratio - 1| that triggers."
    )


class VolRatioRebalance(_Rebalance):
    """Resize when the volatility ratio moved by more than a fraction since the last sizing."""

    kind: Literal["vol_ratio"]
    above: Change = Field(
        0.20, description="|vol ratio over that of the last sizing - 1|: the article's drift."
    )


class OnFilingRebalance(_Rebalance):
    """Resize on the session after a named company filed: the sizing has something new to read."""

    kind: Literal["on_filing"]
    companies: tuple[Ticker, ...] = Field(
        (),
        max_length=50,
        description="Whose filings. Default: the company that sizes the pair, else the short leg.",
        strict=False,
    )


Trigger = Annotated[
    PeriodicRebalance | BandRebalance | VolRatioRebalance | OnFilingRebalance,
    Field(discriminator="kind"),
]


class AnyOfRebalance(_Rebalance):
    """Resize when any of several triggers holds; the first in the list names it."""

    kind: Literal["any_of"]
    of: tuple[Trigger, ...] = Field(
        max_length=MOST_TRIGGERS, description="Triggers, at least one.", strict=False
    )

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.of:
            raise ValueError("rebalance.of was []; expected at least one trigger")
        return self


Rebalance = Annotated[
    PeriodicRebalance
    | NeverRebalance
    | BandRebalance
    | VolRatioRebalance
    | OnFilingRebalance
    | AnyOfRebalance,
    Field(discriminator="kind"),
]


def _day_of_year(value: object) -> object:
    """Accept MM-DD of a day that some year has."""
    try:
        dt.date.fromisoformat(f"2000-{value}")  # a leap year
    except ValueError:
        raise ValueError("expected a day of the year like 12-24") from None
    return value


DayOfYear = Annotated[
    str, StringConstraints(pattern=r"^\d{2}-\d{2}$"), BeforeValidator(_day_of_year)
]


class Season(Model):
    """A stretch of every year, inclusive; it may pass the new year."""

    since: DayOfYear = Field(description="First day as MM-DD.")
    until: DayOfYear = Field(description="Last day as MM-DD.")


class FlatOver(Model):
    """Nights over which nothing is held. Leaving fills before them, entering after them."""

    earnings: File | None = Field(
        None,
        description="CSV file with ticker,announce_date,session (BMO, AMC, a vendor's word for "
        "them, a New York time like 16:05, or empty): no night with an announcement of a leg. "
        "Empty: both nights around the date.",
    )
    symbols: tuple[Ticker, ...] = Field(
        (), max_length=50, description="Whose announcements. Default: both legs.", strict=False
    )
    season: Season | None = Field(None, description="Time of year. null: none.")

    @model_validator(mode="after")
    def _names_some_nights(self) -> Self:
        if self.earnings is None and self.season is None:
            raise ValueError("expected earnings, season or both: without them no night is named")
        if self.symbols and self.earnings is None:
            raise ValueError("expected symbols only beside earnings, whose file they choose from")
        return self


class ExitsConfig(Model):
    """When a trade ends. All are judged at the close and filled on the next session."""

    holding_sessions: Sessions | None = Field(
        None,
        description="Leave at the close of this many sessions held, the entry fill's being the "
        "first. null: no time exit.",
    )
    z_above: ZScore | None = Field(
        None, description="Leave once z is strictly above this: the correlation has recovered."
    )
    z_stop: ZLevel | None = Field(
        None,
        description="Leave once the spread's z is this far on the losing side: it has run away. "
        "Nothing is entered beyond it. Only for signal kind spread.",
    )
    half_lives: PositiveMultiple | None = Field(
        None,
        description="Leave after this many of the spread's half-lives, as estimated when the entry "
        "was decided; nothing is entered while it is unknown. Only for signal kind spread.",
    )
    stop_loss: PositiveFraction | None = Field(
        None,
        description="Leave once the pair has lost this fraction of its entry gross notional, "
        "after costs. 0.1: ten percent.",
    )
    trailing_stop: PositiveFraction | None = Field(
        None,
        description="Leave once P&L after costs is this fraction of the entry gross notional "
        "below its best close.",
    )
    take_profit: Change | None = Field(
        None,
        description="Leave once P&L after costs reaches this fraction of the entry gross notional.",
    )
    flat_over: FlatOver | None = Field(None, description="Nights to be flat. null: none.")
    thesis: ThesisConfig | None = Field(
        None, description="Ways in which the trade's thesis breaks. null: none."
    )


class SingleEntry(Model):
    """One trade at a time."""

    kind: Literal["single"]


class TrancheEntries(Model):
    """Every independent trigger opens its own tranche with its own horizon."""

    kind: Literal["tranches"]
    gap_days: Days = Field(
        21, description="Calendar days after the last accepted entry: the article's rule."
    )
    max_open: int = Field(6, ge=1, le=100, description="Tranches held at once.")
    gross_each: Leverage = Field(
        0.25, description="Gross exposure of one tranche, times sizing.gross and equity."
    )


Entries = Annotated[SingleEntry | TrancheEntries, Field(discriminator="kind")]


class NoMargin(Model):
    """No margin rule; only a ruined account ends the run."""

    kind: Literal["none"]


class RegTMargin(Model):
    """Regulation T initial margin, FINRA 4210 maintenance, at one multiple of the house."""

    kind: Literal["reg_t"]
    initial: MarginShare = Field(
        0.50,
        description="Share of gross exposure an order needs in equity at its decision (Reg T).",
    )
    maintenance_long: MarginShare = Field(
        0.25,
        description="Share of long value to keep (FINRA 4210); below it the book is cut at the "
        "next open.",
    )
    maintenance_short: MarginShare = Field(
        0.30, description="Share of short value to keep (FINRA 4210)."
    )
    house_multiplier: MultipleFrom1 = Field(
        1.0, description="What the broker asks above the rule. 1: the rule."
    )
    on_shortfall: Literal["scale", "refuse"] = Field(
        "scale",
        description="An order that does not fit is scaled down, or not made; both are findings.",
    )


Margin = Annotated[NoMargin | RegTMargin, Field(discriminator="kind")]


class AccountConfig(Model):
    """The account that trades."""

    cash: Annotated[float, Field(gt=0.0, le=MOST_CASH_USD)] = Field(
        1_000_000.0,
        description="Opening cash in dollars, to a billion: beyond it doubles lose the cents.",
    )
    fill: Literal["next_open", "next_close", "same_close"] = Field(
        "next_open",
        description="Price of the session after the decision at which both legs fill. same_close, "
        "the price that decided: only with replicate, to reproduce what others printed.",
    )
    replicate: bool = Field(
        False,
        description="The run only reproduces a published figure: it may fill at the price that "
        "decided it, and is no evidence, whatever it shows.",
    )
    fractional: bool = Field(
        False, description="Allow fractions of a share. Default no: shorts are sold whole."
    )
    margin: Margin = Field(
        default_factory=lambda: RegTMargin(kind="reg_t"),
        description="Default reg_t: a short that needs no margin is not a short.",
    )

    @property
    def replication(self) -> str | None:
        """What stands over every page of a run that is none; None for any other run."""
        if not self.replicate:
            return None
        if self.fill == "same_close":
            return "Fills at the price that decided them: replication, not evidence."
        return "Replication of a published figure: not evidence."

    @model_validator(mode="after")
    def _only_a_replication_fills_at_once(self) -> Self:
        if self.fill == "same_close" and not self.replicate:
            raise ValueError(
                "account.fill was 'same_close'; expected next_open or next_close, or "
                "account.replicate: true beside it: nobody trades at the price that decided"
            )
        if self.fill == "same_close" and self.margin.kind != "none":
            raise ValueError(
                f"account.margin.kind was {self.margin.kind!r}; expected none beside fill "
                "same_close: what others printed knew no margin, and a call fills at the open"
            )
        return self
