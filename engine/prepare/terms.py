"""What a run asks, as numbers. A configuration and its price lists in, `Terms` out."""

import math
from collections.abc import Sequence

from configs.costs import CostsConfig
from configs.schema import RunConfig
from engine.body.terms import MOST_LISTS, MOST_TIERS, Commission, CostTerms, Terms
from engine.costs.tariffs import Tariffs, TieredList
from strategies.decide import rules_of


def terms_of(config: RunConfig, tariffs: Tariffs, warm_from: int, lag: int = 0) -> Terms:
    """Return the terms of a run.

    Parameters
    ----------
    warm_from
        First session, counted from 1, on which an entry can be decided.
    lag
        Sessions that orders of the strategy wait beyond the next one.
    """
    return Terms(
        rules=rules_of(config, warm_from, lag),
        costs=_cost_terms(config, tariffs),
        cash=config.account.cash,
        fills_at_open=int(config.account.fill == "next_open"),
        fills_at_once=int(config.account.fill == "same_close"),
    )


def _cost_terms(config: RunConfig, tariffs: Tariffs) -> CostTerms:
    costs, pair = config.costs, config.pair
    asked = CostTerms(open_multiplier=costs.spread.open_multiplier)
    _ask_commission(asked, costs, tariffs)
    if costs.spread.kind == "cents":
        asked.is_cents = 1
        asked.quote_long = costs.spread.cents(pair.long)
        asked.quote_short = costs.spread.cents(pair.short)
    else:
        asked.tick_usd = costs.spread.tick_usd
        asked.quote_long, asked.quote_short = (
            costs.spread.bps(pair.long),
            costs.spread.bps(pair.short),
        )
    if costs.impact.kind == "square_root":
        asked.impact_y = costs.impact.y
        asked.participation_cap = _most(costs.impact.participation_cap)
    if costs.interest.kind != "none":
        asked.has_interest = 1
        asked.credit_below = costs.interest.credit_below
        asked.debit_above = costs.interest.debit_above
        asked.rebate_below = costs.interest.rebate_below
        asked.rebate_free_usd = costs.interest.rebate_free_usd
    return asked


def _ask_commission(asked: CostTerms, costs: CostsConfig, tariffs: Tariffs) -> None:
    chosen = costs.commission
    asked.commission = Commission[chosen.kind.upper()]
    if chosen.kind == "bps":
        asked.commission_rate = chosen.bps
    elif chosen.kind == "per_share":
        asked.commission_rate = chosen.per_share_usd
    elif chosen.kind == "per_order":
        asked.commission_rate = chosen.usd
    if chosen.kind in ("bps", "per_share"):
        asked.commission_min = chosen.min_usd
        asked.commission_max = _most(chosen.max_usd)
    if chosen.kind == "ibkr_tiered":
        asked.tier_ends = _tiers([each.tier_ends for each in in_order(tariffs)], math.inf)
        asked.tier_usd = _tiers([each.tier_usd for each in in_order(tariffs)], 0.0)


def _most(limit: float | None) -> float:
    """Return infinity for a limit that is not asked."""
    return math.inf if limit is None else limit


def in_order(tariffs: Tariffs) -> list[TieredList]:
    """Return the tiered lists by date: a session names its own by place."""
    return sorted(tariffs.ibkr_tiered, key=lambda each: each.since)


def _tiers(lists: Sequence[Sequence[float]], beyond: float) -> tuple[float, ...]:
    """Return every list's tiers, each padded to `MOST_TIERS`, behind each other."""
    padded = [[*own, *[beyond] * (MOST_TIERS - len(own))] for own in lists]
    padded += [[beyond] * MOST_TIERS] * (MOST_LISTS - len(lists))
    return tuple(value for own in padded for value in own)
