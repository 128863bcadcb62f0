"""How the trade's thesis breaks. Readings known at the close of *t* in, yes, no or the reason out.

Unknown readings (NaN) break nothing: what nobody can tell is no reason to leave, and the page says
that it could not be told.
"""

BPS = 10_000.0


def has_rolled_over(capex_growth: float, exit_below: float) -> bool:
    """Return whether the spenders' capex growth is strictly below the exit level."""
    return capex_growth < exit_below


def has_supplier_stalled(revenue_growth: float, below: float) -> bool:
    """Return whether the long company's quarter grew less over a year than asked."""
    return revenue_growth < below


def margin_change_bps(margin: float, at_entry: float) -> float:
    """Return the change of a margin since the entry, in basis points of revenue."""
    return (margin - at_entry) * BPS


def has_margin_held(
    quarters_since: float, change_bps: float, quarters: int, fall_bps: float
) -> bool:
    """Return whether the margin has had its quarters and has not fallen by ``fall_bps``.

    Parameters
    ----------
    quarters_since
        Quarters of which the margin became known since the entry was decided.
    change_bps
        Of the trailing gross margin since then; negative for a fall.
    """
    return quarters_since >= quarters and change_bps > -fall_bps


def is_vol_spike(close: float, before: float, level: float | None, jump: float | None) -> bool:
    """Return whether an index closes at or above a level, or rose by a fraction in the session.

    Parameters
    ----------
    close, before
        Closes of *t* and of the session before; NaN where the index has none.
    """
    if level is not None and close >= level:
        return True
    return jump is not None and before > 0.0 and close / before - 1.0 >= jump
