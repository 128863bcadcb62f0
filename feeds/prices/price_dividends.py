"""Dividends where a file lists none. Closes and adjusted closes in, dollars a share out.

An adjusted close falls behind the close by ``1 - D / C`` on every ex-date (CRSP's convention and
Yahoo's), so ``D = C_before - C * A_before / A``. Whatever else the vendor adjusts for (a spin-off,
a capital gain) comes out as cash on that day.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# More than this share of a price in a day is rarer as a dividend than as a split that the close
# was not adjusted for: 5:4, the smallest usual one, is 20 %.
MOST_FRAC = 0.15
ROUNDING_FRAC = 5e-4  # of a price: five basis points; more is no rounding, whatever the digits say
# Yahoo serves prices in 32 bits, whatever digits a file shows, and an adjusted one is the product
# of several such. Four of them were up to 7.5e-7 apart in 3,100 real rows: less than half of this.
FLOAT32_FRAC = 2.0**-21


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What the two closes say. Arrays of one value a row, in dollars a share."""

    dividends: Floats  # 0.0 where none is seen
    known_to: Floats  # how far a dividend may be off; a smaller one is not seen
    too_large: Flags  # the close fell behind by more than a dividend does
    backwards: Flags  # the adjusted close fell behind the close: no dividend does that


def derived(
    close: Floats, adj_close: Floats, close_cells: Sequence[str], adj_cells: Sequence[str]
) -> Derived:
    """Return the dividends between two closes, each rounded to the decimals that are known.

    Parameters
    ----------
    close, adj_close
        Ascending by day; NaN where unknown, and then nothing is said of that day and the next.
    close_cells, adj_cells
        The same numbers as written: their digits tell how exact they are.
    """
    off, adj_off = _rounding(close, close_cells), _rounding(adj_close, adj_cells)
    dividends, known_to = np.zeros(len(close)), np.zeros(len(close))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = adj_close[:-1] / adj_close[1:]
        paid = close[:-1] - close[1:] * ratio
        adj_frac = adj_off[:-1] / adj_close[:-1] + adj_off[1:] / adj_close[1:]
        error = off[:-1] + np.abs(off[1:] * ratio) + np.abs(close[1:] * ratio * adj_frac)
        seen = np.abs(paid) > error
        odd = np.abs(paid) > np.maximum(error, ROUNDING_FRAC * close[:-1])
        large = seen & (paid > MOST_FRAC * close[:-1])
    known_to[1:] = np.where(np.isfinite(error), error, 0.0)
    kept = seen & (paid > 0.0) & ~large & (error > 0.0)
    for row in np.flatnonzero(kept):
        decimals = math.ceil(-math.log10(2 * error[row]))  # a unit adds at most what is unknown
        dividends[row + 1] = round(float(paid[row]), decimals)
        known_to[row + 1] += 0.5 * 10.0**-decimals
    first = np.zeros(1, dtype=np.bool_)
    return Derived(
        dividends=dividends,
        known_to=known_to,
        too_large=np.concatenate((first, large)),
        backwards=np.concatenate((first, odd & (paid < 0.0))),
    )


def _rounding(values: Floats, cells: Sequence[str]) -> Floats:
    """Return by how much each number may be off, from the digits of the column.

    Half a unit of the last decimal any cell has, or of the last significant digit any has where
    that is coarser, and never finer than 32 bits.
    """
    written = [cell.replace(",", ".") for cell in cells]
    decimals = max((len(cell.rpartition(".")[2]) for cell in written if "." in cell), default=0)
    figures = max((sum(map(str.isdigit, cell.lstrip("+-$ 0."))) for cell in written), default=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        leading = np.floor(np.log10(np.abs(values)))
        by_figure = 0.5 * 10.0 ** (leading - figures + 1)
    coarsest = np.maximum(0.5 * 10.0**-decimals, np.abs(values) * FLOAT32_FRAC)
    off: Floats = np.fmax(coarsest, by_figure)
    return off
