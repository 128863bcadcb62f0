"""The ledger. The broker's rows in, one checked frame out.

Identity, on every session: the change of equity is exactly what the legs, dividends and interest
made less what each cost took.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.book import Fill
from engine.errors import EngineError
from engine.result import FILL_COLUMNS, ORDER_COLUMNS
from feeds.lines import sessions_of
from feeds.source import DataError

IDENTITY_TOLERANCE_USD = 1e-6  # the contract
# A session's equity is some twenty sums and products of the largest amount in it, each rounded to
# half of 2**-52 of it: half a billion dollars still keep the contract.
ROUNDINGS = 8 * 2.0**-52
LARGEST_USD = 1e13  # beyond it a double loses the cents

_ROW = (
    "date", "cash", "long_shares", "short_shares", "long_value", "short_value", "equity",
    "long_pnl", "short_pnl", "dividends", "commission", "fees", "spread", "impact", "borrow",
    "interest",
)  # fmt: skip
INCOME = ("long_pnl", "short_pnl", "dividends", "interest")
COSTS = ("commission", "fees", "spread", "impact", "borrow")


def ledger_frame(
    rows: list[tuple[float, ...]], carried_usd: Mapping[int, float] | None = None
) -> pd.DataFrame:
    """Return one row per session with ``LEDGER_COLUMNS``; dollars, shares, one fraction.

    ``gross`` and ``net`` are dollars of exposure at the close; ``equity_return`` is 0.0 on the
    first session, which nothing precedes, and never below -1: what a ruined account owes beyond
    its equity shows in ``equity``.

    Parameters
    ----------
    carried_usd
        By row, gross dollars that a session carried to the prices of its fills.

    Raises
    ------
    DataError
        The books grew beyond what a double holds to the cent.
    EngineError
        They do not explain themselves.
    """
    columns = dict(zip(_ROW, np.array(rows, dtype=np.float64).T, strict=True))
    equity = columns["equity"]
    returns = np.zeros(len(equity))
    returns[1:] = np.maximum(equity[1:] / equity[:-1] - 1.0, -1.0)  # no one loses more than all
    columns["gross"] = np.abs(columns["long_value"]) + np.abs(columns["short_value"])
    columns["net"] = columns["long_value"] + columns["short_value"]
    columns["equity_return"] = returns
    check_identity(columns, carried_usd or {})
    sessions = sessions_of(columns.pop("date"))
    return pd.DataFrame({"date": pd.DatetimeIndex(sessions.astype("datetime64[s]")), **columns})


def check_identity(
    columns: dict[str, npt.NDArray[np.float64]], carried_usd: Mapping[int, float] | None = None
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
    largest = _largest(columns, carried_usd or {})
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
    columns: dict[str, npt.NDArray[np.float64]], carried_usd: Mapping[int, float]
) -> npt.NDArray[np.float64]:
    """Return the largest amount of each session, in dollars; what is no number is passed over."""
    names = ("equity", "cash", "long_value", "short_value", *INCOME, *COSTS)
    amounts = np.abs([columns[name] for name in names if name in columns])
    largest: npt.NDArray[np.float64] = np.fmax.reduce(amounts, axis=0)
    for row, usd in carried_usd.items():
        largest[row] = np.fmax(largest[row], usd)
    return largest


def _day(columns: dict[str, npt.NDArray[np.float64]], row: int) -> str:
    return str(sessions_of(columns["date"][row : row + 1])[0])


def orders_frame(orders: list[tuple[float, str, float, float]]) -> pd.DataFrame:
    """Return one row per order with ``ORDER_COLUMNS``, in the order made."""
    frame = pd.DataFrame(orders, columns=list(ORDER_COLUMNS))
    days = sessions_of(frame["decided"].to_numpy(dtype=np.float64))
    return frame.assign(decided=pd.DatetimeIndex(days.astype("datetime64[s]")))


def fills_frame(fills: list[Fill]) -> pd.DataFrame:
    """Return one row per leg filled with ``FILL_COLUMNS``, in the order filled."""
    frame = pd.DataFrame(
        {name: [getattr(fill, name) for fill in fills] for name in FILL_COLUMNS},
        columns=list(FILL_COLUMNS),
    )
    for name in ("date", "decided"):
        days = sessions_of(frame[name].to_numpy(dtype=np.float64))
        frame[name] = pd.DatetimeIndex(days.astype("datetime64[s]"))
    return frame
