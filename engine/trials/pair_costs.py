"""What a dollar against a dollar costs. A round trip of two symbols in, costs by session out.

The program's own prices of a fill and of a night, at closes, on fractional shares; an order knows
no month's volume before it.
"""

import numpy as np
import numpy.typing as npt

from configs.distance import DistanceFile
from engine.body.charges import CostTerms, charge, cost_terms
from engine.body.rates import LegRates, Rates
from engine.costs.borrow import borrow_fee
from engine.costs.price_list import tariffs_of
from engine.prepare.rates import leg_rates, rates_of
from feeds.market import Leg, Market
from feeds.panel import Panel
from strategies.records import Bar, Bill, LegFill, array_of, objects_of

Floats = npt.NDArray[np.float64]


class PairCosts:
    """Prices of fills and nights of a panel's symbols, each worked out once."""

    def __init__(self, asked: DistanceFile, panel: Panel) -> None:
        first, second, *_ = panel.legs.values()
        self.asked, self.panel = asked, panel
        self._market = _market(panel, first, second)
        self._any = asked.of_pair(first.symbol, second.symbol)
        self._tariffs = tariffs_of(asked.costs, self._market)
        self._rates = objects_of(Rates, rates_of(self._any, self._market, self._tariffs))
        self._legs: dict[str, list[LegRates]] = {}
        self._terms: dict[tuple[str, str], CostTerms] = {}
        days = panel.sessions.astype(np.int64)
        self._nights: list[int] = np.diff(days, prepend=days[:1]).tolist()

    def of_trade(self, long: str, short: str, dollars: float, opened: int, closed: int) -> Floats:
        """Return costs from the session of the first fill to that of the last, per dollar.

        Parameters
        ----------
        dollars
            What each leg is worth when it is opened.
        opened, closed
            Sessions at whose closes both legs are filled.
        """
        spent = np.zeros(closed - opened + 1)
        quotes = self._quotes(long, short)
        for symbol, side, (terms, quote) in ((long, 1.0, quotes[0]), (short, -1.0, quotes[1])):
            leg, rates = self.panel.legs[symbol], self._of_leg(symbol)
            close = leg.close
            shares = side * dollars / float(close[opened])
            for at, traded in ((opened, shares), (closed, -shares)):
                fill = LegFill(shares=traded, price=float(close[at]))
                bar = Bar(
                    open=float(leg.open[at]),
                    close=float(close[at]),
                    volume=float(leg.volume[at]),
                    later_splits=float(leg.later_splits[at]),
                )
                charge(terms, self._rates[at], rates[at], bar, quote, False, Bill(), fill)
                spent[at - opened] += fill.commission + fill.fees + fill.spread + fill.impact
            for at in range(opened + 1, closed + 1):
                spent[at - opened] += borrow_fee(
                    shares, float(close[at - 1]), rates[at].borrow_rate, self._nights[at]
                )
        return spent / dollars

    def _quotes(self, long: str, short: str) -> tuple[tuple[CostTerms, float], ...]:
        if (long, short) not in self._terms:
            config = self.asked.of_pair(long, short)
            self._terms[long, short] = cost_terms(config, self._tariffs)
        terms = self._terms[long, short]
        return (terms, terms.quote_long), (terms, terms.quote_short)

    def _of_leg(self, symbol: str) -> list[LegRates]:
        if symbol not in self._legs:
            columns = leg_rates(self._any, self._market, self.panel.legs[symbol])
            records = array_of(LegRates, columns, len(self.panel.sessions))
            self._legs[symbol] = objects_of(LegRates, records)
        return self._legs[symbol]


def _market(panel: Panel, long: Leg, short: Leg) -> Market:
    """Return the sessions and side files of a panel as a market, which dated costs are read of."""
    return Market(
        sessions=panel.sessions,
        next_sessions=panel.sessions,
        long=long,
        short=short,
        benchmark=None,
        synthetic=panel.synthetic,
        findings=(),
        files=panel.files,
        digest=panel.digest,
        side_files=panel.side_files,
    )
