"""Q1: what if somebody else had built it? A subject in, the spread of its defensible versions out.

A choice that nobody made on purpose is one that the idea does not name and that any colleague
would have made as well: the day and the phase of a rebalance, the print, the kind of z, the
window's last digit, the prices.
"""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from pydantic import ValidationError

from configs.errors import one_line
from configs.formats import listed as either
from configs.schema import RunConfig
from configs.trading import PeriodicRebalance
from engine.records.headline import SESSIONS_PER_YEAR
from feeds.market import Market
from reports.audits.altered_markets import total_return_prices
from reports.audits.check import Plain
from reports.audits.evidence.neighbours import Key, knobs
from reports.audits.evidence.rating import Block
from reports.audits.evidence.session_returns import session_returns
from reports.audits.questions.question import Asked, answer, no_answer
from reports.audits.wording import counted, listed, percent
from reports.statistics.regression import hac_regression

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
ENDS = ("first", "last")
WEEKS_A_MONTH, MONTHS_A_QUARTER = 4, 3
MOST_PHASES = 4  # of a rebalance every n-th period; of more, as many evenly apart
FEWEST = 4  # versions
WINDOWS = frozenset({"window", "zscore_window", "reference_quarters"})
AS_CONFIGURED, IN_TOTAL, ELSEWHERE = "as configured", "total return", "second source"

Choice = dict[Key, Any]  # values by place in the configuration
Section = dict[str, Any]  # of one trigger


def multiverse(asked: Asked) -> Block:
    """Return Q1: the returns of every defensible version, and where the configured one stands.

    All products of: the day and phase of a rebalance (`_occasions`), fills at the next open or
    close, an expanding or rolling z, every window of signal and sizing moved together by
    ``audit.neighbour_step`` down, not at all, and up; and the prices: quoted ones with dividends in
    cash, total-return ones, and those of ``audit.second_source``. Each version's figure is its mean
    net session return times 252; their standard deviation is the non-standard error, as of
    researchers who test one hypothesis on the same data (Menkveld et al. 2024, Journal of Finance
    79(3), 2339-2390); their robust figure, the interquartile range, is beside it. The standard
    error is Newey and West's of the configured run's mean. Only the compiled loop is fast enough.
    """
    if not asked.subject.is_compiled:
        return no_answer("Q1", "the compiled loop cannot run it, and Backtrader would take minutes")
    config, own = asked.subject.config, asked.returns
    axes, markets = dict(_axes(config)), _markets(asked)
    made: list[Plain] = []
    refused: list[Plain] = []
    means: list[float] = []
    for combination, prices in itertools.product(itertools.product(*axes.values()), markets):
        changed = {key: value for choice in combination for key, value in choice.items()}
        words: dict[str, Plain] = {".".join(map(str, key)): value for key, value in changed.items()}
        words |= {"prices": prices} if len(markets) > 1 else {}
        try:
            result = asked.subject.run(markets[prices], config=_with(config, changed))
        except ValidationError as error:  # the schema's
            refused.append({"choices": words, "refused": one_line(error.errors()[0]["msg"])})
            continue
        except (ValueError, RuntimeError) as error:  # too little history
            refused.append({"choices": words, "refused": one_line(str(error))})
            continue
        means.append(float(session_returns(result).mean()) * SESSIONS_PER_YEAR)
        made.append({"choices": words, "mean_annual": means[-1]})
    tried = [*axes, *([_prices_words(markets)] if len(markets) > 1 else [])]
    missing = () if ELSEWHERE in markets else (f"prices of a second source: {asked.second}",)
    if len(means) < FEWEST:
        return no_answer(
            "Q1", f"{counted(len(means), 'version')} could run of {listed(tried)}", missing
        )
    fit = hac_regression(own, np.zeros((len(own), 0)))
    if fit is None or fit.alpha == 0.0:
        return no_answer("Q1", "the equity never moved, or for too few sessions", missing)
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
            f"{counted(len(outcomes), 'defensible version')} of it ({listed(tried)}) made "
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
        not_checked=missing,
    )


