"""What filings say, session by session. Company reports and sessions in, lines known at each close.

A reading changes on the first session after a filing and holds until the next one.
"""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.schema import RunConfig
from configs.sizing import CapexIntensitySizing
from configs.thesis import NO_THESIS
from engine.prepare.known_quarters import KnownQuarters, aligned, known_quarters
from feeds.filings.fundamentals import Fundamentals
from feeds.filings.reports import Concept, Quarter
from feeds.market import Floats, Market
from feeds.source import DataError
from strategies.rules import fundamentals as rules

REFERENCE_QUARTERS = 8  # shown where no sizing asks for another reference
SIZE = "size"

Used = tuple[str, Quarter]  # what a quarter was used for


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Everything the run may look at on one day, as fractions; NaN where it is unknown.

    ``margin_quarter`` is the number of the last quarter whose trailing margin of the short company
    is known (see ``feeds.filings.quarter_number``).
    """

    capex_growth: float
    intensity: float
    intensity_reference: float
    size_multiple: float
    gross_margin_long: float
    gross_margin_short: float
    margin_quarter: float
    revenue_growth_long: float


READINGS = tuple(field.name for field in fields(Readings))


def readings_on(
    fundamentals: Fundamentals,
    config: RunConfig,
    day: dt.date,
    made: dict[tuple[Any, ...], tuple[float, ...]] | None = None,
) -> Readings:
    """Return what the filings public before ``day`` say.

    Parameters
    ----------
    made
        Readings of earlier days by the quarters that they were made of: most filings change one.
    """
    pair, company = config.pair, config.sizing_company
    known: dict[tuple[Any, ...], tuple[float, ...]] = {} if made is None else made

    def read(
        rule: Callable[[RunConfig, KnownQuarters], tuple[float, ...]],
        *series: tuple[str, Concept],
    ) -> tuple[float, ...]:
        quarters = [fundamentals.known_on(*each, day) for each in series]
        key = (rule, *map(id, quarters))  # kept by ``fundamentals``: no id is used again
        if key not in known:
            known[key] = rule(config, aligned(quarters))
        return known[key]

    (capex_growth,) = read(_capex_growth, *((name, "capex") for name in config.spenders))
    intensity, reference, multiple = read(_intensity, (company, "capex"), (company, "revenue"))
    margin_long, _ = read(_gross_margin, (pair.long, "gross_profit"), (pair.long, "revenue"))
    margin_short, quarter = read(
        _gross_margin, (pair.short, "gross_profit"), (pair.short, "revenue")
    )
    (growth,) = read(_revenue_growth, (pair.long, "revenue"))
    return Readings(
        capex_growth=capex_growth,
        intensity=intensity,
        intensity_reference=reference,
        size_multiple=multiple,
        gross_margin_long=margin_long,
        gross_margin_short=margin_short,
        margin_quarter=quarter,
        revenue_growth_long=growth,
    )


def reading_lines(config: RunConfig, market: Market) -> dict[str, Floats]:
    """Return every reading on every session, shape (n,); nothing without company reports."""
    fundamentals, sessions = market.fundamentals, market.sessions
    if fundamentals is None:
        return {}
    starts = reading_starts(market)
    spans = np.diff([*starts, len(sessions)])
    made: dict[tuple[Any, ...], tuple[float, ...]] = {}
    rows = [readings_on(fundamentals, config, sessions[start].item(), made) for start in starts]
    return {
        name: np.repeat([float(getattr(row, name)) for row in rows], spans) for name in READINGS
    }


def reading_starts(market: Market) -> list[int]:
    """Return the sessions on which a reading may change, ascending, the first one included."""
    assert market.fundamentals is not None
    changed = _first_after(market.fundamentals.filing_days(), market)
    return [int(place) for place in np.unique(np.append(changed, 0))]


def needed_readings(config: RunConfig) -> tuple[str, ...]:
    """Return the readings that the run decides by, in the order of `Readings`."""
    thesis, wanted = config.exits.thesis, set[str]()
    if config.signal.kind == "capex":
        wanted.add("capex_growth")
    if config.sizing.kind == "capex_intensity":
        wanted |= {"intensity", "intensity_reference", "size_multiple"}
    for each in () if thesis is None else thesis.by_reports.values():
        wanted |= set(each.readings)
    return tuple(name for name in READINGS if name in wanted)


def quarters_used(fundamentals: Fundamentals, config: RunConfig, day: dt.date) -> list[Used]:
    """Return the quarters that the run's rules read at the close of ``day``, by what for."""
    used: list[Used] = []
    thesis, pair = config.exits.thesis, config.pair
    if config.signal.kind == "capex" or (thesis is not None and thesis.capex_rollover):
        capex = spenders_capex(fundamentals, config, day)
        place = rules.latest_common(capex.dollars)
        used += _quarters_at(capex, "capex growth", (place, place - rules.QUARTERS_A_YEAR), place)
    if config.sizing.kind == "capex_intensity":
        before = config.sizing.reference_quarters
        used += _trailing(fundamentals, SIZE, config.sizing_company, "capex", day, before)
    if thesis is not None and thesis.margin_holds is not None:
        used += _trailing(fundamentals, "short margin", pair.short, "gross_profit", day)
    if thesis is not None and thesis.supplier_stalls is not None:
        revenue = known_quarters(fundamentals, [(pair.long, "revenue")], day)
        place = rules.latest(rules.yearly_growth(revenue.dollars[0]))
        used += _quarters_at(revenue, "long growth", (place, place - rules.QUARTERS_A_YEAR), place)
    return used


