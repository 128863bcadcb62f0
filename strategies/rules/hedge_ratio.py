"""How much of one leg moves with the other. Two price lines in, a hedge ratio at each close out.

``y = a + h x + e``: long the spread is long one ``y`` and short ``h`` of ``x``. The lines may be
prices or log prices. Every value at *t* uses both lines up to and including *t*; NaN before it is
warm and where ``x`` did not move. Where no intercept is asked ``a`` is 0 throughout.
"""

import math

import numpy as np

from strategies.rules.rolling import Floats

BLOCK = 16_384  # values of a line's windows that are worked on at once


def fixed_hedge(y: Floats, ratio: float) -> Floats:
    """Return a ratio that somebody else found, at every close, shape (n,)."""
    return np.full(len(y), ratio)


def expanding_ols(
    y: Floats, x: Floats, min_sessions: int, intercept: bool
) -> tuple[Floats, Floats]:
    """Return slope and intercept of ``y`` on ``x`` over all sessions so far, each of shape (n,).

    Least squares by the recursions of Welford (1962) for means and products of deviations; the
    regression through the origin has no means. NaN until ``min_sessions`` sessions are known.
    """
    ratio, constant = np.full(len(y), math.nan), np.full(len(y), math.nan)
    mean_x = mean_y = products = squares = 0.0
    for t, (a, b) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        step = a - mean_x
        if intercept:
            mean_x += step / (t + 1)
            mean_y += (b - mean_y) / (t + 1)
        squares += step * (a - mean_x)
        products += step * (b - mean_y)
        if t + 1 >= max(min_sessions, 2) and squares > 0.0:
            ratio[t] = products / squares
            constant[t] = mean_y - ratio[t] * mean_x
    return ratio, constant


def rolling_ols(y: Floats, x: Floats, window: int, intercept: bool) -> tuple[Floats, Floats]:
    """Return slope and intercept of ``y`` on ``x`` over the last ``window`` sessions.

    Each of shape (n,). Both lines are taken from their first value in the window, so that a leg
    that did not move is found exactly. Windows go in blocks that a processor's cache holds.
    """
    ratio, constant = np.full(len(y), math.nan), np.full(len(y), math.nan)
    block = max(BLOCK // window, 1)
    for begin in range(0, len(y) - window + 1, block):
        end = min(begin + block, len(y) - window + 1)
        part = slice(begin, end + window - 1)
        held = slice(begin + window - 1, end + window - 1)
        ratio[held], constant[held] = _ols_of_windows(y[part], x[part], window, intercept)
    return ratio, constant


def _ols_of_windows(y: Floats, x: Floats, window: int, intercept: bool) -> tuple[Floats, Floats]:
    """Return slope and intercept of every run of ``window`` sessions."""
    a, b = _windows(x, window), _windows(y, window)
    if intercept:
        first_x, first_y = x[: len(a)], y[: len(b)]
        a, b = a - first_x[:, None], b - first_y[:, None]
        sum_x, sum_y = a.sum(axis=1), b.sum(axis=1)
        squares = (a * a).sum(axis=1) - sum_x * sum_x / window
        products = (a * b).sum(axis=1) - sum_x * sum_y / window
        moved = (a != 0.0).any(axis=1) & (squares > 0.0)
        shift_x, shift_y = first_x + sum_x / window, first_y + sum_y / window
    else:
        squares, products = (a * a).sum(axis=1), (a * b).sum(axis=1)
        moved, shift_x, shift_y = squares > 0.0, 0.0, 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(moved, products / squares, math.nan)
    return slope, shift_y - slope * shift_x


def formation_ols(
    y: Floats, x: Floats, sessions: int, every: int, intercept: bool
) -> tuple[Floats, Floats]:
    """Return slope and intercept of ``y`` on ``x`` over the last formation window that is over.

    Each of shape (n,). The first window is the first ``sessions`` of the data, another ends each
    ``every`` sessions after it; a window's estimate holds from the session after its last one to
    the end of the next one.
    """
    ratio, constant = np.full(len(y), math.nan), np.full(len(y), math.nan)
    for end in range(sessions, len(y), every):
        window = slice(end - sessions, end)
        slope, level = rolling_ols(y[window], x[window], sessions, intercept)
        ratio[end : end + every] = slope[-1]
        constant[end : end + every] = level[-1]
    return ratio, constant


def kalman_hedge(
    y: Floats, x: Floats, delta: float, observation_variance: float, intercept: bool
) -> tuple[Floats, Floats]:
    """Return what a Kalman filter of ``y`` on ``(x, 1)`` makes of each session.

    State ``(h, a)``, a random walk with variance ``delta / (1 - delta)`` a session in each part,
    observed with ``observation_variance`` (Chan, *Algorithmic Trading*, 2013, eqs. 3.5-3.13). It
    starts at zero and certain of it. ``delta`` and the variance are in the units of the prices.

    Returns
    -------
    state, forecast
        Each of shape (n, 2): ``h`` and ``a`` after the close of *t*; the error of the forecast
        that yesterday's state made of *t*, and the variance it was expected to have.
    """
    state, forecast = np.empty((len(y), 2)), np.empty((len(y), 2))
    drift = delta / (1.0 - delta)
    h = a = 0.0
    p_hh = p_ha = p_aa = 0.0  # covariance of the state
    rows = zip(x.tolist(), y.tolist(), strict=True)
    states: list[tuple[float, float]] = []
    forecasts: list[tuple[float, float]] = []
    for t, (level, seen) in enumerate(rows):
        if t > 0:
            p_hh += drift
            p_aa += drift if intercept else 0.0
        gain_h, gain_a = p_hh * level + p_ha, p_ha * level + p_aa
        variance = level * gain_h + gain_a + observation_variance
        error = seen - (h * level + a)
        forecasts.append((error, variance))
        k_h, k_a = gain_h / variance, gain_a / variance
        h += k_h * error
        a += k_a * error
        p_hh -= k_h * gain_h
        p_ha -= k_h * gain_a
        p_aa -= k_a * gain_a
        states.append((h, a))
    state[:], forecast[:] = np.reshape(states, (-1, 2)), np.reshape(forecasts, (-1, 2))
    return state, forecast


def _windows(values: Floats, window: int) -> Floats:
    """Return every run of ``window`` values as a row, contiguous: sums do not depend on n."""
    rows = np.lib.stride_tricks.sliding_window_view(values, window)
    contiguous: Floats = np.ascontiguousarray(rows)
    return contiguous
