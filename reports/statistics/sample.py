"""A sample. Numbers in, the same numbers out, or a refusal that counts what is wrong with them."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

ROUNDING = 1e-12  # relative: sums of a thousand numbers are good to some 1e-13


def finite(name: str, values: npt.ArrayLike) -> Floats:
    """Return the values as an array of floats; refuse NaN and infinities, and say how many.

    A NaN in a sample is a fact about the run (no signal yet, a ruined path). Leaving it out is a
    decision, and belongs to whoever knows which.
    """
    array = np.asarray(values, dtype=np.float64)
    bad = int(array.size - np.isfinite(array).sum())
    if bad:
        raise ValueError(
            f"{name}: {bad} of {array.size} values were NaN or infinite; expected finite numbers. "
            "Leave them out where they arise, and report how many"
        )
    return array


def varies(values: Floats) -> bool:
    """Return whether the values differ by more than rounding; nothing, and one value, do not."""
    if values.size < 2:
        return False
    return bool(np.ptp(values) > ROUNDING * np.abs(values).max())
