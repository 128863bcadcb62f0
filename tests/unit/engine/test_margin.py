"""Margin calls and interest through the engine, to the cent."""

import numpy as np
import pytest

from engine.event import simulate
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market

# Monday 3 June to Friday 21 June 2024; Wednesday 19 was a holiday.
DAYS = [str(day) for day in np.arange("2024-06-03", "2024-06-22", dtype="datetime64[D]")
        if np.is_busday(day, holidays=["2024-06-19"])]  # fmt: skip
CENTS = {"rel": 0, "abs": 1e-9}  # float noise of sums near 20,000 dollars


def market_of(long_closes, short_closes):
    """Both legs open where they closed the session before."""
    legs = [
        hand_leg(symbol, [closes[0], *closes[:-1]], closes)
        for symbol, closes in (("LLL", long_closes), ("SSS", short_closes))
    ]
    return hand_market(DAYS[: len(long_closes) + 1], *legs)


def config_of(gross, **margin):
    return hand_config(
        sizing={"kind": "dollar_neutral", "gross": gross},
        account={"cash": 10_000.0, "margin": {"kind": "reg_t", **margin}},
    )


def fills_of(run):
    return [
        (f"{row.date:%m-%d}", row.symbol, row.shares, row.price, row.reason)
        for row in run.fills.itertuples()
    ]


def finding(run, check):
    (computed,) = [each for each in run.findings if each.check == check]
    return computed


# --- calls ---


@pytest.mark.parametrize("fill", ["next_open", "next_close"])
def test_a_breach_cuts_both_legs_in_proportion_at_the_next_open(fill):
    # 100 of each at 100. At 140 equity is 6,000; 25 % of 10,000 and 30 % of 14,000 are 6,700.
    # What 6,000 dollars could open is 12,000 of gross: half of the 24,000 held. At the open of 141
    # it is 5,900, which open 11,800: 48.96 of each at 241.
    config = config_of(2.0)
    config = config.model_copy(update={"account": config.account.model_copy(update={"fill": fill})})
    legs = [
        hand_leg("LLL", [100.0] * 5, [100.0] * 5),
        hand_leg("SSS", [100, 100, 140, 141, 139], [100, 100, 140, 139, 139]),
    ]
    run = simulate(config, hand_market(DAYS[:6], *legs))
    assert fills_of(run)[2:] == [
        ("06-06", "LLL", -52, 100, "margin_call"), ("06-06", "SSS", 52, 141, "margin_call"),
    ]  # fmt: skip
    assert finding(run, "margin_call").dates == ("2024-06-05",)
    assert finding(run, "margin_call").text.startswith("the book was cut to 0.5000 of itself")
    assert finding(run, "margin_deepened").dates == ("2024-06-06",)
    assert (run.orders["long_shares"].iloc[-1], run.orders["short_shares"].iloc[-1]) == (-50, 50)
    assert run.trades.empty  # it goes on, smaller
    (trade,) = run.open_trades
    assert trade["net_pnl"] == pytest.approx(-100 * 41 + 48 * 2, **CENTS)
    row = run.ledger.iloc[-1]
    assert (row["long_shares"], row["short_shares"]) == (48, -48)


def test_a_book_just_above_maintenance_is_left_alone():
    # At 134.61 the short is worth 13,461: equity 6,539, asked 2,500 + 4,038.30.
    run = simulate(config_of(2.0), market_of([100.0] * 4, [100, 100, 134.61, 134.61]))
    assert len(run.fills) == 2
    # At 134.62: equity 6,538, asked 6,538.60.
    run = simulate(config_of(2.0), market_of([100.0] * 4, [100, 100, 134.62, 134.62]))
    assert list(run.fills["reason"]) == ["entry"] * 2 + ["margin_call"] * 2


def test_a_call_that_would_leave_one_leg_alone_closes_the_trade():
    # One share at 6,000 against a hundred at 100; at 170 equity is 3,000 and 6,600 are asked. A
    # quarter of one share is none.
    run = simulate(config_of(2.0), market_of([6_000.0] * 5, [100, 100, 170, 170, 170]))
    assert fills_of(run)[:4] == [
        ("06-04", "SSS", -100, 100, "entry"),
        ("06-04", "LLL", 1, 6_000, "entry"),
        ("06-06", "LLL", -1, 6_000, "margin_call"),
        ("06-06", "SSS", 100, 170, "margin_call"),
    ]
    (trade,) = run.trades.to_dict("records")
    assert (trade["exit_reason"], f"{trade['exit_decided']:%m-%d}") == ("margin_call", "06-05")
    assert trade["net_pnl"] == pytest.approx(-7_000.0, **CENTS)


# --- interest ---


def test_interest_goes_to_the_trade_that_held_and_idle_nights_to_none():
    # 3.6 % is a ten-thousandth a day: a dollar on 10,000, half of it on proceeds once short.
    interest = {"kind": "benchmark", "rate": 0.036, "credit_below": 0.0, "debit_above": 0.0,
                "rebate_below": 0.0, "rebate_free_usd": 0.0}  # fmt: skip
    config = hand_config(costs={**FREE, "interest": interest}, exits={"holding_sessions": 4})
    run = simulate(config, market_of([100.0] * 7, [100.0] * 7))
    # In on Tuesday, out on Monday: the nights to Wednesday, Thursday, Friday and (three) Monday.
    earned = run.ledger["interest"].to_numpy()
    one = 1.0  # interest on interest is below a hundredth of a cent a day
    np.testing.assert_allclose(earned[:6], [0, one, one, one, one, 3 * one], rtol=1e-3)
    (trade,) = run.trades.to_dict("records")
    assert trade["interest"] == pytest.approx(earned[2:6].sum(), **CENTS)
    assert trade["net_pnl"] == pytest.approx(trade["interest"], **CENTS)
    assert run.headline["interest"] == pytest.approx(earned.sum(), **CENTS)


def test_a_free_part_of_the_proceeds_earns_nothing():
    interest = {"kind": "benchmark", "rate": 0.036, "credit_below": 0.0, "rebate_below": 0.0,
                "rebate_free_usd": 4_000.0}  # fmt: skip
    run = simulate(
        hand_config(costs={**FREE, "interest": interest}), market_of([100.0] * 3, [100.0] * 3)
    )
    # 10,001 of cash after the first night; 5,000 are proceeds, of which 1,000 earn.
    assert run.ledger["interest"].iloc[1] == pytest.approx(1.0, **CENTS)
    assert run.ledger["interest"].iloc[2] == pytest.approx((5_001 + 1_000) * 0.0001, **CENTS)
