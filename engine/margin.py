"""Margin rules. Equity and exposures in dollars in, requirements and scales out.

Regulation T (12 CFR 220.12) asks 50 % of a new position on both sides; FINRA rule 4210 asks 25 % of
long and 30 % of short value to be kept. A house may ask a multiple of both.
"""

from dataclasses import dataclass


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


def to_cure(
    long_value: float,
    short_value: float,
    initial: float,
    rate_long: float,
    rate_short: float,
    house: float,
) -> float:
    """Return the equity a book needs once a margin call has been met, in dollars.

    ``max(initial * house * (long + short), maintenance)``: a book cut only to maintenance would be
    called again by the next tick, so it is cut to what could be opened; where a house asks more to
    keep a position than to open it, to that. Values unsigned.
    """
    opening = initial * house * (long_value + short_value)
    return max(opening, maintenance(long_value, short_value, rate_long, rate_short, house))


def kept_share(equity: float, required: float) -> float:
    """Return the share of a book that its equity allows: ``equity / required``, in [0, 1].

    Parameters
    ----------
    required
        What the whole book needs, in dollars (see `to_cure`).
    """
    if required <= max(equity, 0.0):
        return 1.0
    return max(equity / required, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginRules:
    """The account's margin rates, bound once."""

    initial: float
    maintenance_long: float
    maintenance_short: float
    house: float
    refuses: bool  # an order that does not fit is refused rather than scaled

    def scale(self, equity: float, long_value: float, short_value: float) -> float:
        """Return the share of a target book that initial margin allows."""
        return initial_scale(equity, long_value, short_value, self.initial, self.house)

    def kept(self, equity: float, long_value: float, short_value: float) -> float:
        """Return the share of the held book that survives a margin check at the close.

        1 while maintenance is met.
        """
        required = maintenance(
            long_value, short_value, self.maintenance_long, self.maintenance_short, self.house
        )
        if equity >= required:
            return 1.0
        return kept_share(equity, self.to_cure(long_value, short_value))

    def to_cure(self, long_value: float, short_value: float) -> float:
        """Return the equity a book needs once a margin call has been met, in dollars."""
        return to_cure(
            long_value,
            short_value,
            self.initial,
            self.maintenance_long,
            self.maintenance_short,
            self.house,
        )
