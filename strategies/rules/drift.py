"""How far the hedge has moved. Values and ratios in, relative drifts (fractions >= 0) out."""

import math


def leg_drift(long_value: float, short_value: float, long_weight: float) -> float:
    """Return how far the leg ratio is off its target: ``|(long/short) / (w/(1-w)) - 1|``.

    Parameters
    ----------
    long_value, short_value
        Unsigned dollars at the close of *t*. A leg without any is infinitely far off.
    long_weight
        The long leg's target share of gross at the close of *t*, in (0, 1).
    """
    if long_value <= 0.0 or short_value <= 0.0:
        return math.inf
    return abs(long_value / short_value / (long_weight / (1.0 - long_weight)) - 1.0)


def ratio_drift(ratio: float, at_sizing: float) -> float:
    """Return ``|ratio / ratio at the last sizing - 1|``: the article's drift of the vol ratio.

    NaN while either is unknown, which is above no threshold. From a ratio of 0 (a leg that did not
    move) any other is infinitely far.
    """
    if at_sizing == 0.0:
        return math.inf if ratio > 0.0 else 0.0
    return abs(ratio / at_sizing - 1.0)
