"""E2, P: is the mean more than noise? Trades in, intervals and what they could have shown out."""

from dataclasses import dataclass

import numpy as np

from configs.audit import AuditConfig
from reports.audits.check import Plain
from reports.audits.evidence.clusters import Outcomes
from reports.audits.evidence.rating import Block, Rating, block, not_run, plain
from reports.audits.wording import counted, percent
from reports.statistics.inference import (
    LEAST_BLOCKS,
    MeanInterval,
    TTest,
    mean_interval,
    t_test,
)
from reports.statistics.power import minimum_effect
from reports.statistics.sample import Floats

RESAMPLES = 2_000  # the ends of a 95 % interval are then good to a twentieth of its width


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """Two looks at one mean: a value per cluster of trades, and one per session."""

    trades: TTest | None
    daily: MeanInterval

    @property
    def above_zero(self) -> int:
        """How many of the two lie above zero; one that is undefined does not."""
        lows = (None if self.trades is None else self.trades.low, self.daily.low)
        return sum(low is not None and low > 0.0 for low in lows)


def intervals(audit: AuditConfig, entered: Outcomes, returns: Floats) -> Intervals:
    """Return Student's interval of the clusters and the bootstrap's of the session returns.

    Parameters
    ----------
    returns
        Shape (sessions,), see `reports.audits.evidence.session_returns`. A block is at least the
        median hold: sessions of one trade belong together.
    """
    return Intervals(
        trades=t_test(entered.returns),
        daily=mean_interval(
            returns,
            least_block=entered.median_hold_sessions,
            rng=np.random.default_rng([audit.seed, 2]),
            resamples=RESAMPLES,
        ),
    )


def interval_evidence(audit: AuditConfig, both: Intervals) -> Block:
    """Return E2. Only an interval above zero counts: one below says that money was lost."""
    ratings: tuple[Rating, ...] = ("against", "marginal", "supports")
    rating = ratings[both.above_zero]
    return block(
        "E2",
        audit,
        rating,
        measured=f"{both.above_zero} of 2 above zero",
        sentence=f"{_trades_sentence(both.trades)}; {_daily_sentence(both.daily)}.",
        numbers={"trades": _trades_numbers(both.trades), "daily": _daily_numbers(both.daily)},
    )


def power_evidence(audit: AuditConfig, test: TTest | None) -> Block:
    """Return P: the smallest edge that so many entries show, and the largest the data still allow.

    The first is the least effect that a one-sided 5 % t test finds with ``thresholds.power``, in
    returns per trade at the measured deviation; the second the upper end of the interval. No gate:
    the power at the measured effect is that effect's p value told once more (Hoenig and Heisey,
    2001).
    """
    if test is None:
        return not_run("P", audit, "without two entries that differ no effect can be measured")
    target = audit.thresholds.power
    least = minimum_effect(test.n, target=target)
    edge = least * test.sd
    return block(
        "P",
        audit,
        "shown",
        measured=f"{percent(edge)} a trade",
        sentence=_power_sentence(test, target, least),
        numbers={
            "effect_size": test.effect_size,
            "entries": test.n,
            "target": target,
            "minimum_effect": least,
            "smallest_detectable_mean_return": edge,
            "largest_mean_return_allowed": test.high,
        },
    )


def _power_sentence(test: TTest, target: float, least: float) -> str:
    allowed = (
        f"the data still allow a mean of up to {percent(test.high)} per trade"
        if test.high > 0.0
        else "the data allow no mean above zero"
    )
    return (
        f"{counted(test.n, 'independent entry', 'independent entries')} show an edge of "
        f"{percent(least * test.sd)} a trade (d = {least:.2f}) or more {target:.0%} of the time, "
        f"and smaller ones less often; measured were {percent(test.mean)} "
        f"(d = {test.effect_size:.2f}). No evidence is not evidence of no edge: {allowed}."
    )


def _trades_sentence(test: TTest | None) -> str:
    if test is None:
        return "One trade, or none that differ, has no interval, which counts as not above zero"
    return (
        f"{counted(test.n, 'independent entry', 'independent entries')} made "
        f"{percent(test.mean)} of their notional on average, {percent(test.low)} to "
        f"{percent(test.high)} with {test.confidence:.0%} confidence"
    )


def _daily_sentence(daily: MeanInterval) -> str:
    if daily.low is None or daily.high is None:
        held = "" if daily.blocks is None else f": {daily.blocks:.1f} blocks, {LEAST_BLOCKS} needed"
        return f"the daily P&L has no interval{held}, which counts as not above zero"
    basis = 10_000.0
    return (
        f"a session made {daily.mean * basis:.1f} bps of equity on average, "
        f"{daily.low * basis:.1f} to {daily.high * basis:.1f} (blocks of {daily.block_sessions} "
        f"sessions, {daily.blocks:.0f} of them)"
    )


def _trades_numbers(test: TTest | None) -> dict[str, Plain]:
    if test is None:
        return {"low": None, "high": None}
    return {
        "n": test.n,
        "mean": test.mean,
        "sd": test.sd,
        "t": test.t,
        "p_two_sided": test.p_two_sided,
        "low": test.low,
        "high": test.high,
        "confidence": test.confidence,
    }


def _daily_numbers(daily: MeanInterval) -> dict[str, Plain]:
    return {
        "n": daily.n,
        "mean": daily.mean,
        "low": plain(daily.low),
        "high": plain(daily.high),
        "confidence": daily.confidence,
        "block_sessions": daily.block_sessions,
        "blocks": plain(daily.blocks),
        "resamples": RESAMPLES,
    }