def _markets(asked: Asked) -> dict[str, Market | None]:
    """Return the prices to run on, by name; None is the subject's own market."""
    market = asked.subject.market
    markets: dict[str, Market | None] = {AS_CONFIGURED: None}
    if not asked.subject.config.data.adjusted and (
        market.long.dividend.any() or market.short.dividend.any()
    ):
        markets[IN_TOTAL] = total_return_prices(market)
    if not isinstance(asked.second, str):
        markets[ELSEWHERE] = asked.second
    return markets


def _prices_words(markets: Mapping[str, Market | None]) -> str:
    names = ["as configured"]
    names += ["in total returns"] if IN_TOTAL in markets else []
    names += ["from a second source"] if ELSEWHERE in markets else []
    return f"prices {either(names, 'or')}"


def _axes(config: RunConfig) -> Iterator[tuple[str, list[Choice]]]:
    """Yield each choice in words, and its versions."""
    rebalance, signal = config.rebalance, config.signal
    triggers: dict[Key, Any] = {("rebalance",): rebalance}
    if rebalance.kind == "any_of":
        triggers = {("rebalance", "of", k): each for k, each in enumerate(rebalance.of)}
    alike: dict[tuple[str, int], list[Key]] = {}
    for key, each in triggers.items():
        if isinstance(each, PeriodicRebalance) and each.kind != "daily":
            alike.setdefault((each.kind, each.every), []).append(key)
    for (kind, every), keys in alike.items():
        yield (
            _occasion_words(kind, every),
            [
                {(*key, name): value for key in keys for name, value in occasion.items()}
                for occasion in _occasions(kind, every)
            ],
        )
    if config.account.fill != "same_close":
        prints: list[Choice] = [{("account", "fill"): each} for each in ("next_open", "next_close")]
        yield "fill at the open or the close", prints
    if signal.kind == "correlation":
        kinds: list[Choice] = [{("signal", "zscore"): each} for each in ("expanding", "rolling")]
        yield "expanding or rolling z", kinds
    windows = {
        key: base
        for key, base in knobs(config)
        if key[0] in ("signal", "sizing") and key[-1] in WINDOWS
    }
    if windows:
        step = config.audit.neighbour_step
        moved: list[Choice] = [
            {key: max(2, round(base * factor)) for key, base in windows.items()}
            for factor in (1.0 - step, 1.0, 1.0 + step)
        ]
        yield f"windows -{step:.0%}, as they are or +{step:.0%}", moved


def _occasions(kind: str, every: int) -> list[Section]:
    """Return when one trigger could be due as well, as often as it is.

    A week has its five weekdays, and those are all its phases; a month its first and last session,
    or every fourth week in each of its four phases; a quarter the first or last session of each of
    its months. Every n-th period: the same in each of its phases.
    """
    if every == 1 and kind == "quarterly":
        third: Section = {"kind": "monthly", "every": MONTHS_A_QUARTER}
        return [{**third, "phase": k, "on": on} for k in range(MONTHS_A_QUARTER) for on in ENDS]
    days = WEEKDAYS if kind == "weekly" else ENDS
    count = min(every, MOST_PHASES)
    phases = [k * every // count for k in range(count)]
    own = [
        {"on": day} | ({"phase": phase} if every > 1 else {}) for phase in phases for day in days
    ]
    if every == 1 and kind == "monthly":
        fourth: Section = {"kind": "weekly", "every": WEEKS_A_MONTH, "on": "last"}
        own += [{**fourth, "phase": k} for k in range(WEEKS_A_MONTH)]
    return own


def _occasion_words(kind: str, every: int) -> str:
    if kind == "weekly":
        return "weekday of the rebalance" if every == 1 else "weekday and phase of the rebalance"
    if every > 1:
        return "first or last session and phase of the rebalance"
    if kind == "monthly":
        return "first or last session of the rebalance's month or every fourth week"
    return "month of the quarter and its first or last session of the rebalance"


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
