"""A Backtrader user's hooks: what a strategy is told of its fills, and when."""

import numpy as np
import pytest

from engine.event import simulate
from engine.notices import listens
from strategies import STRATEGIES, PairStrategy
from tests.unit.audit_market import audit_config, audit_market
from tests.unit.hand_market import hand_config, hand_leg, hand_market

FILL_COSTS = ["commission", "fees", "spread", "impact"]


class Told(PairStrategy):
    """Enters every fortnight and writes down what it is told."""

    def __init__(self):  # as Backtrader's own examples do, without super().__init__()
        type(self).orders, type(self).trades = [], []

    def is_triggered(self):
        return len(self) % 14 == 0

    def notify_order(self, order):
        day = str(order.data.datetime.date(0))
        done = order.executed
        self.orders.append((day, order.data._name, order.status, done.size, done.price, done.comm))

    def notify_trade(self, trade):
        self.trades.append((trade.data._name, trade.isclosed, trade.pnl, trade.commission))


CASES = {
    "whole": {},
    "fractional": {"account": {"fractional": True}},
    "tranches": {"entries": {"kind": "tranches", "max_open": 3, "gap_days": 10}},
    "worked": {
        "account": {"cash": 1_000_000_000},
        "costs": {"impact": {"kind": "square_root", "y": 1.0, "participation_cap": 0.01}},
    },
}


def ran(case, **options):
    config = audit_config(
        exits={"holding_sessions": 8}, rebalance={"kind": "weekly"}, **CASES[case]
    )
    return simulate(config, audit_market(), strategy_class=Told, **options)


@pytest.mark.parametrize("case", CASES)
def test_every_fill_is_told_once_on_its_session_as_a_completed_order(case):
    fills = ran(case).fills
    assert len(fills) > 10
    days = fills["date"].dt.strftime("%Y-%m-%d")
    costs = fills[FILL_COSTS].sum(axis=1)
    wanted = sorted(zip(days, fills["symbol"], fills["shares"], fills["price"], costs, strict=True))
    told = sorted((day, name, *rest) for day, name, _, *rest in Told.orders)
    assert [each[:2] for each in told] == [each[:2] for each in wanted]
    # An order that leaves a leg flat trades what its orders left, a rounding away from the fill.
    np.testing.assert_allclose(
        [each[2:] for each in told], [each[2:] for each in wanted], rtol=1e-9, atol=0.0
    )
    completed = 4  # backtrader.Order.Completed
    assert {status for _, _, status, *_ in Told.orders} == {completed}


@pytest.mark.parametrize("case", ["whole", "fractional", "worked"])
def test_a_trade_of_each_leg_closes_when_it_is_flat_with_its_p_and_l_and_costs(case):
    trades = ran(case).trades
    assert len(trades) > 3
    for leg, name in (("long_pnl", "LLL"), ("short_pnl", "SSS")):
        closed = [each for each in Told.trades if each[0] == name and each[1]]
        assert len(closed) == len(trades)
        # Sums in another order.
        np.testing.assert_allclose([each[2] for each in closed], trades[leg], rtol=1e-6, atol=1e-4)
    closed = [each for each in Told.trades if each[1]]
    paid = sum(each[3] for each in closed)
    assert paid == pytest.approx(trades[FILL_COSTS].to_numpy().sum(), rel=1e-9)


def test_a_streamed_run_is_told_the_same():
    ran("whole")
    before = Told.orders, Told.trades
    ran("whole", streaming=True)
    assert (Told.orders, Told.trades) == before


def test_a_strategy_may_decide_by_what_it_was_told():
    class OnceBitten(Told):
        """Never enters again after a trade of its long leg has lost."""

        def is_triggered(self):
            lost = any(name == "LLL" and closed and pnl < 0 for name, closed, pnl, _ in self.trades)
            return not lost and super().is_triggered()

    config = audit_config(exits={"holding_sessions": 8})
    trades = simulate(config, audit_market(), strategy_class=OnceBitten).trades
    *before, last = trades["long_pnl"]
    assert last < 0.0
    assert min(before, default=0.0) >= 0.0


def test_nobody_pays_for_notices_that_nobody_reads():
    assert listens(Told)
    assert not any(map(listens, STRATEGIES.values()))


def test_a_fill_on_the_day_the_account_is_gone_ends_the_run_as_without_notices():
    """Ruin at the close takes the trade out of the book, and Backtrader asks nobody any more."""

    class Always(Told):
        def is_triggered(self):
            return True

    legs = [
        hand_leg("LLL", [10.0] * 3, [10.0, 11.0, 11.0]),
        hand_leg("SSS", [10.0] * 3, [10.0, 500.0, 500.0]),
    ]
    days = ("2024-03-21", "2024-03-22", "2024-03-25", "2024-03-26")
    market = hand_market(days, *legs)
    result = simulate(hand_config(), market, strategy_class=Always)
    assert result.ledger.equals(simulate(hand_config(), market).ledger)
    assert (result.ended, len(result.fills)) == ("ruin", 2)
    assert Always.orders == []
