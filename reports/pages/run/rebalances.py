"""The hedge's rebalancing. A run's rebalances in, a sentence and table rows out."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from engine.records.result import Result, resized
from reports.headline import ABSENT, money, percent
from reports.measures.unhedged import Exposure, unhedged
from reports.wording import iso

WHY = {
    "vol_ratio": "the volatility ratio moved since the last sizing",
    "on_filing": "a company filed: the sizing had something new to read",
    "band": "the leg ratio left its band around the target",
}
CALENDAR = "the calendar"


def sentence(result: Result) -> str:
    """Return how often the hedge was resized, the drift that was found, and what it cost.

    A rebalance that did not fill (decided on the last session, or never worked) resized nothing.
    """
    done = resized(result.rebalances)
    unfilled = len(result.rebalances) - len(done)
    rest = "" if unfilled == 0 else f" Decided and not filled: {unfilled:,}."
    if done.empty:
        return f"The hedge was never resized.{rest}"
    times = "once" if len(done) == 1 else f"{len(done):,} times"
    said = (
        f"The hedge was resized {times}, for {money(float(done['cost'].sum()))} in all; the drift "
        f"it found was {_drift(done['drift'].median())} at the median and "
        f"{_drift(done['drift'].max())} at most."
    )
    return said + rest


def hedge_note(result: Result) -> str:
    """Return what the entry's shares left alone would have made and exposed; empty if the same."""
    beside = unhedged(result)
    if beside is None:
        return ""
    less = "more" if beside.hedge_usd < 0.0 else "less"
    text = (
        f"Left alone, the entries' shares would have made {money(abs(beside.hedge_usd))} {less} "
        "before costs"
    )
    if math.isnan(beside.alone.gross_most):
        return f"{text}; at what exposure is not known, for a reversal's order trades for two."
    return f"{text}, at {_exposure(beside.alone)}; as held: {_exposure(beside.held)}."


def _exposure(shown: Exposure) -> str:
    low, high = percent(shown.net_least, 0), percent(shown.net_most, 0)
    return f"a gross of up to {percent(shown.gross_most, 0)} of equity and a net of {low} to {high}"


def by_reason(result: Result) -> list[tuple[str, ...]]:
    """Return why, meaning, count, median and largest drift, dollars traded and paid."""
    return [
        (
            str(why),
            WHY.get(str(why), CALENDAR),
            f"{len(group):,}",
            _drift(group["drift"].median()),
            _drift(group["drift"].max()),
            money(float(group["traded"].sum()), cents=False),
            money(float(group["cost"].sum())),
        )
        for why, group in resized(result.rebalances).groupby("why", sort=True)
    ]


def rows(result: Result) -> list[tuple[str, ...]]:
    """Return date, why, drift, dollars traded and paid of each rebalance."""
    return [_row(each) for each in result.rebalances.to_dict("records")]


def _row(each: Mapping[Any, Any]) -> tuple[str, ...]:
    filled = each["traded"] > 0.0
    return (
        iso(each["decided"]) or ABSENT,
        str(each["why"]),
        _drift(each["drift"]),
        money(each["traded"], cents=False) if filled else "not filled",
        money(each["cost"]),
    )


def _drift(value: float) -> str:
    """Return a drift as percent; an emptied leg has none."""
    return percent(value, 1) if not pd.isna(value) and math.isfinite(value) else ABSENT
