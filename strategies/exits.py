"""When a trade ends. The exits section and a close in, the reason to leave out.

When several hold the worse outcome names the exit: losses first, then a broken thesis, then what
the calendar or the signal ask, profit last.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from configs.schema import RunConfig
from configs.spread import SpreadSignal
from strategies.orders import may_exit
from strategies.records import NONE, Book, Reason, Today, Tranche, pnl_usd
from strategies.rules import exits as rules
from strategies.thesis import ThesisRules, or_nan, thesis_reason, thesis_rules


@dataclass(slots=True)
class ExitRules:
    """Levels of the section; NaN or `NONE` for what is not asked."""

    holding_sessions: int = NONE
    z_above: float = math.nan
    stop_loss: float = math.nan
    trailing_stop: float = math.nan
    take_profit: float = math.nan
    z_side: int = 1  # -1 where z is low while the pair's short leg is cheap
    exit_at: float = math.nan
    z_stop: float = math.nan
    half_lives: float = math.nan
    leaves_flipped: int = 0  # a hedge ratio that is not positive ends the trade
    thesis: ThesisRules = field(default_factory=ThesisRules)


def exit_rules(run: RunConfig) -> ExitRules:
    """Return the levels of the configured section, and those of a spread's signal."""
    config, signal = run.exits, run.signal
    asked = ExitRules(
        holding_sessions=NONE if config.holding_sessions is None else config.holding_sessions,
        z_above=or_nan(config.z_above),
        stop_loss=or_nan(config.stop_loss),
        trailing_stop=or_nan(config.trailing_stop),
        take_profit=or_nan(config.take_profit),
        thesis=thesis_rules(config.thesis),
    )
    if isinstance(signal, SpreadSignal):
        asked.z_side = 1 if signal.y in (None, run.pair.long) else -1
        asked.exit_at, asked.leaves_flipped = signal.exit_at, int(not signal.any_hedge)
        asked.z_stop, asked.half_lives = or_nan(config.z_stop), or_nan(config.half_lives)
    return asked


def reason_to_leave(asked: ExitRules, today: Today, tranche: Tranche) -> int:
    """Return why a tranche ends at the close of *t* (filled at *t+1*), or NOTHING.

    A level that is not asked is NaN, and nothing is beyond it; so is a z that is not known.
    """
    pnl, notional = pnl_usd(tranche), tranche.entry_notional_usd
    if rules.is_stopped_out(pnl, notional, asked.stop_loss):
        return Reason.STOP_LOSS
    if rules.is_trailed_out(pnl, tranche.best_pnl_usd, notional, asked.trailing_stop):
        return Reason.TRAILING_STOP
    broken = thesis_reason(asked.thesis, today, tranche)
    if broken != Reason.NOTHING:
        return broken
    away = float(asked.z_side * tranche.direction) * today.z  # negative on the losing side
    if away <= -asked.z_stop:
        return Reason.Z_STOP
    if asked.leaves_flipped and today.hedge_ratio <= 0.0:
        return Reason.HEDGE_FLIPPED
    if today.flat_due:
        return Reason.FLAT_OVER
    if today.z > asked.z_above:
        return Reason.Z_ABOVE
    if away >= -asked.exit_at:
        return Reason.Z_BACK
    if tranche.sessions_held >= asked.half_lives * tranche.half_life_at_entry:
        return Reason.HALF_LIVES
    if 0 <= asked.holding_sessions <= tranche.sessions_held:
        return Reason.HOLDING_SESSIONS
    if rules.has_taken_profit(pnl, notional, asked.take_profit):
        return Reason.TAKE_PROFIT
    return Reason.NOTHING


def find_leaving(asked: ExitRules, today: Today, book: Book, tranches: Sequence[Tranche]) -> None:
    """Note with each held tranche whether it leaves at this close; none while an exit is worked."""
    free = may_exit(book)
    for place in range(book.held):
        tranche = tranches[place]
        tranche.leaving = reason_to_leave(asked, today, tranche) if free else 0
