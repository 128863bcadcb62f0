"""Did the timing add anything? A run's returns and its legs' in, an appraisal ratio out."""

import numpy as np
import numpy.typing as npt

from reports.statistics.regression import steady
from reports.statistics.sample import Floats, finite, varies

LEAST_RESIDUAL = 1e-12  # of the run's own deviation: below it only rounding is left


def appraisal_ratio(returns: npt.ArrayLike, legs: npt.ArrayLike) -> float:
    """Return what a run made beyond constant holdings of its own legs, per unit of its risk.

    ``alpha / s`` of the regression ``R = alpha + b_1 L_1 + b_2 L_2 + e`` with s the standard
    deviation of e: Jensen's (1968) alpha over the residual risk, the appraisal ratio of Treynor and
    Black (1973), the legs themselves being the market. A leg that merely rises is in ``b L`` and
    not in alpha; what is left is the choice of the dates, less the costs. Compare Grinblatt and
    Titman (1989): ability is the covariance of what is held with what comes.

    Parameters
    ----------
    returns
        Shape (n,), the run's return each session, a fraction; NaN is refused.
    legs
        Shape (n, k), the legs' simple returns on the same sessions. A leg that never moves says
        nothing and is passed over.

    Returns
    -------
    float
        Per session, not annualised. 0 where constant holdings explain all of it, or of fewer
        sessions than a regression needs.
    """
    own = finite("returns", returns)
    moves = np.asarray(legs, dtype=np.float64)
    if moves.ndim != 2 or len(moves) != len(own):
        raise ValueError(f"legs had shape {moves.shape}; expected ({len(own)}, legs)")
    finite("legs", moves.ravel())
    moves = moves[:, [varies(column) for column in moves.T]]
    degrees = len(own) - moves.shape[1] - 1
    if degrees < 1 or not varies(own):
        return 0.0
    centred = moves - moves.mean(axis=0)
    about = own - own.mean()
    slopes: Floats = np.linalg.lstsq(centred, about, rcond=None)[0]
    rest = about - centred @ slopes
    deviation = float(np.sqrt((rest * rest).sum() / degrees))
    if deviation <= LEAST_RESIDUAL * float(own.std()):
        return 0.0
    return steady(float(own.mean() - moves.mean(axis=0) @ slopes) / deviation)
