"""What claims are tried on, by hand. Closes by symbol and lists of facts in, an `AtHand` out."""

import datetime as dt

import numpy as np

from feeds import calendar
from reports.audits.article.at_hand import AtHand, Closes
from tests.unit.hand_reports import hand_fundamentals

FIRST = dt.date(2024, 3, 25)  # 25, 26, 27, 28 March (29th: Good Friday), 1, 2, 3, 4, 5 April ...


def hand_of(*facts, missing=None, without_reports=None, **closes):
    """Closes on the exchange's sessions from `FIRST`; a pair of lists: as quoted, and in total."""
    count = len(next(iter(closes.values()), [1.0]))
    lines = {}
    for symbol, given in closes.items():
        quoted, total = given if isinstance(given, tuple) else (given, given)
        lines[symbol] = Closes(quoted=np.array(quoted, float), total=np.array(total, float))
        count = len(quoted)
    days = calendar.sessions(FIRST, dt.date(2026, 6, 30))[:count]
    return AtHand(
        sessions=days,
        closes={**lines, **(missing or {})},
        fundamentals=hand_fundamentals(*facts),
        without_reports=without_reports or {},
    )
