"""The ledger's identity, its frames, and the headline numbers worked by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from engine.body.scores import Totals
from engine.errors import EngineError
from engine.event import simulate
from engine.records.columns import FILL_COLUMNS, LEDGER_COLUMNS, ORDER_COLUMNS, TRADE_COLUMNS
from engine.records.headline import headline
from engine.records.ledger import (
    IDENTITY_TOLERANCE_USD,
    check_identity,
    fills_frame,
    ledger_frame,
    orders_frame,
)
from engine.records.recorded import recorded
from feeds.source import DataError
from strategies.records import Book, Outcome
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market

FRIDAY = 739_058.0  # Backtrader counts days from year 1, as date.toordinal does: 21 June 2024
MONEY = (
    "long_pnl", "short_pnl", "dividends", "interest", "commission", "fees", "spread", "impact",
    "borrow",
)  # fmt: skip


# --- the identity ---


def books():
    """Three sessions on which every column that belongs to the identity moves equity."""
    columns = {name: np.zeros(3) for name in MONEY}
    columns["date"] = FRIDAY + np.array([0.0, 3.0, 4.0])
    for number, name in enumerate(MONEY, start=1):
        columns[name][1:] = [number, 10 * number]
    # Income 1 + 2 + 3 + 4, costs 5 + 6 + 7 + 8 + 9; ten times as much on the last session.
    columns["equity"] = np.array([1000.0, 1000.0 + 10 - 35, 1000.0 + 10 - 35 + 100 - 350])
    return columns


def test_books_that_explain_every_dollar_pass():
    check_identity(books())


@pytest.mark.parametrize("name", [*MONEY, "equity"])
@pytest.mark.parametrize("error", [2e-6, -2e-6, math.nan])
def test_a_corrupted_column_is_caught_on_its_session(name, error):
    columns = books()
    columns[name][2] += error
    with pytest.raises(EngineError, match=r"^2024-06-25: the ledger was off by"):
        check_identity(columns)


def test_the_first_broken_session_is_named():
    columns = books()
    columns["borrow"][1] += 1.0
    columns["borrow"][2] += 1.0
    with pytest.raises(EngineError, match=r"^2024-06-24: the ledger was off by 1\.000000000 dol"):
        check_identity(columns)


def larger_books(usd):
    columns = books()
    columns["equity"] += usd
    return columns


@pytest.mark.parametrize("usd", [1e6, 1e8, 5e8])
def test_a_millionth_is_asked_of_every_ordinary_book(usd):
    columns = larger_books(usd)
    columns["equity"][2] += 1.1e-6
    with pytest.raises(EngineError, match="at most 1e-06"):
        check_identity(columns)


def test_a_book_that_doubles_do_not_resolve_so_far_is_held_to_their_last_bits():
    """A double of 1e12 counts in steps of 1.2e-4: eight roundings of 2.2e-4 are 1.8e-3."""
    check_identity(larger_books(1e12))
    columns = larger_books(1e12)
    columns["equity"][2] += 0.003
    with pytest.raises(EngineError, match=r"was off by 0\.003"):
        check_identity(columns)


def test_a_price_that_a_fill_passed_through_counts_too():
    columns = books()
    columns["equity"][2] += 1e-5
    check_identity(columns, np.array([0.0, 0.0, 1e11]))
    with pytest.raises(EngineError):
        check_identity(columns, np.array([1e11, 0.0, 0.0]))


@pytest.mark.parametrize("usd", [2e13, math.inf])
def test_a_book_beyond_the_cents_is_the_inputs_fault(usd):
    columns = books()
    columns["equity"][1:] += usd
    columns["dividends"][1] += usd
    with pytest.raises(DataError, match=r"^2024-06-24: the books came to .* at most 1e\+13"):
        check_identity(columns)


def test_rounding_below_a_millionth_of_a_dollar_is_forgiven():
    columns = books()
    columns["spread"][2] += IDENTITY_TOLERANCE_USD / 2
    check_identity(columns)


# --- frames ---


def recorded_of(*rows):
    """A run of so many sessions that left no trade behind."""
    return recorded(rows, [], [], Book())


def row(date, equity, **columns):
    return Outcome(day=int(date), equity=equity, **columns)


def test_exposure_and_returns_are_derived_from_the_rows():
    frame = ledger_frame(
        recorded_of(
            row(FRIDAY, 1000.0),
            row(FRIDAY + 3, 1100.0, long_value=600.0, short_value=-500.0, long_pnl=100.0),
            row(FRIDAY + 4, 990.0, short_pnl=-110.0),
        )
    )
    assert tuple(frame.columns) == LEDGER_COLUMNS
    assert [f"{day:%Y-%m-%d}" for day in frame["date"]] == [
        "2024-06-21",
        "2024-06-24",
        "2024-06-25",
    ]
    assert list(frame["gross"]) == [0, 600 + 500, 0]
    assert list(frame["net"]) == [0, 600 - 500, 0]
    np.testing.assert_allclose(frame["equity_return"], [0, 0.1, -0.1], rtol=0, atol=1e-15)


def test_a_ledger_that_breaks_the_identity_is_never_made():
    with pytest.raises(EngineError, match=r"2024-06-24: the ledger was off by 5"):
        ledger_frame(recorded_of(row(FRIDAY, 1000.0), row(FRIDAY + 3, 1005.0)))


def test_no_fills_leave_an_empty_frame_with_its_columns():
    still = recorded_of(row(FRIDAY, 1000.0))
    frame, orders = fills_frame(still, ("LLL", "SSS")), orders_frame(still)
    assert tuple(frame.columns) == FILL_COLUMNS
    assert tuple(orders.columns) == ORDER_COLUMNS
    assert len(frame) == len(orders) == 0
    dates = (frame["date"], frame["decided"], orders["decided"])
    assert {each.dtype.kind for each in dates} == {"M"}


def test_every_frame_of_a_run_has_the_documented_columns():
    legs = [hand_leg(symbol, [50.0] * 4, [50.0] * 4) for symbol in ("LLL", "SSS")]
    days = ("2024-06-20", "2024-06-21", "2024-06-24", "2024-06-25", "2024-06-26")
    run = simulate(hand_config(exits={"holding_sessions": 1}), hand_market(days, *legs))
    assert tuple(run.ledger.columns) == LEDGER_COLUMNS
    assert tuple(run.fills.columns) == FILL_COLUMNS
    assert tuple(run.trades.columns) == TRADE_COLUMNS
    lines = ("vol_long", "vol_short", "vol_ratio")
    assert tuple(run.signals.columns) == ("date", *lines, "entry", "acted")
    for name in ("entry", "exit", "entry_decided", "exit_decided"):
        assert run.trades[name].dtype.kind == "M"
    assert len(run.trades) == 1


# --- the headline ---


def of_equity(equity):
    """The headline of an account that was at these dollars at its closes."""
    days = pd.date_range("2024-03-04", periods=len(equity), freq="B")
    ledger = pd.DataFrame({"date": days, "equity": equity})
    added = Totals(sessions=len(equity), equity=float(sum(equity)))
    return headline(ledger, added, float(equity[0]))


def ratios(returns):
    computed = of_equity(1000.0 * np.cumprod(1.0 + returns))
    return {name: computed[name] for name in ("volatility", "sharpe", "sortino")}


def test_ratios_by_hand():
    # 0, 1 %, -1 %, 2 %: mean 0.5 %, squared distances .25 + .25 + 2.25 + 2.25 = 5 (in %^2).
    computed = ratios(np.array([0.0, 0.01, -0.01, 0.02]))
    sd = math.sqrt(5 / 3) / 100
    assert computed["volatility"] == pytest.approx(sd * math.sqrt(252), rel=1e-12)
    assert computed["sharpe"] == pytest.approx(0.005 / sd * math.sqrt(252), rel=1e-12)
    # One loss of 1 % in four sessions: the root of its mean square is 0.5 %.
    assert computed["sortino"] == pytest.approx(0.005 / 0.005 * math.sqrt(252), rel=1e-12)


@pytest.mark.parametrize("returns", [[0.0], [0.0, 0.0, 0.0]])
def test_ratios_of_an_account_that_does_not_move_are_undefined(returns):
    computed = ratios(np.array(returns))
    assert computed == {"volatility": 0.0, "sharpe": None, "sortino": None}


def test_without_a_loss_there_is_no_sortino():
    computed = ratios(np.array([0.0, 0.01]))
    assert computed["sortino"] is None
    # Two values half a percent either side of their mean: sd sqrt(2) * 0.5 %.
    assert computed["sharpe"] == pytest.approx(math.sqrt(252) / math.sqrt(2), rel=1e-12)


@pytest.mark.parametrize(
    ("equity", "depth"),
    [
        ([100, 120, 90, 130, 100], 90 / 120 - 1),
        ([100, 120, 90, 130, 91], 91 / 130 - 1),
        ([100, 101, 102], 0),
        ([100, 99], -0.01),
        ([100], 0),
    ],
)
def test_drawdown_is_the_deepest_fall_from_a_peak(equity, depth):
    computed = of_equity(np.array(equity, dtype=float))["max_drawdown"]
    assert computed == pytest.approx(depth, rel=1e-12)


def test_every_headline_number_by_hand():
    equity = np.array([1000.0, 1100.0, 990.0, 1188.0])
    days = pd.to_datetime(["2024-06-21", "2024-06-24", "2024-06-25", "2024-06-26"])
    ledger = pd.DataFrame({"date": days, "equity": equity})
    traded = 10 * 45 + 20 * 22 + 10 * 44 + 20 * 23 + 8 * 50 + 4 * 100
    totals = Totals(
        long_pnl=2.0, short_pnl=4.0, dividends=6.0, interest=8.0, commission=10.0, fees=12.0,
        spread=14.0, impact=16.0, borrow=18.0, traded_usd=float(traded),
        equity=float(equity.sum()), sessions=4, sessions_held=2, trades_closed=4, trades_won=2,
        entries=2,
    )  # fmt: skip
    computed = headline(ledger, totals, 1000.0)
    cagr = 1.188 ** (252 / 4) - 1
    drawdown = 990 / 1100 - 1
    sd = math.sqrt((0.05**2 + 0.05**2 + 0.15**2 + 0.15**2) / 3)  # about their mean, 5 %
    assert computed == {
        "start": "2024-06-21",
        "end": "2024-06-26",
        "sessions": 4,
        "final_equity": 1188.0,
        "total_return": pytest.approx(0.188, rel=1e-12),
        "cagr": pytest.approx(cagr, rel=1e-12),
        "volatility": pytest.approx(sd * math.sqrt(252), rel=1e-12),
        "sharpe": pytest.approx(0.05 / sd * math.sqrt(252), rel=1e-12),
        "sortino": pytest.approx(0.05 / math.sqrt(0.1**2 / 4) * math.sqrt(252), rel=1e-12),
        "max_drawdown": pytest.approx(drawdown, rel=1e-12),
        "calmar": pytest.approx(cagr / 0.1, rel=1e-12),
        "time_in_market": 2 / 4,
        "turnover": pytest.approx(traded / (equity.sum() / 4) / (4 / 252), rel=1e-12),
        "entries": 2,
        "trades_closed": 4,
        "win_rate": 2 / 4,  # a trade that made nothing is not a win
        "commission": 2 * 5,
        "fees": 2 * 6,
        "spread": 2 * 7,
        "impact": 2 * 8,
        "borrow": 2 * 9,
        "dividends": 2 * 3,
        "interest": 2 * 4,
        "gross_pnl": 2 * (1 + 2 + 3 + 4),
        "net_pnl": 188.0,
    }
    contract = (
        "start,end,sessions,final_equity,total_return,cagr,volatility,sharpe,sortino,max_drawdown,"
        "calmar,time_in_market,turnover,entries,trades_closed,win_rate,commission,fees,spread,"
        "impact,borrow,dividends,interest,gross_pnl,net_pnl"
    )
    assert list(computed) == contract.split(",")


def test_a_run_that_never_trades_has_no_ratios_to_boast_of():
    legs = [hand_leg(symbol, [50.0] * 3, [50.0] * 3) for symbol in ("LLL", "SSS")]
    days = ("2024-06-20", "2024-06-21", "2024-06-24", "2024-06-25")
    computed = simulate(hand_config(account={"cash": 10.0}), hand_market(days, *legs)).headline
    undefined = {name for name, value in computed.items() if value is None}
    assert undefined == {"sharpe", "sortino", "calmar", "win_rate"}
    assert (computed["entries"], computed["turnover"], computed["time_in_market"]) == (0, 0, 0)
    assert (computed["final_equity"], computed["net_pnl"], computed["max_drawdown"]) == (10, 0, 0)


# --- extreme but legal inputs ---


@pytest.mark.parametrize("level", [1e-9, 1e-6, 1e3, 1e9])
@pytest.mark.parametrize("fractional", [False, True])
def test_prices_of_any_size_are_booked(level, fractional):
    closes = level * np.exp(0.1 * np.sin(np.arange(60.0)))
    account = {"cash": 1e6, "fractional": fractional}
    result = simulate(
        hand_config(account=account, rebalance={"kind": "daily"}, exits={"holding_sessions": 9}),
        hand_market(
            np.busday_offset("2024-01-02", np.arange(61), roll="forward"),
            hand_leg("LLL", closes[::-1], closes[::-1], volume=1e30),
            hand_leg("SSS", closes, closes, volume=1e30),
        ),
    )
    assert len(result.ledger) == 60


def interest_of(rate, sessions):
    days = np.busday_offset("2015-01-05", np.arange(sessions + 1), roll="forward")
    flat = np.full(sessions, 100.0)
    interest = {"kind": "benchmark", "rate": rate, "credit_below": 0.0, "rebate_below": 0.0}
    return simulate(
        hand_config(costs={**FREE, "interest": interest}, account={"cash": 1e9}),
        hand_market(days, hand_leg("LLL", flat, flat), hand_leg("SSS", flat, flat)),
    )


def test_rates_that_make_a_fortune_are_booked_until_cents_are_lost():
    """Half a year's interest over decades is e^20 billion dollars. Over a year it is right."""
    assert interest_of(0.5, 250).ledger["equity"].iloc[-1] > 1e9
    with pytest.raises(DataError, match=r"the books came to .* dollars; expected at most 1e\+13"):
        interest_of(0.5, 5_200)
