"""Published against computed. What somebody claimed and our own figures in, which reproduce out.

Figures here are in the unit in which they are published: percent, points, billions of dollars. A
date is a number too, of days since 1970-01-01, and a month of months, so that a difference means
something.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from configs.claims import Unit
from reports.audits.article.forward import (
    ForwardTest,
    Horizon,
)
from reports.audits.article.rarity import Rarity
from reports.audits.article.stability import Stability

Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]  # datetime64[D]
Outcome = Literal["reproduces", "does not reproduce", "not computed", "not tried"]
Bound = Literal["at_least", "at_most"]

# Of the last published digit. A half is what rounding allows; the rest is what rounding twice adds
# (19.746, 19.75, 19.8). Counts of one more or less are far outside.
TOLERANCE_DIGITS = 0.55
NOT_COMPUTED = "no figure of this name was computed"
UNDEFINED = "undefined on these sessions"
UNKNOWN_QUARTER = "a quarter it needs is not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One published figure.

    key
        Name of the figure that should reproduce it.
    published
        As printed, in ``unit``.
    digits
        How many stand after the decimal point; 0 for counts and dates.
    tolerance
        How far off is still right, in ``unit``; instead of digits, for a figure told in words
        ("nearly a quarter").
    bound
        For a claim of a direction, which end of what it allows ``published`` is; instead of digits.
    """

    key: str
    label: str
    published: float
    unit: Unit
    digits: int | None = None
    tolerance: float | None = None
    bound: Bound | None = None

    def __post_init__(self) -> None:
        if sum(each is not None for each in (self.digits, self.tolerance, self.bound)) != 1:
            raise ValueError(
                f"claim {self.key}: digits was {self.digits}, tolerance {self.tolerance} and bound "
                f"{self.bound}; expected one of the three; give the digits printed, how far off is "
                "still right, or the end of what is claimed"
            )
        if self.tolerance is not None and self.tolerance < 0.0:
            raise ValueError(
                f"claim {self.key}: tolerance was {self.tolerance}; expected 0 or more, because "
                "no figure is nearer than equal; give how far off is still right"
            )

    @property
    def allowed(self) -> float:
        """Return how far the computed figure may be from the published one, in ``unit``."""
        if self.tolerance is not None:
            return self.tolerance
        if self.bound is not None:
            return 0.0
        return TOLERANCE_DIGITS * math.pow(10.0, -(self.digits or 0))

    def holds_of(self, computed: float) -> bool:
        """Return whether a computed figure bears the claim out."""
        if self.bound == "at_least":
            return computed >= self.published
        if self.bound == "at_most":
            return computed <= self.published
        return abs(computed - self.published) <= self.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A claim beside our figure. ``difference`` is computed less published, in the claim's unit.

    reason
        Why nothing was computed; None where something was.
    """

    claim: Claim
    computed: float | None
    difference: float | None
    outcome: Outcome
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Computed figures by key, in published units, and why some could not be computed.

    needs
        By key: what is not at hand and would be needed to try, like "AAPL prices".
    why
        By what is needed: why it is not at hand.
    """

    values: dict[str, float]
    reasons: dict[str, str]
    needs: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapexYear:
    """A company's capital expenditure in one quarter and in the same one a year later, dollars.

    None where it is not known.
    """

    company: str
    before_usd: float | None
    after_usd: float | None


def compared(
    claims: Sequence[Claim],
    computed: Mapping[str, float],
    reasons: Mapping[str, str] | None = None,
    needs: Mapping[str, str] | None = None,
) -> tuple[Comparison, ...]:
    """Return each claim beside the figure of its key, in the order of the claims.

    Parameters
    ----------
    computed
        By key, in the claims' units. NaN counts as not computed.
    reasons
        By key: why it was not.
    needs
        By key: what it needs that is not at hand; such a claim is not tried.
    """
    known, asked = reasons or {}, needs or {}
    return tuple(_compared(claim, computed.get(claim.key), known, asked) for claim in claims)


