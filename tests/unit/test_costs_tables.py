"""Each cost as a table of small sums, dollars worked by hand."""

import pytest

from configs.schema import CostsConfig
from engine.costs.borrow import borrow_fee
from engine.costs.commission import bps, ibkr_fixed, per_share, zero
from engine.costs.dividend import dividend_cash
from engine.costs.model import leg_costs
from engine.costs.spread import half_spread

EXACT = {"rel": 1e-15, "abs": 0}  # one rounding of the last digit


@pytest.mark.parametrize(
    ("shares", "notional", "dollars"),
    [
        (1_000, 50_000.0, 1_000 * 0.005),
        (200, 10_000.0, 1.00),  # 200 * 0.005 is the minimum exactly
        (201, 10_050.0, 201 * 0.005),
        (10, 500.0, 1.00),  # 0.05 is below the minimum
        (10, 100.0, 1.00),  # 1 % of 100 dollars is the minimum exactly
        (10, 99.0, 0.99),  # the cap wins over the minimum
        (1, 5.0, 0.05),
        (1_000, 300.0, 3.00),  # 30-cent shares: 5.00 capped at 1 %
        (0, 0.0, 0.0),
    ],
)
def test_ibkr_fixed(shares, notional, dollars):
    assert ibkr_fixed(shares, notional) == pytest.approx(dollars, **EXACT)


@pytest.mark.parametrize(
    ("shares", "dollars"), [(1_000, 1_000 * 0.004), (250, 1.0), (249, 1.0), (1, 1.0), (0, 0.0)]
)
def test_per_share_has_a_minimum_per_order(shares, dollars):
    assert per_share(shares, 0.004, 1.0) == pytest.approx(dollars, **EXACT)


def test_bps_of_notional():
    assert bps(25_000.0, 1.5) == pytest.approx(25_000 * 0.00015, **EXACT)


def test_zero_is_free():
    assert zero(1_000, 50_000.0) == 0.0


@pytest.mark.parametrize(
    ("notional", "quoted_bps", "dollars"),
    [(10_000.0, 3.0, 10_000 * 0.00015), (10_000.0, 0.0, 0.0), (0.0, 3.0, 0.0)],
)
def test_half_of_the_quoted_spread_is_paid_on_each_side(notional, quoted_bps, dollars):
    assert half_spread(notional, quoted_bps) == pytest.approx(dollars, **EXACT)


@pytest.mark.parametrize(
    ("shares", "days", "dollars"),
    [
        (-100.0, 1, 100 * 80 * 0.0025 / 360),  # overnight
        (-100.0, 3, 100 * 80 * 0.0025 / 360 * 3),  # Friday to Monday
        (-100.0, 4, 100 * 80 * 0.0025 / 360 * 4),  # over a holiday Monday
        (100.0, 3, 0.0),  # a long leg borrows nothing
        (0.0, 3, 0.0),
    ],
)
def test_borrow_follows_the_mark_over_calendar_days(shares, days, dollars):
    assert borrow_fee(shares, 80.0, 0.0025, days) == pytest.approx(dollars, **EXACT)


@pytest.mark.parametrize(("shares", "dollars"), [(100, 100 * 0.35), (-100, -100 * 0.35), (0, 0)])
def test_a_long_leg_receives_the_dividend_and_a_short_leg_pays_it(shares, dollars):
    assert dividend_cash(shares, 0.35) == pytest.approx(dollars, **EXACT)


# --- a leg's costs, as configured ---


def costs_of(commission, symbol="SMH"):
    config = CostsConfig.model_validate(
        {
            "commission": commission,
            "spread": {"default_bps": 3.0, "SMH": 2.0},
            "borrow": {"default_rate": 0.0025, "IGV": 0.01},
        }
    )
    return leg_costs(config, symbol)


@pytest.mark.parametrize(
    ("commission", "dollars"),
    [
        ({"kind": "zero"}, 0.0),
        ({"kind": "bps", "bps": 2.0}, 4_000 * 0.5 * 0.0002),
        ({"kind": "per_share", "per_share_usd": 0.01, "min_usd": 0.3}, 100 * 0.01),
        ({"kind": "per_share", "per_share_usd": 0.01, "min_usd": 1.5}, 1.5),
        ({"kind": "ibkr_fixed"}, 1.0),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_commission_counts_the_shares_that_traded_that_day(commission, dollars, sign):
    # 4,000 split-adjusted shares at 0.50 were 100 shares at 20 before a forty-for-one split: the
    # notional is the same 2,000 dollars, the shares are not.
    charged = costs_of(commission).commission(sign * 4_000.0, 0.50, later_splits=40.0)
    assert charged == pytest.approx(dollars, **EXACT)


def test_without_the_split_the_same_order_pays_forty_times_the_per_share_rate():
    costs = costs_of({"kind": "per_share", "per_share_usd": 0.01, "min_usd": 0.3})
    assert costs.commission(4_000.0, 0.50, later_splits=1.0) == pytest.approx(40.0, **EXACT)


@pytest.mark.parametrize(("symbol", "quoted_bps"), [("SMH", 2.0), ("IGV", 3.0)])
@pytest.mark.parametrize("shares", [100.0, -100.0])
def test_spread_is_the_symbols_own_and_positive_both_ways(symbol, quoted_bps, shares):
    costs = costs_of({"kind": "zero"}, symbol)
    assert costs.spread(shares, 50.0) == pytest.approx(5_000 * quoted_bps / 2 / 10_000, **EXACT)


def test_borrow_rate_is_the_symbols_own_or_the_default():
    rates = [costs_of({"kind": "zero"}, symbol).borrow_rate_annual for symbol in ("SMH", "IGV")]
    assert rates == [0.0025, 0.01]
