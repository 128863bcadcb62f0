"""How the trade's thesis breaks: the keys below ``exits.thesis``, their defaults and reasons.

Every level is a judgement of the article's trade, known before the run and the same throughout it.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

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


class ReportBreak(Model):
    """A break that company reports tell."""

    readings: ClassVar[tuple[str, ...]]
    """Lines that it looks at (``engine.prepare.fundamental_lines``), the one that breaks first."""

    side: ClassVar[Literal["below", "above"]] = "below"
    """Of its level on which it breaks."""

    @property
    def level(self) -> float | None:
        """Where it breaks whatever is held; None for one that is counted from an entry."""
        return None

    def reads(self, long: str, short: str, spenders: tuple[str, ...]) -> Mapping[str, set[str]]:
        """Return the concepts it cannot do without, by company."""
        raise NotImplementedError


class CapexRollover(ReportBreak):
    """The spenders have stopped raising their capex: the demand behind the long leg is gone."""

    readings = ("capex_growth",)
    exit_below: Growth = Field(
        0.05, description="Leave when their growth over a year is below this fraction."
    )

    @property
    def level(self) -> float:
        """Growth over a year."""
        return self.exit_below

    def reads(self, long: str, short: str, spenders: tuple[str, ...]) -> Mapping[str, set[str]]:
        """Return the spenders' capex."""
        return {name: {"capex"} for name in spenders}


class MarginHolds(ReportBreak):
    """The spending does not hurt the short company: its gross margin has not fallen."""

    readings = ("gross_margin_short", "margin_quarter")
    quarters: Quarters = Field(4, description="Quarters reported since the entry to wait.")
    bps: PositiveBps = Field(
        50.0,
        description="Basis points of revenue by which its gross margin of the trailing four "
        "quarters must have fallen since.",
    )

    def reads(self, long: str, short: str, spenders: tuple[str, ...]) -> Mapping[str, set[str]]:
        """Return what the short company's margin is made of."""
        return {short: {"revenue", "gross_profit"}}


class SupplierStalls(ReportBreak):
    """The long company no longer grows."""

    readings = ("revenue_growth_long",)
    below: Growth = Field(
        0.10, description="Leave when its latest quarter's revenue grew less over a year."
    )

    @property
    def level(self) -> float:
        """Growth over a year."""
        return self.below

    def reads(self, long: str, short: str, spenders: tuple[str, ...]) -> Mapping[str, set[str]]:
        """Return the long company's revenue."""
        return {long: {"revenue"}}


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
        "after costs (reason price_stop).",
    )
    trailing_stop: PositiveFraction | None = Field(
        None,
        description="Leave once P&L after costs is this fraction of the entry gross notional "
        "below its best close (reason price_trail).",
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
            known = list(type(self).model_fields)
            raise ValueError(
                f"expected {', '.join(known[:-1])} or {known[-1]}: without one of them nothing "
                "breaks (null: no thesis)"
            )
        return self

    @property
    def vol_spike(self) -> VolSpike | None:
        """The volatility index that is watched, or None."""
        return None if self.price is None else self.price.vol_spike

    @property
    def by_reports(self) -> dict[str, ReportBreak]:
        """The breaks that company reports tell, those that are asked, by key."""
        asked = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: each for name, each in asked.items() if isinstance(each, ReportBreak)}

    @property
    def needs_reports(self) -> bool:
        """Whether a break looks at company reports."""
        return bool(self.by_reports)


NO_THESIS = ThesisConfig.model_construct()  # nothing breaks; nobody may write it down
