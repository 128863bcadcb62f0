"""What stock Backtrader 1.9.78.123 does to a two-leg book, and why our engine goes around it.

Each test pins one behaviour that would make a pair trade's result wrong. One that fails after an
upgrade means Backtrader changed: read the engine again before changing the test.
"""

import math

import backtrader as bt
import pandas as pd
import pytest

# Backtrader asks the clock with utcnow, which Python 3.12 deprecates.
pytestmark = pytest.mark.filterwarnings(r"ignore:datetime\.datetime\.utcnow:DeprecationWarning")

# Tuesday to Friday: no weekend inside, so a session is a calendar day.
DAYS = pd.date_range("2024-01-02", periods=4)


def bars(opens, closes=None, highs=None, lows=None, days=None, at="00:00"):
    closes = opens if closes is None else closes
    index = DAYS[: len(opens)] if days is None else pd.DatetimeIndex(days)
    tops = [max(pair) for pair in zip(opens, closes, strict=True)] if highs is None else highs
    bottoms = [min(pair) for pair in zip(opens, closes, strict=True)] if lows is None else lows
    return pd.DataFrame(
        {"open": opens, "high": tops, "low": bottoms, "close": closes, "volume": 1e6},
        index=index + pd.Timedelta(f"{at}:00"),
    ).astype(float)


class Scripted(bt.Strategy):
    """Runs one action on the bar of that number (1 is the first) and writes down what it sees."""

    params = (("script", {}), ("watch", None))

    def __init__(self):
        self.line = self.p.watch(self) if self.p.watch else None
        self.notices, self.orders, self.trace, self.equity = [], [], [], []

    def notify_order(self, order):
        self.notices.append((len(self), order.data._name, order.getstatusname()))

    def next(self):
        self.equity.append(self.broker.getvalue())
        if self.line is not None:
            self.trace.append((self.data.datetime.date(0).day, self.line[0]))
        for order in self.p.script.get(len(self), lambda _: ())(self) or ():
            self.orders.append(order)


def run(script, *frames, cash=1000.0, setup=None, watch=None, **options):
    cerebro = bt.Cerebro(stdstats=False, **options)
    for name, frame in zip("AB", frames, strict=False):
        cerebro.adddata(bt.feeds.PandasData(dataname=frame), name=name)
    cerebro.broker.setcash(cash)
    if setup is not None:
        setup(cerebro)
    cerebro.addstrategy(Scripted, script=script, watch=watch)
    return cerebro.run()[0]


def shares(strategy):
    return [strategy.getposition(data).size for data in strategy.datas]


def outcomes(strategy):
    return [order.getstatusname() for order in strategy.orders]


# --- orders and cash ---


def test_short_needs_no_margin_goes_below_zero_and_cannot_be_covered():
    strategy = run(
        {1: lambda s: [s.sell(size=95)], 2: lambda s: [s.buy(size=95)]},
        bars([10, 10, 30], closes=[10, 30, 30]),
    )
    assert strategy.equity == [1000, 1000 + 95 * 10 - 95 * 30, -900]
    assert outcomes(strategy) == ["Completed", "Margin"]
    assert shares(strategy) == [-95]


def test_time_return_reads_a_short_squeeze_as_a_loss_beyond_everything():
    strategy = run(
        {1: lambda s: [s.sell(size=95)]},
        bars([10, 10, 30], closes=[10, 30, 30]),
        setup=lambda c: c.addanalyzer(bt.analyzers.TimeReturn, _name="returns"),
    )
    daily = list(strategy.analyzers.returns.get_analysis().values())
    assert daily[1] == pytest.approx(-900 / 1000 - 1)


def test_buy_first_pair_on_an_opening_gap_leaves_a_naked_short_leg():
    strategy = run(
        {1: lambda s: [s.buy(s.data0, size=100), s.sell(s.data1, size=100)]},
        bars([10, 10.5]),
        bars([10, 10]),
    )
    assert outcomes(strategy) == ["Margin", "Completed"]
    assert shares(strategy) == [0, -100]


