"""What somebody's article claims, for an audit to try: figures by kind, beside their rule.

Nothing here changes a run. A figure names what it needs (symbols, companies' reports, days), so
that what is not at hand can be told by name.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from configs.fields import Date, Figure, Model, Plain, Ticker, Window

Unit = Literal["", "%", "points", "USD bn", "date", "month"]
Concept = Literal["capex", "revenue", "gross_profit"]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200), Plain]


def _once_each(companies: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a company named twice: its dollars would count twice."""
    for place, company in enumerate(companies):
        if company in companies[:place]:
            raise ValueError(f"expected each company once, {company} stood twice")
    return companies


Companies = Annotated[
    tuple[Ticker, ...],
    Field(min_length=1, max_length=20, strict=False),
    AfterValidator(_once_each),
]


class ClaimedFigure(Model):
    """What every kind of figure tells of itself."""

    unit: ClassVar[Unit]
    may_be_one_day: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The figure's key: its kind and everything it is given, joined."""
        given = self.model_dump(mode="json")
        parts = [given.pop("kind")]
        for key, value in given.items():
            if isinstance(value, list):
                parts += value
            elif value is True:
                parts.append(key)
            elif value is not None and value is not False:
                parts.append(str(value))
        return "_".join(parts)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Whose closes it reads."""
        return ()

    @property
    def reports(self) -> Mapping[str, tuple[str, ...]]:
        """Concepts it reads, by company."""
        return {}

    @property
    def days(self) -> Mapping[str, dt.date]:
        """The days it is of, by key."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: day for name, day in named.items() if isinstance(day, dt.date)}

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        days = self.days
        if self.may_be_one_day and days["since"] == days["until"]:
            return self
        for first, later in (("since", "until"), ("since", "highest_from")):
            if first in days and later in days and not days[first] < days[later]:
                raise ValueError(
                    f"{first} was {days[first]} and {later} {days[later]}; expected the earlier "
                    "day first"
                )
        if "highest_from" in days and days["highest_from"] > days["until"]:
            raise ValueError(
                f"highest_from was {days['highest_from']} and until {days['until']}; expected a "
                "day up to until"
            )
        return self


class GapFigure(ClaimedFigure):
    """Growth of one symbol less growth of another, from a close to a close."""

    unit = "points"
    kind: Literal["gap"]
    long: Ticker = Field(description="Symbol whose growth counts.")
    short: Ticker = Field(description="Symbol whose growth is taken off.")
    since: Date = Field(description="From the last close up to this day.")
    until: Date = Field(description="To the last close up to this day.")
    highest_from: Date | None = Field(
        None, description="Instead: the highest at a close from this day until the other."
    )

    @property
    def symbols(self) -> tuple[str, ...]:
        """The two."""
        return self.long, self.short

    @model_validator(mode="after")
    def _of_two(self) -> Self:
        if self.long == self.short:
            raise ValueError(
                f"short was {self.short}, which is long too; expected another symbol: a symbol has "
                "no gap to itself"
            )
        return self


class _OfSymbol(ClaimedFigure):
    """A figure of one symbol's closes."""

    symbol: Ticker = Field(description="Whose closes.")

    @property
    def symbols(self) -> tuple[str, ...]:
        """The one."""
        return (self.symbol,)


class GrowthFigure(_OfSymbol):
    """Total return from a close to a close."""

    unit = "%"
    kind: Literal["growth"]
    since: Date = Field(description="From the last close up to this day.")
    until: Date = Field(description="To the last close up to this day.")


class SessionFigure(_OfSymbol):
    """Total return of one session."""

    unit = "%"
    kind: Literal["session"]
    on: Date = Field(description="The session.")


class OffHighFigure(_OfSymbol):
    """Close against the highest close since data.start; dividends do not count."""

    unit = "%"
    kind: Literal["off_high"]
    on: Date = Field(description="The last close up to this day, and the highest up to it.")


