"""Fills as Backtrader tells them to a strategy. A session's outcome in, completed orders out.

Each leg's fill is an order of its own, told with the bar it filled on; of these orders Backtrader
makes its trades, one a leg from flat to flat.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

import backtrader as bt

from strategies.cost_columns import fill_total
from strategies.records import LegFill, Outcome

HOOKS = ("notify_order", "notify_trade")
CRUMB = 1e-9  # of an order: what is left of a leg by rounding alone is nothing


def listens(strategy: type[bt.Strategy]) -> bool:
    """Return whether a strategy wants to be told of its fills."""
    return any(getattr(strategy, name) is not getattr(bt.Strategy, name) for name in HOOKS)


class Notices:
    """What a strategy has not been told yet.

    Parameters
    ----------
    feeds
        Of the legs, the long one first.
    """

    def __init__(self, feeds: Sequence[Any]) -> None:
        self._feeds = feeds
        self._positions = [bt.Position() for _ in feeds]
        self._costs = bt.CommInfoBase()  # what has no multiple and no margin: shares
        self._waiting: deque[Any] = deque()

    def take(self, outcome: Outcome) -> None:
        """Take what a session filled."""
        for place, fill in enumerate((outcome.long, outcome.short)):
            if fill.shares != 0.0:
                self._waiting.append(self._order(place, fill))

    def next(self) -> Any:
        """Return the next order to tell; None when all are told."""
        return self._waiting.popleft() if self._waiting else None

    def _order(self, place: int, fill: LegFill) -> Any:
        """Return a completed order; one that leaves its leg flat trades what was held, no crumb."""
        feed, position = self._feeds[place], self._positions[place]
        is_flat = abs(position.size + fill.shares) <= CRUMB * abs(fill.shares)
        size = -position.size if is_flat else fill.shares
        before = position.price
        psize, pprice, opened, closed = position.update(size, fill.price)
        cost = fill_total(fill)
        closing = abs(closed) / abs(size)
        kind = bt.BuyOrder if size > 0.0 else bt.SellOrder
        order = kind(data=feed, size=abs(size), price=fill.price, exectype=bt.Order.Market)
        order.addcomminfo(self._costs)
        order.execute(
            feed.datetime[0], size, fill.price,
            closed, abs(closed) * before, cost * closing,
            opened, abs(opened) * fill.price, cost - cost * closing,
            0.0, -closed * (fill.price - before), psize, pprice,
        )  # fmt: skip
        order.completed()
        return order.clone()  # which marks the execution as new: trades are made of those
