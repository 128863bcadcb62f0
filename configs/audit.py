"""What an audit asks of a run: the keys below ``audit``, their defaults and reasons.

Nothing here changes a run, so nothing here enters the hash that names one. Every threshold is a
convention.
"""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from configs.claims import PublishedFigure
from configs.fields import (
    TICKER_PATTERN,
    BorrowDefault,
    Date,
    Days,
    File,
    Fraction,
    Model,
    Multiple,
    PositiveFraction,
    Sessions,
    Ticker,
    Unit,
)
from configs.promises import Condition, Execution, Forecast, LedgerClaim
from configs.symbols import no_leg
from configs.universe import AuditUniverse


def _two_legs(name: str) -> str:
    """Refuse a pair with one symbol twice, or with a leg that is no US share or fund."""
    long, short = name.split("/")
    if long == short:
        raise ValueError("expected two symbols, like SMH/IGV")
    for symbol in (long, short):
        fault = no_leg(symbol)
        if fault is not None:
            raise ValueError(f"{symbol}: {fault}")
    return name


PairName = Annotated[
    str,
    StringConstraints(pattern=rf"{TICKER_PATTERN[:-1]}/{TICKER_PATTERN[1:]}"),
    AfterValidator(_two_legs),
]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
# Ends beyond which a threshold asks nothing: what chance alone reaches every other time, or what
# nothing can reach.
PlaceboPercentile = Annotated[float, Unit(noun="a percentile, like 95", least=50.0, most=100.0)]
Level = Annotated[PositiveFraction, Unit(noun="a p value, like 0.05", most=0.5, is_fraction=True)]
Probability = Annotated[
    Fraction, Unit(noun="a probability, like 0.95", least=0.5, most=1.0, is_fraction=True)
]
Power = Annotated[
    Fraction, Unit(noun="a probability, like 0.8", least=0.5, most=0.99, is_fraction=True)
]
Entries = Annotated[Count, Unit(noun="independent entries, like 30", least=2, most=10_000)]
CostMultiple = Annotated[Multiple, Unit(noun="a multiple of the costs", least=1.0, most=100.0)]
ARTICLE_PAIRS = ("SMH/IGV", "MAGS/IGV", "NVDA/MSFT", "SMH/QQQ")


def _levels(value: float | tuple[float, float]) -> str:
    return f"{value:g}" if not isinstance(value, tuple) else " and ".join(f"{x:g}" for x in value)


def _changed(given: Model, keys: Sequence[str]) -> tuple[str, ...]:
    """Return those levels that are not the default, in words."""
    usual = type(given)()
    return tuple(
        f"{key} {_levels(getattr(given, key))} instead of {_levels(getattr(usual, key))}"
        for key in keys
        if getattr(given, key) != getattr(usual, key)
    )


BARS = ("neighbour_step", "least_filing_days", "max_participation")
"""Of an audit's keys those that checks and evidence turn at, beside `AuditThresholds`."""


class AuditThresholds(Model):
    """Where evidence turns: each pair is what supports, and what is at least marginal."""

    clusters: tuple[Entries, Entries] = Field(
        (30, 5),
        description="Independent entry clusters; fewer than the second: untestable.",
        strict=False,
    )
    resampled_p: tuple[Level, Level] = Field(
        (0.01, 0.10),
        description="p of the strategy re-run on resampled paths, at most.",
        strict=False,
    )
    timing_p: tuple[Level, Level] = Field(
        (0.03, 0.10),
        description="p of its choice of dates, on paths that keep what each leg earned, at most.",
        strict=False,
    )
    after_publication_p: Level = Field(
        0.05,
        description="p of the same re-runs over the sessions after publication alone, at most.",
    )
    placebo_percentile: tuple[PlaceboPercentile, PlaceboPercentile] = Field(
        (95.0, 80.0), description="Percentile among placebo entries, at least.", strict=False
    )
    deflated_sharpe: Probability = Field(0.95, description="Deflated Sharpe ratio, at least.")
    neighbours: tuple[Fraction, Fraction] = Field(
        (0.8, 0.5),
        description="Share of parameter neighbours that make money, at least.",
        strict=False,
    )
    lag_kept: tuple[Fraction, Fraction] = Field(
        (0.7, 0.4),
        description="Share of the Sharpe ratio kept one session later, at least.",
        strict=False,
    )
    regime_share: Probability = Field(
        0.6, description="Share of P&L from a regime with fewer than half of the entries, at most."
    )
    regime_p: Level = Field(
        0.05,
        description="p of so large a share among permuted entries, at most, before it counts.",
    )
    cost_multiple: tuple[CostMultiple, CostMultiple] = Field(
        (3.0, 1.5), description="Break-even cost over the cost charged, at least.", strict=False
    )
    borrow_rate: tuple[BorrowDefault, BorrowDefault] = Field(
        (0.05, 0.01),
        description="Borrow fee a year at which nothing is left, at least.",
        strict=False,
    )
    power: Power = Field(
        0.8, description="Power with which the smallest detectable edge would show."
    )

    @property
    def changed(self) -> tuple[str, ...]:
        """Each threshold that is not the default, in words."""
        return _changed(self, tuple(type(self).model_fields))

    @model_validator(mode="after")
    def _supports_is_the_harder(self) -> Self:
        for key in type(self).model_fields:
            pair = getattr(self, key)
            if not isinstance(pair, tuple):
                continue
            is_at_most = key in ("resampled_p", "timing_p")
            if (pair[0] > pair[1]) if is_at_most else (pair[0] < pair[1]):
                raise ValueError(
                    f"audit.thresholds.{key} was {list(pair)}; expected what supports first and "
                    f"what is at least marginal second, so {list(reversed(pair))}?"
                )
        return self


