"""How many digits of a number are written. Numbers by name in, the same without their noise out.

The last digits of a double are an accident of the order of sums and of the processor's own
functions. Money keeps a hundredth of the ledger's tolerance, so that its identity can be checked
from the file; everything computed else keeps twelve significant digits. What was read (prices) is
written as it was read.
"""

import math
from typing import Any

import pandas as pd

from engine.records.columns import COSTS

MONEY_DECIMALS = 8
SIGNIFICANT_DIGITS = 12

_AS_READ = frozenset({"price", "value"})  # of a fill, of a report
_MONEY = frozenset(
    {
        "cash", "long_value", "short_value", "equity", "long_pnl", "short_pnl", "hedge_pnl",
        "dividends", *COSTS, "interest", "gross", "net", "gross_pnl", "net_pnl", "final_equity",
        "entry_gross_notional", "cost", "traded", "long", "short", "hedge",
    }
)  # fmt: skip


def written(value: Any, name: str = "") -> Any:
    """Return plain data (see `engine.to_json`) with every float of a mapping cut to its digits.

    Parameters
    ----------
    name
        The key it stands under.
    """
    if isinstance(value, dict):
        return {key: written(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [written(item, name) for item in value]
    return number(value, name) if isinstance(value, float) else value


def written_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with every column of floats cut to its digits."""
    return frame.assign(
        **{
            name: [number(value, name) for value in frame[name].tolist()]
            for name in map(str, frame.columns)
            if pd.api.types.is_float_dtype(frame[name])
        }
    )


def number(value: float, name: str) -> float:
    """Return a number as it is written under a name: dollars, a price, or anything else."""
    if not math.isfinite(value) or name in _AS_READ:
        return value
    if name in _MONEY:
        return round(value, MONEY_DECIMALS) + 0.0  # no minus zero
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0
