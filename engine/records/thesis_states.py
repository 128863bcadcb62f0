"""How near each break of the thesis is. The last close of a finished run in, states out."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from configs.schema import RunConfig
from configs.thesis import ThesisConfig
from engine.records.recorded import Recorded
from engine.records.trades import net_pnl
from feeds.market import sessions_of
from strategies.rules.thesis import margin_change_bps


@dataclass(frozen=True, slots=True, kw_only=True)
class ThesisState:
    """One break at the last close of a run; fractions, but for basis points and an index.

    Attributes
    ----------
    kind
        A key of ``exits.thesis``; ``price_stop``, ``price_trail``, ``vol_spike`` or ``vol_jump`` of
        its ``price``.
    entry
        Session that decided the trade it belongs to; None where it belongs to none.
    reading, level
        What is watched and where it breaks: growth, basis points of margin since the entry, P&L
        over the entry notional (less its best for ``price_trail``), the index or its rise. NaN
        where it is unknown.
    quarters, quarters_needed
        Of ``margin_holds``: reported since the entry, and to wait for.
    watched, breaks_above
        The reading of a break that reports tell, and whether it breaks above its level.
    """

    kind: str
    entry: pd.Timestamp | None
    reading: float
    level: float
    quarters: float = math.nan
    quarters_needed: int = 0
    watched: str = ""
    breaks_above: bool = False


def thesis_states(
    config: RunConfig, signals: pd.DataFrame, run: Recorded
) -> tuple[ThesisState, ...]:
    """Return the state of every configured break: of no trade, then of each held one."""
    thesis = config.exits.thesis
    if thesis is None:
        return ()
    last = signals.iloc[-1]
    states = [*_of_no_trade(thesis, signals)]
    pnl = net_pnl(run.held)
    for place in range(len(pnl)):
        held = {name: float(line[place]) for name, line in run.held.items()}
        states += _of_trade(thesis, last, held, float(pnl[place]))
    return tuple(states)


def _of_no_trade(thesis: ThesisConfig, signals: pd.DataFrame) -> Iterator[ThesisState]:
    last = signals.iloc[-1]
    for name, asked in thesis.by_reports.items():
        if asked.level is not None:
            watched = asked.readings[0]
            state = _state(name, last[watched], asked.level)
            yield replace(state, watched=watched, breaks_above=asked.side == "above")
    spike = thesis.vol_spike
    if spike is not None and spike.level is not None:
        yield _state("vol_spike", last["vol_index"], spike.level)
    if spike is not None and spike.jump is not None:
        before = signals["vol_index"].iloc[-2] if len(signals) > 1 else math.nan
        yield _state("vol_jump", last["vol_index"] / before - 1.0, spike.jump)


def _of_trade(
    thesis: ThesisConfig, last: pd.Series, held: Mapping[str, float], pnl_usd: float
) -> Iterator[ThesisState]:
    entry = pd.Timestamp(sessions_of(np.array([held["decided"]]))[0])
    if thesis.margin_holds is not None:
        change = margin_change_bps(last["gross_margin_short"], held["margin_at_entry"])
        yield ThesisState(
            kind="margin_holds",
            entry=entry,
            reading=float(change),
            level=-thesis.margin_holds.bps,
            quarters=float(last["margin_quarter"] - held["quarter_at_entry"]),
            quarters_needed=thesis.margin_holds.quarters,
        )
    price, unit = thesis.price, held["entry_notional_usd"]
    if price is not None and price.stop_loss is not None:
        yield _state("price_stop", pnl_usd / unit, -price.stop_loss, entry)
    if price is not None and price.trailing_stop is not None:
        fall = (pnl_usd - held["best_pnl_usd"]) / unit
        yield _state("price_trail", fall, -price.trailing_stop, entry)


def _state(
    kind: str, reading: float, level: float, entry: pd.Timestamp | None = None
) -> ThesisState:
    return ThesisState(kind=kind, entry=entry, reading=float(reading), level=level)