class HighestFigure(_OfSymbol):
    """The highest close between two days, both included; of an index, like ^VIX."""

    unit = ""
    may_be_one_day = True
    kind: Literal["highest"]
    since: Date = Field(description="From this day.")
    until: Date = Field(description="To this day.")


class RankFigure(_OfSymbol):
    """Percent of the last closes that are at or below the last of them."""

    unit = "%"
    kind: Literal["rank"]
    on: Date = Field(description="The last close up to this day, and those before it.")
    closes: Window = Field(252, description="How many closes, this one too.")


class _OfCompany(ClaimedFigure):
    """A figure of the latest quarter that a company had reported by some close."""

    company: Ticker = Field(description="Whose reports.")
    on: Date = Field(description="Day by which they were public: filed before it.")

    @property
    def reports(self) -> Mapping[str, tuple[str, ...]]:
        """Both parts of a margin."""
        return {self.company: ("revenue", "gross_profit")}


class GrossMarginFigure(_OfCompany):
    """Gross profit over revenue of the latest quarter reported."""

    unit = "%"
    kind: Literal["gross_margin"]


class MarginChangeFigure(_OfCompany):
    """Gross margin of the latest quarter reported less that of the same quarter a year before."""

    unit = "points"
    kind: Literal["gross_margin_change"]


class ReportedFigure(ClaimedFigure):
    """Dollars of each company's latest quarter reported, summed."""

    unit = "USD bn"
    kind: Literal["reported"]
    concept: Concept = Field(description="What was reported.")
    companies: Companies = Field(description="Whose reports.")
    on: Date = Field(description="Day by which they were public: filed before it.")
    change: bool = Field(False, description="Less the same quarters a year before.")

    @property
    def reports(self) -> Mapping[str, tuple[str, ...]]:
        """The concept, of each."""
        return dict.fromkeys(self.companies, (self.concept,))


AnyFigure = Annotated[
    GapFigure | GrowthFigure | SessionFigure | OffHighFigure | HighestFigure | RankFigure
    | GrossMarginFigure | MarginChangeFigure | ReportedFigure,
    Field(discriminator="kind"),
]  # fmt: skip


class PublishedFigure(Model):
    """One figure somebody published, beside which the audit puts its own."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=80), Plain] | None = Field(
        None, description="Name of the audit's figure, as audit.json lists them; or a figure."
    )
    figure: AnyFigure | None = Field(
        None, description="The figure by its kind, instead of a key; its unit is the kind's."
    )
    label: Text = Field(description="The figure in words, for the page.")
    published: Figure | Date = Field(
        description="As printed; a date, or the first day of a month for unit month."
    )
    unit: Unit = Field("", description="Unit it was printed in.")
    digits: Annotated[int, Field(ge=0, le=12)] | None = Field(
        None, description="Digits printed after the point; 0 for counts. Dates need none."
    )
    tolerance: Annotated[Figure, Field(ge=0.0)] | None = Field(
        None, description="How far off still counts, for a figure told in words; instead of digits."
    )
    bound: Literal["at_least", "at_most"] | None = Field(
        None, description="For a claim of a direction: published is its end; instead of digits."
    )
    refuted_by: Text | None = Field(
        None, description="What would refute it, in words. null: what digits or bound say."
    )

    @property
    def name(self) -> str:
        """The key of the figure that should reproduce it."""
        return self.figure.name if self.figure is not None else self.key or ""

    @property
    def printed_in(self) -> Unit:
        """The unit of both figures."""
        return self.unit if self.figure is None else self.figure.unit

    @model_validator(mode="after")
    def _comparable(self) -> Self:
        if (self.key is None) == (self.figure is None):
            was = "" if self.key is None else f"key was {self.key} beside a figure; "
            raise ValueError(f"{was}expected either a key or a figure: what published is held to")
        if self.figure is not None and self.unit not in ("", self.figure.unit):
            raise ValueError(
                f"unit was {self.unit!r}; expected {self.figure.unit!r}, which a figure of kind "
                f"{self.figure.kind} has, or no unit"
            )
        is_date = isinstance(self.published, dt.date)
        if is_date != (self.printed_in in ("date", "month")):
            raise ValueError(
                f"published was {self.published} and unit {self.printed_in!r}; expected a date for "
                "units date and month, and a number for the others"
            )
        given = sum(each is not None for each in (self.digits, self.tolerance, self.bound))
        if not is_date and given != 1:
            raise ValueError(
                f"digits was {self.digits}, tolerance {self.tolerance} and bound {self.bound}; "
                "expected one of the three"
            )
        return self


def _claimed_days(run: Any) -> Iterator[tuple[str, dt.date]]:
    """Yield every day that the claims of a configuration are of, and where it stands."""
    for place, claim in enumerate(run.audit.published):
        for name, day in () if claim.figure is None else claim.figure.days.items():
            yield f"audit.published.{place}.figure.{name}", day
    for place, trade in enumerate(run.audit.forecasts):
        for name, day in (("since", trade.since), ("until", trade.until)):
            if day is not None:
                yield f"audit.forecasts.{place}.{name}", day
    for place, condition in enumerate(run.audit.conditions):
        if condition.since is not None:
            yield f"audit.conditions.{place}.since", condition.since


def _undated(run: Any) -> Iterator[str]:
    """Yield what has no first day, neither its own nor the article's."""
    audit = run.audit
    for section in ("forecasts", "conditions"):
        for place, each in enumerate(getattr(audit, section)):
            if each.since is None and audit.published_on is None:
                yield f"audit.{section}.{place}.since"


