"""E1, the headline: would it do as well by chance? A run in, its p values out.

The whole strategy, its signal, sizing, exits and costs, runs again on resampled histories, once
without what the legs earned and once with it (see `reports.audits.evidence.chance`). What a rule
makes of the noise of these two legs, and of a leg that merely rises, is then known, overlap,
rebalancing and costs included, and no distribution is assumed. Both must be beaten.

On driftless paths the statistic is the Sharpe ratio of the session returns, not the total return. A
ratio is of the same size whether a path was held for a tenth of the time or for half of it; of
total returns, the paths on which the rule happened to trade more decide alone. Measured with 99
paths on pairs of 800 sessions: both hold their level (p <= .10 for 20 and 19 of 200 random walks,
p <= .05 for 8 and 9), and of planted edges that a rule with five trades lives on, the ratio found
29 of 50 (p <= .05) and the total return 25; with thirty trades both found 33 of 50. The ratio is
also what F4 and E4 judge.

The choice of dates has bars of its own: what a rule earns by a planted edge is in its legs' drift
too, which costs an edge held for a third of the time a third of its t statistic (3.7 became 2.6).
At .03 no world of ``tests.bench.audit_size`` has more than 1 % of its pairs without an edge called
SUPPORTED; at .05 one had 1.5 %.

It is void where the paths enter on the run's own dates: a rule that reads prices cannot find the
same days in histories that were redrawn. And where most paths hardly trade: the run is then among
accounts that stood still, which any gain beats, and a rule may know its own history by a price.

What the paths lose: anything that lasts longer than a block, and a block is a week or two. A rule
that lives on slow changes of volatility or correlation meets calmer histories here than its own.
"""

import logging
from collections.abc import Callable, Sequence

import numpy as np

from engine.records.result import Result
from reports.audits.check import Plain
from reports.audits.evidence.chance import ERRORS, Chance, chances, drawn_paths, is_decided
from reports.audits.evidence.path_pool import PathOutcome, entry_days
from reports.audits.evidence.rating import Block, Rating, block, not_run, plain_list
from reports.audits.subject import Subject
from reports.audits.wording import counted
from reports.statistics.block_length import LEAST_SESSIONS
from reports.statistics.inference import fewest_resamples

logger = logging.getLogger(__name__)

QUANTILES = (0.05, 0.50, 0.95)
PURPOSE = 1  # of the paths drawn
REPEATED = 0.5  # share of the entry dates, beyond chance, that redrawn histories may repeat
FEWEST_ENTRIES = 3  # fewer may repeat by chance
IDLE = 0.2  # of the run's entries: fewer is hardly trading
MOSTLY = 0.5  # share of the paths
RATINGS: tuple[Rating, ...] = ("supports", "marginal", "against")  # by the bars missed


def resampled_test(subject: Subject, base: Result, *, progress: Callable[[str], None]) -> Block:
    """Return E1: the run among the strategy's own runs on the resampled paths.

    Rated by the worse of the two, each held to its own bars. A run that lost is against whatever p
    is: to lose less than chance is no edge.
    """
    audit = subject.config.audit
    bars = (audit.thresholds.resampled_p, audit.thresholds.timing_p)
    paths = drawn_paths(subject, purpose=PURPOSE)
    if paths is None:
        reason = f"fewer than {LEAST_SESSIONS} returns, or a leg that never moved: nothing to draw"
        return not_run("E1", audit, reason)
    try:
        luck, timing = chances(subject, base, paths, bars=bars, progress=progress)
    except Exception as error:  # whatever stops one path, the rest of the evidence stands
        logger.exception("resampled paths")
        return not_run("E1", audit, f"a resampled path ended in an error ({error})")
    rating: Rating = "against"
    if luck.observed > 0.0:
        rating = RATINGS[max(luck.missed(), timing.missed())]
    repeated = repeated_entries(base, luck.paths)
    if repeated > REPEATED and rating != "against":
        reason = (
            f"void, because histories that were redrawn repeat {repeated:.0%} of the run's own "
            "entry dates beyond chance: the rule follows the calendar, or dates it was given"
        )
        return not_run("E1", audit, reason)
    idle = idle_paths(base, luck.paths)
    if idle > MOSTLY and rating != "against":
        reason = (
            f"void, because {idle:.0%} of the histories that were redrawn have less than "
            f"{IDLE:.0%} of the run's entries: a gain among runs that hardly trade says nothing"
        )
        return not_run("E1", audit, reason)
    is_close = luck.observed > 0.0 and not is_decided((luck, timing))
    return block(
        "E1",
        audit,
        rating,
        measured=_measured(luck, timing, is_close=is_close),
        sentence=_sentence(luck, timing, paths.block_sessions, is_close=is_close),
        numbers=_numbers(luck, timing, paths.block_sessions) | {"undecided": is_close},
    )


