"""How the trade's thesis breaks: the keys below ``exits.thesis``, their defaults and reasons.

Every level is a judgement of the article's trade, known before the run and the same throughout it.
"""

from typing import Self

from pydantic import Field, model_validator

from configs.fields import (
    Change,
    Growth,
    IndexPoints,
    Model,
    PositiveBps,
    PositiveFraction,
    Quarters,
    Ticker,
)

VIX = "^VIX"


class CapexRollover(Model):
    """The spenders have stopped raising their capex: the demand behind the long leg is gone."""

    exit_below: Growth = Field(
        0.05, description="Leave when their growth over a year is below this fraction."
    )


class MarginHolds(Model):
    """The spending does not hurt the short company: its gross margin has not fallen."""

    quarters: Quarters = Field(4, description="Quarters reported since the entry to wait.")
    bps: PositiveBps = Field(
        50.0, description="Basis points its trailing gross margin must have fallen since."
    )


class SupplierStalls(Model):
    """The long company no longer grows."""

    below: Growth = Field(
        0.10, description="Leave when its latest quarter's revenue grew less over a year."
    )


class VolSpike(Model):
    """A volatility index at a level, or up within a session."""

    symbol: Ticker = Field(VIX, description="The index.")
    level: IndexPoints | None = Field(
        None, description="Leave when it closes at or above this. null: no level."
    )
    jump: Change | None = Field(
        None, description="Leave when it rises by this fraction in a session. null: no jump."
    )

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.level is None and self.jump is None:
            raise ValueError("expected a level, a jump or both: without them nothing is a spike")
        return self


class PriceBreak(Model):
    """The market says that the thesis is wrong, whatever the filings say."""

    stop_loss: PositiveFraction | None = Field(
        None,
        description="Leave once the pair has lost this fraction of its entry gross notional, "
        "after costs.",
    )
    trailing_stop: PositiveFraction | None = Field(
        None,
        description="Leave once P&L after costs is this fraction of the entry gross notional "
        "below its best close.",
    )
    vol_spike: VolSpike | None = Field(None, description="A spike of volatility. null: none.")

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.stop_loss is None and self.trailing_stop is None and self.vol_spike is None:
            raise ValueError("expected stop_loss, trailing_stop or vol_spike")
        return self


class ThesisConfig(Model):
    """Ways in which the thesis breaks, each a reason to leave.

    capex_rollover, supplier_stalls and vol_spike also bar entries while they hold.
    """

    capex_rollover: CapexRollover | None = Field(None, description="null: not asked.")
    margin_holds: MarginHolds | None = Field(None, description="null: not asked.")
    supplier_stalls: SupplierStalls | None = Field(None, description="null: not asked.")
    price: PriceBreak | None = Field(None, description="null: not asked.")

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.price is None and not self.needs_reports:
            raise ValueError(
                "expected capex_rollover, margin_holds, supplier_stalls or price: without one of "
                "them nothing breaks (null: no thesis)"
            )
        return self

    @property
    def vol_spike(self) -> VolSpike | None:
        """The volatility index that is watched, or None."""
        return None if self.price is None else self.price.vol_spike

    @property
    def needs_reports(self) -> bool:
        """Whether a break looks at company reports."""
        return any((self.capex_rollover, self.margin_holds, self.supplier_stalls))


NO_THESIS = ThesisConfig.model_construct()  # nothing breaks; nobody may write it down
