"""E2, P: is the mean more than noise? Trades in, intervals and what they could have shown out."""

from dataclasses import dataclass

import numpy as np

from configs.audit import AuditConfig
from reports.audits.check import Plain
from reports.audits.evidence.clusters import Outcomes
from reports.audits.evidence.rating import Block, Rating, at_least, block, not_run, plain
from reports.audits.wording import counted, percent
from reports.statistics.inference import (
    LEAST_BLOCKS,
    MeanInterval,
    TTest,
    mean_interval,
    t_test,
)
from reports.statistics.power import Power, measure_power
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
    """Return P: the power of a 5 % one-sided t test at the effect measured, and the entries needed.

    The upper end of the interval is the largest edge the data still allow.
    """
    if test is None:
        return not_run("P", audit, "without two entries that differ no effect can be measured")
    power = measure_power(test.effect_size, test.n, target=audit.thresholds.power[0])
    return block(
        "P",
        audit,
        at_least(power.power, audit.thresholds.power),
        measured=f"{power.power:.0%}",
        sentence=_power_sentence(power, test),
        numbers={
            "effect_size": test.effect_size,
            "entries": test.n,
            "power": power.power,
            "target": power.target,
            "alpha": power.alpha,
            "alternative": power.alternative,
            "entries_needed": power.entries_needed,
            "minimum_effect": power.minimum_effect,
            "largest_mean_return_allowed": test.high,
        },
    )


def _power_sentence(power: Power, test: TTest) -> str:
    needed = (
        "no number of entries would show it"
        if power.entries_needed is None
        else f"{power.target:.0%} needs {counted(power.entries_needed, 'entry', 'entries')}"
    )
    allowed = (
        f"the data still allow a mean of up to {percent(test.high)} per trade"
        if test.high > 0.0
        else "the data allow no mean above zero"
    )
    return (
        f"At the measured effect (d = {test.effect_size:.2f}) {test.n} entries show an edge "
        f"{power.power:.0%} of the time; {needed}. No evidence is not evidence of no edge: "
        f"{allowed}."
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
