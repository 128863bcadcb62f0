"""What each session may see. Market and signal lines in, one record of `Today` a session out.

Every value is known at the close of its session: prices, the signal lines, the filings public
before it, what the calendar asks of it.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError
from feeds.market import ORDINAL_OF_1970, Floats, Market
from strategies.records import Bar, Today, array_of, leaves


def check_prices(market: Market) -> None:
    """Refuse a market at one of whose opens or closes nothing could be filled or marked.

    Raises
    ------
    EngineError
        The first of a leg that is no price.
    """
    for leg in (market.long, market.short):
        for name, prices in (("open", leg.open), ("close", leg.close)):
            wrong = np.flatnonzero(~(np.isfinite(prices) & (prices > 0.0)))
            if len(wrong):
                raise EngineError(
                    f"{market.sessions[wrong[0]]}: the {name} of {leg.symbol} was "
                    f"{prices[wrong[0]]}; expected a price above 0: correct the prices"
                )


def today_of(
    market: Market, lines: Mapping[str, Floats], dated: Mapping[str, Floats]
) -> npt.NDArray[np.void]:
    """Return the facts of every session, an array of ``Today``.

    Parameters
    ----------
    lines
        The signal lines by name; those a decision does not read are passed over.
    dated
        ``flat_due``, one ``due_<place>`` a dated trigger, any ``vol_spike``; 1.0 for yes.
    """
    sessions = market.sessions
    days = sessions.astype("datetime64[D]").astype(np.int64) + ORDINAL_OF_1970
    names = set(leaves(Today))
    columns: dict[str, npt.ArrayLike] = {
        "day": days,
        "nights": np.diff(days, prepend=days[:1]),
        "month": sessions.astype("datetime64[M]").astype(np.int64) + MONTHS_BEFORE,
        "number": np.arange(len(sessions)),
        "due": _bits(dated, len(sessions)),
        **{name: line for name, line in lines.items() if name in names},
        **{name: dated[name] > 0.0 for name in ("flat_due", "vol_spike") if name in dated},
    }
    for side, leg in (("long", market.long), ("short", market.short)):
        columns |= {f"{side}.{name}": getattr(leg, name) for name in leaves(Bar)}
    facts: npt.NDArray[np.void] = array_of(Today, columns, len(sessions))
    return facts


MONTHS_BEFORE = 100_000  # before 1970, so that no month is 0, the book's "none yet"


def _bits(dated: Mapping[str, Floats], count: int) -> npt.NDArray[np.int64]:
    """Return one bit a dated trigger, by its place among the triggers."""
    due = np.zeros(count, dtype=np.int64)
    for name, line in dated.items():
        if name.startswith("due_"):
            due |= (line > 0.0).astype(np.int64) << int(name.removeprefix("due_"))
    return due