def repeated_entries(base: Result, paths: Sequence[PathOutcome]) -> float:
    """Return the share of the run's entry dates that the paths repeat, less what chance repeats.

    Of all that could be repeated beyond chance (Cohen's kappa), the mean over the paths that trade;
    0 where the paths keep no dates (ours decide by what they are given) or dates are few.
    """
    own, sessions = entry_days(base), len(base.ledger)
    shares = []
    for path in paths:
        if path.entered and len(own) >= FEWEST_ENTRIES:
            by_chance = len(path.entered) / sessions
            shares.append((len(own & path.entered) / len(own) - by_chance) / (1.0 - by_chance))
    return float(np.mean(shares)) if shares else 0.0


def idle_paths(base: Result, paths: Sequence[PathOutcome]) -> float:
    """Return the share of the paths that enter less than `IDLE` as often as the run.

    0 where the run enters fewer than `FEWEST_ENTRIES` times.
    """
    own = len(entry_days(base))
    if own < FEWEST_ENTRIES:
        return 0.0
    return float(np.mean([path.entries < IDLE * own for path in paths]))


def _measured(luck: Chance, timing: Chance, *, is_close: bool) -> str:
    both = f"p = {luck.p:.3f}, of the timing {timing.p:.3f}"
    if not is_close:
        return both
    worse = max(luck, timing, key=lambda chance: (chance.missed(ERRORS), chance.p))
    return f"{both}; {worse.p:.3f} +- {worse.error:.3f} is too near a bar to tell"


def _sentence(luck: Chance, timing: Chance, length: int, *, is_close: bool) -> str:
    paths = len(luck.paths)
    text = (
        f"On {paths:,} resampled histories (blocks of {length} sessions) in which neither leg "
        f"earns anything, it did at least as well on {luck.as_good:,}: its Sharpe ratio of "
        f"{luck.observed:.2f} has p = {luck.p:.3f}"
    )
    if luck.observed <= 0.0:
        text += ", and it lost: to lose less than chance is no edge"
    text += (
        f". With what each leg earned left in, it beat constant holdings of the legs by as much on "
        f"{timing.as_good:,}: its choice of dates has p = {timing.p:.3f}"
    )
    if is_close:
        text += (
            f". With {paths:,} paths a p is good to {max(luck.error, timing.error):.3f} (one "
            "standard error), and a bar lies within two: the rating may be chance"
        )
    bar = min(luck.bars[0], timing.bars[0])
    if paths < fewest_resamples(bar):
        text += (
            f". {paths} paths show no p below {1 / (paths + 1):.3f}: it takes audit.resamples of "
            f"{fewest_resamples(bar)} to meet {bar:g}"
        )
    idle = sum(path.entries == 0 for path in luck.paths)
    if idle:
        text += f". {counted(idle, 'history', 'histories')} without a trade count as 0"
    return f"{text}."


def _numbers(luck: Chance, timing: Chance, length: int) -> dict[str, Plain]:
    return {
        "statistic": "sharpe",
        **_chance_numbers(luck),
        "block_sessions": length,
        "without_a_trade": sum(path.entries == 0 for path in luck.paths),
        "ruined": sum(path.is_ruined for path in luck.paths),
        "mean_entries": float(np.mean([path.entries for path in luck.paths])),
        "resampled": plain_list(luck.values),
        "dates_decide": (timing.missed(), timing.p) > (luck.missed(), luck.p),
        "timing": {"statistic": "appraisal ratio a session", **_chance_numbers(timing)},
    }


def _chance_numbers(chance: Chance) -> dict[str, Plain]:
    values = np.array(chance.values)
    quantiles = plain_list(np.quantile(values, QUANTILES))
    return {
        "observed": chance.observed,
        "p": chance.p,
        "p_error": chance.error,
        "share_as_good": chance.as_good / len(values),
        "paths": len(values),
        "quantiles": dict(zip((f"{level:.0%}" for level in QUANTILES), quantiles, strict=True)),
    }
