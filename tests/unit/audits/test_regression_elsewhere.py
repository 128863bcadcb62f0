"""A fit on another processor: the same digits, where linear algebra sums in another order."""

import json
import os
import subprocess
import sys

import numpy as np

from reports.statistics.appraisal import appraisal_ratio
from reports.statistics.regression import hac_regression, steady

# What OpenBLAS chooses by the processor, chosen by us.
CODE = """
import json
from tests.unit.audits.test_regression_elsewhere import fitted
print(json.dumps(fitted()))
"""


def fitted():
    """Return everything that is fitted to invented returns, as text that keeps every bit."""
    rng = np.random.default_rng(5)
    factors = rng.standard_normal((808, 5)) * 0.01
    returns = factors @ rng.standard_normal(5) * 0.2 + rng.standard_t(4, 808) * 0.005 + 0.0002
    fit = hac_regression(returns, factors)
    numbers = [fit.alpha, fit.alpha_t, fit.r_squared, *fit.betas, *fit.betas_t]
    return [float(each).hex() for each in (*numbers, appraisal_ratio(returns, factors[:, :2]))]


def test_another_processor_fits_the_same():
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, "OPENBLAS_CORETYPE": "Prescott"}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == fitted()


def test_digits_beyond_the_tenth_are_the_processors():
    assert steady(-2.2761077196402346) == steady(-2.2761077196402364) == -2.27610772
    assert (steady(0.0), steady(1.5e-7)) == (0.0, 1.5e-7)
    assert np.isnan(steady(float("nan")))
