"""Nine sessions around Easter 2024, every cent of every session as arithmetic.

Good Friday is 29 March: the week ends on Thursday 28, and a position held then is financed over
four calendar days to Monday 1 April.
"""

import pytest

from engine.event import simulate
from tests.unit.hand_market import first_sessions, hand_config, hand_leg, hand_market

DAYS = (
    "2024-03-21", "2024-03-22", "2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28",
    "2024-04-01", "2024-04-02", "2024-04-03", "2024-04-04",
)  # fmt: skip

LONG = hand_leg(
    "LLL",
    opens=[49, 51, 53, 54, 55, 54, 53, 52, 51],
    closes=[50, 52, 54, 55, 54, 53, 52, 51, 50],
    dividend=[0, 1.0, 0.3, 0, 0, 0, 0, 0, 0],
    later_splits=[4] * 9,
)
SHORT = hand_leg(
    "SSS",
    opens=[26, 24, 24, 25, 23, 24, 25, 26, 25],
    closes=[25, 24.5, 25, 24, 23.5, 24, 25.5, 25, 24],
    dividend=[0, 0, 0, 0.1, 0, 0, 0, 0, 0],
)
MARKET = hand_market(DAYS, LONG, SHORT)

# 3.6 % a year is a round 0.0001 a day over 360 days. Half spreads: 2 and 5 bps.
COSTS = {
    "commission": {"kind": "per_share", "per_share_usd": 0.04, "min_usd": 0.5},
    "spread": {"LLL": 4.0, "SSS": 10.0},
    "borrow": {"LLL": 9.9, "SSS": 0.036},
}
WEEKLY = hand_config(costs=COSTS, rebalance={"kind": "weekly"}, exits={"holding_sessions": 4})

ROUNDING = 1e-9  # sums of a dozen numbers near 10,000 dollars: a billionth is float noise


def dollars(value):
    return pytest.approx(value, rel=0, abs=ROUNDING)


@pytest.fixture(scope="module")
def run():
    return simulate(WEEKLY, MARKET)


def session(run, day):
    return run.ledger.set_index("date").loc[day]


def legs_filled(run, day):
    fills = run.fills[run.fills["date"] == day]
    return [(row.symbol, row.shares, row.price, row.reason) for row in fills.itertuples()]


# Equity at the close of each session, worked through below; a test owns each step.
CASH_22 = (
    10_000 - 100 * 51 + 200 * 24 - (25 * 0.04 + 200 * 0.04) - (5_100 * 0.0002 + 4_800 * 0.0005)
)
EQUITY_22 = CASH_22 + 100 * 52 - 200 * 24.5
CASH_25 = (
    CASH_22
    - 200 * 24.5 * 0.0001 * 3
    + 100 * 0.3
    + 4 * 53 - 0.5 - 4 * 53 * 0.0002
    + 3 * 24 - 0.5 - 3 * 24 * 0.0005
)  # fmt: skip
CASH_26 = CASH_25 - 203 * 25 * 0.0001 - 203 * 0.1
CASH_27 = CASH_26 - 203 * 24 * 0.0001
CASH_28 = (
    CASH_27
    - 203 * 23.5 * 0.0001
    + 96 * 54 - 24 * 0.04 - 96 * 54 * 0.0002
    - 203 * 24 - 203 * 0.04 - 203 * 24 * 0.0005
)  # fmt: skip


def test_nothing_fills_on_the_session_that_decides(run):
    first = session(run, "2024-03-21")
    assert (first["cash"], first["equity"]) == (10_000, 10_000)
    assert first["gross"] == 0
    assert legs_filled(run, "2024-03-21") == []


def test_the_entry_fills_both_legs_at_the_next_open_the_sale_first(run):
    # Sized at the closes of the 21st: 5,000 dollars a leg at 50 and 25.
    assert legs_filled(run, "2024-03-22") == [
        ("SSS", -200, 24, "entry"),
        ("LLL", 100, 51, "entry"),
    ]
    assert set(run.fills.loc[:1, "decided"].astype(str)) == {"2024-03-21"}


