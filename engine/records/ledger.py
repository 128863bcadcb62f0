"""The ledger, fills and orders. What a run recorded in, checked frames out.

Identity, on every session: the change of equity is exactly what the legs, dividends and interest
made less what each cost took.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.errors import EngineError
from engine.records.columns import (
    COSTS,
    FILL_COLUMNS,
    FILL_COSTS,
    INCOME,
    LEDGER_COLUMNS,
    ORDER_COLUMNS,
)
from engine.records.recorded import Recorded
from feeds.market import sessions_of
from feeds.source import DataError
from strategies.records import Reason

IDENTITY_TOLERANCE_USD = 1e-6  # the contract
# A session's equity is some twenty sums and products of the largest amount in it, each rounded to
# half of 2**-52 of it: half a billion dollars still keep the contract.
ROUNDINGS = 8 * 2.0**-52
LARGEST_USD = 1e13  # beyond it a double loses the cents


def ledger_frame(run: Recorded) -> pd.DataFrame:
    """Return one row per session with ``LEDGER_COLUMNS``; dollars, shares, one fraction.

    ``gross`` and ``net`` are dollars of exposure at the close; ``equity_return`` is 0.0 on the
    first session, which nothing precedes, and never below -1: what a ruined account owes beyond
    its equity shows in ``equity``.
    """
    columns = {name: run.sessions[name] for name in LEDGER_COLUMNS if name in run.sessions}
    columns["date"] = run.sessions["day"]
    equity = columns["equity"]
    returns = np.zeros(len(equity))
    returns[1:] = np.maximum(equity[1:] / equity[:-1] - 1.0, -1.0)  # no one loses more than all
    columns["gross"] = np.abs(columns["long_value"]) + np.abs(columns["short_value"])
    columns["net"] = columns["long_value"] + columns["short_value"]
    columns["equity_return"] = returns
    check_identity(columns, run.sessions["carried_usd"])
    dates = dates_of(columns["date"])
    return pd.DataFrame({**columns, "date": dates}, columns=list(LEDGER_COLUMNS))


def check_identity(
    columns: dict[str, npt.NDArray[np.float64]], carried_usd: npt.NDArray[np.float64] | None = None
) -> None:
    """Raise unless every change of equity is explained to a millionth of a dollar.

    Where the amounts of a session are so large that doubles do not resolve that, to their last
    bits (`ROUNDINGS`).

    Raises
    ------
    DataError
        An amount is beyond what a double holds to the cent.
    EngineError
        Naming the first session that breaks it and by how much.
    """
    largest = _largest(columns, carried_usd)
    zeros = np.zeros(len(columns["equity"]))
    explained = sum((columns[name] for name in INCOME), zeros)
    explained = explained - sum((columns[name] for name in COSTS), zeros)
    with np.errstate(invalid="ignore"):  # an infinite book is told below
        gap = np.diff(columns["equity"]) - explained[1:]
    allowed = tolerance_usd(np.maximum(largest[1:], largest[:-1]))
    broken = np.flatnonzero(~(np.abs(gap) <= allowed))
    beyond = np.flatnonzero(largest > LARGEST_USD)
    if len(beyond) and not (len(broken) and broken[0] + 1 < beyond[0]):
        first = int(beyond[0])
        raise DataError(
            f"{_day(columns, first)}: the books came to {largest[first]:.3g} dollars; expected at "
            f"most {LARGEST_USD:.0e}, where a double still holds the cents: check the prices, "
            "costs.borrow and costs.interest"
        )
    if len(broken):
        first = int(broken[0])
        raise EngineError(
            f"{_day(columns, first + 1)}: the ledger was off by {gap[first]:.9f} dollars, expected "
            f"at most {allowed[first]:.3g}; this is our error, please report it with the config"
        )


def tolerance_usd(largest: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return how far books with such largest amounts may be off, in dollars."""
    allowed: npt.NDArray[np.float64] = np.maximum(IDENTITY_TOLERANCE_USD, ROUNDINGS * largest)
    return allowed


def _largest(
    columns: dict[str, npt.NDArray[np.float64]], carried_usd: npt.NDArray[np.float64] | None
) -> npt.NDArray[np.float64]:
    """Return the largest amount of each session, in dollars; what is no number is passed over."""
    names = ("equity", "cash", "long_value", "short_value", *INCOME, *COSTS)
    amounts = [np.abs(columns[name]) for name in names if name in columns]
    amounts += [] if carried_usd is None else [carried_usd]
    largest: npt.NDArray[np.float64] = np.fmax.reduce(amounts, axis=0)
    return largest


def _day(columns: dict[str, npt.NDArray[np.float64]], row: int) -> str:
    return str(sessions_of(columns["date"][row : row + 1])[0])


def orders_frame(run: Recorded) -> pd.DataFrame:
    """Return one row per order with ``ORDER_COLUMNS``, in the order made."""
    made = run.sessions["order_reason"] != Reason.NOTHING
    return pd.DataFrame(
        {
            "decided": dates_of(run.sessions["day"][made]),
            "reason": [run.reason(each) for each in run.sessions["order_reason"][made]],
            "long_shares": run.sessions["order_long"][made],
            "short_shares": run.sessions["order_short"][made],
        },
        columns=list(ORDER_COLUMNS),
    )


def fills_frame(run: Recorded, symbols: tuple[str, str]) -> pd.DataFrame:
    """Return one row per leg filled with ``FILL_COLUMNS``, in the order filled, sells first.

    Parameters
    ----------
    symbols
        Of the long and the short leg.
    """
    filled = np.flatnonzero(run.sessions["fill_reason"] != Reason.NOTHING)
    place = np.repeat(filled, 2)
    leg = np.tile([0, 1], len(filled))

    def both(name: str) -> npt.NDArray[np.float64]:
        legs = (run.sessions[f"{side}.{name}"] for side in ("long", "short"))
        return np.column_stack([line[filled] for line in legs]).ravel()

    shares = both("shares")
    order = np.lexsort((leg, shares > 0.0, place))
    order = order[shares[order] != 0.0]
    place = place[order]
    return pd.DataFrame(
        {
            "date": dates_of(run.sessions["day"][place]),
            "symbol": [symbols[side] for side in leg[order]],
            "reason": [run.reason(each) for each in run.sessions["fill_reason"][place]],
            "decided": dates_of(run.sessions["fill_decided"][place]),
            **{name: both(name)[order] for name in ("shares", "price", *FILL_COSTS)},
        },
        columns=list(FILL_COLUMNS),
    )


def dates_of(ordinals: npt.NDArray[np.float64]) -> pd.DatetimeIndex:
    """Return day numbers as tz-naive dates."""
    return pd.DatetimeIndex(sessions_of(ordinals).astype("datetime64[s]"))