def _trailing(
    fundamentals: Fundamentals,
    used_for: str,
    company: str,
    concept: Concept,
    day: dt.date,
    before: int = 0,
) -> list[Used]:
    """Return the quarters of the latest trailing ratio of a concept over revenue, newest first.

    Parameters
    ----------
    before
        How many quarter ends before it have their ratio read as well.
    """
    own = known_quarters(fundamentals, [(company, concept), (company, "revenue")], day)
    place = rules.latest(rules.trailing_ratio(*own.dollars))
    oldest = place - rules.QUARTERS_A_YEAR - before
    return _quarters_at(own, used_for, range(place, oldest, -1), place)


def _quarters_at(
    own: KnownQuarters, used_for: str, places: Iterable[int], latest: int
) -> list[Used]:
    """Return every series' quarters at some places; none where even the latest is unknown."""
    if latest < 0:
        return []
    numbers = [own.first + place for place in places]
    return [
        (used_for, series[number])
        for series in own.quarters
        for number in numbers
        if number in series  # a reference that lacks one is unknown, and sizes nothing
    ]


def check_readings(config: RunConfig, signals: pd.DataFrame) -> None:
    """Refuse a run whose reports never reached far enough back to decide anything.

    Parameters
    ----------
    signals
        Of the finished run.

    Raises
    ------
    DataError
        A reading that the run decides by was unknown on every session.
    """
    for name in needed_readings(config):
        if signals[name].isna().all():
            raise DataError(_never_known(name, config, signals["date"].iloc[-1].date()))


def filing_due(companies: Sequence[str], market: Market) -> Floats:
    """Return, per session, whether it is the first one after a filing of a company; 1.0 for yes."""
    due = np.zeros(len(market.sessions))
    assert market.fundamentals is not None  # the schema's own rule
    due[_first_after(market.fundamentals.filing_days(companies), market)] = 1.0
    return due


def spenders_capex(fundamentals: Fundamentals, config: RunConfig, day: dt.date) -> KnownQuarters:
    """Return the spenders' capex as known at the close of ``day``, one row a company."""
    return known_quarters(fundamentals, [(name, "capex") for name in config.spenders], day)


def _first_after(days: Sequence[dt.date], market: Market) -> npt.NDArray[np.intp]:
    """Return the first session after each day, as its place in the run; days too late are none."""
    places = np.searchsorted(market.sessions, np.array(days, dtype="datetime64[D]"), side="right")
    return places[places < len(market.sessions)]


def _capex_growth(config: RunConfig, capex: KnownQuarters) -> tuple[float]:
    """Return the yearly growth of the spenders' capex, added up."""
    return (rules.summed_growth(capex.dollars, rules.latest_common(capex.dollars)),)


def _revenue_growth(config: RunConfig, revenue: KnownQuarters) -> tuple[float]:
    """Return a company's latest yearly growth of revenue."""
    growth = rules.yearly_growth(revenue.dollars[0])
    return (_at(growth, rules.latest(growth)),)


def _intensity(config: RunConfig, own: KnownQuarters) -> tuple[float, float, float]:
    """Return the sizing company's capex over revenue, the mean of its past, and the multiple."""
    sizing = config.sizing
    ratios = rules.trailing_ratio(*own.dollars)
    place = rules.latest(ratios)
    intensity = _at(ratios, place)
    if not isinstance(sizing, CapexIntensitySizing):
        return intensity, rules.reference_ratio(ratios, place, REFERENCE_QUARTERS), math.nan
    reference = rules.reference_ratio(ratios, place, sizing.reference_quarters)
    multiple = rules.size_multiple(intensity, reference, sizing.min_multiple, sizing.max_multiple)
    return intensity, reference, multiple


def _gross_margin(config: RunConfig, own: KnownQuarters) -> tuple[float, float]:
    """Return a company's trailing gross margin and the number of its quarter."""
    ratios = rules.trailing_ratio(*own.dollars)
    place = rules.latest(ratios)
    return _at(ratios, place), own.number(place)


def _at(values: Floats, place: int) -> float:
    return float(values[place]) if place >= 0 else math.nan


def _never_known(name: str, config: RunConfig, last: dt.date) -> str:
    """Return what is missing for a line, and what to do."""
    sizing = config.sizing
    if isinstance(sizing, CapexIntensitySizing) and name in (
        "intensity_reference",
        "size_multiple",
    ):
        needed = sizing.reference_quarters + rules.QUARTERS_A_YEAR
        return (
            f"sizing.reference_quarters was {sizing.reference_quarters}, which needs {needed} "
            f"quarters in a row of {config.sizing_company}'s capex and revenue; the reports public "
            f"before {last} do not have them: lower it, or widen the dates"
        )
    read: Iterable[str] = config.spenders if name == "capex_growth" else (config.sizing_company,)
    for each in (config.exits.thesis or NO_THESIS).by_reports.values():
        if name in each.readings:
            read = each.reads(*config.pair.legs, config.spenders)
    return (
        f"{name} was unknown on every session to {last}: the reports of {', '.join(read)} lack the "
        "quarters it needs, each with its year-ago quarter or the three before it; widen the dates "
        "or choose other companies"
    )