def _compared(
    claim: Claim, value: float | None, reasons: Mapping[str, str], needs: Mapping[str, str]
) -> Comparison:
    if value is None or math.isnan(value):
        missing = NOT_COMPUTED if value is None else UNDEFINED
        is_tried = claim.key not in needs
        reason = reasons.get(claim.key, missing)
        return Comparison(
            claim=claim,
            computed=None,
            difference=None,
            outcome="not computed" if is_tried else "not tried",
            reason=reason if is_tried else f"needs {needs[claim.key]}",
        )
    difference = value - claim.published
    return Comparison(
        claim=claim,
        computed=value,
        difference=difference,
        outcome="reproduces" if claim.holds_of(value) else "does not reproduce",
        reason=None,
    )


def refuted_by(claim: Claim) -> str:
    """Return what would refute a claim, in words."""
    unit = "" if claim.unit in ("", "date", "month") else f" {claim.unit}"
    if claim.bound is not None:
        return f"{'below' if claim.bound == 'at_least' else 'above'} {claim.published:g}{unit}"
    if claim.unit in ("date", "month"):
        return f"another {'day' if claim.unit == 'date' else claim.unit}"
    if claim.tolerance is not None:
        return f"more than {claim.tolerance:g}{unit} off"
    return f"a figure that does not round to {claim.published:.{claim.digits or 0}f}{unit}"


def day_number(date: str) -> float:
    """Return days since 1970-01-01 of an ISO date: a claim's figure in unit ``date``."""
    return float(np.datetime64(date, "D").astype(np.int64))


def month_number(date: str) -> float:
    """Return months since January 1970 of an ISO date or month: a figure in unit ``month``."""
    return float(np.datetime64(date, "M").astype(np.int64))


def merged(*parts: Figures) -> Figures:
    """Return the figures of all parts; of one that two parts have, the later."""
    return Figures(
        values={key: value for part in parts for key, value in part.values.items()},
        reasons={key: reason for part in parts for key, reason in part.reasons.items()},
        needs={key: what for part in parts for key, what in part.needs.items()},
        why={what: why for part in parts for what, why in part.why.items()},
    )


def rarity_figures(rare: Rarity) -> Figures:
    """Return the figures of test 1."""
    return _figures(
        {
            "z_today": rare.today,
            "z_readings": rare.readings,
            "z_share_at_or_below_today_percent": _percent(rare.share_at_or_below),
            **{f"z_percentile_{each:g}": value for each, value in rare.percentiles.items()},
            "z_lowest": rare.lowest,
            "z_share_below_level_percent": _percent(rare.share_below_level),
            "z_share_at_or_below_level_percent": _percent(rare.share_at_or_below_level),
        }
    )


def forward_figures(forward: ForwardTest) -> Figures:
    """Return the figures of test 2.

    Entries are named by their cluster and place in it (``entry_2025_1_date``) and by their date
    (``forward_126_of_2025-08-12_percent``).
    """
    values: dict[str, float | None] = {"entries": len(forward.entries)}
    if forward.entries:
        values["entries_first_month"] = month_number(forward.entries[0].date)
    for label in dict.fromkeys(entry.cluster for entry in forward.entries):
        own = [entry for entry in forward.entries if entry.cluster == label]
        values[f"entries_{label}"] = len(own)
        for place, entry in enumerate(own, start=1):
            values[f"entry_{label}_{place}_date"] = day_number(entry.date)
    for sessions, horizon in forward.horizons.items():
        values |= _horizon_figures(f"forward_{sessions}", horizon)
        returns = {
            entry.date: made
            for entry in forward.entries
            if (made := entry.by_horizon[sessions]) is not None
        }
        for date, made in returns.items():
            values[f"forward_{sessions}_of_{date}_percent"] = _percent(made)
        if returns:
            worst = min(returns, key=returns.__getitem__)
            values[f"forward_{sessions}_worst_percent"] = _percent(returns[worst])
            values[f"forward_{sessions}_worst_month"] = month_number(worst)
    return _figures(values)


def stability_figures(stability: Stability) -> Figures:
    """Return the figures of test 3."""
    values: dict[str, float | None] = {"vol_ratio": stability.today}
    for sessions, drift in stability.drifts.items():
        name = f"vol_ratio_drift_{sessions}"
        values[f"{name}_median_percent"] = _percent(drift.median)
        values[f"{name}_percentile_75_percent"] = _percent(drift.percentile_75)
        values[f"{name}_percentile_95_percent"] = _percent(drift.percentile_95)
    return _figures(values)


