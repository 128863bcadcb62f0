"""Levels at which a trade ends. What is known at the close in, yes or no out."""


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
