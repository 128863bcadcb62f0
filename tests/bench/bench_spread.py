"""Estimating hedge ratios over a long history: ``python -m tests.bench.bench_spread``.

Target: a rolling regression or a Kalman filter over 5,400 sessions within 20 ms.
"""

import numpy as np

from strategies.rules import hedge_ratio, spread
from tests.bench.bench_kernel import least

SESSIONS = 5_400
TARGET_MS = 20.0


def main():
    rng = np.random.default_rng(1)
    x = 100.0 + np.cumsum(rng.normal(0, 1, SESSIONS))
    y = 20.0 + 0.5 * x + rng.normal(0, 1, SESSIONS)
    made = y - 0.5 * x
    jobs = {
        "rolling OLS, 20 sessions": lambda: hedge_ratio.rolling_ols(y, x, 20, True),
        "rolling OLS, 252 sessions": lambda: hedge_ratio.rolling_ols(y, x, 252, True),
        "Kalman filter": lambda: hedge_ratio.kalman_hedge(y, x, 1e-4, 1e-3, True),
        "expanding OLS": lambda: hedge_ratio.expanding_ols(y, x, 252, True),
        "formation OLS": lambda: hedge_ratio.formation_ols(y, x, 252, 126, True),
        "half-life, 252 sessions": lambda: spread.half_life(made, 252),
    }
    for name, job in jobs.items():
        taken = least(job, 5) * 1e3
        print(f"{name:<26} {taken:6.2f} ms   target {TARGET_MS:.0f} ms")


if __name__ == "__main__":
    main()
