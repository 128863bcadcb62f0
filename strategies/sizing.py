"""How much of each leg. The sizing section and a close in, weights, gross and shares out.

Everything is known at the close of *t*; the fill at *t+1* is at another price.
"""

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from configs.sizing import CapexIntensitySizing, HedgeRatioSizing, LinearSizing, Sizing
from strategies.records import Bar, Book, Outcome, Today, array_of, leaves, objects_of
from strategies.rules import sizing as rules
from strategies.rules.rolling import Floats, rolling_covariance

SESSIONS_A_YEAR = 252


class SizeBy(enum.IntEnum):
    """What decides the legs' weights, or scales the gross."""

    INVERSE_VOL = 0
    DOLLAR_NEUTRAL = 1
    BETA_NEUTRAL = 2
    CAPEX_GROSS = 3
    CAPEX_HEDGE = 4
    HEDGE_RATIO = 5
    LINEAR = 6


@dataclass(slots=True)
class SizingRules:
    """The sizing section, and the share of it that one trade gets."""

    size_by: int = 0
    share: float = 1.0
    gross: float = 1.0
    has_vol_target: int = 0
    vol_target: float = 0.0
    max_gross: float = 2.0
    min_multiple: float = 0.0
    max_multiple: float = math.inf
    max_units: float = math.inf  # of a linear sizing
    long_shares: float = math.nan  # of a unit that is a number of shares of y, the long leg
    short_shares: float = math.nan  # the same, where y is the short leg
    any_hedge: int = 0  # a replication's: legs on one side, or one leg alone, are ordered too
    fractional: int = 0


def sizing_rules(
    config: Sizing,
    share: float,
    *,
    fractional: bool,
    any_hedge: bool = False,
    y_is_long: bool = True,
) -> SizingRules:
    """Return the numbers of the configured section.

    Parameters
    ----------
    share
        Of the gross that one trade gets: 1, or a tranche's own.
    any_hedge
        Whether legs on one side, or one alone, are ordered where the hedge ratio asks for them.
    y_is_long
        Whether the spread's first leg is the pair's long one.
    """
    asked = SizingRules(share=share, gross=config.gross, max_gross=config.max_gross)
    asked.fractional, asked.any_hedge = int(fractional), int(any_hedge)
    if config.vol_target is not None:
        asked.has_vol_target, asked.vol_target = 1, config.vol_target
    if isinstance(config, CapexIntensitySizing):
        asked.size_by = SizeBy.CAPEX_GROSS if config.scales == "gross" else SizeBy.CAPEX_HEDGE
        asked.min_multiple, asked.max_multiple = config.min_multiple, config.max_multiple
    else:
        asked.size_by = SizeBy[config.kind.upper()]
    if isinstance(config, LinearSizing):
        asked.max_units = config.cap
    if isinstance(config, HedgeRatioSizing | LinearSizing) and config.shares is not None:
        if y_is_long:
            asked.long_shares = config.shares
        else:
            asked.short_shares = config.shares
    return asked


def needs_covariance(config: Sizing) -> bool:
    """Return whether a sizing looks at how the legs move together."""
    return config.kind == "beta_neutral" or config.vol_target is not None


def sizing_lines(
    config: Sizing, long_returns: Floats, short_returns: Floats, vol_short: Floats
) -> dict[str, Floats]:
    """Return the lines that a sizing reads beside each leg's volatility, shape (n,).

    Known at each close, NaN before warm. A line of a name that ``Today`` has reaches the decision.
    """
    lines: dict[str, Floats] = {}
    if needs_covariance(config):
        lines["covariance"] = rolling_covariance(long_returns, short_returns, config.window)
    if config.kind == "beta_neutral":
        pairs = zip(lines["covariance"], vol_short, strict=True)
        lines["beta"] = np.array([rules.beta(both, short) for both, short in pairs])
    return lines


def warmup_sessions(config: Sizing) -> int:
    """Return the first session, counted from 1, on which prices can size the pair."""
    if config.kind == "inverse_vol" or needs_covariance(config):
        return config.window + 1
    return 1


def is_by_capex(asked: SizingRules) -> bool:
    """Return whether a multiple from company reports scales the size."""
    return asked.size_by == SizeBy.CAPEX_GROSS or asked.size_by == SizeBy.CAPEX_HEDGE


def is_sizable(asked: SizingRules, today: Today) -> bool:
    """Return whether everything the sizing looks at is known and usable at this close."""
    if asked.size_by == SizeBy.INVERSE_VOL:
        if not (today.vol_long > 0.0 and today.vol_short > 0.0):
            return False
    elif asked.size_by == SizeBy.BETA_NEUTRAL:
        if not today.beta > 0.0:
            return False
    elif by_hedge(asked):
        if not is_pair(today) and not (asked.any_hedge and today.hedge_weight >= 0.0):
            return False
        if asked.size_by == SizeBy.LINEAR and not abs(today.z) > 0.0:
            return False
    elif is_by_capex(asked) and math.isnan(today.size_multiple):
        return False
    return not asked.has_vol_target or pair_volatility(asked, today) > 0.0


