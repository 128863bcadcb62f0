"""What explains a return, and what is left? Returns and proxies in, a regression out."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reports.statistics.sample import Floats, finite

DIGITS = 10  # significant, of a fit: the last six of a double are the processor's


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """``r = alpha + sum(beta_k f_k) + e`` by least squares, errors robust to autocorrelation.

    alpha, alpha_t
        What is left per period, in the unit of the returns, and over its standard error.
    betas, betas_t
        Shape (k,), in the order given.
    r_squared
        Share of the variance that the proxies explain.
    lags
        L, periods over which errors may be related.
    """

    alpha: float
    alpha_t: float
    betas: Floats
    betas_t: Floats
    r_squared: float
    lags: int
    n: int


def hac_regression(returns: npt.ArrayLike, proxies: npt.ArrayLike) -> Regression | None:
    """Return a regression with the errors of Newey and West (1987), Econometrica 55(3), 703-708.

    Bartlett weights ``1 - j / (L + 1)`` over ``L = floor(4 (n / 100)**(2/9))`` lags (Newey and West
    1994, Review of Economic Studies 61(4), 631-653, their rule of thumb), times n / (n - k - 1).

    Parameters
    ----------
    returns
        Shape (n,), a fraction per period; NaN is refused.
    proxies
        Shape (n, k), on the same periods.

    Returns
    -------
    Regression or None
        None where there are fewer than 10 periods a coefficient, a proxy is made of the others or
        never moves, or nothing but rounding is left to measure an error by.
    """
    own = finite("returns", returns)
    given = np.asarray(proxies, dtype=np.float64)
    if given.ndim != 2 or len(given) != len(own):
        raise ValueError(f"proxies had shape {given.shape}; expected ({len(own)}, proxies)")
    finite("proxies", given.ravel())
    columns = np.column_stack([np.ones(len(own)), given])
    if len(own) < 10 * columns.shape[1]:
        return None
    scaled = columns / np.maximum(np.abs(columns).max(axis=0), np.finfo(float).tiny)
    if np.linalg.matrix_rank(scaled) < columns.shape[1]:
        return None
    from statsmodels.regression.linear_model import OLS  # half a second to import

    lags = math.floor(4.0 * (len(own) / 100.0) ** (2.0 / 9.0))
    fit = OLS(own, columns).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    spread = float(np.ptp(own))
    if not float(np.abs(fit.resid).max()) > 1e-12 * spread:
        return None
    return Regression(
        alpha=steady(fit.params[0]),
        alpha_t=steady(fit.tvalues[0]),
        betas=np.array([steady(beta) for beta in fit.params[1:]], dtype=np.float64),
        betas_t=np.array([steady(t) for t in fit.tvalues[1:]], dtype=np.float64),
        r_squared=steady(fit.rsquared),
        lags=lags,
        n=len(own),
    )


def steady(fitted: float) -> float:
    """Return a fitted number to `DIGITS` significant digits, the same on every processor.

    Linear algebra sums in another order on each kind, and its last digits differ.
    """
    return float(f"{fitted:.{DIGITS}g}")
