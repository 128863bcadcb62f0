"""From the costs section to what one leg pays for a fill: each kind, each session, by hand."""

import math

import numpy as np
import pytest

from engine.body.charges import takeable
from tests.unit.hand_costs import COUNT, ZERO, bill_of, costs_of, fill, prices_of

EXACT = {"rel": 1e-14, "abs": 0}  # a handful of roundings


# --- commission: the kinds, on as-traded shares ---


@pytest.mark.parametrize(
    ("commission", "dollars"),
    [
        (ZERO, 0.0),
        ({"kind": "bps", "bps": 2.0}, 4_000 * 0.5 * 0.0002),
        ({"kind": "bps", "bps": 2.0, "min_usd": 0.5}, 0.5),
        ({"kind": "bps", "bps": 200.0, "max_usd": 7.5}, 7.5),
        ({"kind": "per_share", "per_share_usd": 0.01, "min_usd": 0.3}, 100 * 0.01),
        ({"kind": "per_share", "per_share_usd": 0.01, "min_usd": 1.5}, 1.5),
        ({"kind": "per_share", "per_share_usd": 0.01, "min_usd": 0.3, "max_usd": 0.4}, 0.4),
        ({"kind": "per_order", "usd": 4.95}, 4.95),
        ({"kind": "ibkr_fixed"}, 1.0),  # 100 * 0.005 is below the dollar
        ({"kind": "ibkr_tiered"}, 100 * 0.0035),  # the minimum exactly
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_commission_counts_the_shares_that_traded_that_day(commission, dollars, sign):
    # 4,000 split-adjusted shares at 0.50 were 100 shares at 20 before a forty-for-one split (NVDA
    # in 2019): the notional is the same 2,000 dollars, the shares are not.
    charged = fill(costs_of({"commission": commission}), sign * 4_000.0, 0.50, splits=40.0)
    assert charged.commission == pytest.approx(dollars, **EXACT)


def test_without_the_split_the_same_order_pays_forty_times_the_per_share_rate():
    costs = costs_of({"commission": {"kind": "per_share", "per_share_usd": 0.01, "min_usd": 0.3}})
    assert fill(costs, 4_000.0, 0.50).commission == pytest.approx(40.0, **EXACT)


@pytest.mark.parametrize(
    ("shares", "price", "dollars"),
    [
        (1_000.0, 100.0, 1_000 * 0.005),
        (10.0, 100.0, 1.00),
        (10.0, 5.0, 10 * 5 * 0.01),  # 1 % of the trade value wins over the dollar
        (1_000.0, 0.3, 1_000 * 0.3 * 0.01),
    ],
)
def test_ibkr_fixed_takes_its_list_from_the_tariffs(shares, price, dollars):
    costs = costs_of({"commission": {"kind": "ibkr_fixed"}})
    assert fill(costs, shares, price).commission == pytest.approx(dollars, **EXACT)


@pytest.mark.parametrize(
    ("month", "shares", "dollars"),
    [
        (0.0, 10_000.0, 10_000 * 0.0035),
        (299_000.0, 10_000.0, 1_000 * 0.0035 + 9_000 * 0.0020),
        (300_000.0, 10_000.0, 10_000 * 0.0020),
        (2_999_000.0, 10_000.0, 1_000 * 0.0020 + 9_000 * 0.0015),
        (100_000_000.0, 10_000.0, 10_000 * 0.0005),
        (0.0, 10.0, 0.35),
    ],
)
def test_ibkr_tiered_falls_with_the_volume_of_the_month(month, shares, dollars):
    costs = costs_of({"commission": {"kind": "ibkr_tiered"}})
    charged = fill(costs, shares, bill=bill_of(month)).commission
    # Differences of month totals in the tens of thousands of dollars: 1e-16 of those.
    assert charged == pytest.approx(dollars, rel=0, abs=1e-9)


def test_clearing_is_passed_through_on_both_sides_of_the_tiered_list_only():
    tiered = costs_of({"commission": {"kind": "ibkr_tiered"}})
    for shares in (1_000.0, -1_000.0):
        assert fill(tiered, shares).fees == pytest.approx(1_000 * 0.0002, **EXACT)
    assert fill(tiered, 4_000.0, 0.5, splits=40.0).fees == pytest.approx(100 * 0.0002, **EXACT)
    assert fill(costs_of({"commission": {"kind": "ibkr_fixed"}}), 1_000.0).fees == 0.0


# --- a minimum is per order ---

SMALL = {"commission": {"kind": "per_share", "per_share_usd": 0.005, "min_usd": 1.0}}


def test_an_order_filled_in_parts_pays_its_minimum_once():
    # 80 shares a part at half a cent: 0.40, 0.80, 1.20 and 1.60 in all, never below a dollar.
    costs, bill = costs_of(SMALL), bill_of()
    parts = [fill(costs, 80.0, session=day, bill=bill).commission for day in range(4)]
    assert parts == pytest.approx([1.0, 0.0, 0.2, 0.4], rel=0, abs=1e-12)
    assert (bill.shares, bill.notional_usd) == (320.0, 32_000.0)
    assert bill.commission_usd == pytest.approx(320 * 0.005, **EXACT)


@pytest.mark.parametrize(
    "commission",
    [
        SMALL["commission"],
        {"kind": "ibkr_tiered"},
        {"kind": "per_order", "usd": 7.0},
        {"kind": "bps", "bps": 1.0, "min_usd": 3.0, "max_usd": 4.0},
    ],
)
def test_the_parts_of_an_order_pay_what_the_whole_would_have(commission):
    costs, bill = costs_of({"commission": commission}), bill_of(299_900.0)
    parts = [fill(costs, shares, bill=bill).commission for shares in (50.0, 150.0, 200.0)]
    whole = fill(costs, 400.0, bill=bill_of(299_900.0)).commission
    assert sum(parts) == pytest.approx(whole, rel=0, abs=1e-9)  # month totals near 1,000 dollars


def test_a_new_order_pays_the_minimum_again():
    costs = costs_of(SMALL)
    assert [fill(costs, 80.0).commission for _ in range(2)] == [1.0, 1.0]


def test_an_order_through_zero_is_one_order():
    # 100 shares held and 100 to be short: one sale of 200, charged one dollar and not two.
    assert fill(costs_of(SMALL), -200.0).commission == 1.0


# --- regulatory fees ---

SALES = {"fees": {"kind": "us_sales"}}


@pytest.mark.parametrize(("session", "per_million"), [(2, 8.00), (3, 27.80)])
def test_a_sale_pays_the_fees_of_its_own_day_on_as_traded_shares(session, per_million):
    # 40,000 split-adjusted shares at 25 were 1,000 shares that day, for a million dollars.
    charged = fill(costs_of(SALES), -40_000.0, 25.0, session=session, splits=40.0).fees
    assert charged == pytest.approx(per_million + 1_000 * 0.000166, **EXACT)


def test_a_purchase_pays_no_sale_fee():
    assert fill(costs_of(SALES), 40_000.0, 25.0).fees == 0.0


def test_the_trading_activity_fee_is_capped_for_each_execution():
    # 100,000 shares at 0.000166 would be 16.60; 8.00 per million of 1,000,000 dollars beside it.
    assert fill(costs_of(SALES), -100_000.0, 10.0).fees == pytest.approx(8.00 + 8.30, **EXACT)


def test_no_fees_are_charged_unless_asked_for():
    assert fill(costs_of({}), -40_000.0, 25.0).fees == 0.0


# --- spread ---


@pytest.mark.parametrize(("leg", "quoted_bps"), [("long", 2.0), ("short", 3.0)])
@pytest.mark.parametrize("shares", [100.0, -100.0])
def test_spread_is_the_symbols_own_and_positive_both_ways(leg, quoted_bps, shares):
    costs = costs_of({"spread": {"default_bps": 3.0, "SMH": 2.0}}, leg=leg)
    assert fill(costs, shares, 50.0).spread == pytest.approx(5_000 * quoted_bps / 20_000, **EXACT)


@pytest.mark.parametrize(("leg", "cents"), [("long", 2.0), ("short", 1.0)])
def test_cents_are_a_share_that_traded_that_day(leg, cents):
    costs = costs_of({"spread": {"kind": "cents", "SMH": 2.0}}, leg=leg)
    assert fill(costs, -100.0, 50.0).spread == pytest.approx(100 * cents / 100 / 2, **EXACT)
    split = fill(costs, -4_000.0, 50.0 / 40, splits=40.0).spread
    assert split == pytest.approx(100 * cents / 100 / 2, **EXACT)


def test_the_tick_is_a_floor_at_the_price_that_traded_that_day():
    # At 20 dollars a tick is 5 bps; at a split-adjusted 0.50 it would look like 200.
    costs = costs_of({"spread": {"default_bps": 2.0, "tick_usd": 0.01}})
    assert fill(costs, 100.0, 20.0).spread == pytest.approx(2_000 * 5 / 20_000, **EXACT)
    split = fill(costs, 4_000.0, 0.5, splits=40.0).spread
    assert split == pytest.approx(2_000 * 5 / 20_000, **EXACT)
    assert fill(costs, 100.0, 100.0).spread == pytest.approx(10_000 * 2 / 20_000, **EXACT)


@pytest.mark.parametrize("kind", ["quoted_bps", "cents"])
def test_the_open_multiplier_is_of_the_quote_and_only_at_the_open(kind):
    quote = {"default_bps": 1.0} if kind == "quoted_bps" else {"default_cents": 1.0}
    costs = costs_of({"spread": {"kind": kind, "open_multiplier": 2.0, **quote}})
    # A cent at 100 dollars is a basis point: half of it on 10,000 dollars is 50 cents.
    assert fill(costs, 100.0, at_open=True).spread == pytest.approx(1.0, **EXACT)
    assert fill(costs, 100.0, at_open=False).spread == pytest.approx(0.5, **EXACT)


def test_a_multiple_does_not_lift_the_tick():
    spread = {"default_bps": 1.0, "tick_usd": 0.03, "open_multiplier": 2.0}
    # 1 bp twice is 2; the tick of 3 cents at 100 dollars is 3.
    assert fill(costs_of({"spread": spread}), 100.0).spread == pytest.approx(1.5, **EXACT)


def test_the_spread_follows_yesterday_s_volatility_over_its_median_so_far():
    # Two returns a and b have a sample sd of |a - b| / sqrt 2. These have, in that unit and from
    # the third session on: 2, 3, 5, 4. Medians so far: 2, 2.5, 3, 3.5.
    vol_scaled = {"kind": "vol_scaled", "window": 2, "default_bps": 1.0}
    costs = costs_of({"spread": vol_scaled}, adj_close=prices_of(1, -1, 2, -3, 1))
    known = [1.0, 3 / 2.5, 5 / 3, 4 / 3.5]  # each on the session after its own
    assert costs.line("spread_scale")[:3] == [3.0] * 3  # nothing known: the worst
    np.testing.assert_allclose(costs.line("spread_scale")[3:7], known, rtol=1e-9)
    assert fill(costs, 100.0, session=5).spread == pytest.approx(0.5 * 5 / 3, rel=1e-9)


def test_the_regime_is_the_top_tercile_of_the_leg_s_own_volatility_so_far():
    # As above: 4, 3, 2.5, 4.5. Upper terciles so far, interpolated: 4, 3 2/3, 3 1/3, 4.
    regime = {"kind": "regime", "window": 2, "default_bps": 1.0, "multiplier": 2.5}
    costs = costs_of({"spread": regime}, adj_close=prices_of(2, -2, 1, -1.5, 3))
    assert costs.line("spread_scale")[:7] == [2.5, 2.5, 2.5, 2.5, 1.0, 1.0, 2.5]


def test_the_regime_of_the_vix_is_read_at_the_close_before():
    # Upper terciles so far of 20 10 15 30 12 12 25: 20, 16 2/3, 16 2/3, 20, 18 1/3, 16 2/3, 20.
    regime = {"kind": "regime", "measure": "^VIX", "default_bps": 1.0}
    vix = [20.0, 10.0, 15.0, 30.0, 12.0, 12.0, 25.0, 99.0]
    costs = costs_of({"spread": regime}, gauges={"^VIX": vix})
    assert costs.line("spread_scale") == [3.0, 3.0, 1.0, 1.0, 3.0, 1.0, 1.0, 3.0]


def test_a_plain_quote_has_no_multiple():
    assert costs_of({}).line("spread_scale") == [1.0] * COUNT


# --- impact ---


def test_impact_takes_yesterday_s_sigma_and_today_s_volume():
    impact = {"kind": "square_root", "window": 2, "y": 0.5, "participation_cap": None}
    costs = costs_of({"impact": impact}, adj_close=prices_of(1, -1, 2, -3, 1))
    sd = np.array([2, 3, 5, 4]) / 100 / math.sqrt(2)
    np.testing.assert_allclose(costs.line("sigma")[3:7], sd, rtol=1e-9)
    # 100 of 10,000 shares: a tenth of half of sigma, on 10,000 dollars.
    charged = fill(costs, -100.0, session=4, volume=10_000.0).impact
    assert charged == pytest.approx(10_000 * 0.5 * sd[1] * 0.1, rel=1e-9)


def test_a_sigma_that_is_not_known_yet_is_taken_high():
    impact = {"kind": "square_root", "window": 2}
    costs = costs_of({"impact": impact}, adj_close=prices_of(1, -1, 2))
    assert costs.line("sigma")[:3] == [0.05] * 3
    assert fill(costs, 100.0, volume=10_000.0).impact == pytest.approx(10_000 * 0.05 * 0.1, **EXACT)


@pytest.mark.parametrize(
    ("impact", "volume", "share"),
    [
        ({"kind": "none"}, 10.0, 1.0),
        ({"kind": "square_root"}, 1_000.0, 0.25),  # 25 shares of 100
        ({"kind": "square_root", "participation_cap": 0.05}, 1_000.0, 0.5),
        ({"kind": "square_root", "participation_cap": None}, 10.0, 1.0),
        ({"kind": "square_root", "participation_cap": None}, 0.0, 0.0),  # nobody traded
        ({"kind": "square_root", "participation_cap": None, "y": 0.0}, 0.0, 0.0),
        ({"kind": "none"}, 0.0, 0.0),
        ({"kind": "none"}, math.nan, 1.0),  # nobody tells
        ({"kind": "square_root"}, 1e6, 1.0),
    ],
)
@pytest.mark.parametrize("shares", [100.0, -100.0])
def test_what_a_session_takes_of_an_order(impact, volume, share, shares):
    asked = costs_of({"impact": impact}).terms.costs
    assert takeable(asked, shares, volume) == pytest.approx(share, **EXACT)