def is_pair(today: Today) -> bool:
    """Return whether the hedge ratio asks for one leg long and the other one short."""
    return today.hedge_ratio > 0.0 and today.hedge_weight > 0.0 and today.hedge_weight < 1.0


def by_hedge(asked: SizingRules) -> bool:
    """Return whether the legs stand in the ratio of the spread's hedge."""
    return asked.size_by == SizeBy.HEDGE_RATIO or asked.size_by == SizeBy.LINEAR


def long_weight(asked: SizingRules, today: Today) -> float:
    """Return the long leg's share of gross exposure at this close."""
    if by_hedge(asked):
        return today.hedge_weight
    if asked.size_by == SizeBy.INVERSE_VOL:
        return rules.inverse_vol_weight(today.vol_long, today.vol_short)
    if asked.size_by == SizeBy.BETA_NEUTRAL:
        return rules.hedged_weight(today.beta)
    if asked.size_by == SizeBy.CAPEX_HEDGE:
        return rules.hedged_weight(today.size_multiple)
    return rules.dollar_neutral_weight()


def pair_volatility(asked: SizingRules, today: Today) -> float:
    """Return the sd a session at a gross of 1; NaN while unknown."""
    return rules.pair_volatility(
        long_weight(asked, today), today.vol_long, today.vol_short, today.covariance
    )


def gross_exposure(asked: SizingRules, today: Today, equity: float) -> float:
    """Return one trade's gross exposure at this close, as a multiple of equity.

    A unit of shares is worth the dollars of its y over y's share of gross.
    """
    multiple = today.size_multiple if asked.size_by == SizeBy.CAPEX_GROSS else 1.0
    if asked.size_by == SizeBy.LINEAR:
        multiple = min(abs(today.z), asked.max_units)
    if asked.long_shares > 0.0:
        unit = asked.long_shares * today.long.close / today.hedge_weight
        return unit * multiple * asked.share / equity
    if asked.short_shares > 0.0:
        unit = asked.short_shares * today.short.close / (1.0 - today.hedge_weight)
        return unit * multiple * asked.share / equity
    if not asked.has_vol_target:
        return asked.gross * multiple * asked.share
    return asked.share * rules.vol_target_gross(
        asked.vol_target, pair_volatility(asked, today), SESSIONS_A_YEAR, multiple, asked.max_gross
    )


def is_clipped(asked: SizingRules, today: Today) -> bool:
    """Return whether the multiple of the size lies outside the bounds it is held at."""
    if not is_by_capex(asked):
        return False
    wanted = today.intensity / today.intensity_reference
    return not asked.min_multiple <= wanted <= asked.max_multiple


def weight_line(config: Sizing, lines: Mapping[str, Floats], count: int) -> Floats:
    """Return the long leg's share of gross at each close, shape (n,); NaN where it is unknown.

    Parameters
    ----------
    lines
        The signal lines by name; those that a sizing does not read are passed over.
    """
    asked = sizing_rules(config, 1.0, fractional=False)
    known = {name: line for name, line in lines.items() if name in leaves(Today)}
    days = objects_of(Today, array_of(Today, known, count))
    return np.array(
        [long_weight(asked, day) if is_sizable(asked, day) else math.nan for day in days]
    )


def targets(
    asked: SizingRules,
    today: Today,
    book: Book,
    outcome: Outcome,
    fit: float,
    direction: int,
    too_small: int,
    clipped: int,
    capped: int,
) -> tuple[float, float]:
    """Return the signed target shares of one trade; 0 and 0 where a leg would get none.

    With a negative hedge ratio, where one is traded, both legs are on one side.

    A target of no shares in a leg would leave a naked book: then nothing is ordered, and the
    session is noted.

    Parameters
    ----------
    fit
        Share of the target that initial margin allowed at the trade's entry.
    direction
        +1 to buy the long leg, -1 to sell it.
    too_small, clipped, capped
        The note bits of whoever asks: an entry or a rebalance.
    """
    weight, gross = long_weight(asked, today), gross_exposure(asked, today, book.equity)
    long = leg_target(asked, today.long, weight, gross * fit, book.equity)
    short = leg_target(asked, today.short, 1.0 - weight, gross * fit, book.equity)
    if (long == 0.0 or short == 0.0) and not (asked.any_hedge and long + short > 0.0):
        outcome.notes |= too_small
        return 0.0, 0.0
    if is_clipped(asked, today):
        outcome.notes |= clipped
    if asked.has_vol_target and gross == asked.share * asked.max_gross:
        outcome.notes |= capped
    if by_hedge(asked) and today.hedge_ratio < 0.0:
        short = -short
    return (long, -short) if direction > 0 else (-long, short)


def leg_target(asked: SizingRules, bar: Bar, weight: float, gross: float, equity: float) -> float:
    """Return the unsigned target shares of one leg, whole as traded unless fractions may."""
    return rules.target_shares(
        weight, gross, equity, bar.close, bar.later_splits, asked.fractional != 0
    )
