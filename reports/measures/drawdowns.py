"""Falls below the running peak. Equity by session in, each fall's depth and dates out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """One drawdown.

    depth
        Equity at the trough over that at the peak, less one: a fraction < 0.
    start, trough, recovery
        Sessions: of the peak, of the lowest close, of the first close back at the peak (None: not
        back by the last session).
    sessions
        From the peak to the recovery, or to the last session.
    """

    depth: float
    start: str
    trough: str
    recovery: str | None
    sessions: int


def drawdown(equity: Floats) -> Floats:
    """Return ``equity_t / max(equity_0..t) - 1``, shape (n,), a fraction <= 0."""
    return equity / np.maximum.accumulate(equity) - 1.0


def falls(dates: Sequence[str], equity: Floats, most: int) -> tuple[Fall, ...]:
    """Return the ``most`` deepest drawdowns, the deepest first; equals by their date.

    Parameters
    ----------
    dates, equity
        Sessions and equity in dollars at their closes, shape (n,), the first > 0.
    """
    below = drawdown(equity)
    under = np.concatenate([[False], below < 0.0, [False]])
    begins: list[int] = np.flatnonzero(
        under[1:-1] & ~under[:-2]
    ).tolist()  # the first session below a peak
    ends: list[int] = (np.flatnonzero(under[1:-1] & ~under[2:]) + 1).tolist()  # back at it
    found = [
        Fall(
            depth=float(below[begin:end].min()),
            start=dates[begin - 1],
            trough=dates[begin + int(below[begin:end].argmin())],
            recovery=dates[end] if end < len(dates) else None,
            sessions=min(end, len(dates) - 1) - (begin - 1),
        )
        for begin, end in zip(begins, ends, strict=True)
    ]
    return tuple(sorted(found, key=lambda fall: (fall.depth, fall.start))[:most])
