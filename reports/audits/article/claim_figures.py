"""Figures that claims name by kind. A kind and what is at hand in, a number out.

In the unit in which they are published (percent, points, billions of dollars). A close is known at
the end of its session, a report the day after it was filed; nothing here decides anything.
"""

import datetime as dt
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from configs.claims import (
    AnyFigure,
    GapFigure,
    GrossMarginFigure,
    GrowthFigure,
    HighestFigure,
    MarginChangeFigure,
    OffHighFigure,
    RankFigure,
    ReportedFigure,
    SessionFigure,
)
from reports.audits.article.at_hand import AtHand, Lacking
from reports.audits.article.published import Figures
from strategies.rules.regime import percentile_rank

QUARTERS_A_YEAR = 4
BILLION = 1e9


def claim_figures(figures: Iterable[AnyFigure], hand: AtHand) -> Figures:
    """Return each figure by its name; one that cannot be computed with what it needs, or why."""
    values: dict[str, float] = {}
    reasons: dict[str, str] = {}
    needs: dict[str, Lacking] = {}
    for figure in figures:
        compute: Callable[[Any, AtHand], float] = KINDS[type(figure)]
        try:
            values[figure.name] = compute(figure, hand)
        except Lacking as lacking:
            needs[figure.name] = lacking
        except ValueError as error:
            reasons[figure.name] = str(error)
    return Figures(
        values=values,
        reasons=reasons,
        needs={name: each.what for name, each in needs.items()},
        why={each.what: each.why for each in needs.values()},
    )


def gap(figure: GapFigure, hand: AtHand) -> float:
    """Return ``100 * (L_t / L_s - S_t / S_s)`` of total returns, or the highest over some *t*."""
    long, short = (hand.prices(symbol).total for symbol in figure.symbols)
    start, end = _span(hand, figure.long, figure.since, figure.until)
    apart = 100.0 * (long / long[start] - short / short[start])
    if figure.highest_from is None:
        return float(apart[end])
    within = apart[_from(hand, figure.long, figure.highest_from) : end + 1]
    if not len(within) or np.isnan(within).all():
        both = " and ".join(figure.symbols)
        raise Lacking(f"{both} prices from {figure.highest_from} to {figure.until}")
    return float(np.nanmax(within))


def growth(figure: GrowthFigure, hand: AtHand) -> float:
    """Return ``100 * (P_t / P_s - 1)`` of total-return closes."""
    total = hand.prices(figure.symbol).total
    start, end = _span(hand, figure.symbol, figure.since, figure.until)
    return 100.0 * float(total[end] / total[start] - 1.0)


def session(figure: SessionFigure, hand: AtHand) -> float:
    """Return ``100 * (P_t / P_(t-1) - 1)`` of total-return closes; *t* must be a session."""
    total, place = hand.prices(figure.symbol).total, hand.place(figure.symbol, figure.on)
    if hand.sessions[place] != np.datetime64(figure.on, "D"):
        raise ValueError(f"{figure.on} is no session of the exchange")
    if place == 0:
        raise Lacking(f"{figure.symbol} prices before {figure.on}", "the run begins on that day")
    return 100.0 * float(total[place] / total[place - 1] - 1.0)


def off_high(figure: OffHighFigure, hand: AtHand) -> float:
    """Return ``100 * (C_t / max(C_s, s <= t) - 1)`` of closes as quoted, splits taken out.

    A high among unknown closes is of those that are known; *t* must be one of them.
    """
    quoted, place = hand.prices(figure.symbol).quoted, hand.place(figure.symbol, figure.on)
    if math.isnan(quoted[place]):
        raise Lacking(f"{figure.symbol} prices on {hand.sessions[place]}")
    return 100.0 * float(quoted[place] / np.nanmax(quoted[: place + 1]) - 1.0)