def test_reversal_on_a_gap_closes_and_then_refuses_to_open():
    strategy = run(
        {1: lambda s: [s.sell(size=50)], 2: lambda s: [s.buy(size=150)]},
        bars([10, 10, 10.5]),
    )
    # At the close 150 * 10 == 1000 + 50 * 10: affordable. At 10.5, after covering 50, it is not.
    assert 1500 - 50 * 10.5 < 100 * 10.5
    assert outcomes(strategy) == ["Completed", "Margin"]
    assert strategy.orders[1].executed.size == 50
    assert shares(strategy) == [0]


def test_order_on_the_last_bar_never_fills_and_never_notifies():
    strategy = run({2: lambda s: [s.buy(size=1)]}, bars([10, 10]))
    assert strategy.notices == []
    assert outcomes(strategy) == ["Submitted"]
    assert shares(strategy) == [0]


def test_nan_open_fills_and_equity_is_nan_for_ever():
    strategy = run({1: lambda s: [s.buy(size=1)]}, bars([10, math.nan, 10, 10], closes=[10] * 4))
    assert outcomes(strategy) == ["Completed"]
    assert strategy.equity[0] == 1000
    assert all(math.isnan(value) for value in strategy.equity[1:])


def test_target_percent_is_sized_at_the_close_of_the_decision_not_at_the_fill():
    strategy = run({1: lambda s: [s.order_target_percent(target=0.5)]}, bars([10, 8]))
    assert shares(strategy) == [0.5 * 1000 / 10]


def test_leverage_doubles_a_target():
    strategy = run(
        {1: lambda s: [s.order_target_percent(target=0.5)]},
        bars([10, 10]),
        setup=lambda c: c.broker.setcommission(leverage=2.0),
    )
    assert shares(strategy) == [2 * 0.5 * 1000 / 10]


