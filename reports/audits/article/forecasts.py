"""An article's trades as dated forecasts. Trades and conditions in, what came of each out.

A trade buys and sells the same dollars at the last close up to its day and is left alone, without
costs: it has made ``L_t / L_s - S_t / S_s`` of the dollars bought. Chance is what as many sessions
make of the same symbols on stationary-bootstrap paths of their joint returns up to that day
(Politis and Romano, 1994): once with each symbol's simple mean return taken out, once left in.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np

from configs.audit import AuditConfig
from configs.promises import (
    Condition,
    Forecast,
    NewHighCondition,
    ReaccelerationCondition,
    SpikeCondition,
)
from engine.prepare.known_quarters import aligned
from reports.audits.article.at_hand import AtHand, Floats, Lacking
from reports.statistics.block_length import LEAST_SESSIONS
from reports.statistics.inference import resampling_p
from reports.statistics.logs import logs
from reports.statistics.paths import bootstrap_block, resampled_indices
from reports.statistics.sample import varies
from strategies.rules.fundamentals import QUARTERS_A_YEAR, latest_common, summed_growth
from strategies.rules.thesis import is_vol_spike

PURPOSE = 7  # of the paths drawn
Section = dict[str, Any]


def forecasts(audit: AuditConfig, hand: AtHand) -> list[Section]:
    """Return what each trade made since its day, and the chance of it."""
    return [_or_lack(trade.label, lambda at=at, trade=trade: _made(audit, trade, at, hand))
            for at, trade in enumerate(audit.forecasts)]  # fmt: skip


def conditions(audit: AuditConfig, hand: AtHand) -> list[Section]:
    """Return whether each condition came about after its day, and when first."""
    return [_or_lack(each.label, lambda each=each: _came(audit, each, hand))
            for each in audit.conditions]  # fmt: skip


def _or_lack(label: str, made: Any) -> Section:
    """Return a section with its label; or that it was not tried, and what it needs."""
    try:
        return {"label": label, **made()}
    except Lacking as lacking:
        return {"label": label, "needs": lacking.what, "why": lacking.why}


def _made(audit: AuditConfig, trade: Forecast, at: int, hand: AtHand) -> Section:
    since = trade.since or audit.published_on
    assert since is not None  # the configuration's own rule
    lines = [hand.prices(symbol).total for symbol in trade.symbols]
    start = hand.place(trade.long, since)
    end = len(hand.sessions) - 1 if trade.until is None else hand.place(trade.long, trade.until)
    if end <= start:
        raise Lacking(f"{trade.long} prices after {since}", "the run ends there")
    closes = np.column_stack(lines)
    each = closes[end] / closes[start] - 1.0
    return {
        "long": trade.long,
        "short": trade.short,
        "since": str(hand.sessions[start]),
        "until": str(hand.sessions[end]),
        "sessions": end - start,
        "long_return": float(each[0]),
        "short_return": None if trade.short is None else float(each[1]),
        "made": float(spread_of(each)),
        "chance": _chance(audit, closes[: start + 1], end - start, float(spread_of(each)), at),
    }


def spread_of(growth: Floats) -> Floats:
    """Return the long symbol's growth less the short one's, where there is one; last axis."""
    return growth[..., 0] - (growth[..., 1] if growth.shape[-1] > 1 else 0.0)


def _chance(audit: AuditConfig, closes: Floats, sessions: int, made: float, at: int) -> Section:
    """Return how often chance makes at least as much, of histories known on the day."""
    returns = closes[1:] / closes[:-1] - 1.0
    unknown = int(np.isnan(closes).any(axis=1).sum())
    if unknown:
        return {"reason": f"{unknown} of the {len(closes)} closes up to it are unknown"}
    if len(returns) < max(LEAST_SESSIONS, sessions) or not all(varies(each) for each in returns.T):
        return {"reason": f"{len(returns)} sessions before it are too few to draw from"}
    block = bootstrap_block(np.diff(logs(closes), axis=0))
    rng = np.random.default_rng([audit.seed, PURPOSE, at])
    orders = resampled_indices(len(returns), block=block, count=audit.resamples, rng=rng)
    drawn = returns[orders[:, :sessions]]  # (paths, sessions, symbols)
    section: Section = {"paths": audit.resamples, "block_sessions": block, "from": len(returns)}
    for name, drift in (("no_drift", returns.mean(axis=0)), ("own_drift", 0.0)):
        values = spread_of(np.prod(1.0 + drawn - drift, axis=1) - 1.0)
        low, high = np.quantile(values, (0.05, 0.95)).tolist()
        section[name] = {"p": resampling_p(made, values), "low": low, "high": high}
    return section


def _came(audit: AuditConfig, condition: Condition, hand: AtHand) -> Section:
    since = condition.since or audit.published_on
    assert since is not None  # the configuration's own rule
    if isinstance(condition, SpikeCondition):
        came = _spike(condition, since, hand)
    elif isinstance(condition, NewHighCondition):
        came = _new_high(condition, since, hand)
    else:
        came = _reacceleration(condition, since, hand)
    return {"kind": condition.kind, "since": str(since), "until": str(hand.sessions[-1]), **came}


def _spike(condition: SpikeCondition, since: dt.date, hand: AtHand) -> Section:
    """Return the first session after the day on which the index spiked; its extremes till today."""
    closes, start = hand.prices(condition.symbol).quoted, hand.place(condition.symbol, since)
    after = range(start + 1, len(closes))
    met = [t for t in after
           if is_vol_spike(closes[t], closes[t - 1], condition.level, condition.jump)]  # fmt: skip
    _some(after, condition.symbol, since)
    rises = closes[start + 1 :] / closes[start:-1] - 1.0
    return _first(met, hand) | {
        "highest": float(np.nanmax(closes[start + 1 :])),
        "largest_rise": float(np.nanmax(rises)),
        "level": condition.level,
        "jump": condition.jump,
    }


def _new_high(condition: NewHighCondition, since: dt.date, hand: AtHand) -> Section:
    """Return the first session that closed above every close up to the day."""
    closes, start = hand.prices(condition.symbol).quoted, hand.place(condition.symbol, since)
    before, after = float(np.nanmax(closes[: start + 1])), range(start + 1, len(closes))
    _some(after, condition.symbol, since)
    met = [t for t in after if closes[t] > before]
    highest = float(np.nanmax(closes[start + 1 :]))
    return _first(met, hand) | {"level": before, "highest": highest}


def _reacceleration(condition: ReaccelerationCondition, since: dt.date, hand: AtHand) -> Section:
    """Return the first session on which a later quarter's growth was known and was higher."""
    start = hand.place("the run's", since)
    number, before = _growth(condition.companies, since, hand)
    last = hand.sessions[-1].item()
    latest, now = _growth(condition.companies, last, hand)
    met = []
    for t in range(start + 1, len(hand.sessions)) if latest > number else ():
        quarter, growth = _growth(condition.companies, hand.sessions[t].item(), hand)
        if quarter > number and growth > before:
            met.append(t)
            break
    return _first(met, hand) | {
        "growth_then": before,
        "quarter_then": _quarter_name(number),
        "growth": now,
        "quarter": _quarter_name(latest),
    }


def _growth(companies: Sequence[str], day: dt.date, hand: AtHand) -> tuple[int, float]:
    """Return the number of the latest quarter that all had reported by a day, and its growth."""
    known = aligned([tuple(hand.quarters(name, "capex", day).values()) for name in companies])
    place = latest_common(known.dollars)
    if place < QUARTERS_A_YEAR:
        raise Lacking(f"{', '.join(companies)} capex of one quarter and of a year before")
    return known.first + place, summed_growth(known.dollars, place)


def _quarter_name(number: int) -> str:
    return f"{number // QUARTERS_A_YEAR}Q{number % QUARTERS_A_YEAR + 1}"


def _some(after: range, symbol: str, since: dt.date) -> None:
    if not after:
        raise Lacking(f"{symbol} prices after {since}", "the run ends there")


def _first(met: Sequence[int], hand: AtHand) -> Section:
    return {"met_on": str(hand.sessions[met[0]]) if met else None}
