"""What an article promises: its trades, what would end them, and what reports should still show.

And what it says of execution. Nothing here changes a run.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from configs.claims import Companies, Text
from configs.fields import Cents, Date, Figure, Model, Quarters, Ticker, Unit
from configs.fundamentals import SPENDERS
from configs.thesis import VolSpike

QuotedCents = Annotated[Cents, Field(gt=0.0)]
Delta = Annotated[
    float,
    Field(ge=0.01),  # as few as an option chain shows
    Unit(noun="shares that an option on one moves with", most=1.0),
]
Measure = Literal["capex", "revenue", "gross_margin"]


class Forecast(Model):
    """A trade as an article named it: bought and sold for the same dollars, and left alone."""

    label: Text = Field(description="The trade in words, for the page.")
    long: Ticker = Field(description="Symbol bought.")
    short: Ticker | None = Field(None, description="Symbol sold. null: none.")
    since: Date | None = Field(
        None, description="From the last close up to this day. null: audit.published_on."
    )
    until: Date | None = Field(
        None, description="To the last close up to this day. null: the last session."
    )

    @property
    def symbols(self) -> tuple[str, ...]:
        """What is traded."""
        return (self.long,) if self.short is None else (self.long, self.short)

    @model_validator(mode="after")
    def _is_a_trade(self) -> Self:
        if self.short == self.long:
            raise ValueError(f"short was {self.short}, which is long too; expected another symbol")
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError(
                f"since was {self.since} and until {self.until}; expected the earlier day first"
            )
        return self


class _Condition(Model):
    """What an article said would end its trades, looked for on every later close."""

    label: Text = Field(description="The condition in words, for the page.")
    since: Date | None = Field(None, description="After this day. null: audit.published_on.")

    @property
    def symbols(self) -> tuple[str, ...]:
        """Whose prices it reads: none, unless it says so."""
        return ()

    @property
    def reports(self) -> Mapping[str, tuple[str, ...]]:
        """Which figures of which company's reports: none, unless it says so."""
        return {}


class SpikeCondition(_Condition, VolSpike):
    """A volatility index closes at a level, or is up within a session."""

    kind: Literal["vol_spike"]

    @property
    def symbols(self) -> tuple[str, ...]:
        """The index."""
        return (self.symbol,)


class NewHighCondition(_Condition):
    """A symbol closes above its highest close up to the day."""

    kind: Literal["new_high"]
    symbol: Ticker = Field(description="Whose closes; dividends do not count.")

    @property
    def symbols(self) -> tuple[str, ...]:
        """The one."""
        return (self.symbol,)


class ReaccelerationCondition(_Condition):
    """Companies' capex grows faster over a year than it did in the quarter known on the day."""

    kind: Literal["capex_reacceleration"]
    companies: Companies = Field(SPENDERS, description="Whose capex, summed.")

    @property
    def reports(self) -> Mapping[str, tuple[str, ...]]:
        """The capex of each."""
        return dict.fromkeys(self.companies, ("capex",))


Condition = Annotated[
    SpikeCondition | NewHighCondition | ReaccelerationCondition, Field(discriminator="kind")
]


class Execution(Model):
    """What the run's fills would have paid had they been made in options, rolled as they expire."""

    quotes_cents: Annotated[dict[Ticker, QuotedCents], Field(min_length=1, max_length=50)] = Field(
        description="Full quoted spread of an option, in cents a share, of each leg; of the legs "
        "of audit.pairs too, to compare them under the same rules."
    )
    delta: Delta = Field(
        0.5, description="Shares that an option on one moves with: 0.5 at the money."
    )
    roll: Literal["monthly", "quarterly", "never"] = Field(
        "monthly", description="How often what is held is sold and bought again as it expires."
    )


class LedgerClaim(Model):
    """A number that company reports should come to show, within some quarters.

    Of four quarters together, so that the seasons cancel: how far they rose since the base, or in
    basis points how far a margin fell.
    """

    label: Text = Field(description="The claim in words, for the page.")
    company: Ticker = Field(description="Whose reports.")
    measure: Measure = Field(
        description="capex and revenue: billions of dollars a year more; gross_margin: basis "
        "points of revenue less."
    )
    base: Date = Field(description="A day at the end of the quarter that it is counted from.")
    claimed: tuple[Figure, Figure] = Field(
        description="Least and most of what was claimed, in the measure's unit.", strict=False
    )
    quarters: Quarters = Field(4, description="Quarters after the base in which it can come.")
    at_most: bool = Field(
        False,
        description="Whether reports tell no more than the most it can be: sales to one customer "
        "are a part of all sales.",
    )
    life_years: Annotated[float, Field(gt=0.0), Unit(noun="years", most=50.0)] | None = Field(
        None,
        description="Of what capex buys: its depreciation in a straight line stands beside. null: "
        "none.",
    )

    @property
    def reports(self) -> Mapping[str, tuple[str, ...]]:
        """What the measure is made of, and the revenue that depreciation is held against."""
        concepts = {
            "capex": ("capex", "revenue") if self.life_years is not None else ("capex",),
            "revenue": ("revenue",),
            "gross_margin": ("revenue", "gross_profit"),
        }
        return {self.company: concepts[self.measure]}

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        least, most = self.claimed
        if not 0.0 < least <= most:
            raise ValueError(
                f"claimed was {list(self.claimed)}; expected the least first, above 0, and the most"
            )
        if self.life_years is not None and self.measure != "capex":
            raise ValueError(
                f"life_years was {self.life_years}; expected null, because a {self.measure} does "
                "not depreciate"
            )
        return self