def growth_figures(
    sessions: Dates, closes: Mapping[str, Floats], *, long: str, short: str, as_of: str
) -> Figures:
    """Return each symbol's growth in the year to ``as_of`` and on that session alone.

    The year starts at the last close of the year before; the spread is the long leg's growth less
    the short leg's. Simple total returns.

    Parameters
    ----------
    sessions
        Shape (n,), oldest first.
    closes
        By symbol, shape (n,): adjusted closes.
    as_of
        ISO date of a session.
    """
    day = np.datetime64(as_of, "D")
    end = int(np.searchsorted(sessions, day))
    base = int(np.searchsorted(sessions, day.astype("datetime64[Y]"))) - 1
    no_session = end == len(sessions) or sessions[end] != day
    values: dict[str, float | None] = {}
    reasons: dict[str, str] = {}
    for symbol, prices in closes.items():
        for key, start in ((f"ytd_{symbol}_percent", base), (f"session_{symbol}_percent", end - 1)):
            if no_session:
                reasons[key] = f"{as_of} is not among the sessions"
            elif start < 0:
                reasons[key] = f"the sessions do not reach back far enough before {as_of}"
            else:
                values[key] = 100.0 * float(prices[end] / prices[start] - 1.0)
    legs = [values.get(f"ytd_{symbol}_percent") for symbol in (long, short)]
    if legs[0] is not None and legs[1] is not None:
        values["ytd_spread_points"] = legs[0] - legs[1]
    else:
        reasons["ytd_spread_points"] = f"the year's growth of {long} or {short} is not known"
    return _figures(values, reasons)


def capex_figures(rows: Sequence[CapexYear]) -> Figures:
    """Return each company's quarter, the same a year later, its growth, and the totals.

    There is no total of companies of which one is not known.
    """
    total = CapexYear(
        company="total",
        before_usd=_sum([row.before_usd for row in rows]),
        after_usd=_sum([row.after_usd for row in rows]),
    )
    values: dict[str, float | None] = {}
    for row in (*rows, total):
        name = f"capex_{row.company}"
        values[f"{name}_before_usd_bn"] = _billions(row.before_usd)
        values[f"{name}_after_usd_bn"] = _billions(row.after_usd)
        values[f"{name}_growth_percent"] = _growth_percent(row)
    unknown = {key: UNKNOWN_QUARTER for key, value in values.items() if value is None}
    return _figures(values, unknown)


def _horizon_figures(name: str, horizon: Horizon) -> dict[str, float | None]:
    return {
        f"{name}_complete": horizon.complete,
        f"{name}_left_out": horizon.unfinished + horizon.undefined,
        f"{name}_mean_percent": _percent(horizon.mean),
        f"{name}_median_percent": _percent(horizon.median),
        f"{name}_win_rate_percent": _percent(horizon.win_rate),
        f"{name}_p": horizon.p_value,
        **{
            f"{name}_mean_without_{cluster.label}_percent": _percent(cluster.mean_without)
            for cluster in horizon.clusters
        },
    }


def _figures(
    values: Mapping[str, float | None], reasons: Mapping[str, str] | None = None
) -> Figures:
    """Return the values that are known, and a reason for each that is not."""
    unknown = [key for key, value in values.items() if value is None or math.isnan(value)]
    return Figures(
        values={
            key: float(value)
            for key, value in values.items()
            if value is not None and not math.isnan(value)
        },
        reasons={**dict.fromkeys(unknown, UNDEFINED), **(reasons or {})},
    )


def _growth_percent(row: CapexYear) -> float | None:
    if row.before_usd is None or row.after_usd is None or row.before_usd <= 0.0:
        return None
    return 100.0 * (row.after_usd / row.before_usd - 1.0)


def _billions(usd: float | None) -> float | None:
    return None if usd is None else usd / 1e9


def _percent(fraction: float | None) -> float | None:
    return None if fraction is None else 100.0 * fraction


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) if known and len(known) == len(values) else None
