"""Margin rules. Equity and exposures in dollars in, requirements and scales out.

Regulation T (12 CFR 220.12) asks 50 % of a new position on both sides; FINRA rule 4210 asks 25 % of
long and 30 % of short value to be kept. A house may ask a multiple of both.
"""


def initial_scale(
    equity: float, long_value: float, short_value: float, initial: float, house: float
) -> float:
    """Return the share of a target that fits: ``min(1, equity / requirement)``.

    ``requirement = initial * house * (long + short)``, values unsigned at the deciding close.
    """
    requirement = initial * house * (long_value + short_value)
    if requirement <= max(equity, 0.0):
        return 1.0
    return max(equity / requirement, 0.0)


def maintenance(
    long_value: float, short_value: float, rate_long: float, rate_short: float, house: float
) -> float:
    """Return the equity that must be kept, in dollars; values unsigned at the close."""
    return (rate_long * long_value + rate_short * short_value) * house


def kept_share(equity: float, requirement: float, initial: float, gross: float) -> float:
    """Return the share of the book kept after a margin call: what initial margin would allow.

    ``equity / (initial * gross)``, in [0, 1): a book cut only to maintenance would be called again
    by the next tick, so it is cut to what could be opened. 1 while maintenance is met.

    Parameters
    ----------
    requirement
        Maintenance in dollars.
    initial
        Initial rate, house multiple included.
    gross
        Long plus short value, unsigned.
    """
    if equity >= requirement:
        return 1.0
    return min(max(equity / (initial * gross), 0.0), 1.0)