class Factors(Model):
    """What explains a pair as somebody else's factor, beside the benchmark and its own trend."""

    momentum: Ticker | None = Field(
        None,
        description="Fund of past winners, like MTUM, less the benchmark. null, or no prices of "
        "it: those of all symbols named here that rose most, less those that rose least.",
    )
    investment: PairName | None = Field(
        None,
        description="Two funds, like SPY/QQQ: companies that invest little less those that invest "
        "much, where reports do not sort the companies. null: none.",
    )
    among: tuple[Ticker, ...] = Field(
        (),
        max_length=100,
        description="Further symbols to sort, beside every share and fund named in this file.",
        strict=False,
    )

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every symbol named, each once."""
        funds = () if self.investment is None else self.investment.split("/")
        own = () if self.momentum is None else (self.momentum,)
        return tuple(dict.fromkeys((*own, *funds, *self.among)))


class AuditConfig(Model):
    """What an audit computes beside the run itself. Nothing below it changes a run."""

    pairs: tuple[PairName, ...] = Field(
        ARTICLE_PAIRS,
        max_length=50,
        description="Pairs, long/short, whose rarity is shown beside the run's: the article's.",
        strict=False,
    )
    rare_at_most: PositiveFraction = Field(
        0.05, description="Share of readings at or below today's that still counts as rare."
    )
    horizons: tuple[Sessions, ...] = Field(
        (21, 63, 126),
        description="Sessions of the forward returns: a month, a quarter, half a year.",
        strict=False,
        min_length=1,
        max_length=20,
    )
    gap_days: Days = Field(
        21, description="Calendar days between independent entries: the article's rule."
    )
    published: tuple[PublishedFigure, ...] = Field(
        (), max_length=200, description="Published figures to compare with.", strict=False
    )
    published_on: Date | None = Field(
        None, description="Day of publication: what came after is reported apart. null: unknown."
    )
    forecasts: tuple[Forecast, ...] = Field(
        (), max_length=50, description="Trades that an article named, as forecasts.", strict=False
    )
    conditions: tuple[Condition, ...] = Field(
        (), max_length=50, description="What it said would end them.", strict=False
    )
    execution: Execution | None = Field(
        None, description="What the fills would have paid as options. null: not asked."
    )
    thesis_ledger: tuple[LedgerClaim, ...] = Field(
        (),
        max_length=50,
        description="What company reports are still to show, quarter by quarter.",
        strict=False,
    )
    context_as_of: Date | None = Field(
        None, description="Session of the year-to-date and single-session figures. null: the last."
    )
    context_symbols: tuple[Ticker, ...] = Field(
        (),
        max_length=50,
        description="Further symbols of those figures, beside legs and benchmark.",
        strict=False,
    )
    factors: Factors = Field(default_factory=lambda: Factors())
    second_source: File | None = Field(
        None,
        description="Folder of price files of the legs from somebody else, in any dialect that "
        "data.path takes: the run is repeated on them. null: none.",
    )
    universe: AuditUniverse | None = Field(
        None,
        description="Symbols that the pair was chosen from: the same rule runs on every two of "
        "them. null: nobody knows.",
    )
    trials: int = Field(
        1,
        ge=1,
        le=1_000_000,
        description="Variants tried, this one included, where they are more than the ledger of "
        "trials knows: luck grows with them. 1: the ledger's count.",
    )
    lags: tuple[Annotated[int, Field(ge=1, le=60)], ...] = Field(
        (1, 2, 5),
        description="Sessions by which orders are delayed.",
        strict=False,
        min_length=1,
        max_length=20,
    )
    neighbour_step: PositiveFraction = Field(
        0.2, description="Relative change of each parameter for its neighbours."
    )
    least_filing_days: int = Field(
        10,
        ge=0,
        le=90,
        description="Calendar days from the end of a quarter before which no report of it is "
        "believed. Form 10-Q is due after 40 or 45 (17 CFR 249.308a); the fastest large companies "
        "file after about two weeks.",
    )
    max_participation: PositiveFraction = Field(
        0.10, description="Most of a session's volume a fill may be without a remark."
    )
    resamples: int = Field(
        999, ge=9, le=9999, description="Paths on which the whole strategy is run again."
    )
    resamples_at_most: int = Field(
        9999,
        ge=9,
        le=9999,
        description="Paths to which they are raised while p lies within chance of a threshold.",
    )
    seed: int = Field(1, ge=0, lt=2**63, description="Seed of everything drawn.")
    thresholds: AuditThresholds = Field(default_factory=lambda: AuditThresholds())

    @property
    def changed(self) -> tuple[str, ...]:
        """Each bar that is not the default, in words, wherever it is written."""
        return (*_changed(self, BARS), *self.thresholds.changed)

    @property
    def claimed_symbols(self) -> tuple[str, ...]:
        """Symbols that claims are tried on, each once."""
        figures = [each.figure for each in self.published if each.figure is not None]
        named = (*figures, *self.forecasts, *self.conditions)
        return tuple(dict.fromkeys(symbol for each in named for symbol in each.symbols))

    @property
    def claimed_reports(self) -> tuple[str, ...]:
        """Companies whose reports claims are tried on, each once."""
        figures = [each.figure for each in self.published if each.figure is not None]
        named = (*figures, *self.conditions, *self.thesis_ledger)
        return tuple(dict.fromkeys(company for each in named for company in each.reports))
