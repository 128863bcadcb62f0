"""What orders are billed: the tiers of a month, one minimum for trades that leave together."""

import pytest

from engine.event import simulate
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market

# Wednesday 26 June to Tuesday 9 July 2024; Thursday 4 July is a holiday.
DAYS = (
    "2024-06-26", "2024-06-27", "2024-06-28", "2024-07-01", "2024-07-02", "2024-07-03",
    "2024-07-05", "2024-07-08", "2024-07-09",
)  # fmt: skip
COUNT = len(DAYS) - 1
CENTS = {"rel": 0, "abs": 1e-9}  # float noise of sums near a million dollars
MINIMUM = {"kind": "per_share", "per_share_usd": 0.01, "min_usd": 1.0}


def market_of(price, splits=1.0):
    flat, later = [price] * COUNT, [splits] * COUNT
    legs = [hand_leg(symbol, flat, flat, later_splits=later) for symbol in ("LLL", "SSS")]
    return hand_market(DAYS, *legs)


# --- the month's volume ---


def tiered_run(splits=1.0, **costs):
    """350,000 as-traded shares a leg at a dollar, in for one close and out again."""
    config = hand_config(
        costs={**FREE, "commission": {"kind": "ibkr_tiered"}, **costs},
        exits={"holding_sessions": 1},
        account={"cash": 700_000.0},
    )
    return simulate(config, market_of(1.0 / splits, splits))


def commissions(run):
    return {(f"{row.date:%m-%d}", row.symbol): row.commission for row in run.fills.itertuples()}


FIRST = 300_000 * 0.0035 + 50_000 * 0.0020  # across the first boundary


def test_tiers_move_with_the_fills_of_the_month_and_begin_again_with_the_next():
    run = tiered_run()
    charged = commissions(run)
    assert charged["06-27", "LLL"] == pytest.approx(FIRST, **CENTS)
    assert charged["06-27", "SSS"] == pytest.approx(350_000 * 0.0020, **CENTS)
    assert charged["06-28", "LLL"] == pytest.approx(350_000 * 0.0020, **CENTS)
    assert charged["06-28", "SSS"] == pytest.approx(350_000 * 0.0020, **CENTS)
    # July: a little less is bought, since costs were paid.
    july = run.fills[run.fills["date"] == "2024-07-01"]
    (bought,) = july.loc[july["shares"] > 0, "shares"]
    assert 347_000 < bought < 350_000
    assert charged["07-01", "LLL"] == pytest.approx(
        300_000 * 0.0035 + (bought - 300_000) * 0.0020, **CENTS
    )


def test_the_month_counts_the_shares_that_traded_that_day():
    # Forty times the shares after a split to come: the same charges, dollar for dollar.
    plain, split = tiered_run(), tiered_run(splits=40.0)
    assert split.fills["shares"].abs().iloc[0] == 40 * 350_000
    first_order = [row.commission for row in split.fills[:4].itertuples()]
    assert first_order == pytest.approx(list(plain.fills["commission"][:4]), **CENTS)


def test_an_order_that_was_cancelled_does_not_move_the_tiers():
    days = {"symbol": "SSS", "since": "2024-06-27", "until": "2024-06-27"}
    run = tiered_run(borrow={"default_rate": 0.0, "hard_to_borrow": [days]})
    charged = commissions(run)
    assert min(day for day, _ in charged) == "06-28"
    assert charged["06-28", "LLL"] == pytest.approx(FIRST, **CENTS)


def test_clearing_is_booked_as_a_fee_on_every_fill():
    fees = tiered_run().fills["fees"]
    assert fees.iloc[0] == pytest.approx(350_000 * 0.0002, **CENTS)
    assert (fees > 0.0).all()


# --- one order of several trades ---


def test_trades_that_leave_together_share_one_minimum():
    # Two tranches of 12 shares a leg, entered on 27 June and 1 July, leave on one season's eve.
    config = hand_config(
        costs={**FREE, "commission": MINIMUM},
        entries={"kind": "tranches", "gap_days": 2, "max_open": 2, "gross_each": 0.25},
        exits={"flat_over": {"season": {"since": "07-05", "until": "12-31"}}},
    )
    run = simulate(config, market_of(100.0))
    leaving = run.fills[run.fills["reason"] == "flat_over"]
    assert list(leaving["shares"].abs()) == [24, 24]
    assert list(leaving["commission"]) == [1.0, 1.0]
    assert len(run.trades) == 2
    # Each paid a dollar a leg to enter and half of the two to leave.
    assert list(run.trades["commission"]) == pytest.approx([3.0, 3.0], **CENTS)
