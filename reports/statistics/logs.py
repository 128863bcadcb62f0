"""Natural logarithms that do not depend on the processor. Numbers in, numbers out."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt


def logs(values: Any) -> npt.NDArray[np.float64]:  # an array or a column of numbers
    """Return natural logarithms, same shape; -inf of 0, NaN below and of NaN.

    One by one: numpy's own differ in the last bit between processors with and without AVX-512.
    """
    array = np.asarray(values, dtype=np.float64)
    flat = [_log(value) for value in array.ravel().tolist()]
    return np.array(flat, dtype=np.float64).reshape(array.shape)


def _log(value: float) -> float:
    if value > 0.0:
        return math.log(value)
    return -math.inf if value == 0.0 else math.nan
