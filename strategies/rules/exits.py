"""When a trade ends. What is known at the close in, the reason (or None) out."""


def is_stopped_out(pnl_usd: float, entry_notional_usd: float, stop_loss: float) -> bool:
    """Return whether the pair has lost ``stop_loss`` of its entry gross notional.

    ``pnl_usd`` is after costs, from the equity at which the entry was decided: of the two readings
    of "loss" we take the worse one.
    """
    return pnl_usd <= -stop_loss * entry_notional_usd


def is_trailed_out(
    pnl_usd: float, best_pnl_usd: float, entry_notional_usd: float, trailing_stop: float
) -> bool:
    """Return whether P&L is ``trailing_stop`` of the entry notional below its best close.

    ``best_pnl_usd`` is at least 0: the stop trails from the entry on.
    """
    return pnl_usd <= best_pnl_usd - trailing_stop * entry_notional_usd


def has_taken_profit(pnl_usd: float, entry_notional_usd: float, take_profit: float) -> bool:
    """Return whether P&L after costs has reached ``take_profit`` of the entry notional."""
    return pnl_usd >= take_profit * entry_notional_usd


def exit_reason(
    *,
    sessions_held: int,
    z: float,
    pnl_usd: float,
    best_pnl_usd: float = 0.0,
    entry_notional_usd: float,
    holding_sessions: int | None = None,
    z_above: float | None = None,
    stop_loss: float | None = None,
    trailing_stop: float | None = None,
    take_profit: float | None = None,
    must_be_flat: bool = False,
    thesis: str | None = None,
) -> str | None:
    """Return why to leave at the close of *t*, or None; filled at *t+1*.

    When several hold the worse outcome names the exit: losses first, then a broken thesis, then
    what the calendar or the signal ask, profit last.

    Parameters
    ----------
    sessions_held
        Closes at which the pair was held, the entry fill's session being the first.
    z
        Correlation z-score at *t*; NaN (no z) is never above a level.
    pnl_usd, best_pnl_usd
        After costs, since the entry was decided: now, and the best at a close (at least 0).
    must_be_flat
        Whether the night after *t+1* is one to hold nothing over.
    thesis
        What broke the trade's thesis at *t*, if anything (see ``strategies.rules.thesis``).
    """
    if stop_loss is not None and is_stopped_out(pnl_usd, entry_notional_usd, stop_loss):
        return "stop_loss"
    if trailing_stop is not None and is_trailed_out(
        pnl_usd, best_pnl_usd, entry_notional_usd, trailing_stop
    ):
        return "trailing_stop"
    if thesis is not None:
        return thesis
    if must_be_flat:
        return "flat_over"
    if z_above is not None and z > z_above:
        return "z_above"
    if holding_sessions is not None and sessions_held >= holding_sessions:
        return "holding_sessions"
    if take_profit is not None and has_taken_profit(pnl_usd, entry_notional_usd, take_profit):
        return "take_profit"
    return None
