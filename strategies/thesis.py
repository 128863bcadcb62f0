"""How a trade's thesis breaks. The configured breaks and a close in, what broke out."""

import math
from dataclasses import dataclass

from configs.thesis import ThesisConfig
from strategies.records import NONE, Reason, Today, Tranche, pnl_usd
from strategies.rules import exits as levels
from strategies.rules import thesis as rules


@dataclass(slots=True)
class ThesisRules:
    """Levels of ``exits.thesis``; NaN or `NONE` for a break that is not asked."""

    rollover_below: float = math.nan
    stalls_below: float = math.nan
    margin_quarters: int = NONE
    margin_bps: float = math.nan
    stop_loss: float = math.nan
    trailing_stop: float = math.nan


def thesis_rules(config: ThesisConfig | None) -> ThesisRules:
    """Return the levels of the configured section."""
    asked = ThesisRules()
    if config is None:
        return asked
    if config.capex_rollover is not None:
        asked.rollover_below = config.capex_rollover.exit_below
    if config.supplier_stalls is not None:
        asked.stalls_below = config.supplier_stalls.below
    if config.margin_holds is not None:
        asked.margin_quarters = config.margin_holds.quarters
        asked.margin_bps = config.margin_holds.bps
    if config.price is not None:
        asked.stop_loss = or_nan(config.price.stop_loss)
        asked.trailing_stop = or_nan(config.price.trailing_stop)
    return asked


def or_nan(value: float | None) -> float:
    """Return NaN, above or below which nothing is, for a level that is not asked."""
    return math.nan if value is None else value


def broken(asked: ThesisRules, today: Today) -> int:
    """Return the first break that holds at this close whatever is held; it bars entries too."""
    if today.vol_spike:
        return Reason.VOL_SPIKE
    if rules.has_rolled_over(today.capex_growth, asked.rollover_below):
        return Reason.CAPEX_ROLLOVER
    if rules.has_supplier_stalled(today.revenue_growth_long, asked.stalls_below):
        return Reason.SUPPLIER_STALLS
    return Reason.NOTHING


def thesis_reason(asked: ThesisRules, today: Today, tranche: Tranche) -> int:
    """Return what breaks the thesis of a held trade at this close, losses first."""
    pnl, notional = pnl_usd(tranche), tranche.entry_notional_usd
    if levels.is_stopped_out(pnl, notional, asked.stop_loss):
        return Reason.PRICE_STOP
    if levels.is_trailed_out(pnl, tranche.best_pnl_usd, notional, asked.trailing_stop):
        return Reason.PRICE_TRAIL
    reason = broken(asked, today)
    if reason != Reason.NOTHING:
        return reason
    if asked.margin_quarters >= 0 and rules.has_margin_held(
        today.margin_quarter - tranche.quarter_at_entry,
        rules.margin_change_bps(today.gross_margin_short, tranche.margin_at_entry),
        asked.margin_quarters,
        asked.margin_bps,
    ):
        return Reason.MARGIN_HOLDS
    return Reason.NOTHING
