"""What a run read in company reports. A finished run in, records of it for a checker out."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from configs.schema import RunConfig
from engine.prepare.fundamental_lines import spenders_capex
from engine.prepare.known_quarters import KnownQuarters, known_quarters
from feeds.filings.fundamentals import Fundamentals
from feeds.filings.reports import Concept, Quarter
from feeds.market import Floats, Market
from strategies.rules import fundamentals as rules

FILING_COLUMNS = (
    "decided", "decision", "used_for", "company", "concept", "quarter_end", "value", "filed",
    "form", "accession", "tag", "how",
)  # fmt: skip
CAPEX_COLUMNS = ("company", "quarter_end", "capex", "filed", "year_ago_end", "year_ago")

SIZE = "size"
RESIZED = "rebalance: "

Decision = tuple[pd.Timestamp, str]  # the session that decided, and what
Used = tuple[str, Quarter]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingsRead:
    """The company reports behind a run.

    known
        ``FILING_COLUMNS``, one row per number that a decision rests on: what it was used for, the
        quarter, its value in dollars as known then, and the report that told it.
    readings
        ``date`` and every reading of ``engine.prepare.fundamental_lines``; NaN where unknown.
    capex_table
        ``CAPEX_COLUMNS``, one row a spender: the latest quarter all of them have reported, as known
        at the last close, and the same quarter a year before. Empty where there is none.
    spenders_capex
        One row a calendar quarter (``quarter``, like 2026Q1) and one column a spender, dollars as
        known at the last close; NaN where unknown.
    """

    known: pd.DataFrame
    readings: pd.DataFrame
    capex_table: pd.DataFrame
    spenders_capex: pd.DataFrame


def filings_read(
    config: RunConfig,
    market: Market,
    readings: Mapping[str, Floats],
    dates: pd.Series,
    decisions: Iterable[Decision],
) -> FilingsRead | None:
    """Return what was read in company reports; None for a run without any.

    Parameters
    ----------
    readings
        See ``engine.prepare.fundamental_lines.reading_lines``.
    dates
        The run's sessions; a ruined run has fewer than the market.
    decisions
        See `decisions_of`.
    """
    fundamentals = market.fundamentals
    if fundamentals is None:
        return None
    lines = {name: line[: len(dates)] for name, line in readings.items()}
    last = dates.iloc[-1].date()
    capex = spenders_capex(fundamentals, config, last)
    rows = [
        _row(decided, decision, used_for, quarter)
        for decided, decision in decisions
        for used_for, quarter in quarters_used(fundamentals, config, decided.date())
        if used_for == SIZE or not decision.startswith(RESIZED)
    ]
    return FilingsRead(
        known=pd.DataFrame(rows, columns=list(FILING_COLUMNS)),
        readings=pd.DataFrame({"date": dates, **lines}),
        capex_table=_capex_table(capex),
        spenders_capex=_capex_history(config, capex),
    )


def decisions_of(
    config: RunConfig,
    trades: pd.DataFrame,
    open_trades: Sequence[Mapping[str, Any]],
    rebalances: pd.DataFrame,
) -> list[Decision]:
    """Return the sessions that entered, left, or resized on what reports say, and which of it."""
    entered = [*trades["entry_decided"], *(trade["entry_decided"] for trade in open_trades)]
    left = zip(trades["exit_decided"], trades["exit_reason"], strict=True)
    by_reports = config.sizing.kind == "capex_intensity"
    resized = rebalances if by_reports else rebalances[rebalances["why"] == "on_filing"]
    made = [
        *((day, "entry") for day in entered),
        *((day, f"exit: {reason}") for day, reason in left),
        *(
            (day, f"{RESIZED}{why}")
            for day, why in zip(resized["decided"], resized["why"], strict=True)
        ),
    ]
    return sorted(dict.fromkeys(made))


def quarters_used(fundamentals: Fundamentals, config: RunConfig, day: dt.date) -> list[Used]:
    """Return the quarters that the run's rules read at the close of ``day``, by what for."""
    used: list[Used] = []
    thesis, pair = config.exits.thesis, config.pair
    if config.signal.kind == "capex" or (thesis is not None and thesis.capex_rollover):
        capex = spenders_capex(fundamentals, config, day)
        place = rules.latest_common(capex.dollars)
        used += _at(capex, "capex growth", (place, place - rules.QUARTERS_A_YEAR), place)
    if config.sizing.kind == "capex_intensity":
        before = config.sizing.reference_quarters
        used += _trailing(fundamentals, SIZE, config.sizing_company, "capex", day, before)
    if thesis is not None and thesis.margin_holds is not None:
        used += _trailing(fundamentals, "short margin", pair.short, "gross_profit", day)
    if thesis is not None and thesis.supplier_stalls is not None:
        revenue = known_quarters(fundamentals, [(pair.long, "revenue")], day)
        place = rules.latest(rules.yearly_growth(revenue.dollars[0]))
        used += _at(revenue, "long growth", (place, place - rules.QUARTERS_A_YEAR), place)
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
    return _at(own, used_for, range(place, oldest, -1), place)


def _at(own: KnownQuarters, used_for: str, places: Iterable[int], latest: int) -> list[Used]:
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


def _row(
    decided: pd.Timestamp, decision: str, used_for: str, quarter: Quarter
) -> dict[str, object]:
    return {
        "decided": decided,
        "decision": decision,
        "used_for": used_for,
        "company": quarter.company,
        "concept": quarter.concept,
        "quarter_end": pd.Timestamp(quarter.end),
        "value": quarter.value,
        "filed": pd.Timestamp(quarter.filed),
        "form": quarter.form,
        "accession": quarter.accession,
        "tag": quarter.tag,
        "how": quarter.how,
    }


def _capex_table(capex: KnownQuarters) -> pd.DataFrame:
    place = rules.latest_common(capex.dollars)
    number = capex.first + place
    rows = [
        {
            "company": now.company,
            "quarter_end": pd.Timestamp(now.end),
            "capex": now.value,
            "filed": pd.Timestamp(now.filed),
            "year_ago_end": pd.Timestamp(before.end),
            "year_ago": before.value,
        }
        for now, before in (
            (series[number], series[number - rules.QUARTERS_A_YEAR])
            for series in (capex.quarters if place >= 0 else ())
        )
    ]
    return pd.DataFrame(rows, columns=list(CAPEX_COLUMNS))


def _capex_history(config: RunConfig, capex: KnownQuarters) -> pd.DataFrame:
    numbers = range(capex.first, capex.first + capex.dollars.shape[1])
    names = [f"{number // 4}Q{number % 4 + 1}" for number in numbers]
    lines: dict[str, Sequence[float]] = dict(zip(config.spenders, capex.dollars, strict=True))
    return pd.DataFrame({"quarter": names, **lines})
