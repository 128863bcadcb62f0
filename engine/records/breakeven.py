"""Break-evens. Sums of a finished run in, the cost at which its net P&L would have been zero out.

The fills are held fixed: at another cost the run would size a little differently.
"""

from engine.records.result import Breakeven


def breakeven_multiple(net_pnl: float, cost: float) -> float | None:
    """Return the multiple of one cost at which net P&L is zero: ``(net + cost) / cost``.

    Negative when even without that cost the run lost. None where the cost was nothing.
    """
    return None if cost == 0.0 else (net_pnl + cost) / cost


def breakevens(
    net_pnl: float, spread: float, borrow: float, traded_usd: float, borrowed_usd_years: float
) -> Breakeven:
    """Return the break-even spread and borrow of a run.

    Parameters
    ----------
    net_pnl, spread, borrow
        Dollars.
    traded_usd
        Notional of all fills.
    borrowed_usd_years
        Short market value at each night's mark times its days over 360, summed.

    Returns
    -------
    dict
        ``spread_multiple`` and ``borrow_multiple`` of what was charged; ``spread_bps``, the full
        quoted spread on every fill; ``borrow_rate``, the fee a year on every short. Negative where
        the run lost money without that cost, None where nothing was traded or borrowed.
    """
    return Breakeven(
        spread_multiple=breakeven_multiple(net_pnl, spread),
        spread_bps=None if traded_usd == 0.0 else (net_pnl + spread) / traded_usd * 2 * 10_000,
        borrow_multiple=breakeven_multiple(net_pnl, borrow),
        borrow_rate=(
            None if borrowed_usd_years == 0.0 else (net_pnl + borrow) / borrowed_usd_years
        ),
    )
