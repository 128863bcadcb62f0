"""Natural logarithms that do not depend on the processor. Numbers in, numbers out."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


def logs(values: Any) -> npt.NDArray[np.float64]:  # an array or a column of numbers
    """Return natural logarithms, same shape; -inf of 0, NaN below and of NaN.

    The C library's, as `math.log` gives them: numpy's own differ in the last bit between processors
    with and without AVX-512.
    """
    array = np.asarray(values, dtype=np.float64)
    logarithms: npt.NDArray[np.float64] = pc.ln(pa.array(array.ravel())).to_numpy()
    return logarithms.reshape(array.shape)
