"""How trades open, move and end in the book. Executed shares in, the tranches moved on out."""

from collections.abc import Sequence

from strategies.cost_columns import add, clear
from strategies.orders import changing, is_entering
from strategies.records import NONE, Book, LegHeld, Reason, Tranche, pnl_usd


def settle(book: Book, tranches: Sequence[Tranche], closed: Sequence[Tranche], day: int) -> None:
    """Move this session's shares into the tranches; open, close and finish what is complete.

    The marks of the book are the fill prices.
    """
    is_done, held = True, 0
    for place in range(changing(book)):
        tranche = tranches[place]
        if tranche.is_changing:
            entering = is_entering(book, tranche)
            trade(tranche.long, book.reason, entering)
            trade(tranche.short, book.reason, entering)
            if tranche.long.to_trade != 0.0 or tranche.short.to_trade != 0.0:
                is_done = False
            if entering:
                tranche.entry_notional_usd += (
                    abs(tranche.long.now) * book.long_mark
                    + abs(tranche.short.now) * book.short_mark
                )
                if tranche.entered == NONE:
                    tranche.entered = day
            elif tranche.long.shares == 0.0 and tranche.short.shares == 0.0:
                if tranche.exit_reason == Reason.NOTHING:  # a margin call that left nothing
                    tranche.exit_reason, tranche.exit_decided = book.reason, book.decided
                file_away(book, closed, tranche, day)
                continue
        if held != place:
            copy_tranche(tranche, tranches[held])
        held += 1
    book.held, book.opening = held, 0
    if is_done:
        book.reason = Reason.NOTHING


def trade(leg: LegHeld, reason: int, entering: bool) -> None:
    """Take this session's shares of an order.

    An entry's shares are the base, a rebalance leaves the base as it is, anything else reduces
    base and hedge in proportion.
    """
    leg.to_trade -= leg.now
    before = leg.shares
    leg.shares = before + leg.now
    if entering:
        leg.base = leg.shares
    elif reason != Reason.REBALANCE:
        leg.base = leg.base * (leg.shares / before) if before != 0.0 else 0.0


def file_away(book: Book, closed: Sequence[Tranche], tranche: Tranche, day: int) -> None:
    """Put a finished trade with the closed ones, where they are kept, and count it."""
    tranche.exited = day
    if len(closed) > 0:
        copy_tranche(tranche, closed[book.closed])
    book.closed += 1
    if pnl_usd(tranche) > 0.0:
        book.won += 1


def copy_tranche(source: Tranche, target: Tranche) -> None:
    """Write a tranche over another: compiled records are copied, never shared."""
    target.direction, target.half_life_at_entry = source.direction, source.half_life_at_entry
    target.decided, target.entered, target.exited = source.decided, source.entered, source.exited
    target.fit, target.entry_notional_usd = source.fit, source.entry_notional_usd
    target.sessions_held, target.best_pnl_usd = source.sessions_held, source.best_pnl_usd
    target.margin_at_entry = source.margin_at_entry
    target.quarter_at_entry = source.quarter_at_entry
    target.dividends, target.interest = source.dividends, source.interest
    clear(target)
    add(target, source)
    target.is_changing, target.leaving = source.is_changing, source.leaving
    target.exit_reason, target.exit_decided = source.exit_reason, source.exit_decided
    copy_leg(source.long, target.long)
    copy_leg(source.short, target.short)


def copy_leg(source: LegHeld, target: LegHeld) -> None:
    """Write one leg over another."""
    target.shares, target.base = source.shares, source.base
    target.pnl, target.hedge_pnl = source.pnl, source.hedge_pnl
    target.to_trade, target.now = source.to_trade, source.now


def mark_to(leg: LegHeld, move: float) -> float:
    """Book a price move of the shares held; return its dollars."""
    made = leg.shares * move
    leg.pnl += made
    leg.hedge_pnl += (leg.shares - leg.base) * move
    return made
