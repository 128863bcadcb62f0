"""When a trade ends. What is known at the close in, the reason (or None) out."""


def is_stopped_out(pnl_usd: float, entry_notional_usd: float, stop_loss: float) -> bool:
    """Return whether the pair has lost ``stop_loss`` of its entry gross notional.

    ``pnl_usd`` is after costs, from the equity at which the entry was decided: of the two readings
    of "loss" we take the worse one.
    """
    return pnl_usd <= -stop_loss * entry_notional_usd


def exit_reason(
    *,
    sessions_held: int,
    z: float,
    pnl_usd: float,
    entry_notional_usd: float,
    holding_sessions: int | None,
    z_above: float | None,
    stop_loss: float | None,
) -> str | None:
    """Return why to leave at the close of *t*, or None; filled at *t+1*.

    When several hold the worse outcome names the exit: stop loss, then signal, then time.

    Parameters
    ----------
    sessions_held
        Closes at which the pair was held, the entry fill's session being the first.
    z
        Correlation z-score at *t*; NaN (no z) is never above a level.
    """
    if stop_loss is not None and is_stopped_out(pnl_usd, entry_notional_usd, stop_loss):
        return "stop_loss"
    if z_above is not None and z > z_above:
        return "z_above"
    if holding_sessions is not None and sessions_held >= holding_sessions:
        return "holding_sessions"
    return None
