"""Is there a pair at all? A finished run in, its statistics out, each with what it means.

What a decision could have seen is judged on the past of each entry; what is of the whole sample
says so: nobody knew it while trading.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from configs.spread import SpreadSignal
from engine.records.result import Result
from reports.audits.wording import counted, percent
from reports.statistics.cointegration import (
    FEWEST,
    engle_granger,
    half_life,
    johansen,
    variance_ratio,
)
from reports.statistics.logs import logs
from strategies.rules.hedge_ratio import rolling_ols

Floats = npt.NDArray[np.float64]

LEVEL = 0.05
UNTESTED = f"Fewer than {FEWEST} sessions, a leg that stands still, or two legs that are one."
AT_ENTRIES = tuple(
    f"{test} on the past of each entry"
    for test in ("Engle-Granger", "Johansen", "half-life", "variance ratio")
)
YEAR, MONTH = 252, 21  # sessions of a rolling ratio, and of the variance ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """One number of the pair, as text, and what it means in a sentence."""

    name: str
    value: str
    meaning: str


def pair_statistics(run: Result) -> tuple[Statistic, ...]:
    """Return what can be said about the two legs of a run."""
    y, x, names = _lines(run)
    ratio = _slope(y, x)
    residual = y - ratio * x
    return (
        *_at_entries(run, y, x),
        _engle_granger(y, x),
        _johansen(y, x),
        _half_life(residual),
        _variance_ratio(residual),
        _stability(y, x, names),
        _correlation(run),
        _sides(run),
    )


def as_rows(run: Result) -> list[dict[str, Any]]:
    """Return the statistics as plain data, for a document."""
    return [
        {"name": each.name, "value": each.value, "meaning": each.meaning}
        for each in pair_statistics(run)
    ]


def _lines(run: Result) -> tuple[Floats, Floats, tuple[str, str]]:
    """Return y and x as the signal sees them, and their names."""
    pair, signal = run.config.pair, run.config.signal
    legs = ("long", "short")
    if isinstance(signal, SpreadSignal) and signal.y == pair.short:
        legs = ("short", "long")
    y, x = (run.closes[leg].to_numpy(dtype=np.float64) for leg in legs)
    if isinstance(signal, SpreadSignal) and signal.on == "log_price":
        y, x = logs(y), logs(x)
    named = {"long": pair.long, "short": pair.short}
    return y, x, (named[legs[0]], named[legs[1]])


def _slope(y: Floats, x: Floats) -> float:
    away = x - x.mean()
    squares = float((away * away).sum())
    return float((away * (y - y.mean())).sum()) / squares if squares > 0.0 else math.nan


def _decided(run: Result) -> list[int]:
    """Return the sessions, from 0, at whose closes trades were decided."""
    decided = [*run.trades["entry_decided"], *(each["entry_decided"] for each in run.open_trades)]
    dates = run.ledger["date"].to_numpy()
    return sorted({int(np.searchsorted(dates, day.to_datetime64())) for day in decided})


def _at_entries(run: Result, y: Floats, x: Floats) -> tuple[Statistic, ...]:
    """Return what was known of the pair when each trade was decided, and no session later."""
    places = _decided(run)
    past = [(y[: t + 1], x[: t + 1]) for t in places if t + 1 >= FEWEST]
    early = counted(len(places) - len(past), "entry", "entries")
    if not past:
        reason = f"No entry had {FEWEST} sessions before it."
        return tuple(Statistic(name=name, value="unknown", meaning=reason) for name in AT_ENTRIES)
    tests = [engle_granger(*each).p <= LEVEL for each in past]
    ranks = [johansen(np.column_stack(each)).rank == 1 for each in past]
    residuals = [b - _slope(b, a) * a for b, a in past]
    lives = [half_life(each).sessions for each in residuals]
    ratios = [variance_ratio(each, MONTH) for each in residuals]
    low, middle, high = np.percentile(lives, (5, 50, 95), method="lower")
    values = (
        f"{sum(tests)} of {len(past)} at {LEVEL:.0%}",
        f"{sum(ranks)} of {len(past)} at {1.0 - LEVEL:.0%}",
        f"median {_sessions(middle)} sessions, nine tenths from {_sessions(low)} to "
        f"{_sessions(high)}",
        f"below 1 in {sum(ratio < 1.0 and p <= LEVEL for ratio, p in ratios)} of {len(past)} at "
        f"{LEVEL:.0%}",
    )
    meanings = (
        "How often the legs were cointegrated by what was known when a trade was decided; "
        f"{early} too early to ask.",
        "How often one relation between the legs was found by what was known then.",
        "How long a deviation was expected to take for half of its way back, by what was known "
        "then.",
        "How often deviations came back by what was known then: a decision could have seen this.",
    )
    return tuple(
        Statistic(name=name, value=value, meaning=meaning)
        for name, value, meaning in zip(AT_ENTRIES, values, meanings, strict=True)
    )


def _sessions(lives: float) -> str:
    return "no end" if math.isinf(lives) else f"{lives:.1f}"


def _engle_granger(y: Floats, x: Floats) -> Statistic:
    test = engle_granger(y, x)
    if math.isnan(test.p):
        return Statistic(name="Engle-Granger, whole sample", value="unknown", meaning=UNTESTED)
    says = "comes back" if test.p <= LEVEL else "need not come back"
    return Statistic(
        name="Engle-Granger, whole sample",
        value=f"t {test.t:.4f}, p {test.p:.3f}",
        meaning=f"What one leg leaves unexplained of the other {says}; known only afterwards.",
    )


def _johansen(y: Floats, x: Floats) -> Statistic:
    test = johansen(np.column_stack([y, x]))
    if math.isnan(test.traces[0]):
        return Statistic(name="Johansen, whole sample", value="unknown", meaning=UNTESTED)
    traces = " and ".join(
        f"{trace:.3f} (95 %: {point:.2f})"
        for trace, point in zip(test.traces, test.points_95, strict=True)
    )
    readings = {
        0: "no relation between the legs is found",
        1: "one relation between the legs is found, which is what a pair is",
        2: "each leg comes back to a level of its own, with or without the other",
    }[test.rank]
    return Statistic(
        name="Johansen, whole sample", value=f"traces {traces}", meaning=f"At 95 % {readings}."
    )


def _half_life(residual: Floats) -> Statistic:
    found = half_life(residual)
    if math.isnan(found.sessions):
        return Statistic(name="half-life", value="unknown", meaning=UNTESTED)
    near, far = _sessions(found.low), _sessions(found.high)
    value = "none" if math.isinf(found.sessions) else f"{found.sessions:.1f} sessions"
    return Statistic(
        name="half-life, whole sample",
        value=f"{value} (95 %: {near} to {far})",
        meaning="How long half of a deviation takes to go; a holding period far from it is another "
        "trade.",
    )


def _variance_ratio(residual: Floats) -> Statistic:
    ratio, p = variance_ratio(residual, MONTH)
    if math.isnan(ratio):
        return Statistic(name="variance ratio", value="unknown", meaning=UNTESTED)
    if p > LEVEL:
        says = "cannot be told from a random walk's"
    else:
        says = "comes back" if ratio < 1.0 else "goes on"
    return Statistic(
        name=f"variance ratio over {MONTH} sessions",
        value=f"{ratio:.2f}, p {p:.3f}",
        meaning=f"Below 1 deviations come back, above 1 they go on: this spread {says}.",
    )


def _stability(y: Floats, x: Floats, names: tuple[str, str]) -> Statistic:
    name = f"hedge ratio over {YEAR} sessions"
    ratios, _ = rolling_ols(y, x, YEAR, True)
    known = ratios[~np.isnan(ratios)]
    if not len(known):
        return Statistic(name=name, value="unknown", meaning=f"The run is shorter than {YEAR}.")
    low, middle, high = np.percentile(known, (5, 50, 95))
    flips = int((np.diff(np.sign(known)) != 0.0).sum())
    turned = f"; it changed sign {counted(flips, 'time')}" if flips else ""
    return Statistic(
        name=name,
        value=f"median {middle:.3f}, nine tenths from {low:.3f} to {high:.3f}",
        meaning=f"Units of {names[1]} against one of {names[0]}{turned}: the wider the band, the "
        "less one ratio says.",
    )


def _correlation(run: Result) -> Statistic:
    long, short = (np.diff(logs(run.closes[leg])) for leg in ("long", "short"))
    varies = len(long) > 2 and np.ptp(long) > 0.0 and np.ptp(short) > 0.0
    value = f"{float(np.corrcoef(long, short)[0, 1]):.2f}" if varies else "unknown"
    return Statistic(
        name="correlation of returns, whole sample",
        value=value,
        meaning="How far the legs move together in a session; cointegration is about years.",
    )


def _sides(run: Result) -> Statistic:
    held = run.ledger["long_shares"].to_numpy(dtype=np.float64)
    long, short = float((held > 0.0).mean()), float((held < 0.0).mean())
    return Statistic(
        name="sessions each side",
        value=f"{percent(long)} bought, {percent(short)} sold",
        meaning=f"The rest, {percent(1.0 - long - short)}, was flat.",
    )
