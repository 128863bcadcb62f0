"""How much of each leg. Volatilities, equity and closes in, weights and signed shares out."""

import math

_LIFT = 1.0 + 1e-12  # of a count of shares: 28.999999999999996 is 29
_DUST = 1e-6  # of a share of the day: less is no trade
_ROUNDING = 1e-12  # of a position of fractions: a change no larger is none


def inverse_vol_weight(vol_long: float, vol_short: float) -> float:
    """Return the long leg's share of gross exposure; the short leg's is one minus it.

    ``(1/s_long) / (1/s_long + 1/s_short)``: each leg then carries the same standalone risk.

    Parameters
    ----------
    vol_long, vol_short
        Sample sd of each leg's log returns, in the same unit; both must be positive.
    """
    if not (vol_long > 0.0 and vol_short > 0.0):
        raise ValueError(
            f"inverse_vol_weight: volatilities were {vol_long}, {vol_short}; expected both > 0"
        )
    return (1.0 / vol_long) / (1.0 / vol_long + 1.0 / vol_short)


def dollar_neutral_weight() -> float:
    """Return the long leg's share of gross exposure when both legs hold equal dollars."""
    return 0.5


def hedged_weight(short_per_long: float) -> float:
    """Return the long leg's share of gross where short over long dollars are ``short_per_long``.

    ``1 / (1 + h)``: a beta, or a multiple of the equal hedge; it must be positive.
    """
    if not short_per_long > 0.0:
        raise ValueError(f"hedged_weight: short per long was {short_per_long}; expected > 0")
    return 1.0 / (1.0 + short_per_long)


def beta(covariance: float, vol_short: float) -> float:
    """Return the slope of the long leg's returns on the short leg's, by least squares.

    ``covariance / vol_short ** 2``, sample statistics (ddof 1) over the same sessions; NaN where
    the short leg did not move.
    """
    return covariance / (vol_short * vol_short) if vol_short > 0.0 else math.nan


def pair_volatility(
    long_weight: float, vol_long: float, vol_short: float, covariance: float
) -> float:
    """Return the sd a session of the pair at a gross of 1, with the weights of *t*.

    ``sqrt(w^2 s_L^2 + (1-w)^2 s_S^2 - 2 w (1-w) cov)``: what today's book would have varied by over
    the window (Markowitz, 1952). Rounding below zero counts as 0.
    """
    short_weight = 1.0 - long_weight
    long_sd, short_sd = long_weight * vol_long, short_weight * vol_short
    variance = (
        long_sd * long_sd + short_sd * short_sd - 2.0 * long_weight * short_weight * covariance
    )
    return variance if math.isnan(variance) else math.sqrt(max(variance, 0.0))


def vol_target_gross(
    vol_target: float, pair_vol: float, sessions_a_year: int, multiple: float, max_gross: float
) -> float:
    """Return the gross that gives the pair its target: leverage rises as volatility falls.

    ``min(multiple * target / (pair_vol * sqrt(sessions_a_year)), max_gross)``.

    Parameters
    ----------
    vol_target
        A year, a fraction.
    pair_vol
        A session, at a gross of 1; positive.
    multiple
        Of the target, from the sizing; 1 where it has none.
    """
    if not pair_vol > 0.0:
        raise ValueError(f"vol_target_gross: pair volatility was {pair_vol}; expected > 0")
    return min(multiple * vol_target / (pair_vol * math.sqrt(sessions_a_year)), max_gross)


def target_shares(
    weight: float,
    gross: float,
    equity: float,
    close: float,
    later_splits: float,
    fractional: bool,
) -> float:
    """Return the unsigned shares that put ``weight * gross * equity`` dollars into a leg.

    Cut by `cut_shares`. Decided with the equity and the close of *t*; the fill at *t+1* is at
    another price.
    """
    return cut_shares(weight * gross * equity / close, later_splits, fractional)


def cut_shares(shares: float, later_splits: float, fractional: bool) -> float:
    """Return signed split-adjusted shares cut to whole shares of the day, toward zero.

    ``trunc(shares / later_splits) * later_splits``; as they are when ``fractional``. Nothing else
    in the program rounds shares.

    Parameters
    ----------
    later_splits
        Product of the split ratios after the day: ``shares / later_splits`` were traded then.
    """
    if fractional:
        return shares
    count = abs(shares) / later_splits * _LIFT
    whole = (count - count % 1.0) * later_splits  # math.trunc, compiled, overflows at 2**63
    return whole if shares >= 0.0 else 0.0 - whole


def shares_to_trade(target: float, held: float, later_splits: float, fractional: bool) -> float:
    """Return the signed shares from ``held`` to ``target``; 0 where only rounding parts them.

    Sums of multiples of a split ratio differ in their last bits, and so does a target of fractions
    that is worked out anew from the same number of shares: that is no order.
    """
    change = target - held
    if fractional:
        return 0.0 if abs(change) <= _ROUNDING * max(abs(target), abs(held)) else change
    return 0.0 if abs(change) < _DUST * later_splits else change


def part_taken(shares: float, takes: float, later_splits: float, fractional: bool) -> float:
    """Return what a session that takes a share of an order fills of it, whole shares of the day.

    All of it where what is left would be rounding.

    Parameters
    ----------
    takes
        Share of the order, in [0, 1].
    """
    part = cut_shares(shares * takes, later_splits, fractional)
    return part if shares_to_trade(shares, part, later_splits, fractional) != 0.0 else shares