def test_entry_costs_count_as_traded_shares_and_the_symbols_own_spread(run):
    # 100 shares of the long leg were 25 before the four-for-one split to come.
    short, long = run.fills.iloc[0], run.fills.iloc[1]
    assert long["commission"] == dollars(100 / 4 * 0.04)
    assert short["commission"] == dollars(200 * 0.04)
    assert long["spread"] == dollars(100 * 51 * 0.0004 / 2)
    assert short["spread"] == dollars(200 * 24 * 0.0010 / 2)
    assert (long["fees"], long["impact"]) == (0, 0)


def test_the_entry_session_is_marked_at_its_close(run):
    row = session(run, "2024-03-22")
    assert row["cash"] == dollars(CASH_22)
    assert (row["long_value"], row["short_value"]) == (100 * 52, -200 * 24.5)
    assert row["equity"] == dollars(EQUITY_22)
    assert row["long_pnl"] == dollars(100 * (52 - 51))
    assert row["short_pnl"] == dollars(-200 * (24.5 - 24))
    assert (row["gross"], row["net"]) == (100 * 52 + 200 * 24.5, 100 * 52 - 200 * 24.5)
    assert row["equity_return"] == pytest.approx(EQUITY_22 / 10_000 - 1, rel=1e-12)


def test_shares_bought_on_the_ex_date_receive_no_dividend(run):
    assert session(run, "2024-03-22")["dividends"] == 0


def test_the_session_of_the_entry_fill_may_decide_a_rebalance(run):
    # Friday 22 March ends its week. Half of 9,987.58 is 96.03 shares at 52 and 203.83 at 24.50.
    assert session(run, "2024-03-22")["equity"] == dollars(9_987.58)
    assert legs_filled(run, "2024-03-25") == [
        ("LLL", -4, 53, "rebalance"),
        ("SSS", -3, 24, "rebalance"),
    ]


def test_the_weekend_is_three_days_of_borrow_on_the_previous_close(run):
    # The short was entered at 24 and marked at 24.50 on Friday; the long leg borrows nothing.
    assert session(run, "2024-03-25")["borrow"] == dollars(200 * 24.5 * 0.036 / 360 * 3)


def test_the_long_leg_is_paid_on_the_shares_of_the_previous_close(run):
    # 100 shares were held on Friday; four of them are sold at the open of the ex-date.
    assert session(run, "2024-03-25")["dividends"] == dollars(100 * 0.3)


def test_the_rebalance_session_adds_up(run):
    row = session(run, "2024-03-25")
    assert (row["long_shares"], row["short_shares"]) == (96, -203)
    assert row["commission"] == dollars(0.5 + 0.5)  # 1 and 3 as-traded shares pay the minimum
    assert row["spread"] == dollars(4 * 53 * 0.0002 + 3 * 24 * 0.0005)
    assert row["long_pnl"] == dollars(100 * (54 - 52) - 4 * (54 - 53))
    assert row["short_pnl"] == dollars(-200 * (25 - 24.5) - 3 * (25 - 24))
    assert row["cash"] == dollars(CASH_25)
    assert row["equity"] == dollars(CASH_25 + 96 * 54 - 203 * 25)


def test_the_short_leg_pays_the_dividend_on_its_ex_date(run):
    row = session(run, "2024-03-26")
    assert row["dividends"] == dollars(-203 * 0.1)
    assert row["borrow"] == dollars(203 * 25 * 0.036 / 360)
    assert row["cash"] == dollars(CASH_26)
    assert row["equity"] == dollars(CASH_26 + 96 * 55 - 203 * 24)


def test_time_runs_from_the_session_of_the_entry_fill(run):
    # Held at the closes of 22, 25, 26 and 27 March: the exit is decided at the fourth.
    assert session(run, "2024-03-27")["cash"] == dollars(CASH_27)
    assert legs_filled(run, "2024-03-28") == [
        ("LLL", -96, 54, "holding_sessions"),
        ("SSS", 203, 24, "holding_sessions"),
    ]
    assert set(run.fills.loc[4:5, "decided"].astype(str)) == {"2024-03-27"}


