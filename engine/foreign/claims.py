"""What a strategy's process says it did. A broker in, arrays out; and from them, its decisions.

Decisions are what we take from it. The books are only compared: what a run made is reckoned here,
from the decisions alone (``engine.foreign.replay``).
"""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.broker import Call, TwoLegBroker
from engine.errors import EngineError
from engine.event import recorded_by
from engine.records.columns import COSTS, INCOME
from feeds.market import Floats

BOOKS = ("cash", "equity", "long_shares", "short_shares", *INCOME, *COSTS)
CONFIGURED = -1.0  # in place of a number of trades: the configured exits decide
MOST_WORDS = 200  # letters of a reason to leave


def claims_of(broker: TwoLegBroker) -> tuple[dict[str, Any], dict[str, Floats]]:
    """Return what a finished broker was asked for, and its books."""
    run = recorded_by(broker)
    books = {f"book {name}": run.sessions[name] for name in BOOKS}
    facts = {"reasons": list(broker.own_reasons)}
    return facts, arrays_of(broker.calls) | {
        name: np.asarray(line, dtype=np.float64) for name, line in books.items()
    }


def arrays_of(calls: Sequence[Call]) -> dict[str, Floats]:
    """Return decisions as arrays."""
    given = [each.leaving for each in calls]
    arrays = {
        "call session": [each.session for each in calls],
        "call side": [each.side for each in calls],
        "call z": [each.z for each in calls],
        "call trades": [CONFIGURED if each is None else len(each) for each in given],
        "leaving": list(itertools.chain.from_iterable(each or () for each in given)),
    }
    return {name: np.asarray(line, dtype=np.float64) for name, line in arrays.items()}


def calls_of(arrays: dict[str, Floats]) -> list[Call]:
    """Return the decisions in an answer, in order.

    Raises
    ------
    EngineError
        They are none.
    """
    names = ("session", "side", "z", "trades")
    try:
        rows = zip(*(arrays[f"call {name}"].tolist() for name in names), strict=True)
        leaving, calls = iter(arrays["leaving"].tolist()), []
        for session, side, z, trades in rows:
            own = None
            if trades != CONFIGURED:
                own = tuple(int(next(leaving)) for _ in range(int(trades)))
            calls.append(Call(session=int(session), side=int(np.sign(side)), z=z, leaving=own))
    except (KeyError, ValueError, StopIteration, OverflowError) as error:
        raise EngineError(f"a strategy's process sent no decisions ({error!r})") from None
    return calls