def highest(figure: HighestFigure, hand: AtHand) -> float:
    """Return ``max(C_s, since <= s <= until)`` of closes as quoted; unknown ones passed over."""
    quoted = hand.prices(figure.symbol).quoted
    end = hand.place(figure.symbol, figure.until)
    within = quoted[_from(hand, figure.symbol, figure.since) : end + 1]
    if not len(within) or np.isnan(within).all():
        raise Lacking(f"{figure.symbol} prices from {figure.since} to {figure.until}")
    return float(np.nanmax(within))


def rank(figure: RankFigure, hand: AtHand) -> float:
    """Return the percent of the last ``closes`` at or below the session's, which is one of them."""
    quoted, place = hand.prices(figure.symbol).quoted, hand.place(figure.symbol, figure.on)
    value = float(percentile_rank(quoted[: place + 1], figure.closes)[-1])
    if math.isnan(value):
        raise Lacking(f"{figure.symbol} {figure.closes} closes up to {figure.on}",
                      "the run has fewer, or none on that day")  # fmt: skip
    return value


def gross_margin(figure: GrossMarginFigure, hand: AtHand) -> float:
    """Return ``100 * gross profit / revenue`` of the latest quarter filed before the day."""
    return _margin(hand, figure.company, figure.on, 0)


def margin_change(figure: MarginChangeFigure, hand: AtHand) -> float:
    """Return the points by which the latest quarter's margin is above that of a year before.

    Both as told by the day: a restated year-ago quarter counts as restated.
    """
    now, before = (_margin(hand, figure.company, figure.on, years) for years in (0, 1))
    return now - before


def reported(figure: ReportedFigure, hand: AtHand) -> float:
    """Return billions of dollars of the companies' latest quarters, or by how much they rose."""
    total, missing = 0.0, list[Lacking]()
    for company in figure.companies:
        try:
            known = hand.quarters(company, figure.concept, figure.on)
        except Lacking as lacking:
            missing.append(lacking)
            continue
        latest = max(known)
        before = latest - QUARTERS_A_YEAR
        if figure.change and before not in known:
            missing.append(Lacking(f"{company} {figure.concept} a year before {known[latest].end}"))
            continue
        total += known[latest].value - (known[before].value if figure.change else 0.0)
    if missing:
        what = ", ".join(each.what for each in missing)
        raise Lacking(what, "; ".join(dict.fromkeys(filter(None, (each.why for each in missing)))))
    return total / BILLION


def _span(hand: AtHand, symbol: str, since: dt.date, until: dt.date) -> tuple[int, int]:
    """Return the last sessions up to two days; ValueError where they are one: nothing moved."""
    start, end = hand.place(symbol, since), hand.place(symbol, until)
    if start == end:
        raise ValueError(f"{since} to {until} has no session of the exchange after the first close")
    return start, end


def _from(hand: AtHand, symbol: str, day: dt.date) -> int:
    """Return the first session from a day on."""
    hand.place(symbol, day)
    return int(np.searchsorted(hand.sessions, np.datetime64(day, "D")))


def _margin(hand: AtHand, company: str, day: dt.date, years_ago: int) -> float:
    profit, revenue = (
        hand.quarters(company, concept, day) for concept in ("gross_profit", "revenue")
    )
    latest = max(profit.keys() & revenue.keys(), default=0)
    if latest < max(revenue):
        raise Lacking(f"{company} gross profit of the quarter to {revenue[max(revenue)].end}")
    number = latest - QUARTERS_A_YEAR * years_ago
    if number not in profit or number not in revenue or revenue[number].value <= 0.0:
        raise Lacking(f"{company} gross profit {years_ago} years before {revenue[latest].end}")
    return 100.0 * profit[number].value / revenue[number].value


KINDS: dict[type, Callable[[Any, AtHand], float]] = {
    GapFigure: gap,
    GrowthFigure: growth,
    SessionFigure: session,
    OffHighFigure: off_high,
    HighestFigure: highest,
    RankFigure: rank,
    GrossMarginFigure: gross_margin,
    MarginChangeFigure: margin_change,
    ReportedFigure: reported,
}
"""How each kind of figure is computed."""
