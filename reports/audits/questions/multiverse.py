"""Q1: what if somebody else had built it? A subject in, the spread of its defensible versions out.

A choice that nobody made on purpose is one that the idea does not name and that any colleague
would have made as well: the weekday, the print, the kind of z, the window's last digit.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import ValidationError

from configs.errors import one_line
from configs.schema import RunConfig
from engine.records.headline import SESSIONS_PER_YEAR
from reports.audits.check import Plain
from reports.audits.evidence.neighbours import Key, knobs
from reports.audits.evidence.rating import Block
from reports.audits.evidence.session_returns import session_returns
from reports.audits.questions.question import Asked, answer, no_answer
from reports.audits.wording import counted, listed, percent
from reports.statistics.regression import hac_regression

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
FEWEST = 4  # versions

Choice = dict[Key, Any]  # values by place in the configuration


def multiverse(asked: Asked) -> Block:
    """Return Q1: the returns of every defensible version, and where the configured one stands.

    All products of: the session of a weekly or monthly rebalance, fills at the next open or close,
    an expanding or rolling z, and every window of signal and sizing moved together by
    ``audit.neighbour_step`` down, not at all, and up. Each version's figure is its mean net session
    return times 252; their standard deviation is the non-standard error, as of researchers who
    test one hypothesis on the same data (Menkveld et al. 2024, Journal of Finance 79(3),
    2339-2390); their robust figure, the interquartile range, is beside it. The standard error is
    Newey and West's of the configured run's mean.
    """
    config, own = asked.subject.config, asked.returns
    axes = dict(_axes(config))
    made: list[Plain] = []
    refused: list[Plain] = []
    means: list[float] = []
    for combination in itertools.product(*axes.values()):
        changed = {key: value for choice in combination for key, value in choice.items()}
        words: dict[str, Plain] = {".".join(map(str, key)): value for key, value in changed.items()}
        try:
            result = asked.subject.run(config=_with(config, changed))
        except ValidationError as error:  # the schema's
            refused.append({"choices": words, "refused": one_line(error.errors()[0]["msg"])})
            continue
        except (ValueError, RuntimeError) as error:  # too little history, or one's own strategy
            refused.append({"choices": words, "refused": one_line(str(error))})
            continue
        means.append(float(session_returns(result).mean()) * SESSIONS_PER_YEAR)
        made.append({"choices": words, "mean_annual": means[-1]})
    if len(means) < FEWEST:
        return no_answer("Q1", f"{counted(len(means), 'version')} could run of {listed([*axes])}")
    fit = hac_regression(own, np.zeros((len(own), 0)))
    if fit is None or fit.alpha == 0.0:
        return no_answer("Q1", "the equity never moved, or for too few sessions")
    outcomes, mine = np.array(means), float(own.mean()) * SESSIONS_PER_YEAR
    spread, standard = float(outcomes.std(ddof=1)), mine / fit.alpha_t
    low, quarter, middle, most, high = np.percentile(outcomes, [0, 25, 50, 75, 100]).tolist()
    below = float((outcomes < mine).mean())
    unable = f"; {len(refused):,} more could not run" if refused else ""
    lost = int((outcomes <= 0.0).sum())
    return answer(
        "Q1",
        measured=f"{percent(low)} to {percent(high)} a year, this {percent(mine)}",
        sentence=(
            f"{counted(len(outcomes), 'defensible version')} of it ({listed([*axes])}) made "
            f"{percent(low)} to {percent(high)} a year, half of them {percent(quarter)} to "
            f"{percent(most)}; {lost:,} made no "
            f"money{unable}. That is a non-standard error of "
            f"{spread * 100.0:.1f} points beside a standard error of {standard * 100.0:.1f}. The "
            f"configured run, {percent(mine)}, stands above {percent(below, 0)} of them."
        ),
        numbers={
            "versions": len(outcomes),
            "lost": lost,
            "mean_annual": mine,
            "standard_error": standard,
            "nonstandard_error": spread,
            "interquartile_range": most - quarter,
            "lowest": low,
            "median": middle,
            "highest": high,
            "share_below": below,
            "made": made,
            "refused": refused,
        },
        not_checked=("source of prices: one is at hand",),
    )


def _axes(config: RunConfig) -> Iterator[tuple[str, list[Choice]]]:
    """Yield each choice in words, and its versions."""
    rebalance, signal = config.rebalance, config.signal
    triggers: list[tuple[Key, str]] = [(("rebalance",), rebalance.kind)]
    if rebalance.kind == "any_of":
        triggers = [(("rebalance", "of", k), each.kind) for k, each in enumerate(rebalance.of)]
    weekly: list[Key] = [(*key, "on") for key, kind in triggers if kind == "weekly"]
    longer: list[Key] = [(*key, "on") for key, kind in triggers if kind in ("monthly", "quarterly")]
    if weekly:
        days: list[Choice] = [dict.fromkeys(weekly, day) for day in WEEKDAYS]
        yield "weekday of the rebalance", days
    if longer:
        ends: list[Choice] = [dict.fromkeys(longer, each) for each in ("first", "last")]
        yield "first or last session of the rebalance", ends
    if config.account.fill != "same_close":
        prints: list[Choice] = [{("account", "fill"): each} for each in ("next_open", "next_close")]
        yield "fill at the open or the close", prints
    if signal.kind == "correlation":
        kinds: list[Choice] = [{("signal", "zscore"): each} for each in ("expanding", "rolling")]
        yield "expanding or rolling z", kinds
    windows = {
        key: base
        for key, base in knobs(config)
        if key[0] in ("signal", "sizing") and key[-1] == "window"
    }
    if windows:
        step = config.audit.neighbour_step
        moved: list[Choice] = [
            {key: max(2, round(base * factor)) for key, base in windows.items()}
            for factor in (1.0 - step, 1.0, 1.0 + step)
        ]
        yield f"windows -{step:.0%}, as they are or +{step:.0%}", moved


def _with(config: RunConfig, changed: Choice) -> RunConfig:
    """Return the configuration with some of its values replaced; ValueError where it refuses."""
    values: dict[str, Any] = config.model_dump()
    for key, value in changed.items():
        target: Any = values
        for part in key[:-1]:
            target[part] = list(target[part]) if isinstance(target[part], tuple) else target[part]
            target = target[part]
        target[key[-1]] = value
    return RunConfig.model_validate(values)
