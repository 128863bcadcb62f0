"""Panels made by hand. Prices by symbol in, a `Panel` and a request for distance pairs out."""

from datetime import date

import numpy as np

from configs.distance import DistanceFile
from feeds.calendar import sessions
from feeds.market import DataFile
from feeds.panel import Panel
from tests.unit.hand_market import FREE, hand_leg


def request(*, pairs=2, formation=3, trading=2, portfolios="overlapping", open_at=2.0, **sections):
    """Short periods, free of costs unless asked."""
    return DistanceFile.model_validate(
        {
            "name": "hand",
            "data": {"source": "csv", "path": "unread", "start": "2022-01-03"},
            "formation": {"kind": "distance", "pairs": pairs, "months": formation},
            "trading": {"months": trading, "portfolios": portfolios, "open_at": open_at},
            "costs": FREE,
            **sections,
        }
    )


def panel_of(prices, days=None, volume=1e6):
    """Prices by symbol on the exchange's sessions from 2022-01-03; NaN outside a symbol's life."""
    count = len(next(iter(prices.values())))
    days = sessions(date(2022, 1, 3), date(2024, 12, 31))[:count] if days is None else days
    legs = {name: hand_leg(name, line, line, volume=volume) for name, line in prices.items()}
    return Panel(
        sessions=days,
        legs=legs,
        began={},
        ended={},
        left_out={},
        files=tuple(DataFile(symbol=name, origin="hand", sha256="0") for name in legs),
        side_files={},
        synthetic=True,
    )


def walks(symbols, count, seed=1):
    """Random walks that share most of their moves, so that pairs open and cross."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(0.0, 0.01, count)
    return {
        f"S{place:02d}": 50.0 * np.exp(np.cumsum(shared + rng.normal(0.0, 0.006, count)))
        for place in range(symbols)
    }
