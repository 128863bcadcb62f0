"""What a run read in company reports. A finished run in, records of it for a checker out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from configs.schema import RunConfig
from engine.prepare.fundamental_lines import SIZE, quarters_used, spenders_capex
from engine.prepare.known_quarters import KnownQuarters
from feeds.filings.reports import Quarter
from feeds.market import Floats, Market
from strategies.rules import fundamentals as rules

FILING_COLUMNS = (
    "decided", "decision", "used_for", "company", "concept", "quarter_end", "value", "filed",
    "form", "accession", "tag", "how",
)  # fmt: skip
CAPEX_COLUMNS = ("company", "quarter_end", "capex", "filed", "year_ago_end", "year_ago")

RESIZED = "rebalance: "

Decision = tuple[pd.Timestamp, str]  # the session that decided, and what


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