def test_size_is_floored_before_leverage():
    levered = bt.CommissionInfo(leverage=2.0)
    assert levered.getsize(price=350.0, cash=1000.0) == 2 * (1000 // 350)
    assert int(2 * 1000 / 350) == 5  # what leverage 2 affords


def test_closing_a_fractional_position_leaves_dust():
    position = bt.Position()
    for size in (0.1, 0.2, -0.3):
        position.update(size, 10.0)
    assert position.size != 0
    assert abs(position.size) < 1e-15


# --- prices of fills ---


def test_close_order_fills_at_the_next_close():
    strategy = run(
        {1: lambda s: [s.buy(size=1, exectype=bt.Order.Close)]},
        bars([10, 11, 13], closes=[10, 12, 14]),
    )
    filled = strategy.orders[0].executed
    assert filled.price == 12
    assert bt.num2date(filled.dt).day == 3


def test_cheat_on_open_already_shows_the_close():
    seen = []

    class Peek(bt.Strategy):
        def next_open(self):
            seen.append(self.data.close[0])

    cerebro = bt.Cerebro(stdstats=False, cheat_on_open=True)
    cerebro.adddata(bt.feeds.PandasData(dataname=bars([10, 11], closes=[20, 21])))
    cerebro.addstrategy(Peek)
    cerebro.run()
    assert seen[-1] == 21


def test_slip_perc_of_the_broker_does_nothing_to_market_orders():
    strategy = run(
        {1: lambda s: [s.buy(size=1)]},
        bars([10, 10], highs=[12, 12]),
        setup=lambda c: setattr(c, "broker", bt.brokers.BackBroker(slip_perc=0.01, cash=1000.0)),
    )
    assert strategy.orders[0].executed.price == 10


@pytest.mark.parametrize(("high", "paid"), [(12, 10 * 1.01), (10.05, 10.05), (10, 10)])
def test_slippage_is_capped_by_the_bar_and_free_when_it_opens_at_its_high(high, paid):
    strategy = run(
        {1: lambda s: [s.buy(size=1)]},
        bars([10, 10], closes=[10, 9], highs=[10, high]),
        setup=lambda c: c.broker.set_slippage_perc(0.01),
    )
    assert strategy.orders[0].executed.price == paid


@pytest.mark.parametrize(("high_of_tomorrow", "paid"), [(12, 10 * 1.01), (10.05, 10.05)])
def test_cheat_on_close_with_slippage_reads_the_next_bars_high(high_of_tomorrow, paid):
    def cheat(cerebro):
        cerebro.broker.set_coc(True)
        cerebro.broker.set_slippage_perc(0.01)

    strategy = run(
        {1: lambda s: [s.buy(size=1)]},
        bars([10, 9], closes=[10, 9], highs=[10, high_of_tomorrow]),
        setup=cheat,
    )
    assert strategy.orders[0].executed.price == paid


# --- costs and income ---


def test_borrow_interest_accrues_on_the_entry_price_and_hides_in_the_closing_commission():
    strategy = run(
        {1: lambda s: [s.sell(size=10)], 3: lambda s: [s.buy(size=10)]},
        bars([100, 100, 200, 200], closes=[100, 200, 200, 200]),
        cash=10_000.0,
        setup=lambda c: c.broker.setcommission(interest=0.365),
    )
    a_day_on_entry, a_day_on_the_mark = 10 * 100 * 0.365 / 365, 10 * 200 * 0.365 / 365
    assert a_day_on_the_mark == 2 * a_day_on_entry
    assert strategy.equity[2] == pytest.approx(10_000 + 10 * 100 - 10 * 200 - a_day_on_entry)
    assert strategy.orders[1].executed.comm == pytest.approx(2 * a_day_on_entry)


def test_idle_and_negative_cash_bear_no_interest():
    strategy = run(
        {1: lambda s: [s.buy(size=50)]},
        bars([10] * 4),
        setup=lambda c: c.broker.setcommission(interest=0.365, interest_long=False),
    )
    assert strategy.equity == [1000] * 4


def test_dividend_is_not_paid():
    class WithDividend(bt.feeds.PandasData):
        lines = ("dividend",)
        params = (("dividend", -1),)

    frame = bars([100, 100, 98]).assign(dividend=[0.0, 0.0, 2.0])
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(WithDividend(dataname=frame))
    cerebro.addstrategy(Scripted, script={1: lambda s: [s.buy(size=10)]})
    (strategy,) = cerebro.run()
    assert strategy.data.dividend[0] == 2
    assert strategy.equity[-1] == 10_000 - 10 * 2


def test_dividend_paid_by_add_cash_vanishes_from_fund_returns():
    strategy = run(
        {1: lambda s: s.broker.add_cash(-20.0)},
        bars([10, 10, 10]),
        setup=lambda c: c.broker.set_fundmode(True),
    )
    assert strategy.equity[-1] == 1000 - 20
    assert strategy.broker.get_fundvalue() == pytest.approx(100)


def test_fixed_commission_turns_a_share_into_a_future_unless_stocklike_is_said():
    fixed = {"commission": 0.005, "commtype": bt.CommInfoBase.COMM_FIXED}
    assert bt.CommissionInfo(**fixed).getoperationcost(10, 100.0) == 10 * 1
    assert bt.CommissionInfo(**fixed, stocklike=True).getoperationcost(10, 100.0) == 10 * 100


def test_base_class_and_its_child_read_the_same_rate_a_hundredfold_apart():
    rate = {"commission": 0.1, "commtype": bt.CommInfoBase.COMM_PERC, "stocklike": True}
    base = bt.CommInfoBase(**rate).getcommission(1, 100.0)
    child = bt.CommissionInfo(**rate).getcommission(1, 100.0)
    assert base == pytest.approx(0.1)
    assert child == pytest.approx(100 * base)


def test_commission_is_asked_several_times_an_order_and_a_reversal_pays_the_minimum_twice():
    asked = []

    class OneDollar(bt.CommissionInfo):
        def _getcommission(self, size, price, pseudoexec):
            asked.append(pseudoexec)
            return 1.0

    strategy = run(
        {1: lambda s: [s.sell(size=1)], 2: lambda s: [s.buy(size=2)]},
        bars([10, 10, 10]),
        setup=lambda c: c.broker.addcommissioninfo(OneDollar()),
    )
    assert [order.executed.comm for order in strategy.orders] == [1, 2]
    # Confirmed once an order; every other call says "rehearsal", the one that books cash too.
    assert asked.count(False) == 2
    assert asked.count(True) > 2


# --- two feeds ---

HOLE = [DAYS[0], DAYS[2], DAYS[3]]


def test_a_hole_in_one_leg_makes_runonce_read_the_other_legs_future():
    # The second leg gets a bar after the end: with fewer bars in it runonce dies of an IndexError.
    legs = bars([10, 20, 30, 40]), bars([1, 3, 4, 5], days=[*HOLE, DAYS[3] + pd.Timedelta("1D")])
    spread = {"watch": lambda s: s.data0.close - s.data1.close}
    by_index = dict(run({}, *legs, **spread, runonce=True).trace)
    by_bar = dict(run({}, *legs, **spread, runonce=False).trace)
    assert by_bar[3] == 20 - 1  # the 3rd is the hole: the last price known is the 2nd's
    assert by_index[3] == 20 - 3  # the price of the 4th, a session early
    assert by_index[4] == 30 - 4
    assert by_bar[4] == 30 - 3


def test_a_hole_in_one_leg_fills_the_legs_on_different_days():
    strategy = run(
        {1: lambda s: [s.sell(s.data1, size=1), s.buy(s.data0, size=1)]},
        bars([10, 10, 10, 10]),
        bars([1, 3, 4], days=HOLE),
    )
    assert [bt.num2date(order.executed.dt).day for order in strategy.orders] == [4, 3]


def test_legs_stamped_at_different_times_double_the_bars():
    same = run({}, bars([10] * 4), bars([10] * 4))
    apart = run({}, bars([10] * 4), bars([10] * 4, at="16:00"))
    # One fewer than twice: the first bar waits for the second leg's first.
    assert (len(same.equity), len(apart.equity)) == (4, 2 * 4 - 1)


def test_next_waits_for_the_later_leg_while_analyzers_already_run():
    class Count(bt.Analyzer):
        def start(self):
            self.bars = 0

        def next(self):
            self.bars += 1

        def get_analysis(self):
            return self.bars

    strategy = run(
        {},
        bars([10] * 4),
        bars([10, 10], days=DAYS[2:]),
        setup=lambda c: c.addanalyzer(Count, _name="count"),
    )
    assert len(strategy.equity) == 2
    assert strategy.analyzers.count.get_analysis() == 4


def test_preloaded_data_shows_tomorrow():
    seen = []
    run({1: lambda s: seen.append(s.data.close[1])}, bars([10, 99]))
    assert seen == [99]


# --- analyzers ---


def dollar_neutral_with_a_resize(analyzer):
    return run(
        {
            1: lambda s: [s.buy(s.data0, size=20), s.sell(s.data1, size=20)],
            2: lambda s: [s.sell(s.data0, size=5), s.buy(s.data1, size=5)],
            3: lambda s: [s.close(s.data0), s.close(s.data1)],
        },
        bars([10] * 4),
        bars([10] * 4),
        setup=lambda c: c.addanalyzer(analyzer, _name="it"),
    ).analyzers.it.get_analysis()


def test_gross_leverage_of_a_dollar_neutral_book_is_zero():
    assert set(dollar_neutral_with_a_resize(bt.analyzers.GrossLeverage).values()) == {0.0}


def test_trade_analyzer_sees_one_trade_a_leg_and_no_pair():
    analysis = dollar_neutral_with_a_resize(bt.analyzers.TradeAnalyzer)
    assert analysis.total.closed == 2  # one per leg, the resize inside it, the pair nowhere


def test_sharpe_ratio_defaults_to_yearly_returns_over_one_percent():
    defaults = bt.analyzers.SharpeRatio.params
    assert defaults.timeframe == bt.TimeFrame.Years
    assert defaults.riskfreerate == 0.01
