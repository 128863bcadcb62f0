"""What a leg costs. A costs section in, its terms and dated rates out, and a fill's charge."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.body.charges import charge
from engine.body.rates import LegRates, Rates
from engine.body.terms import Terms
from engine.prepare.prepared import prepare
from strategies.records import Bar, Bill, LegFill
from tests.unit.hand_market import hand_config, hand_leg, hand_market

ZERO = {"kind": "zero"}
# Friday 17 May to Thursday 30 May 2024: section 31 rises on Wednesday 22 May; Monday 27 is a
# holiday (Memorial Day), so the night before Tuesday 28 began on Friday 24.
DAYS = (
    "2024-05-17", "2024-05-20", "2024-05-21", "2024-05-22", "2024-05-23", "2024-05-24",
    "2024-05-28", "2024-05-29", "2024-05-30",
)  # fmt: skip
COUNT = len(DAYS) - 1


def prices_of(*returns_percent):
    """Adjusted closes with these log returns, and none after them."""
    steps = np.zeros(COUNT)
    steps[1 : 1 + len(returns_percent)] = np.array(returns_percent) / 100
    return 100 * np.exp(np.cumsum(steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class LegCosts:
    """What one leg costs in a run, from its configuration."""

    terms: Terms
    rates: list[Rates]
    side: str

    def rate(self, session: int) -> LegRates:
        return getattr(self.rates[session], self.side)

    def line(self, name: str) -> list[Any]:
        """One of the leg's dated costs, every session's."""
        return [getattr(self.rate(session), name) for session in range(COUNT)]


def costs_of(section, *, leg="long", adj_close=None, gauges=None):
    flat = np.full(COUNT, 100.0)
    long = hand_leg("SMH", flat, flat, adj_close=adj_close)
    config = hand_config(
        pair={"long": "SMH", "short": "IGV"},
        costs={"commission": ZERO, "spread": {"default_bps": 0.0}, **section},
    )
    market = hand_market(DAYS, long, hand_leg("IGV", flat, flat), gauges=gauges, config=config)
    prepared = prepare(config, market)
    return LegCosts(terms=prepared.terms, rates=prepared.dated_rates, side=leg)


def bill_of(month_shares=0.0):
    """An order's bill that has nothing on it yet; the month saw so many shares before it."""
    return Bill(is_open=1, month_shares=month_shares)


def fill(costs, shares, price=100.0, *, session=0, splits=1.0, volume=1e6, at_open=True, bill=None):
    asked, charged = costs.terms.costs, LegFill(shares=shares, price=price)
    bar = Bar(volume=volume, later_splits=splits)
    quote = asked.quote_long if costs.side == "long" else asked.quote_short
    charge(
        asked, costs.rates[session], costs.rate(session), bar, quote, at_open,
        bill_of() if bill is None else bill, charged,
    )  # fmt: skip
    return charged