def test_the_exit_session_is_all_cash(run):
    row = session(run, "2024-03-28")
    assert (row["long_shares"], row["short_shares"], row["gross"]) == (0, 0, 0)
    assert row["borrow"] == dollars(203 * 23.5 * 0.036 / 360)
    assert row["cash"] == row["equity"] == dollars(CASH_28)


def test_the_session_of_the_exit_fill_may_decide_the_next_entry(run):
    # Half of the equity at the closes of 53 and 24.
    long_shares, short_shares = int(CASH_28 / 2 / 53), int(CASH_28 / 2 / 24)
    assert legs_filled(run, "2024-04-01") == [
        ("SSS", -short_shares, 25, "entry"),
        ("LLL", long_shares, 53, "entry"),
    ]
    assert session(run, "2024-04-01")["borrow"] == 0  # nothing was held over Easter
    assert list(run.signals["acted"]) == [True, *[False] * 4, True, *[False] * 3]
    assert run.signals["entry"].all()  # an always signal would trigger on every session


def test_the_closed_trade_is_in_the_trades_and_the_other_is_open(run):
    (trade,) = run.trades.to_dict("records")
    assert trade["net_pnl"] == dollars(CASH_28 - 10_000)
    (still_open,) = run.open_trades
    assert still_open["entry"].strftime("%Y-%m-%d") == "2024-04-01"
    assert still_open["net_pnl"] == dollars(run.ledger["equity"].iloc[-1] - CASH_28)
    assert still_open["exit"] is None
    assert run.pending == ()


def test_what_the_last_session_decides_is_pending_and_never_a_trade():
    run = simulate(WEEKLY, first_sessions(MARKET, 5))  # to Wednesday 27, which decides the exit
    assert run.pending == (
        {"symbol": "LLL", "shares": -96, "reason": "holding_sessions", "decided": "2024-03-27"},
        {"symbol": "SSS", "shares": 203, "reason": "holding_sessions", "decided": "2024-03-27"},
    )
    assert run.trades.empty
    (still_open,) = run.open_trades
    assert still_open["sessions"] == 4
    assert [still_open[name] for name in ("exit", "exit_decided", "exit_reason")] == [None] * 3
    assert (run.headline["trades_closed"], run.headline["entries"]) == (0, 1)
    assert run.headline["win_rate"] is None


def test_an_entry_decided_on_the_last_session_is_pending_too():
    run = simulate(WEEKLY, first_sessions(MARKET, 1))
    assert [(order["symbol"], order["shares"]) for order in run.pending] == [
        ("LLL", 100),
        ("SSS", -200),
    ]
    assert run.fills.empty
    assert run.open_trades == ()
    assert run.headline["entries"] == 0


def test_a_position_held_over_easter_is_financed_for_four_days():
    run = simulate(hand_config(costs=COSTS), MARKET)  # bought on the 22nd, never sold
    assert session(run, "2024-04-01")["borrow"] == dollars(200 * 24 * 0.036 / 360 * 4)
    assert run.ledger["borrow"].sum() == dollars(
        200 * 0.0001 * (24.5 * 3 + 25 + 24 + 23.5 + 24 * 4 + 25.5 + 25)
    )


def test_fills_at_the_next_close_leave_the_entry_session_without_price_pnl():
    account = {"cash": 10_000.0, "fill": "next_close"}
    run = simulate(hand_config(costs=COSTS, account=account), MARKET)
    assert legs_filled(run, "2024-03-22") == [
        ("SSS", -200, 24.5, "entry"),
        ("LLL", 100, 52, "entry"),
    ]
    row = session(run, "2024-03-22")
    assert (row["long_pnl"], row["short_pnl"]) == (0, 0)
    assert row["equity"] == dollars(10_000 - 1.0 - 8.0 - 5_200 * 0.0002 - 4_900 * 0.0005)
    assert session(run, "2024-03-25")["long_pnl"] == dollars(100 * (54 - 52))


def test_fractions_of_a_share_put_exactly_half_into_each_leg():
    account = {"cash": 10_001.0, "fractional": True}
    run = simulate(hand_config(account=account), MARKET)
    (short, long) = run.fills.itertuples()
    assert (long.shares, short.shares) == (10_001 / 2 / 50, -10_001 / 2 / 25)
