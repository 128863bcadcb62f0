"""Company reports behind a run, in words. A run in, sentences and table rows out."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from engine.prepare.fundamental_lines import needed_readings
from engine.records.result import Result
from engine.records.thesis_states import ThesisState
from reports.headline import ABSENT, percent
from reports.wording import iso

READINGS: dict[str, tuple[str, Callable[[float], str]]] = {
    "capex_growth": ("capex growth", lambda value: percent(value, 1)),
    "intensity": ("capex over revenue", percent),
    "intensity_reference": ("its reference", percent),
    "size_multiple": ("multiple", lambda value: f"{value:.4f}"),
    "gross_margin_short": ("short margin", percent),
    "revenue_growth_long": ("long growth", lambda value: percent(value, 1)),
}
UNSAID = frozenset({"margin_quarter"})  # a number of a quarter, which says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """What one decision rested on, as text: its readings and the newest report behind them."""

    decided: str
    decision: str
    readings: tuple[str, ...]
    newest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRow:
    """One break of the thesis at the last close, as text."""

    kind: str
    trade: str
    state: str
    is_broken: bool


def filings_context(result: Result) -> dict[str, Any] | None:
    """Return what ``filings.html.j2`` shows, or None for a run that read no reports."""
    if result.filings is None:
        return None
    columns = [_reading(name)[0] for name in _readings_shown(result)]
    return {"decisions": decisions(result), "columns": columns}


def decisions(result: Result) -> list[DecisionRow]:
    """Return every decision that rested on reports, by session, with what was known then.

    Every single number with its report stands in ``filings.csv``.
    """
    assert result.filings is not None
    names = _readings_shown(result)
    readings = result.filings.readings.set_index("date")[names]
    known = result.filings.known.to_dict("records")
    rows = []
    for (decided, decision), each in groupby(known, lambda row: (row["decided"], row["decision"])):
        newest = max(each, key=lambda row: (row["filed"], row["company"]))
        line = readings.loc[decided]
        rows.append(
            DecisionRow(
                decided=iso(decided) or ABSENT,
                decision=str(decision),
                readings=tuple(_text(name, float(line[name])) for name in names),
                newest=f"{newest['company']} {newest['form']} of {iso(newest['filed'])}",
            )
        )
    return rows


def _readings_shown(result: Result) -> list[str]:
    return [str(name) for name in needed_readings(result.config) if name not in UNSAID]


def _text(name: str, value: float) -> str:
    return ABSENT if math.isnan(value) else _reading(name)[1](value)


def _reading(name: str) -> tuple[str, Callable[[float], str]]:
    """Return what a reading is called and how it is written; one without words by its name."""
    return READINGS.get(name) or (name.replace("_", " "), lambda value: f"{value:.4g}")


def states(result: Result) -> list[StateRow]:
    """Return the state of every configured break of the thesis."""
    return [
        StateRow(
            kind=state.kind,
            trade="any" if state.entry is None else f"entry of {iso(state.entry)}",
            state=_state(state, result),
            is_broken=is_broken(state),
        )
        for state in result.thesis
    ]


def is_broken(state: ThesisState) -> bool:
    """Return whether a break holds at the last close; an unknown reading breaks nothing."""
    match state.kind:
        case "margin_holds":
            return state.quarters >= state.quarters_needed and state.reading > state.level
        case "price_stop" | "price_trail":
            return state.reading <= state.level
        case "vol_spike" | "vol_jump":
            return state.reading >= state.level
        case _ if state.breaks_above:
            return state.reading > state.level
        case _:
            return state.reading < state.level


def _state(state: ThesisState, result: Result) -> str:
    """Return how near a break is, like "2 of 4 quarters, -38 of -50 bps"."""
    pair = result.config.pair
    if math.isnan(state.reading):
        return "cannot be told: a number it needs is not known"
    now, level = percent(state.reading, 1), percent(state.level, 1)
    match state.kind:
        case "capex_rollover":
            return f"capex growth {now}, breaks below {level}"
        case "supplier_stalls":
            return f"revenue growth of {pair.long} {now}, breaks below {level}"
        case "margin_holds":
            quarters = f"{state.quarters:.0f} of {state.quarters_needed} quarters"
            return f"{quarters}, {state.reading:+.0f} of {state.level:+.0f} bps"
        case "price_stop":
            return f"P&L {now} of the entry notional, breaks at {level}"
        case "price_trail":
            return f"{now} of the entry notional below its best close, breaks at {level}"
        case "vol_jump":
            return f"{_index(result)} moved {now} in the session, breaks at {level}"
        case "vol_spike":
            return f"{_index(result)} at {state.reading:.2f}, breaks at {state.level:.2f}"
        case _:
            label, text = _reading(state.watched)
            side = "above" if state.breaks_above else "below"
            return f"{label} {text(state.reading)}, breaks {side} {text(state.level)}"


def _index(result: Result) -> str:
    thesis = result.config.exits.thesis
    spike = None if thesis is None else thesis.vol_spike
    return "the index" if spike is None else spike.symbol