def _check_quotes(run: Any) -> None:
    """Refuse quotes of options that miss a leg, or that nothing held."""
    asked = run.audit.execution
    if asked is None:
        return
    quoted = sorted(asked.quotes_cents)
    for leg in run.pair.legs:
        if leg not in asked.quotes_cents:
            raise ValueError(
                f"audit.execution.quotes_cents was of {', '.join(quoted)}; expected {leg} too, a "
                "leg of the pair"
            )
    beside = [pair.split("/") for pair in run.audit.pairs]
    held = {*run.pair.legs, *(leg for legs in beside for leg in legs)}
    for symbol in quoted:
        if symbol not in held:
            raise ValueError(
                f"audit.execution.quotes_cents was of {symbol} too; expected legs of pair and of "
                f"audit.pairs ({', '.join(sorted(held))})"
            )
        if not any(symbol in legs and {*legs} <= {*quoted} for legs in (run.pair.legs, *beside)):
            pairs = ", ".join("/".join(legs) for legs in beside if symbol in legs)
            raise ValueError(
                f"audit.execution.quotes_cents was of {symbol} and not the other leg of "
                f"{pairs}; expected both: half a pair is not priced"
            )


def _check_labels(run: Any) -> None:
    """Refuse two claims of one label: nobody could tell their outcomes apart."""
    for section in ("published", "forecasts", "conditions", "thesis_ledger"):
        labels = [each.label for each in getattr(run.audit, section)]
        for place, label in enumerate(labels):
            if label in labels[:place]:
                raise ValueError(
                    f"audit.{section}.{place}.label was {label!r}, as of {section}."
                    f"{labels.index(label)}; expected a label of its own"
                )


def check_claims(run: Any) -> None:
    """Refuse claims of days that the run does not read, and quotes of what nobody holds.

    Parameters
    ----------
    run
        The whole configuration.

    Raises
    ------
    ValueError
        Naming the key, what it was, what was expected.
    """
    _check_labels(run)
    _check_quotes(run)
    for where in _undated(run):
        raise ValueError(f"{where} was null; expected a day, or audit.published_on for all of them")
    start, end = run.data.start, run.data.end
    for where, day in _claimed_days(run):
        if day < start or (end is not None and day > end):
            raise ValueError(
                f"{where} was {day}; expected a day from data.start {start} to data.end "
                f"{'(null: the last session)' if end is None else end}, the days that are read"
            )
