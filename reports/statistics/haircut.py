"""What is left of a Sharpe ratio after so many tests? A ratio and their number in, a ratio out."""

import math
from dataclasses import dataclass
from typing import Literal

Method = Literal["bonferroni", "independent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Haircut:
    """A Sharpe ratio cut to what a single test with the p value of many would have needed.

    sharpe
        What is left, in the unit of the ratio that was given; 0 where p came to 1.
    share
        How much of it was cut, 0 to 1.
    p_single, p_multiple
        Two-sided p of "it earns nothing": of one test, and of the best of all.
    """

    sharpe: float
    share: float
    p_single: float
    p_multiple: float


def haircut_sharpe(sharpe: float, *, n: int, trials: float, method: Method) -> Haircut:
    """Return a Sharpe ratio after the haircut for multiple tests.

    ``t = SR sqrt(n)``, ``p = 2 (1 - Phi(t))``; then ``p_M = min(N p, 1)`` ("bonferroni", whatever
    the tests have to do with each other) or ``1 - (1 - p)**N`` ("independent"); what is left is
    ``z(1 - p_M / 2) / sqrt(n)``: Harvey and Liu (2015), Backtesting, Journal of Portfolio
    Management 42(1), 13-28. Their text takes p from the normal law, as here; their published code
    takes Student's with ``n - 1``, which cuts a little more from short histories. Their Holm and
    BHY haircuts need the p values of all the other tests, which nobody has of cells that left no
    returns.

    Parameters
    ----------
    sharpe
        Of the trial that was chosen, per period. At or below 0 there is nothing to cut: p is 1.
    n
        Number of periods.
    trials
        N, everything that was tried, at least 1.
    """
    if n < 2:
        raise ValueError(f"n was {n}; expected at least 2 periods. One return has no deviation")
    if not trials >= 1.0:
        raise ValueError(f"trials was {trials}; expected at least 1: the one that is judged")
    if not math.isfinite(sharpe):
        raise ValueError(f"sharpe was {sharpe}; expected a finite ratio")
    from scipy.special import erfc, erfcinv  # 0.2 s to import; 2 (1 - Phi(t)) = erfc(t / sqrt 2)

    if sharpe <= 0.0:
        return Haircut(sharpe=sharpe, share=0.0, p_single=1.0, p_multiple=1.0)
    single = float(erfc(sharpe * math.sqrt(n / 2.0)))
    if method == "bonferroni":
        multiple = min(trials * single, 1.0)
    else:  # 1 - (1 - p)**N without losing a small p
        multiple = -math.expm1(trials * math.log1p(-single)) if single < 1.0 else 1.0
    if multiple == 0.0:  # below the smallest number: too sure to be cut
        return Haircut(sharpe=sharpe, share=0.0, p_single=0.0, p_multiple=0.0)
    left = min(float(erfcinv(multiple)) * math.sqrt(2.0 / n), sharpe)
    return Haircut(sharpe=left, share=1.0 - left / sharpe, p_single=single, p_multiple=multiple)
