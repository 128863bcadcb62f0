"""Months and drawdowns as tables. A run in, rows of text and colour out.

Every number is written; colour repeats it (Okabe and Ito's blue for gains, vermillion for losses),
darker the larger, to the run's own largest month.
"""

from dataclasses import dataclass

from engine.records.result import Result
from reports.headline import percent
from reports.measures.drawdowns import falls
from reports.measures.windows import Track, by_month

GAIN, LOSS = "0,114,178", "213,94,0"
FALLS_SHOWN = 5
DEEPEST_SHADE = 0.55  # ink stays readable above it, in both schemes


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCell:
    """One month: its return as text, and the colour that repeats it; empty where none."""

    text: str
    style: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRow:
    """One year: its months from January on, and what it made in all."""

    year: str
    months: tuple[MonthCell, ...]
    total: str


def month_rows(result: Result) -> list[YearRow]:
    """Return the months of every year, the first and the last as far as they go."""
    ledger = result.ledger
    track = Track(
        dates=tuple(day.date() for day in ledger["date"]),
        returns=ledger["equity_return"].to_numpy(dtype=float),
    )
    made = by_month(track)
    most = max(map(abs, made.values()), default=0.0)
    rows = []
    for year in sorted({year for year, _ in made}):
        months = [made.get((year, month)) for month in range(1, 13)]
        total = 1.0
        for each in months:
            total *= 1.0 + (each or 0.0)
        cells = tuple(_cell(each, most) for each in months)
        rows.append(YearRow(year=str(year), months=cells, total=percent(total - 1.0, 1)))
    return rows


def fall_rows(result: Result) -> list[tuple[str, str, str, str, str]]:
    """Return depth, start, trough, recovery and sessions of the deepest drawdowns."""
    dates = [f"{day:%Y-%m-%d}" for day in result.ledger["date"]]
    equity = result.ledger["equity"].to_numpy(dtype=float)
    return [
        (
            percent(fall.depth),
            fall.start,
            fall.trough,
            fall.recovery or "not yet",
            f"{fall.sessions:,}",
        )
        for fall in falls(dates, equity, FALLS_SHOWN)
    ]


def _cell(made: float | None, most: float) -> MonthCell:
    if made is None:
        return MonthCell(text="", style="")
    share = 0.0 if most == 0.0 else DEEPEST_SHADE * abs(made) / most
    color = GAIN if made > 0.0 else LOSS
    style = f"background:rgba({color},{share:.2f})" if round(share, 2) > 0.0 else ""
    return MonthCell(text=percent(made, 1).removesuffix("%"), style=style)
